"""Headings, tables and lists of every kind of file come out as Markdown that a person can read."""

from datetime import date

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from knowledge.ingest.child import convert_bytes
from knowledge.ingest.types import Converted, FileKind
from tests.knowledge.ingest.files import Words, docx_bytes, grid_lines, pdf, xlsx_bytes

PAGE = """<!-- saved from url=(0029)https://example.com/triggers -->
<html><head><title>触发词规则 - 某站</title><script>var order = 'buy'</script></head>
<body class="has-sidebar"><header><a href="#">首页</a></header><nav>菜单一</nav>
<div class="sidebar"><a>相关一</a> <a>相关二</a></div>
<main><h1>触发词规则</h1><p>每个小程序<b>最多</b>五个
触发词。</p><div style="display:none">看不见的话</div>
<h2>限制</h2><ul><li>一级<ul><li>二级</li></ul><li>又一级</ul><ol><li>先<li>后</ol>
<table><thead><tr><th rowspan=2>项<th colspan=2>上限<tr><th>每天<th>每月</thead>
<tr><td rowspan=2>生活号<td>1<td>2<tr><td>3<td>4</table>
<p># 不是标题</p></main><footer>版权所有</footer></body></html>"""


def read(kind: FileKind, data: bytes, name: str = "file") -> Converted:
    return convert_bytes(name, kind, data, None)


def test_a_saved_page_keeps_what_was_written_to_be_read_and_nothing_else() -> None:
    page = read("html", PAGE.encode(), "page.html")
    assert page.body == (
        "# 触发词规则\n\n每个小程序最多五个触发词。\n\n## 限制\n\n- 一级\n  - 二级\n- 又一级\n1. 先\n2. 后\n\n"
        "| 项 | 上限 / 每天 | 上限 / 每月 |\n| --- | --- | --- |\n| 生活号 | 1 | 2 |\n| 生活号 | 3 | 4 |\n\n"
        "\\# 不是标题\n"
    )
    assert page.inferred["url"].value == "https://example.com/triggers"
    assert (page.sections, page.tables) == (1, 1)


def test_a_page_whose_text_lies_in_a_box_called_footer_is_not_emptied() -> None:
    page = read(
        "html", f"<html><body><div id='page-footer-wrap'><h1>T</h1><p>{'text ' * 50}</p></div></body></html>".encode()
    )
    assert "text text" in page.body


def test_a_table_that_only_arranges_a_page_is_no_table() -> None:
    page = read(
        "html", b"<html><body><table><tr><td><h1>T</h1><p>one</p></td><td><h2>B</h2>two</td></tr></table></body></html>"
    )
    assert page.body == "# T\n\none\n\n## B\n\ntwo\n"


def test_the_title_stands_once_and_no_other_text_is_taken_for_it() -> None:
    page = b"<html><body><p>[intro]</p><h1>Types</h1><p>Types</p><h3>More</h3><p>text</p></body></html>"
    assert read("html", page).body == "# Types\n\n[intro]\n\nTypes\n\n## More\n\ntext\n"


def test_the_declared_encoding_of_a_page_is_used() -> None:
    page = "<html><head><meta charset=gb2312></head><body><h1>镕基</h1><p>喆</p></body></html>".encode("gb18030")
    assert "喆" in read("html", page).body


@pytest.fixture
def rules_docx() -> bytes:
    document = docx.Document()
    document.add_heading("商家券管理办法", 0)
    document.add_heading("总则", 1)
    document.add_paragraph("本办法适用于商家券。")
    document.add_heading("范围", 2)
    document.add_paragraph("一点", style="List Bullet")
    document.add_paragraph("再一点", style="List Bullet")
    table = document.add_table(rows=4, cols=3)
    cells = {
        (0, 0): "项目",
        (0, 1): "限额",
        (1, 1): "单张",
        (1, 2): "每日",
        (2, 0): "满减|券",
        (2, 1): "100",
        (2, 2): "1000",
    }
    for (row, column), text in cells.items():
        table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(2, 0).merge(table.cell(3, 0))
    table.cell(3, 1).text = "200"
    return docx_bytes(document)


def test_a_word_file_keeps_its_headings_lists_and_merged_cells(rules_docx: bytes) -> None:
    assert read("docx", rules_docx).body == (
        "# 商家券管理办法\n\n## 总则\n\n本办法适用于商家券。\n\n### 范围\n\n- 一点\n- 再一点\n\n"
        "| 项目 | 限额 / 单张 | 限额 / 每日 |\n| --- | --- | --- |\n"
        "| 满减\\|券 | 100 | 1000 |\n| 满减\\|券 | 200 |  |\n"
    )


def test_what_tracked_changes_deleted_and_what_is_hidden_stays_out_and_what_was_inserted_stays_in() -> None:
    document = docx.Document()
    document.add_heading("T", 1)
    names = nsdecls("w")
    document.element.body.insert(1, parse_xml(
        f"<w:p {names}><w:r><w:t>limit </w:t></w:r>"
        "<w:del w:id='1' w:author='x'><w:r><w:delText>5</w:delText></w:r></w:del>"
        f"<w:ins w:id='2' w:author='x'><w:r><w:t>8</w:t></w:r></w:ins>"
        f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r></w:p>"
    ))  # fmt: skip
    assert read("docx", docx_bytes(document)).body == "# T\n\nlimit 8\n"


def test_numbers_that_word_counts_by_itself_are_written_out() -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    names = nsdecls("w")
    numbering.insert(0, parse_xml(
        f"<w:abstractNum {names} w:abstractNumId='90'><w:lvl w:ilvl='0'><w:start w:val='1'/>"
        "<w:numFmt w:val='chineseCountingThousand'/><w:lvlText w:val='第%1条'/></w:lvl>"
        "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.%2'/></w:lvl>"
        "</w:abstractNum>"
    ))  # fmt: skip
    numbering.append(parse_xml(f"<w:num {names} w:numId='90'><w:abstractNumId w:val='90'/></w:num>"))
    document.add_heading("办法", 0)
    for depth, text in ((0, "目的"), (0, "范围"), (1, "全国")):
        paragraph = document.add_heading(text, 1) if depth == 0 else document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f"<w:numPr {names}><w:ilvl w:val='{depth}'/><w:numId w:val='90'/></w:numPr>")
        )
    assert read("docx", docx_bytes(document)).body == "# 办法\n\n## 第一条 目的\n\n## 第二条 范围\n\n  - 二.1 全国\n"


@pytest.fixture
def fees_xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "费率"
    for row in (["2026年费率表"], ["行业", "费率", "生效"], ["餐饮", 0.155, date(2026, 3, 1)], [None, 0.1 + 0.2, 1000]):
        sheet.append(row)
    sheet.append(["合计", "=SUM(B3:B4)", "+86 开头"])
    sheet.append(["=1+1", "@here", "-5"])
    sheet["A6"].data_type = "s"
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")
    sheet["B3"].number_format = "0%"
    sheet["C4"].number_format = '#,##0"元"'
    other = book.create_sheet("说明")
    other["A1"] = "按月结算"
    hidden = book.create_sheet("内部")
    hidden["A1"] = "不给看"
    hidden.sheet_state = "hidden"
    return xlsx_bytes(book)


def test_a_workbook_gives_a_section_a_sheet_with_values_as_they_are_seen(fees_xlsx: bytes) -> None:
    book = read("xlsx", fees_xlsx, "费率表.xlsx")
    assert book.body == (
        "# 费率表\n\n## 费率\n\n2026年费率表\n\n| 行业 | 费率 | 生效 |\n| --- | --- | --- |\n"
        "| 餐饮 | 15.5% | 2026-03-01 |\n| 餐饮 | 0.3 | 1,000元 |\n| 合计 |  | +86 开头 |\n| =1+1 | @here | -5 |\n\n"
        "## 说明\n\n按月结算\n"
    )


def test_a_formula_without_a_stored_value_is_empty_and_counted_never_worked_out(fees_xlsx: bytes) -> None:
    notes = read("xlsx", fees_xlsx).notes
    assert any(note.startswith("1 formulas have no stored value") for note in notes)
    assert "hidden sheets left out: 内部" in notes


def test_hidden_columns_and_coloured_empty_rows_are_not_read() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a", "secret", "b"])
    sheet.append([1, 2, 3])
    sheet.column_dimensions["B"].hidden = True
    sheet.cell(900_000, 3).number_format = "0%"
    assert read("xlsx", xlsx_bytes(book)).body.endswith("| a | b |\n| --- | --- |\n| 1 | 3 |\n")


def test_a_pdf_gives_headings_by_size_ruled_tables_and_whole_paragraphs() -> None:
    xs, ys = [50, 150, 250, 350], [560, 580, 600, 620]
    rows = [["项目", "上限", "单位"], ["A", "10", "次"], ["B", "20", "次"]]
    cells = [Words(xs[c] + 5, 606 - 20 * r, 11, text) for r, row in enumerate(rows) for c, text in enumerate(row)]
    first = [
        Words(50, 780, 20, "推广规则"), Words(50, 740, 15, "范围"), Words(50, 715, 11, "适用于所有商家的推广活动，自"),
        Words(50, 701, 11, "上线之日起执行。"), *grid_lines(xs, ys), *cells, Words(290, 20, 9, "Page 1"),
    ]  # fmt: skip
    rest = [[Words(50, 700, 11, f"Text of page {n}."), Words(290, 20, 9, f"Page {n}")] for n in (2, 3)]
    document = read("pdf", pdf([first, *rest]))
    assert document.body == (
        "# 推广规则\n\n## 范围\n\n适用于所有商家的推广活动，自上线之日起执行。\n\n"
        "| 项目 | 上限 | 单位 |\n| --- | --- | --- |\n| A | 10 | 次 |\n| B | 20 | 次 |\n\n"
        "Text of page 2.\n\nText of page 3.\n"
    )


def test_a_table_over_two_pages_is_one_and_a_page_without_text_is_told() -> None:
    xs, ys = [50, 150, 250], [560, 580, 600]

    def page(*rows: tuple[str, str]) -> list:
        cells = [Words(xs[c] + 5, 586 - 20 * r, 11, text) for r, row in enumerate(rows) for c, text in enumerate(row)]
        return [*grid_lines(xs, ys), *cells]

    document = read("pdf", pdf([page(("a", "b"), ("1", "2")), page(("a", "b"), ("3", "4")), []]))
    assert document.body.endswith("| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n")
    assert "pages without text left out: 3" in document.notes


def test_numbered_lines_over_text_are_headings_and_a_run_of_numbers_is_a_list() -> None:
    text = (
        "商家券规则\n\n一、总则\n本规则适用于商家券。\n（一）范围\n全国。\n（二）对象\n商家。\n\n"
        "二、做法\n1. 打开后台\n2. 新建券\n3. 保存\n"
    )
    assert read("text", text.encode(), "a.txt").body == (
        "# 商家券规则\n\n## 一、总则\n\n本规则适用于商家券。\n\n### （一）范围\n\n全国。\n\n### （二）对象\n\n"
        "商家。\n\n"
        "## 二、做法\n\n1. 打开后台\n2. 新建券\n3. 保存\n"
    )


def test_underlined_lines_are_headings_and_wrapped_lines_one_paragraph() -> None:
    text = "Coupon rules\n============\n\nA coupon can be\nchanged later.\n\nStock\n-----\nIt only grows.\n"
    assert read("text", text.encode()).body == (
        "# Coupon rules\n\nA coupon can be changed later.\n\n## Stock\n\nIt only grows.\n"
    )


def test_markdown_keeps_its_text_to_the_letter() -> None:
    body = "# Guide\n\nText  with   blanks.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    converted = read("markdown", f"---\ntitle: Mine\n---\n{body}".encode())
    assert (converted.body, converted.given, converted.tables) == (body, {"title": "Mine"}, 1)


def test_invisible_characters_do_not_survive() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "ignore")
    body = read("text", f"Rules\n\nA cou\u200bpon{hidden} is \u202eplain\u202c text.\n".encode()).body
    assert body == "# Rules\n\nA coupon is plain text.\n"

"""Saved web pages: the part that was written to be read, without menus, scripts, footers and hidden text."""

import re

import lxml.html
from lxml.html import HtmlElement, HTMLParser

from knowledge.errors import RefusedFileError
from knowledge.ingest.clean import one_line
from knowledge.ingest.encoding import decode, refuse_mojibake
from knowledge.ingest.limits import DEPTH
from knowledge.ingest.sniff import check_text
from knowledge.ingest.tables import Cell, blocks_of, place
from knowledge.ingest.types import Block, Heading, Item, Paragraph, Reading

_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://[^\s>]+)", re.IGNORECASE)
_DROPPED = (
    "script", "style", "noscript", "template", "nav", "footer", "aside", "iframe", "svg", "canvas", "button", "input",
    "select", "textarea", "object", "embed", "audio", "video", "map", "dialog", "link", "meta", "head",
)  # fmt: skip
_ROLES = (
    "navigation", "contentinfo", "banner", "search", "complementary", "menu", "menubar", "dialog", "alert",
)  # fmt: skip
_FURNITURE = re.compile(
    r"(?:^|[-_\s])(footer|breadcrumbs?|cookies?|copyright|navbar|nav|sidebar|share|pagination)(?:$|[-_\s])"
)
_ALWAYS = ("footer", "breadcrumb", "breadcrumbs", "cookie", "cookies", "copyright")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_INLINE = (
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt",
    "u", "var", "wbr",
)  # fmt: skip


def read_html(data: bytes) -> Reading:
    declared = _CHARSET.search(data[:4096])
    text = decode(data, declared[1].decode() if declared else None)
    check_text("html", text)
    root = _parse(text)
    saved = _SAVED_FROM.search(text[:4096])
    canonical = root.xpath("string(//link[@rel='canonical']/@href)")
    title = one_line(root.xpath("string(//title)"))
    walk = _Walk()
    body = root.find("body")
    walk.into(_main(_pruned(body if body is not None else root)), 0)
    walk.flush()
    first = [b.text for b in walk.blocks if isinstance(b, Heading) and b.level == 1]
    notes = refuse_mojibake("\n".join(getattr(b, "text", "") for b in walk.blocks))
    url = saved[1] if saved else canonical if str(canonical).startswith("http") else None
    return Reading(walk.blocks, title=one_line(first[0]) if len(first) == 1 else _cut(title), url=url, notes=notes)


def _parse(text: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (lxml.etree.ParserError, ValueError) as error:
        raise RefusedFileError("It holds no page. Save the page again.") from error
    if any("depth" in entry.message for entry in parser.error_log):
        raise RefusedFileError(
            f"Its elements lie more than {DEPTH} deep in each other. Save the page again, or as text."
        )
    return root


def _pruned(body: HtmlElement) -> HtmlElement:
    """Without what is not shown or not content. The longest part is never taken for a menu, whatever it is called."""
    whole = len(body.text_content()) or 1
    for element in list(body.iterdescendants()):
        if not isinstance(element.tag, str) or element.getparent() is None:
            continue
        if (
            element.tag in _DROPPED
            or _hidden(element)
            or (_furniture(element) and len(element.text_content()) < whole / 2)
        ):
            element.drop_tree()
    return body


def _hidden(element: HtmlElement) -> bool:
    return (
        "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(element.get("style", "")))
    )


def _furniture(element: HtmlElement) -> bool:
    if element.tag in ("main", "article", "body", "table", "tr", "td", "th", "h1"):
        return False
    if element.get("role") in _ROLES or (element.tag == "header" and element.find(".//h1") is None):
        return True
    named = _FURNITURE.search(f"{element.get('class', '')} {element.get('id', '')}".lower())
    if named is None:
        return False
    text = len(element.text_content().strip())
    links = sum(len(a.text_content().strip()) for a in element.iterfind(".//a"))
    return named[1] in _ALWAYS or links > 0.4 * text


def _main(body: HtmlElement) -> HtmlElement:
    whole = len(body.text_content().strip())
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = body.findall(path)
        if len(found) == 1 and len(found[0].text_content().strip()) >= 0.5 * whole:
            return found[0]
    return body


def _cut(title: str) -> str | None:
    """A page's title without the site's name behind it."""
    return re.split(r"\s+[-|–—_·]\s+|[|_]", title)[0].strip() or None


class _Walk:
    """Text gathers until something ends the paragraph."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._mark: tuple[int, str] | None = None  # a point of a list that has begun and holds no text yet

    def flush(self) -> None:
        lines = [one_line(line) for line in "".join(self._text).split("\x00")]
        text = "\n".join(line for line in lines if line)
        self._text = []
        if not text:
            return
        if self._mark is not None:
            self.blocks.append(Item(*self._mark, text))
            self._mark = None
        else:
            self.blocks.append(Paragraph(text))

    def into(self, element: HtmlElement, depth: int) -> None:
        """`depth`: how many lists we are in."""
        self._text.append(element.text or "")
        number = 0
        for child in element:
            number += child.tag == "li"
            mark = f"{number}." if element.tag == "ol" else "-"
            self._child(child, depth, mark)
            self._text.append(child.tail or "")

    def _child(self, child: HtmlElement, depth: int, mark: str) -> None:
        tag = child.tag
        if tag == "br":
            self._text.append("\x00")
        elif tag == "pre":
            self.flush()
            self._text.append(child.text_content().replace("\n", "\x00"))
            self.flush()
        elif tag in _INLINE:
            self.into(child, depth)
        else:
            self.flush()
            self._blocklike(child, depth, mark)
            self.flush()

    def _blocklike(self, child: HtmlElement, depth: int, mark: str) -> None:
        tag = child.tag
        if re.fullmatch(r"h[1-6]", tag):
            text = one_line(child.text_content())
            self.blocks.extend([Heading(int(tag[1]), text)] if text else [])
        elif tag == "table" and not _layout(child):
            caption = one_line(child.findtext("caption") or "")
            self.blocks.extend([Paragraph(caption)] if caption else [])
            self.blocks.extend(_table(child))
        elif tag == "li":
            self._mark = (max(0, depth - 1), mark)
            self.into(child, depth)
            self.flush()
            self._mark = None
        else:
            self.into(child, depth + (tag in ("ul", "ol")))


def _layout(table: HtmlElement) -> bool:
    """A table that only arranges a page."""
    return (
        table.get("role") == "presentation"
        or table.find(".//table") is not None
        or bool(table.xpath(".//h1|.//h2|.//h3"))
    )


def _table(table: HtmlElement) -> list[Block]:
    rows = table.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr")
    cells = [
        [Cell(_cell_text(c), _span(c, "colspan"), _span(c, "rowspan")) for c in row.xpath("./td|./th")] for row in rows
    ]
    head = len(table.xpath("./thead/tr"))
    if not head:
        named = [not row.xpath("./td") and bool(row.xpath("./th")) for row in rows]
        head = next((n for n, all_named in enumerate(named) if not all_named), len(named))
    return blocks_of(place(cells), head or None)


def _cell_text(cell: HtmlElement) -> str:
    return (
        " ".join(part for part in (one_line(text) for text in cell.itertext()) if part)
        if len(cell)
        else cell.text or ""
    )


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return int(value) if value.isdigit() and len(value) < 6 and int(value) else 1

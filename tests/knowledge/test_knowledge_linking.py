from collections.abc import Sequence

import pytest

from knowledge.facts import Thing
from knowledge.linking import Linked, Weighed, asked, linkable, linked
from knowledge.matters import matters


def judged(question: str, text: str, *, title: str = "搜索直达", words: Sequence[str] = ()) -> Linked:
    things = [Weighed(Thing([[word]], 1.0), 1.0, 1.0) for word in words]
    return linked(asked(question, things), [linkable(title, "", text, "search_direct")], question)


def test_a_number_answers_for_the_matter_of_its_own_clause() -> None:
    text = "审核通过以后，活动最长 90 天。"
    assert judged("审核要几天", "审核一般 3 天。").clause > judged("审核要几天", text).clause
    assert judged("审核要几天", text).clause > judged("审核要几天", "活动最长 90 天。").clause == 0.0


def test_a_fact_of_another_product_counts_little() -> None:
    own = judged("搜索直达的有效期多久", "搜索直达的有效期是 90 天。", title="说明")
    other = judged("搜索直达的有效期多久", "商家券的有效期是 90 天。", title="说明")
    assert own.fact == 1.0
    assert other.fact == 0.5  # the document itself is about the product


def test_a_table_cell_is_linked_to_its_own_row() -> None:
    table = "| 项目 | 要求 |\n|---|---|\n| 押金 | 没写 |\n| 图片 | 不超过 200 KB |"
    assert judged("图片多大", table).clause > 0.5
    assert judged("押金几天退", table).fact == 0.0


def test_what_is_counted_must_stand_beside_the_number() -> None:
    assert judged("要多少粉丝才能直播", "关注的人越多越好，每周 3 篇。").uncounted == 1.0
    assert judged("要多少粉丝才能直播", "满 100 个粉丝就能直播。").uncounted == 0.0


def test_a_sentence_that_says_that_nothing_is_said_is_no_answer() -> None:
    found = judged("审核要几天", "审核要几天，公开文件没有写。")
    assert found.unsaid == 1.0
    assert found.fact == found.matter == 0.0
    assert found.more_unsaid == 1.0


def test_a_matter_that_no_passage_speaks_of_is_lacking() -> None:
    found = judged("怎么注销搜索直达", "搜索直达最长 90 天。")
    assert (found.lacking, found.lacks) == (1.0, 0.5)
    assert judged("怎么注销搜索直达", "注销搜索直达分两步。").lacking == 0.0


def test_years_and_other_companies_that_no_passage_names_are_seen() -> None:
    assert judged("抖音怎么收费", "推广怎么收费没有公布。").outsider == 1.0
    assert judged("抖音怎么收费", "抖音的规则不在这里。").outsider == 0.0


def test_the_rarest_thing_that_nobody_names_is_told() -> None:
    assert judged("礼品", "搜索直达最长 90 天。", words=["礼品"]).rarest == 1.0
    assert judged("礼品", "礼品最长 90 天。", words=["礼品"]).rarest == 0.0


def test_every_figure_is_a_share_also_of_nothing() -> None:
    for found in (judged("", ""), linked(asked("几天", []), [], "几天"), judged("几天几次几元", "3 天。3 次。")):
        assert all(0.0 <= figure <= 1.0 for figure in found)


@pytest.mark.parametrize(
    ("zh", "en"),
    [("审核要多久", "how long is the review"), ("押金多少", "what deposit"), ("怎么转给别人", "can I transfer it"),
     ("客服电话", "the phone number"), ("怎么导出", "where do I export it"), ("会被罚吗", "is there a penalty")],
    ids=["review", "deposit", "transfer", "contact", "export", "penalty"],
)  # fmt: skip
def test_a_matter_is_the_same_in_both_languages(zh: str, en: str) -> None:
    assert matters().of(zh) & matters().of(en)

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.types import SearchResult

Asker = Any  # conftest's: ask(text, role=, tenant=, on=, locale=, ...), and .library
Open = Callable[[Path], Asker]


def ids(result: SearchResult) -> list[str]:
    return [p.document.id for p in result.passages]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, write_document: Any, open_library: Open) -> Asker:
    """Points in three versions, a policy that ended, coupon rules in two languages, and what only some may read."""
    folder = tmp_path_factory.mktemp("corpus")
    points = {"kind": "policy", "product": "star_plan"}
    for id, begins, ends, days, supersedes in (
        ("points-v1-zh", date(2024, 7, 1), date(2025, 12, 31), 365, None),
        ("points-v2-zh", date(2026, 1, 1), None, 180, "points-v1-zh"),
        ("points-v3-zh", date(2027, 1, 1), None, 120, None),
    ):
        write_document(
            folder,
            f"## 有效期\n激励点数从入账那天起 {days} 天内有效,先到期的先用。",
            id=id,
            title="激励点数有效期",
            valid_from=begins,
            valid_until=ends,
            supersedes=supersedes,
            **points,
        )
    write_document(
        folder,
        "## 当时的政策\n门店码政策面向国内服务商,为门店铺设门店码的给予奖励。",
        id="store-code-zh",
        title="门店码政策",
        kind="policy",
        product="store_code",
        valid_from=date(2020, 11, 7),
        valid_until=date(2021, 3, 31),
    )
    for locale, other, title, stock, picture in (
        (
            "zh",
            "en",
            "商家券规则",
            "## 库存\n一张券的总库存最多 999,999 张,只能加不能减。",
            "## 图片\n商家券的图片要 600×600,不超过 2 MB。",
        ),
        (
            "en",
            "zh",
            "Coupon rules",
            "## Stock\nThe total stock of a coupon is at most 999,999; it can only grow.",
            "## Picture\nCoupon pictures are 600x600 and at most 2 MB.",
        ),
    ):
        write_document(
            folder,
            f"{stock}\n\n{picture}",
            id=f"coupon-{locale}",
            counterpart=f"coupon-{other}",
            locale=locale,
            title=title,
            metrics=["redemption_rate"],
        )
    write_document(
        folder,
        "## Labels\nA life account may have at most 100 labels for groups of followers.",
        id="labels-en",
        title="Life account labels",
        locale="en",
        product="life_account",
    )
    write_document(
        folder,
        "## 返佣\n政策返佣是给服务商的,比例看签约协议。",
        id="rebate-zh",
        title="政策返佣",
        audience="provider",
        product="provider",
    )
    write_document(
        folder,
        "## 开户\n商家开通生活号,名称 2 到 20 个字。",
        id="name-zh",
        title="生活号名称",
        audience="merchant",
        product="life_account",
    )
    for tenant in ("north", "south"):
        write_document(
            folder,
            f"## 报价\n{tenant} 代运营的月费是 880 元。",
            id=f"{tenant}-zh",
            title="代运营月费",
            tenant=tenant,
            product="provider",
        )
    return open_library(folder)


@pytest.mark.parametrize(
    ("on", "first", "validity"),
    [
        (date(2024, 7, 1), "points-v1-zh", "current"),
        (date(2025, 12, 31), "points-v1-zh", "current"),
        (date(2026, 1, 1), "points-v2-zh", "current"),
        (date(2026, 12, 31), "points-v2-zh", "current"),
    ],
)
def test_the_rule_in_force_on_the_day_comes_first_both_end_days_included(
    library: Asker, on: date, first: str, validity: str
) -> None:
    passage = library("激励点数多久过期", on=on).passages[0]
    assert (passage.document.id, passage.validity) == (first, validity)


@pytest.mark.parametrize(
    ("on", "validity"), [(date(2020, 11, 7), "current"), (date(2021, 3, 31), "current"), (date(2021, 4, 1), "ended")]
)
def test_an_ended_policy_is_current_on_its_last_day_and_never_after(library: Asker, on: date, validity: str) -> None:
    found = {p.document.id: p.validity for p in library("门店码政策有奖励吗", on=on).passages}
    assert found["store-code-zh"] == validity


def test_what_is_not_in_force_is_flagged_and_stands_behind_everything_that_is(library: Asker) -> None:
    result = library("激励点数有效期", limit=10)
    assert {p.document.id: p.validity for p in result.passages}["points-v3-zh"] == "upcoming"
    flags = [p.validity == "current" for p in result.passages]
    assert flags == sorted(flags, reverse=True)


def test_a_superseded_rule_never_stands_before_its_successor(library: Asker) -> None:
    for on in (date(2026, 11, 22), date(2026, 1, 1)):
        order = ids(library("激励点数第 1 版 365 天有效期", on=on, limit=10))
        assert order.index("points-v2-zh") < order.index("points-v1-zh")


def test_a_superseded_rule_brings_its_successor_along_even_when_only_one_may_be_shown(library: Asker) -> None:
    assert ids(library("激励点数 365 天", limit=1)) == ["points-v2-zh"]


def test_a_merchant_never_sees_what_is_for_providers(library: Asker) -> None:
    question = "政策返佣的比例是多少"
    assert "rebate-zh" not in ids(library(question, limit=20))
    assert ids(library(question, role="provider"))[0] == "rebate-zh"


def test_a_provider_also_sees_what_is_for_merchants(library: Asker) -> None:
    assert ids(library("生活号名称几个字", role="provider"))[0] == "name-zh"


def test_a_tenants_documents_stay_with_it(library: Asker) -> None:
    question = "代运营月费多少"
    assert not {"north-zh", "south-zh"} & set(ids(library(question, role="provider", limit=20)))
    assert not {"north-zh", "south-zh"} & set(ids(library(question, tenant="east", limit=20)))
    seen = ids(library(question, role="provider", tenant="north", limit=20))
    assert "north-zh" in seen
    assert "south-zh" not in seen


@pytest.mark.parametrize(("locale", "kept"), [("zh", "coupon-zh"), ("en", "coupon-en")])
@pytest.mark.parametrize("question", ["券的库存能减少吗", "can the stock of a coupon shrink"])
def test_one_section_in_two_languages_is_shown_once_in_the_askers(
    library: Asker, question: str, locale: str, kept: str
) -> None:
    result = library(question, locale=locale, limit=20)
    assert ids(result)[0] == kept
    sections = [p.passage_id.split("#")[1] for p in result.passages if p.document.id.startswith("coupon-")]
    assert len(sections) == len(set(sections))


def test_a_chinese_question_finds_a_document_that_exists_in_english_only(library: Asker) -> None:
    assert ids(library("生活号标签上限是多少个", locale="zh"))[0] == "labels-en"


@pytest.mark.parametrize("question", ["商家券图片多大", "商家券圖片多大", "ｃｏｕｐｏｎ 图片多大"])
def test_traditional_and_full_width_letters_find_the_same(library: Asker, question: str) -> None:
    assert ids(library(question))[0] == "coupon-zh"


def test_wishes_prefer_without_excluding(library: Asker) -> None:
    plain = library("有什么上限", limit=20)
    for wish in ({"product": "life_account"}, {"metrics": ["redemption_rate"]}, {"kinds": ["policy"]}):
        wished = library("有什么上限", limit=20, **wish)
        assert set(ids(wished)) == set(ids(plain))
        better = {p.passage_id: p.score for p in plain.passages}
        for p in wished.passages:
            fits = (
                p.document.product == wish.get("product")
                or ("metrics" in wish and p.document.metrics)
                or p.document.kind in wish.get("kinds", ())
            )
            assert (p.score > better[p.passage_id]) == bool(fits)


def test_passages_come_best_first_and_no_more_than_asked_for(library: Asker) -> None:
    result = library("商家券库存上限", limit=3)
    current = [p.score for p in result.passages if p.validity == "current"]
    assert len(result.passages) == 3
    assert current == sorted(current, reverse=True)
    assert all(-1 <= p.similarity <= 1.001 for p in result.passages)


@pytest.mark.parametrize("question", ["激励点数多久过期", "商家券的图片多大", "how many coupons may the stock hold"])
def test_a_question_that_the_documents_answer_is_answerable(library: Asker, question: str) -> None:
    assert library(question, locale="en" if question.isascii() else "zh").answerable


@pytest.mark.parametrize(
    "question", ["怎么做红烧肉", "世界杯谁赢了", "手续费多少", "what is the weather tomorrow", "xyzzy", "？？", "🙂"]
)
def test_a_question_that_they_do_not_answer_is_not(library: Asker, question: str) -> None:
    result = library(question, locale="en" if question.isascii() else "zh")
    assert not result.answerable
    assert result.confidence < 0.5


def test_lookup_gives_the_sections_in_order_to_those_who_may_read_them(library: Asker) -> None:
    from knowledge.types import Audience

    on = date(2026, 11, 22)
    merchant, provider = Audience(role="merchant"), Audience(role="provider", tenant="south")
    wanted = ["coupon-zh", "unknown", "rebate-zh", "north-zh", "store-code-zh"]
    found = library.library.lookup(wanted, audience=merchant, on=on)
    assert [p.passage_id for p in found] == ["coupon-zh#1", "coupon-zh#2", "store-code-zh#1"]
    assert found[-1].validity == "ended"
    assert [p.document.id for p in library.library.lookup(wanted, audience=provider, on=on)][2] == "rebate-zh"
    assert library.library.lookup([], audience=merchant, on=on) == ()


def test_a_reader_of_nothing_gets_nothing(tmp_path: Path, write_document: Any, open_library: Open) -> None:
    write_document(tmp_path, "## 返佣\n给服务商的。", audience="provider")
    result = open_library(tmp_path)("返佣")
    assert (result.passages, result.answerable, result.confidence) == ((), False, 0.0)


def test_threads_get_what_one_alone_gets(library: Asker) -> None:
    questions = ["激励点数多久过期", "商家券图片多大", "生活号标签上限", "门店码政策"] * 6
    alone = [library(q) for q in questions]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(library, questions)) == alone

"""Names, spelling slips, numbers and targets in both languages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.embedded.classifier_exemplars import vocabulary
from bot.answering.embedded.classifier_train import load_all
from bot.answering.embedded.lexicon import Lexicon
from bot.answering.embedded.lexicon_text import HAN, plain
from bot.answering.embedded.slots_numbers import find_numbers, small_number
from bot.answering.embedded.slots_shop import ShopNames
from bot.answering.embedded.slots_target import find_target
from bot.answering.embedded.understand_reading import read
from tools.catalog import load_catalog

CATALOG = load_catalog()


def _named(lexicon: Lexicon, text: str) -> list[str]:
    return [m.id for m in lexicon.find(lexicon.corrected(plain(text)))]


@pytest.mark.parametrize("metric", CATALOG.metrics, ids=lambda m: m.id)
def test_a_metric_is_found_by_its_names_in_both_languages(lexicon: Lexicon, metric: object) -> None:
    found = CATALOG.by_id[metric.id]  # type: ignore[attr-defined]
    for name in (found.name.zh, found.name.en, found.name.en.upper()):
        assert found.id in _named(lexicon, f"我的{name}" if not name.isascii() else f"my {name}")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("核銷率", ["redemption_rate"]),
        ("核消率", ["redemption_rate"]),
        ("复够率", ["repurchase_rate_90d"]),
        ("hexiaolv", ["redemption_rate"]),
        ("he xiao lv", ["redemption_rate"]),
        ("redemtion rate", ["redemption_rate"]),
        ("repurhcase rate", ["repurchase_rate_90d"]),
        ("EFFICENCY", ["efficiency"]),
        ("券核销率", ["redemption_rate"]),
        ("Ｃ－ＣＡＲＥ", ["c_care"]),
        ("羅碼計劃", ["luoma_plan"]),
        ("箩码计划", ["luoma_plan"]),
        ("store-code", ["store_code"]),
        ("my worth score", ["worth"]),
        ("was it worth it", []),
        ("worth doing", []),
        ("plan to reach 70", []),
        ("women and children change", []),
    ],
)
def test_a_name_is_found_however_it_is_written_and_not_where_it_is_an_ordinary_word(
    lexicon: Lexicon, text: str, ids: list[str]
) -> None:
    assert _named(lexicon, text) == ids


def test_the_longest_name_wins(lexicon: Lexicon) -> None:
    assert _named(lexicon, "券投产比") == ["coupon_return"]
    assert _named(lexicon, "the active rate") == ["active_rate"]


def test_no_word_of_an_exemplar_is_taken_for_a_slip() -> None:
    exemplars = load_all(CATALOG)
    lexicon = Lexicon(CATALOG, vocabulary=vocabulary(exemplars))
    english = [plain(e.text) for e in exemplars if e.language == "en"]
    corrected = [lexicon.corrected(t) for t in english]
    # what changes is pinyin, and pinyin only: it comes back in characters
    assert [t for t, c in zip(english, corrected, strict=True) if c != t and not HAN.search(c)] == []
    assert sum(1 for c in corrected if HAN.search(c)) < 40


@given(st.text(max_size=60))
def test_the_plain_form_is_stable(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("七十", 70),
        ("十五", 15),
        ("二十", 20),
        ("一百二十", 120),
        ("两", 2),
        ("半", 0.5),
        ("seventy", 70),
        ("twenty five", 25),
        ("12.5", 12.5),
    ],
)
def test_a_number_word_has_its_value(text: str, value: float) -> None:
    assert small_number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15%", 0.15),
        ("百分之十五", 0.15),
        ("七成", 0.7),
        ("七成五", 0.75),
        ("fifteen percent", 0.15),
        ("1,200", 1200),
        ("1.5万", 15000),
        ("一半", 0.5),
        ("3个百分点", 0.03),
        ("50元", 50),
    ],
)
def test_a_number_in_a_text_is_read_with_its_unit(text: str, value: float) -> None:
    assert [n.value for n in find_numbers(plain(text))] == [pytest.approx(value)]


@pytest.mark.parametrize(
    ("text", "metric", "kind", "value"),
    [
        ("把活跃分提高到70", None, "to", 70),
        ("活跃提高到七成", None, "to", 70),
        ("from 58 to 70 on Active", None, "to", 70),
        ("Active 涨5分", None, "by", 5),
        ("raise Active by 5 points", None, "by", 5),
        ("活跃分 +5", None, "by", 5),
        ("核销率从9%提高到15%", "redemption_rate", "to", 0.15),
        ("核销率提高10%", "redemption_rate", "by", 0.1),
        ("核销率到15", "redemption_rate", "to", 0.15),
        ("复购率再涨3个百分点", "repurchase_rate_90d", "by", 0.03),
        ("客单价涨到50元", "average_order_value", "to", 50),
        ("refund rate down to 1%", "refund_rate", "to", 0.01),
        ("折扣率降两个点", "discount_rate", "by", -0.02),
        ("粉丝多1000个", "followers", "by", 1000),
        ("with a budget of 500 yuan get to 70", None, "to", 70),
    ],
)
def test_a_target_is_read_in_the_unit_of_its_figure(
    lexicon: Lexicon, text: str, metric: str | None, kind: str, value: float
) -> None:
    target = find_target(read(text, lexicon, ShopNames((), ()), date(2026, 11, 22)), metric, CATALOG)
    assert target is not None
    assert (target.kind, target.value) == (kind, pytest.approx(value))


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("客单价提高10%", "average_order_value"),
        ("三家店的核销率", "redemption_rate"),
        ("最近30天的核销率", "redemption_rate"),
        ("更上一层楼", None),
    ],
)
def test_what_is_no_target_is_none(lexicon: Lexicon, text: str, metric: str | None) -> None:
    assert find_target(read(text, lexicon, ShopNames((), ()), date(2026, 11, 22)), metric, CATALOG) is None

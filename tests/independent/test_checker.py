"""The checker must see what a careless answer gets wrong, and must not stumble over what a good one says."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from .checker import Finding, check
from .oracle import Card, compute
from .reading import numbers, sentences
from .small import AS_OF, ME, NOW, Printed


def found(platform: Path, text: str, **answer: Any) -> list[Finding]:
    return check({"text": text, **answer}, platform, ME, NOW)


def verdicts(platform: Path, text: str, **answer: Any) -> list[str]:
    return [f.verdict for f in found(platform, text, **answer)]


GOOD = {
    "zh": "你的活跃分是 **{active.score:.1f}**，在同类 {active.peers:.0f} 家里"
    "（中位 {active.peer_median:.1f}）。[M1]\n\n"
    "1. **核销率**：{redemption_rate:.1%}，同行一般 {redemption_rate.peer_median:.1%}；"
    "追上是 **+{redemption_rate.gain_at_median:.1f}**。[M2]\n"
    "截至 6 月 30 日，访客 {visitors_28d:.0f} 人，客单价 {average_order_value:.2f} 元。",
    "en": "Your Active score is **{active.score:.1f}** among {active.peers:.0f} similar shops "
    "(median {active.peer_median:.1f}). [M1]\n"
    "- Redemption rate: {redemption_rate:.1%} against {redemption_rate.peer_median:.1%} for your peers; "
    "reaching it is worth +{redemption_rate.gain_at_median:.1f} points.\n"
    "As of 30 June 2026 you had {visitors_28d:.0f} visitors; "
    "the average order value is {average_order_value:.2f} yuan.",
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_good_answer_is_right_in_every_figure(platform: Path, card: Card, language: str) -> None:
    said = found(platform, Printed(card.figures).fill(GOOD[language]))
    assert [str(f) for f in said if f.verdict != "right"] == []
    assert len([f for f in said if f.kind == "figure"]) == 8


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_changed_digit_is_wrong(platform: Path, card: Card, language: str) -> None:
    good = Printed(card.figures)
    for key in ("active.score", "redemption_rate", "redemption_rate.peer_median", "active.peers", "visitors_28d"):
        bad = Printed({**good, key: good[key] + (0.1 if key in ("active.score",) else 0.001 if good[key] < 1 else 1)})
        wrong = [f for f in found(platform, bad.fill(GOOD[language])) if f.verdict == "wrong"]
        assert len(wrong) == 1, key


@pytest.mark.parametrize("text", ["你的复购率是 {x}。", "Your repurchase rate is {x}."])
def test_a_right_number_under_the_wrong_metric_is_wrong(platform: Path, card: Card, text: str) -> None:
    assert verdicts(platform, text.format(x=f"{card.figures['redemption_rate']:.1%}")) == ["wrong"]
    assert verdicts(platform, text.format(x=f"{card.figures['repurchase_rate_90d']:.1%}")) == ["right"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("你的核销率高于中位。", "wrong"), ("你的核销率低于中位。", "right"),
        ("Your redemption rate is above the median.", "wrong"), ("Your redemption rate is below the median.", "right"),
        ("Your discount rate is above the median.", "right"),
        ("Your discount rate is better than the median.", "wrong"),
        ("你的获客成本好于同行。", "right"),
    ],
)  # fmt: skip
def test_a_false_statement_about_the_median_is_wrong(platform: Path, text: str, verdict: str) -> None:
    assert verdicts(platform, text) == [verdict]


def test_another_shops_figure_is_wrong_for_the_asked_shop(platform: Path, card: Card) -> None:
    other = compute(platform, AS_OF)["S30"].figures["conversion_rate"]
    assert verdicts(platform, f"你的转化率是 {other:.1%}。") == ["wrong"]


def test_a_number_that_nothing_explains_is_unexplained(platform: Path) -> None:
    assert verdicts(platform, "Our fee is 37 yuan.") == ["unexplained"]


def test_a_rules_number_must_stand_in_the_cited_passage(platform: Path) -> None:
    cited = [{"id": "P1", "quote": "A trigger word has 1 to 8 characters, at most 10 words."}]
    assert verdicts(platform, "You may set up to 10 words. [P1]", citations=cited) == ["right"]
    assert verdicts(platform, "You may set up to 12 words. [P1]", citations=cited) == ["wrong"]
    assert verdicts(platform, "You may set up to 10 words.", citations=cited) == ["unexplained"]


def test_the_same_figure_of_an_earlier_day_is_judged_on_that_day(platform: Path) -> None:
    then = compute(platform, date(2026, 5, 31))[ME].figures["visitors_28d"]
    now = compute(platform, AS_OF)[ME].figures["visitors_28d"]
    assert then != now
    asked = {"question": "5 月访客多少？"}
    text = f"截至 5 月 31 日访客 {then:.0f} 人，现在访客 {now:.0f} 人。"
    assert verdicts(platform, text, **asked) == ["right"] * 3
    assert verdicts(platform, f"截至 5 月 31 日访客 {now:.0f} 人。", **asked) == ["wrong", "right"]


def test_the_visitors_of_a_fraction_are_its_base_and_not_another_metric(platform: Path, card: Card) -> None:
    value = card.values["return_rate_28d"]
    text = "回访率 {:.1%}（{:.0f} 位访客里有 {:.0f} 位）。"
    assert value.value is not None
    assert value.numerator is not None
    assert verdicts(platform, text.format(value.value, value.denominator, value.numerator)) == ["right"] * 3
    off_by_one = text.format(value.value, value.denominator, value.numerator + 1)
    assert verdicts(platform, off_by_one) == ["right", "right", "wrong"]


def test_a_distance_from_the_median_needs_the_right_side_and_size(platform: Path, card: Card) -> None:
    apart = card.figures["active.score"] - card.figures["active.peer_median"]
    right, wrong = ("低", "高") if apart < 0 else ("高", "低")
    assert verdicts(platform, f"活跃分比同行{right} {abs(apart):.1f} 分。") == ["right", "right"]
    assert verdicts(platform, f"活跃分比同行{wrong} {abs(apart):.1f} 分。") == ["wrong", "wrong"]
    assert verdicts(platform, f"活跃分比同行{right} {abs(apart) + 1:.1f} 分。") == ["wrong", "right"]


def test_a_window_that_is_not_the_metrics_own_is_wrong(platform: Path) -> None:
    assert verdicts(platform, "近 28 天复购率。") == ["wrong"]
    assert verdicts(platform, "近 90 天复购率。") == ["right"]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.2 万人", 12000, "users"), ("三成", 30, "percent"), ("三十七家", 37, "shops"),
        ("a third of visitors", 100 / 3, "percent"),
        ("¥12.50", 12.5, "yuan"), ("2.3 个百分点", 2.3, "pp"), ("8,200 点", 8200, None),
        ("-4.6", -4.6, None), ("twelve points", 12, "points"),
        ("22nd", 22, "ordinal"), ("18.2%", 18.2, "percent"),
    ],
)  # fmt: skip
def test_numerals_of_both_languages_are_read_with_their_unit(text: str, value: float, unit: str | None) -> None:
    (number,) = numbers(text)
    assert number.value == pytest.approx(value)
    assert number.unit == unit


def test_list_numbers_and_footnotes_are_no_figures_and_decimals_do_not_end_sentences() -> None:
    parts = sentences("1. Return rate: 18.2 % [M3]. It was 20.1 % before. [P1]\n2）核销率 9.0%。[P2]")
    assert [p.text.strip() for p in parts] == ["Return rate: 18.2 % .", "It was 20.1 % before.", "核销率 9.0%。"]
    assert [p.passages for p in parts] == [(), ("P1",), ("P2",)]

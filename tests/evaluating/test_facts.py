"""A fact holds when the answer shows the figure, prints it, and the data say the same; citations and words likewise."""

from datetime import date
from typing import Any

import pytest

from bot.evaluating.facts import FactMark, fact_marks, figure_marks, metric_of, printed, says
from tests.evaluating.turns import TODAY, Data, answer, cited, days, figure, turn

OCTOBER = {"intent": "metric", "slots": {"period": {"from": "2026-10-01", "to": "2026-10-31"}}}


def mark(fact: dict[str, Any], book: Data | None = None, steps: tuple[Any, ...] = (), **said: Any) -> FactMark:
    found = fact_marks(turn(facts=[fact], steps=list(steps)), answer(**said), "answer", book or Data())
    return found[0]


def test_a_figure_is_shown_printed_and_true() -> None:
    shown = (figure("refund_rate", 0.0234),)
    held = mark({"measure": "refund_rate"}, Data(refund_rate=0.0234), text="It is 2.3%.", measurements=shown)
    assert (held.right, held.why, held.true) == (True, "", True)


@pytest.mark.parametrize(
    ("measurement", "text", "why", "true"),
    [
        (figure("discount_rate", 0.023), "It is 2.3%.", "absent", None),
        (figure("refund_rate", None, state="too_small"), "There are too few.", "absent", None),
        (figure("refund_rate", 0.023, merchant_id="M0002"), "It is 2.3%.", "absent", None),
        (figure("refund_rate", 0.023, as_of=date(2026, 10, 21)), "It is 2.3%.", "other_days", None),
        (figure("refund_rate", 0.023), "It is low.", "unprinted", None),
        (figure("refund_rate", 0.023), "It is 12.3%.", "unprinted", None),
        (figure("refund_rate", 0.031), "It is 3.1%.", "untrue", False),
    ],
    ids=["another metric", "no value", "another shop", "an old day", "not said", "part of a number", "false"],
)
def test_a_figure_is_missing_in_more_than_one_way(measurement: Any, text: str, why: str, true: bool | None) -> None:
    book = Data(refund_rate=0.023) if why == "untrue" else Data()
    found = mark({"measure": "refund_rate"}, book, text=text, measurements=(measurement,))
    assert (found.right, found.why, found.true) == (False, why, true)


def test_where_a_change_arrived_is_the_figure_itself() -> None:
    shown = (figure("active.score_before", 40.0, "score"), figure("active.score_after", 45.0, "score"))
    said = {"text": "From 40.0 to 45.0.", "measurements": shown}
    assert mark({"measure": "score.active"}, Data(active_score=45.0), **said).right
    assert mark({"measure": "score.active"}, Data(active_score=44.0), **said).why == "untrue"
    assert mark({"measure": "score.active"}, text="From 40.0.", measurements=shown[:1]).why == "absent"


def test_every_figure_of_a_shop_in_the_text_is_held_against_the_data() -> None:
    shown = (
        figure("refund_rate", 0.023), figure("gmv.total", 400.0, "yuan"), figure("orders.total", 7, "count"),
        figure("refund_rate.peer_median", 0.5, merchant_id=None), figure("active.score", 50.0, "score"),
    )  # fmt: skip
    said = answer(text="2.3%, ¥400 and 7 orders; the median is 50.0%.", measurements=shown[:4])
    assert figure_marks(said, TODAY, Data(refund_rate=0.023, gmv_total=400.0)) == (2, ())
    assert figure_marks(said, TODAY, Data(refund_rate=0.023, gmv_total=401.0)) == (2, ("gmv.total",))
    assert figure_marks(said, TODAY, Data()) == (0, ())


def test_a_named_shop_is_held_to_instead_of_the_askers_own() -> None:
    shown = (figure("refund_rate", 0.023, merchant_id="M0002"),)
    assert mark({"measure": "refund_rate", "of": "M0002"}, text="2.3%", measurements=shown).right


@pytest.mark.parametrize(
    ("first", "last", "right"),
    [("2026-10-01", "2026-10-31", True), ("2026-09-01", "2026-10-31", False), ("2026-10-01", "2026-11-21", False)],
)
def test_a_sum_is_of_the_labelled_days(first: str, last: str, right: bool) -> None:
    total = figure("gmv.total", 5570.86, "yuan", period=days(first, last), as_of=date.fromisoformat(last))
    found = mark({"measure": "gmv.total"}, steps=(OCTOBER,), text="¥5,571 in all.", measurements=(total,))
    assert found.right is right


def test_a_sum_of_days_that_still_run_goes_to_where_the_data_end() -> None:
    step = {"intent": "metric", "slots": {"period": {"from": "2026-11-01", "to": "2026-11-30"}}}
    total = figure("orders.total", 90, "count", period=days("2026-11-01", "2026-11-21"))
    early = figure("orders.total", 90, "count", period=days("2026-11-01", "2026-11-10"))
    assert mark({"measure": "orders.total"}, steps=(step,), text="90 orders", measurements=(total,)).right
    assert mark({"measure": "orders.total"}, steps=(step,), text="90 orders", measurements=(early,)).why == "other_days"


def test_a_forecast_lies_within_the_labelled_days() -> None:
    step = {"intent": "forecast", "slots": {"period": {"from": "2026-12-01", "to": "2026-12-31"}}}
    near = figure("gmv.forecast", 400.0, "yuan", period=days("2026-12-01", "2026-12-19"))
    past = figure("gmv.forecast", 400.0, "yuan", period=days("2026-11-22", "2026-12-19"))
    assert mark({"measure": "gmv.forecast"}, steps=(step,), text="About ¥400.", measurements=(near,)).right
    assert (
        mark({"measure": "gmv.forecast"}, steps=(step,), text="About ¥400.", measurements=(past,)).why == "other_days"
    )


def test_citations_are_of_one_of_the_documents_or_of_none() -> None:
    said = {"citations": (cited("a"), cited("b"))}
    assert mark({"cites": ["b", "c"]}, **said).right
    assert not mark({"cites": ["c"]}, **said).right
    assert mark({"not_cites": ["c"]}, **said).right
    assert not mark({"not_cites": ["b"]}, **said).right


@pytest.mark.parametrize(
    ("text", "words", "right"),
    [("At most 200 KB.", "200 KB", True), ("最多 3,000次", "3,000 次", True), ("Wait 40 days", "4", False)],
)
def test_words_stand_in_the_text_and_numbers_stand_whole(text: str, words: str, right: bool) -> None:
    assert says(text, words) is right
    assert mark({"says": [words]}, text=text).right is right


def test_no_figure_of_another_shop_is_shown() -> None:
    own, other = figure("gmv.total", 1.0), figure("gmv.total", 1.0, merchant_id="M0002")
    assert mark({"nothing_of": "M0002"}, measurements=(own,)).right
    assert not mark({"nothing_of": "M0002"}, measurements=(own, other)).right


def test_where_asking_back_was_right_only_what_must_not_be_shown_counts() -> None:
    facts = [{"measure": "refund_rate"}, {"cites": ["a"]}, {"nothing_of": "M0002"}, {"not_cites": ["b"]}]
    said = answer(outcome="clarify")
    allowed = turn(facts=facts, expect_also=["clarify"])
    assert [f.kind for f in fact_marks(allowed, said, "clarify", Data())] == ["nothing_of", "not_cites"]
    assert len(fact_marks(turn(facts=facts), said, "clarify", Data())) == 4


def test_a_score_is_named_by_its_dimension() -> None:
    assert [metric_of(n) for n in ("score.active", "users.lapsed", "gmv.total")] == [
        "active.score", "users.lapsed", "gmv.total",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12345.0, "yuan", "营业额 1.2 万元"), (0.0234, "ratio", "退款率 2.3%"), (31.0, "count", "约 31 单"),
        (1.5, "days", "到访 1.50 天"),
    ],
    ids=["money", "share", "count", "days"],
)  # fmt: skip
def test_a_value_is_found_as_it_is_printed(value: float, unit: str, text: str) -> None:
    assert printed(figure("x", value, unit), text, "zh")
    assert not printed(figure("x", value, unit), "这里没有数", "zh")
    assert not printed(figure("x", value * 3, unit), text, "zh")

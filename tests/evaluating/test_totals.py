"""Shares, intervals, percentiles and p values are what the textbooks say."""

import pytest
from scipy import stats

from bot.evaluating.totals import latencies, mcnemar, percentile, repeated, totals, wilson
from tests.evaluating.turns import judged


@pytest.mark.parametrize(("right", "n"), [(1, 10), (5, 10), (9, 10), (343, 362)])
def test_the_interval_is_wilsons(right: int, n: int) -> None:
    expected = stats.binomtest(right, n).proportion_ci(method="wilson")
    assert wilson(right, n) == pytest.approx((expected.low, expected.high))


def test_the_interval_ends_at_none_and_all() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 20)[0] == 0.0
    assert wilson(20, 20)[1] == 1.0


@pytest.mark.parametrize(("better", "worse"), [(0, 0), (5, 0), (8, 3), (3, 8), (10, 10)])
def test_mcnemar_is_the_exact_two_sided_sign_test(better: int, worse: int) -> None:
    expected = stats.binomtest(better, better + worse).pvalue if better + worse else 1.0
    assert mcnemar(better, worse) == pytest.approx(expected)


def test_a_percentile_lies_between_its_neighbours() -> None:
    assert [percentile([4, 1, 3, 2], share) for share in (0, 0.5, 1)] == [1, 2.5, 4]
    assert percentile([7], 0.95) == 7


def test_marks_are_summed_for_all_and_by_group() -> None:
    rows = [judged("1", tag="typo"), judged("2", right=False, tag="typo"), judged("3", tag="emoji")]
    held = {(t.kind, t.group, t.measure): (t.right, t.n) for t in totals(rows)}
    assert held["all", "all", "right"] == (2, 3)
    assert held["all", "all", "true"] == (5, 6)
    assert held["tag", "typo", "step"] == (1, 2)
    assert held["tag", "emoji", "slot"] == (1, 1)
    assert held["slot", "metric", "slot"] == (2, 3)
    assert held["fact", "measure", "fact"] == (2, 3)
    assert ("all", "all", "follow_up") not in held  # nothing to count


def test_steps_and_slots_of_a_turn_count_under_their_own_intent() -> None:
    rows = [judged("1").model_copy(update={"groups": {"intent": ("metric", "improve")}})]
    held = {(t.group, t.measure): t.n for t in totals(rows) if t.kind == "intent"}
    assert held["metric", "step"] == 1
    assert ("improve", "step") not in held
    assert held["improve", "right"] == 1


def test_right_in_every_pass_is_counted_only_where_there_are_several() -> None:
    assert repeated([judged("1")]) is None
    found = repeated([judged("1", passes=(True, True)), judged("2", passes=(True, False))])
    assert found is not None
    assert (found.passes, found.right, found.n) == (2, 1, 2)


def test_latency_is_told_for_all_and_by_the_first_intent() -> None:
    assert [(each.group, each.n, each.p50) for each in latencies([judged("1"), judged("2")])] == [
        ("all", 2, 10.0), ("metric", 2, 10.0),
    ]  # fmt: skip

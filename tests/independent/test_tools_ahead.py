"""What if, how likely, and plans of the tools, against trying and counting by hand. Imports project code."""

from datetime import date, timedelta

import pytest

from tools.insights import ChanceArguments, Chances, WhatIf, WhatIfArguments
from tools.prospects import MovePlan, PlanArguments
from tools.types import Measurement

from . import ahead
from .mixed import DAYS, NEWEST, ONE_OF_EACH, Mixed, common
from .oracle import DIMENSIONS, compute
from .values import DIMENSION_OF, rounded

CLOSE = 1e-9
LATEST_FIRST = DAYS[:0:-1]  # the dates that have one 28 days before them
SHARES = ("active_rate", "return_rate_28d", "conversion_rate", "redemption_rate", "discount_rate", "refund_rate")
LEVELS = ("median", "upper_quarter")


def what_if(mixed: Mixed, merchant: str, base: str, value: float, kind: str = "to") -> WhatIf:
    return mixed.ask(
        WhatIf, WhatIfArguments.model_validate({**common(merchant), "base": base, "value": value, "kind": kind})
    )


def close(shown: Measurement | None, expected: float) -> bool:
    return shown is not None and shown.value is not None and abs(shown.value - expected) <= CLOSE


def test_a_supposed_value_gives_the_scores_that_the_peers_as_they_are_give(mixed: Mixed) -> None:
    seen = 0
    for merchant in ONE_OF_EACH:
        card = compute(mixed.platform, NEWEST)[merchant]
        for metric in (*SHARES, "average_order_value", "visitors_28d", "new_user_cost"):
            if f"{metric}.score" not in card.figures:
                continue
            for factor in (0.3, 0.95, 1.3):
                value, dimension = card.figures[metric] * factor, DIMENSION_OF[metric]
                found = what_if(mixed, merchant, metric, value)
                if metric in SHARES and value > 1:
                    assert found.refused == "out_of_range"
                    continue
                score = ahead.metric_score(mixed.platform, NEWEST, merchant, metric, value)
                gain = ahead.worth(card, metric, dimension) * (score - card.figures[f"{metric}.score"])
                assert close(found.figures[f"{metric}.score_if"], score), (merchant, metric, factor)
                if f"{dimension}.score" in card.figures:
                    assert close(found.get(f"{dimension}.score_if"), card.figures[f"{dimension}.score"] + gain)
                if "overall.score" in card.figures and f"{dimension}.score" in card.figures:
                    assert close(found.get("overall.score_if"), card.figures["overall.score"] + gain / 4)
                seen += 1
    assert seen > 80


def test_the_value_needed_brings_the_score_and_a_hair_less_does_not(mixed: Mixed) -> None:
    needed = 0
    for merchant in ONE_OF_EACH:
        card = compute(mixed.platform, NEWEST)[merchant]
        for base in (*DIMENSIONS, "overall"):
            if f"{base}.score" not in card.figures:
                continue
            for more in (1.0, 4.0, 12.0):
                found = what_if(mixed, merchant, base, more, "by")
                if card.figures[f"{base}.score"] + more > 100:
                    assert found.refused == "out_of_range"
                    continue
                assert set(found.alone) | set(found.not_alone) == set(ahead.scored(card, base))
                for metric in (*found.alone, *found.not_alone):
                    worth, own = ahead.worth(card, metric, base), card.figures[f"{metric}.score"]
                    best = ahead.best_score(mixed.platform, NEWEST, merchant, metric)
                    most = card.figures[f"{base}.score"] + worth * (best - own)
                    assert close(found.get(f"{base}.most@{metric}"), most)
                    if metric in found.not_alone:
                        assert worth * (best - own) < more + CLOSE, (merchant, base, metric)
                        continue
                    value = found.figures[f"{metric}.needed"].value or 0.0
                    enough = ahead.metric_score(mixed.platform, NEWEST, merchant, metric, value)
                    assert worth * (enough - own) == pytest.approx(more, abs=1e-7) or enough - own > more / worth
                    short = value * (1 + 1e-6 if _lower(metric) else 1 - 1e-6)
                    missed = ahead.metric_score(mixed.platform, NEWEST, merchant, metric, short)
                    assert worth * (missed - own) < more, (merchant, base, metric)
                    needed += 1
    assert needed > 60


def _lower(metric: str) -> bool:
    return metric in ("new_user_cost", "discount_rate", "refund_rate")


@pytest.mark.parametrize("merchant", ONE_OF_EACH)
def test_chances_are_those_counted_over_all_shops(mixed: Mixed, merchant: str) -> None:
    card = compute(mixed.platform, NEWEST)[merchant]
    found = mixed.ask(Chances, ChanceArguments.model_validate({**common(merchant), "base": "overall"}))
    seen = 0
    for metric in ahead.scored(card, "overall"):
        own, gains = rounded(card.figures[f"{metric}.score"]), []
        for level in LEVELS:
            peers_value = rounded(card.figures[f"{metric}.peer_{level}"])
            gain = ahead.metric_score(mixed.platform, NEWEST, merchant, metric, peers_value) - own
            mine = ahead.chance(mixed.platform, metric, merchant, gain, LATEST_FIRST)
            shown = found.get(f"{metric}.chance_at_{level}")
            assert (shown is None) == (mine is None), (metric, level, gain)
            if gain > CLOSE:
                gains.append(gain)
            if mine is None or shown is None:
                continue
            assert (shown.numerator, shown.denominator) == (mine.managed, mine.n), (metric, level)
            assert close(found.get(f"{metric}.chance_at_{level}_low"), mine.low)
            assert close(found.get(f"{metric}.chance_at_{level}_high"), mine.high)
            seen += 1
        _same_actions(mixed, found, metric, merchant, min(gains, default=0.0))
    assert seen >= 5


def _same_actions(mixed: Mixed, found: Chances, metric: str, merchant: str, gain: float) -> None:
    mine = ahead.did(mixed.platform, metric, merchant, gain, LATEST_FIRST) if gain else {}
    assert set(found.did.get(metric, ())) <= mine.keys()
    assert len(found.did.get(metric, ())) == min(5, len(mine)), metric
    for kind in found.did.get(metric, ()):
        shown = [found.figures[f"{metric}.did_{side}@{kind}"] for side in ("improved", "rest")]
        assert [n for f in shown for n in (f.numerator, f.denominator)] == list(mine[kind]), (metric, kind)
        difference = mine[kind][0] / mine[kind][1] - mine[kind][2] / mine[kind][3]
        assert close(found.get(f"{metric}.did_difference@{kind}"), difference)


def plan(mixed: Mixed, merchant: str, base: str, **limits: object) -> MovePlan:
    return mixed.ask(MovePlan, PlanArguments.model_validate({**common(merchant), "base": base, **limits}))


def cost(found: MovePlan) -> float:
    hours, yuan = (found.get(f"{found.base}.plan_{name}") for name in ("hours", "cost"))
    return (hours.value or 0.0 if hours else 0.0) + (yuan.value or 0.0 if yuan else 0.0) / 100


@pytest.mark.parametrize("base", ["active", "worth", "efficiency"])
def test_a_plan_is_the_cheapest_of_all_that_reach_the_target(mixed: Mixed, base: str) -> None:
    reached = short = 0
    for merchant in ONE_OF_EACH:
        card = compute(mixed.platform, NEWEST)[merchant]
        score = card.figures.get(f"{base}.score")
        choices = ahead.ways(mixed.platform, merchant, base, LATEST_FIRST) if score is not None else []
        if score is None or not choices:
            continue
        every = list(ahead.bundles(choices))
        for more, limits in ((3.0, {}), (8.0, {}), (8.0, {"hours": 3.0}), (8.0, {"yuan": 0.0}), (60.0, {})):
            if score + more > 100:
                continue
            allowed = [b for b in every if b.hours <= limits.get("hours", 1e9) and b.yuan <= limits.get("yuan", 1e9)]
            found = plan(mixed, merchant, base, target=score + more, **limits)
            enough = [b for b in allowed if b.points >= more - 1e-7]
            assert found.reached == bool(enough), (merchant, more, limits)
            gain = found.get(f"{base}.plan_gain")
            gained = gain.value or 0.0 if gain else 0.0
            if enough:
                assert cost(found) == pytest.approx(min(b.cost for b in enough), abs=1e-6), (merchant, more, limits)
                assert gained >= more - 1e-6
                reached += 1
            else:
                assert gained == pytest.approx(max(b.points for b in allowed), abs=1e-5), (merchant, more, limits)
                short += 1
    assert reached >= 3
    assert short >= 2


def test_a_plan_with_a_day_shows_every_move_in_time_and_none_cheaper_would(mixed: Mixed) -> None:
    checked = 0
    for merchant in ONE_OF_EACH:
        card = compute(mixed.platform, NEWEST)[merchant]
        choices = ahead.ways(mixed.platform, merchant, "active", LATEST_FIRST)
        every = sorted(ahead.bundles(choices), key=lambda b: b.cost)
        for days in (15, 22, 36):
            by = NEWEST + timedelta(days=1 + days)
            found = plan(mixed, merchant, "active", target=card.figures["active.score"] + 5.0, by=by)
            assert all(NEWEST + timedelta(days=1) < m.start <= m.look_again <= by for m in found.moves)
            assert _work_before_each_start(found)
            best = next((b for b in every if b.points >= 5 - 1e-7 and ahead.in_time(b, days - 1)), None)
            assert found.reached == (best is not None), (merchant, days)
            if best is not None:
                assert cost(found) == pytest.approx(best.cost, abs=1e-6), (merchant, days)
                checked += 1
    assert checked >= 5


def _work_before_each_start(found: MovePlan) -> bool:
    """Starts follow one another: each move begins in the week in which the work before it is done."""
    hours = {m["id"]: float(m["effort_hours"]) for several in ahead.moves().values() for m in several}
    done, first = 0.0, NEWEST + timedelta(days=2)
    for move in sorted(found.moves, key=lambda m: m.start):
        if move.start > first + timedelta(days=7 * int((done + 1e-9) // 4)):
            return False
        done += hours[move.move]
    return True


def test_of_two_levels_the_one_that_hardly_anybody_reached_is_not_planned(mixed: Mixed) -> None:
    left, planned = 0, date.max
    for merchant in ONE_OF_EACH:
        for base in DIMENSIONS:
            if f"{base}.score" not in compute(mixed.platform, NEWEST)[merchant].figures:
                continue
            known = {(w.metric, w.level) for w in ahead.ways(mixed.platform, merchant, base, LATEST_FIRST)}
            found = plan(mixed, merchant, base)
            for move in found.moves:
                planned = min(planned, move.start)
                assert (move.metric, move.level) in known
                left += 1
    assert left > 5
    assert planned == NEWEST + timedelta(days=2)

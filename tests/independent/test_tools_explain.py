"""Why a score changed: the tool's terms and segments against the same taken apart by hand. Imports project code."""

from datetime import date

import pytest

from tools.insights import ExplainArguments, Explanation

from . import changing
from .mixed import DAYS, NEWEST, ONE_OF_EACH, Mixed, common
from .oracle import DIMENSIONS, compute
from .values import DIMENSION_OF

CLOSE = 1e-9
PAIRS = ((DAYS[1], DAYS[2]), (DAYS[2], DAYS[3]), (DAYS[1], DAYS[3]))
TERMS = ("own", "peers_moved", "group_changed", "coverage_changed", "contribution", "score_change")


def told(mixed: Mixed, merchant: str, base: str, before: date, on: date = NEWEST) -> Explanation:
    return mixed.ask(
        Explanation, ExplainArguments.model_validate({**common(merchant, on), "base": base, "before": before})
    )


def scored(mixed: Mixed, merchant: str, base: str, *days: date) -> bool:
    return all(f"{base}.score" in compute(mixed.platform, day)[merchant].figures for day in days)


@pytest.mark.parametrize("merchant", ONE_OF_EACH)
def test_each_term_of_each_score_equals_the_one_taken_apart_by_hand(mixed: Mixed, merchant: str) -> None:
    seen = 0
    for before, on in PAIRS:
        for base in ("overall", *DIMENSIONS, *DIMENSION_OF):
            found = told(mixed, merchant, base, before, on)
            if not scored(mixed, merchant, base, before, on):
                assert found.refused in ("no_earlier", "no_score", "unmeasured", "no_peers"), (base, before)
                continue
            mine = changing.terms(mixed.platform, merchant, base, before, on)
            theirs = {k: f.value for k, f in found.figures.items() if k.split(".")[-1] in TERMS}
            assert theirs.keys() == mine.keys(), (base, before)
            assert {k: v for k, v in theirs.items() if abs((v or 0) - mine[k]) > CLOSE} == {}, (base, before, on)
            seen += len(mine)
    assert seen > 500


def test_a_quarter_that_ended_moves_some_shops_to_another_group(mixed: Mixed) -> None:
    """The pairs above do hold what they are to hold: changed groups, moved peers, and a coverage that changed."""
    shares: dict[str, float] = dict.fromkeys(TERMS, 0.0)
    for before, on in PAIRS:
        for merchant in ONE_OF_EACH:
            for base in filter(lambda d: scored(mixed, merchant, d, before, on), DIMENSIONS):
                for key, value in changing.terms(mixed.platform, merchant, base, before, on).items():
                    shares[key.split(".")[1]] += abs(value)
    assert all(shares[term] > 1 for term in TERMS), shares


def test_the_cause_is_the_term_that_made_most_of_the_change(mixed: Mixed) -> None:
    names = {"own": "own", "peers_moved": "peers", "group_changed": "group", "coverage_changed": "coverage"}
    causes = set()
    for merchant in list(compute(mixed.platform, NEWEST))[::3]:
        if not scored(mixed, merchant, "active", DAYS[1], NEWEST):
            continue
        mine = changing.terms(mixed.platform, merchant, "active", DAYS[1], NEWEST)
        change = mine["active.score_change"]
        along = {cause: mine[f"active.{term}"] * (1 if change > 0 else -1) for term, cause in names.items()}
        main = max(along, key=lambda cause: along[cause])
        with_it, against = (sum(max(0.0, sign * v) for v in along.values()) for sign in (1, -1))
        clear = along[main] * 3 >= 2 * with_it and 2 * against <= along[main]
        expected = "steady" if abs(change) < 0.05 else main if clear else "mixed"
        assert told(mixed, merchant, "active", DAYS[1]).cause == expected, merchant
        causes.add(expected)
    assert causes >= {"own", "peers", "mixed"}


@pytest.mark.parametrize("metric", changing.OF)
def test_rates_and_effects_of_segments_equal_those_counted_user_by_user(mixed: Mixed, metric: str) -> None:
    seen = set()
    for merchant in ONE_OF_EACH:
        for before, on in ((DAYS[2], NEWEST), (DAYS[1], DAYS[2])):
            if not all(compute(mixed.platform, day)[merchant].values[metric].state == "ok" for day in (before, on)):
                continue
            found = told(mixed, merchant, metric, before, on)
            for kind in ("channel", "users"):
                mine = changing.effects(mixed.platform, merchant, metric, before, on, kind)
                if len(mine) < 2:
                    continue
                assert {s for s in found.segments[metric] if s.startswith(kind)} == mine.keys()
                for segment, expected in mine.items():
                    names = ("rate_before", "rate_after", "rate_effect", "mix_effect")
                    shown = [found.get(f"{metric}.{name}@{segment}") for name in names]
                    assert [f and f.value for f in shown] == [
                        v if v is None else pytest.approx(float(v), abs=CLOSE, rel=1e-12) for v in expected
                    ], (merchant, segment)
                    seen.add(segment)
                whole = sum((rate + mix for *_, rate, mix in mine.values()))
                change = found.figures[f"{metric}.change"].value
                assert float(whole) == pytest.approx(change, abs=CLOSE)
    assert {"channel:mini_program", "channel:store_code"} <= seen


def test_the_three_metrics_that_contribute_most_are_split_and_listed_first(mixed: Mixed) -> None:
    for merchant in ONE_OF_EACH:
        found = told(mixed, merchant, "active", DAYS[2])
        mine = changing.terms(mixed.platform, merchant, "active", DAYS[2], NEWEST)
        sizes = [abs(mine[f"{m}.contribution"]) for m in found.metrics]
        assert sizes == sorted(sizes, reverse=True)
        assert set(found.segments) <= {*found.metrics[:3], *found.own_first}

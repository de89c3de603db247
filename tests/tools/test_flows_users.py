"""User flows: everybody is in one state on each day, and nobody appears or vanishes between two."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from bot.assemble import Workbench
from tests.tools.measuring_desk import NEWEST, ago, everybody, lenient, measure, shop, visit, write_platform
from tools.catalog import UserAssetRules
from tools.demo.stories import read_stories
from tools.flows import flows, funnel
from tools.insights import FlowArguments, Flows
from tools.own import History
from tools.parts import RECIPES
from tools.reader import SnapshotMeter
from tools.segments import segment_sums
from tools.types import Access
from tools.user_states import STATES, first_regular_day, moves, standing

RULES = UserAssetRules()
DAY = NEWEST.toordinal()


def ask(meter: SnapshotMeter, merchant: str, before: date, on: date = NEWEST) -> Flows:
    door = meter.shop(Access(merchants=frozenset({merchant})), merchant)
    return flows(
        door, FlowArguments(merchant_id=merchant, on=on, today=on + timedelta(days=1), before=before)
    )  # fmt: skip


def count(found: Flows, name: str) -> float:
    measured = found.get(f"users.{name}")
    assert measured is not None
    return measured.value or 0.0


def history_of(visits: list[tuple[int, int]], channels: int = 3) -> History:
    """A history of (user, day) visits; days without one where the user is below zero."""
    rows = sorted({(abs(u), d, u >= 0) for u, d in visits}, key=lambda r: r[:2])
    rows = [r for at, r in enumerate(rows) if at == 0 or rows[at - 1][:2] != r[:2]]
    user = np.unique([r[0] for r in rows], return_inverse=True)[1].astype(np.int64)
    day, visited = np.array([r[1] for r in rows], dtype=np.int64), np.array([r[2] for r in rows], dtype=np.bool_)
    first = np.full(user.max() + 1, 10_000_000, dtype=np.int64)
    np.minimum.at(first, user[visited], day[visited])
    amounts = (user * 7 + day * 13) % 5
    return History(
        user=user, day=day, channel=np.where(visited, (user + day) % channels, -1),
        channels=tuple(f"c{n}" for n in range(channels)), visits=visited.astype(np.int64), visited=visited,
        interacted=amounts > 2, identified=visited & (amounts > 1), orders=(amounts > 3).astype(np.int64),
        gmv=amounts * 1000, discount=amounts * 10, refunds=amounts, first_day=first[user], promoted=user % 2 == 0,
    )  # fmt: skip


def random_history(seed: int) -> History:
    rng = np.random.default_rng(seed)
    visits = [
        (int(u) * (1 if rng.random() < 0.9 else -1), DAY - int(400 * rng.random() ** 2))
        for u in rng.integers(1, 60, 500)
    ]
    return history_of(visits)


def plain_state(days: list[int], on: int) -> str:
    """The catalog's rules once more, one user at a time."""
    past = sorted(d for d in days if d <= on)
    if not past:
        return "none"
    recent = [d for d in past if d > on - 28]
    if recent:
        older = [d for d in past if d <= on - 28]
        if not older:
            return "new"
        return "won_back" if recent[0] - older[-1] >= 90 else "active"
    return "at_risk" if past[-1] > on - 60 else "lapsed"


def test_every_user_is_in_the_state_that_the_rules_give_it() -> None:
    seen = set()
    for seed in range(20):
        history = random_history(seed)
        for on in (DAY, DAY - 28, DAY - 100):
            stood = standing(history, on, RULES)
            for user in range(int(history.user.max()) + 1):
                days = history.day[(history.user == user) & history.visited].tolist()
                state = plain_state(days, on)
                assert (*STATES, "none")[stood.state[user]] == state
                assert stood.regular[user] == (sum(on - 90 < d <= on for d in days) >= 4)
                seen.add(state)
    assert seen == {*STATES, "none"}


def test_nobody_appears_or_vanishes_between_two_days() -> None:
    for seed in range(40):
        history = random_history(seed)
        before, after = (standing(history, day, RULES) for day in (DAY - 10 - seed, DAY))
        found = moves(before, after)
        for state in STATES:
            assert sum(n for (_, new), n in found.items() if new == state) == after.counts()[state]
            assert sum(n for (old, _), n in found.items() if old == state) == before.counts()[state]
        assert sum(found.values()) == np.unique(history.user[history.visited & (history.day <= DAY)]).size


def test_a_regular_is_made_on_the_fourth_visit_day_within_ninety() -> None:
    history = history_of([(1, DAY - d) for d in (200, 100, 60, 40, 12, 3)] + [(2, DAY - d) for d in (90, 60, 30, 0)])
    # 100, 60, 40 and 12 days ago lie within 90 days; of the other user the first and the fourth are 91 days apart
    assert first_regular_day(history, RULES).tolist() == [DAY - 12, 10_000_000]


def test_how_users_are_numbered_changes_nothing() -> None:
    history = random_history(7)
    shuffled = np.random.default_rng(1).permutation(int(history.user.max()) + 1)[history.user]
    order = np.lexsort((history.day, shuffled))
    arrays = {name: getattr(history, name)[order] for name in history.__dataclass_fields__ if name != "channels"}
    other = replace(history, **{**arrays, "user": shuffled[order]})
    a, b = (standing(h, DAY, RULES) for h in (history, other))
    assert a.counts() == b.counts()
    assert funnel(history, a) == funnel(other, b)
    assert [segment_sums(history, m, DAY) for m in RECIPES] == [segment_sums(other, m, DAY) for m in RECIPES]


def test_states_are_those_of_the_card_wherever_the_snapshot_has_one(desk: Workbench) -> None:
    meter = desk.meter
    rng = np.random.default_rng(5)
    compared = 0
    for merchant in rng.choice(meter.merchant_ids(), 25, replace=False).tolist():
        door = meter.shop(Access(merchants=frozenset({merchant})), merchant)
        before, on = sorted(rng.choice(np.array(meter.dates, dtype=object), 2, replace=False).tolist())
        found = ask(meter, merchant, before, on)
        if found.refused:
            continue
        for side, day in (("before", before), ("after", found.as_of)):
            card = door.card(on=day, today=day + timedelta(days=1))
            assert card.as_of == day
            for state in (*STATES, "regulars"):
                assert count(found, f"{state}@{side}") == card.figures[f"users.{state}"].value
                compared += 1
    assert compared > 150


def test_regulars_lost_are_the_planted_ones_and_worth_what_they_spent(
    desk: Workbench, demo_platform: Path
) -> None:  # fmt: skip
    stories = read_stories(demo_platform)
    for story in stories.of("regulars_lost"):
        truth = story.truth
        before = date.fromisoformat(truth["as_of_before"])
        found = ask(desk.meter, story.merchant_id, before, stories.anchor)
        assert count(found, "lost_regulars") == truth["lost"]
        assert count(found, "regulars@before") == truth["regulars_before"]
        assert count(found, "lost_regulars_value") == truth["value_90d"]
        channels = _last_channels(demo_platform, story.merchant_id, truth["users"], before)
        assert {c: count(found, f"lost_regulars@channel:{c}") for c in found.lost_by_channel} == channels
        assert [channels[c] for c in found.lost_by_channel] == sorted(channels.values(), reverse=True)


def _last_channels(platform: Path, merchant: str, users: list[str], before: date) -> dict[str, int]:
    rows = duckdb.execute(
        "SELECT channel, count(*) FROM (SELECT user_id, day, min(channel) AS channel, max(day) OVER (PARTITION BY "
        "user_id) AS last FROM read_parquet(?) WHERE merchant_id = ? AND visits > 0 AND day <= ? AND "
        "list_contains(?, user_id) GROUP BY user_id, day) WHERE day = last GROUP BY channel",
        [str(platform / "activity.parquet"), merchant, before, users],
    ).fetchall()
    return dict(rows)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SnapshotMeter:
    """One shop with a lost, a regained and a new regular, and two that only came once."""
    folder = tmp_path_factory.mktemp("flows")
    days = {
        "lost": (80, 70, 60, 50, 35), "regained": (140, 130, 125, 120, 10), "made": (20, 15, 10, 5),
        "kept": (100, 80, 60, 40, 20, 2), "once": (3,), "oldest": (300,),
    }  # fmt: skip
    rows = [
        visit(user, ago(back), orders=1, gmv=100 + at, refunds=1)
        for user, backs in days.items() for at, back in enumerate(backs)
    ]  # fmt: skip
    platform = write_platform(folder / "platform", activity=rows)
    return measure(folder, platform, on=(NEWEST,), catalog=lenient())


def test_lost_regained_and_new_regulars_by_hand(small: SnapshotMeter) -> None:
    found = ask(small, "M1", ago(28))
    assert {name: count(found, name) for name in ("lost_regulars", "regained_regulars", "new_regulars")} == {
        "lost_regulars": 1, "regained_regulars": 1, "new_regulars": 1
    }  # fmt: skip
    assert count(found, "lost_regulars_value") == 5 * 100 + (0 + 1 + 2 + 3 + 4) - 5
    assert count(found, "regained_regulars_value") == 104 - 1
    assert found.lost_by_channel == ("store_code",)
    assert count(found, "moved@active>at_risk") == 1
    assert count(found, "moved@lapsed>active") == 0
    assert count(found, "moved@lapsed>won_back") == 1
    assert count(found, "moved@none>new") == 2
    assert [count(found, f"funnel@{step}") for step in ("visit", "first_order", "second_order", "regular")] == [
        3, 3, 2, 2
    ]  # fmt: skip
    assert count(found, "value@new") == 99 + 100 + 101 + 102 + 99


def test_flows_refuse_what_they_cannot_know(small: SnapshotMeter, tmp_path: Path) -> None:
    assert ask(small, "M1", ago(301)).refused == "no_earlier"
    assert ask(small, "M1", NEWEST).refused == "no_earlier"
    daily = [{"merchant_id": "M1", "day": ago(n), "visits": 5, "orders": 1, "gmv": 30} for n in range(40)]
    platform = write_platform(tmp_path / "platform", merchants=[shop("M1"), shop("M2")], daily=daily)
    meter = measure(tmp_path, platform)
    assert ask(meter, "M1", ago(28)).refused == "no_users"
    assert everybody(meter).merchants == {"M1", "M2"}


def test_a_shop_that_nobody_came_to_has_no_users(tmp_path: Path) -> None:
    platform = write_platform(
        tmp_path / "platform", merchants=[shop("M1"), shop("M2")], activity=[visit("u", ago(n)) for n in range(40)]
    )
    assert ask(measure(tmp_path, platform), "M2", ago(28)).refused == "empty"

"""The plan: which moves, from when on, bring a score by a day, and what they ask for in time and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tools.catalog import Metric
from tools.chances import Level, gains_by_level
from tools.footing import Footing, footings, refusal
from tools.insights import Refusal
from tools.making import Maker, days_up_to
from tools.odds import Chance, Odds, put_chance
from tools.planning import WEEKLY_HOURS, Choice, Limits, Price, bill, binding, cheapest, most
from tools.prospects import MoveChoice, MovePlan, PlanArguments, PlannedMove
from tools.scores import NOTHING
from tools.shop import Shop
from tools.types import ScoreCard
from tools.what_if import copy

LEAST_CHANCE = 0.05  # a gain that fewer of those alike managed is not planned
CLOSE = 1e-6  # points
WEEK = 7

Rules = Mapping[tuple[str, str], MoveChoice]
Chances = dict[tuple[str, Level], Chance | None]


def plan(shop: Shop, arguments: PlanArguments) -> MovePlan:
    """The cheapest moves that bring `base` to `target`; else the best within the limits, and which limit binds.

    Refused: `past_date` (`by` is not after today), `official`, `no_peers`, `no_score`, `unmeasured`, `out_of_range`
    (a target outside 0..100), `already_there`. Without moves there are no `plan_*` figures.
    """
    card = shop.card(on=arguments.on, today=arguments.today)
    base = arguments.base
    maker = Maker(shop.merchant_id, card.as_of, currency=shop.meter.currency)
    copy(maker, card, f"{base}.score")
    if arguments.target is not None and 0 <= arguments.target <= 100:
        maker.put(f"{base}.target", arguments.target, "score")
    result = MovePlan(merchant_id=shop.merchant_id, as_of=card.as_of, base=base, figures=maker.figures)
    refused = _refused(shop, card, arguments)
    if refused is not None:
        return result.model_copy(update={"refused": refused})
    feet = footings(shop, card, base)
    score = card.figures[f"{base}.score"].value or 0.0
    rules: Rules = {(rule.metric, rule.move): rule for rule in arguments.choices}
    choices, chances = possible_choices(feet, rules, Odds(shop, card, arguments.on))
    limits = _limits(arguments)
    chosen, update = choose(choices, limits, None if arguments.target is None else arguments.target - score)
    if not chosen and arguments.target is None and update["limit"] == "time":
        # Nothing shows by then; no score was asked for by that day, so the day is when the work is to be done.
        chosen, update = choose(choices, replace(limits, days=None), None)
        update["shows_later"] = bool(chosen)
    starts = schedule(chosen, arguments.today + timedelta(days=1), arguments.by, limits.pace)
    _put_plan(maker, base, score, chosen, feet, chances)
    if chosen and arguments.weekly_hours is not None:
        maker.put(f"{base}.plan_pace", arguments.weekly_hours, "hours")
    left_out = tuple(rule for rule in arguments.choices if not rule.allowed and rule.metric in feet)
    moves = _planned(chosen, starts, rules)
    return result.model_copy(update={**update, "figures": maker.figures, "moves": moves, "left_out": left_out})


def _refused(shop: Shop, card: ScoreCard, arguments: PlanArguments) -> Refusal | None:
    refused = refusal(card, shop.meter.catalog, arguments.base)
    if refused is not None:
        return refused
    if arguments.by is not None and arguments.by <= arguments.today:
        return "past_date"
    if arguments.target is None:
        return None
    if not 0 <= arguments.target <= 100:
        return "out_of_range"
    score = card.get(f"{arguments.base}.score")
    return "already_there" if score and score.value is not None and arguments.target <= score.value + NOTHING else None


def _limits(arguments: PlanArguments) -> Limits:
    days = None if arguments.by is None else (arguments.by - arguments.today).days - 1
    pace = WEEKLY_HOURS if arguments.weekly_hours is None else arguments.weekly_hours
    return Limits(arguments.hours, arguments.yuan, arguments.credits, days, pace)


def possible_choices(feet: Mapping[str, Footing], rules: Rules, odds: Odds) -> tuple[list[Choice], Chances]:
    """Every level that brings something and that others reached, by every move that no rule forbids; and the chances.

    A level is left out where under LEAST_CHANCE of those alike gained as much in 28 days: nobody plans on it.
    """
    choices: list[Choice] = []
    chances: Chances = {}
    for name, here in feet.items():
        for level, gain in gains_by_level(here).items():
            if gain <= NOTHING:
                continue
            chance = chances[name, level] = odds.of(name, gain)
            if chance is None or chance.share >= LEAST_CHANCE:
                choices += _by_moves(here, level, here.worth * gain, chance, rules)
    return choices, chances


def _by_moves(here: Footing, level: Level, points: float, chance: Chance | None, rules: Rules) -> list[Choice]:
    found = []
    for move in here.metric.moves:
        rule = rules.get((here.metric.id, move.id))
        if rule is None or rule.allowed:
            price = Price(move.effort_hours, move.cost_yuan, rule.credits if rule else 0, move.look_again_days)
            share = None if chance is None else chance.share
            found.append(Choice(here.metric.id, level, move.id, points, share, price))
    return found


def choose(choices: Sequence[Choice], limits: Limits, gap: float | None) -> tuple[tuple[Choice, ...], dict[str, Any]]:
    """The chosen, with `reached` and `limit`. `gap`: points to the target; None: the most that may be expected.

    Where the target is out of reach, the most points that all moves together could bring.
    """
    if gap is None:
        chosen = most(choices, limits, _expected)
        return chosen, {"reached": False, "limit": binding(choices, limits, _expected)}
    enough = cheapest(choices, gap, limits)
    if enough is not None and sum(c.points for c in enough) >= gap - CLOSE:
        return enough, {"reached": True, "limit": ""}
    return most(choices, limits, _points), {"reached": False, "limit": binding(choices, limits, _points)}


def _points(choice: Choice) -> float:
    return choice.points


def _expected(choice: Choice) -> float:
    return choice.expected


def schedule(
    chosen: Sequence[Choice], first: date, by: date | None, pace: float = WEEKLY_HOURS
) -> dict[str, tuple[date, date]]:
    """By move, in order of start: its day, and the day to look again.

    A move starts when the ones before it are done at `pace` hours a week, the first on `first`. What promises most
    for its cost comes first; where that would be too late for one of them, what takes longest to show.
    """
    prices = bill(chosen)
    promise = {move: sum(c.expected for c in chosen if c.move == move) for move in prices}
    by_promise = sorted(prices, key=lambda move: -promise[move] / max(prices[move].cost, 0.1))
    starts = _starts(by_promise, prices, first, pace)
    if by is not None and any(again > by for _, again in starts.values()):
        slow_first = sorted(prices, key=lambda move: (-prices[move].look_again_days, prices[move].hours))
        starts = _starts(slow_first, prices, first, pace)
    return starts


def _starts(
    order: Sequence[str], prices: Mapping[str, Price], first: date, pace: float
) -> dict[str, tuple[date, date]]:
    starts, before = {}, 0.0
    for move in order:
        start = first + timedelta(days=WEEK * int((before + 1e-9) // pace))
        starts[move] = (start, start + timedelta(days=prices[move].look_again_days))
        before += prices[move].hours
    return starts


def _planned(
    chosen: Sequence[Choice], starts: Mapping[str, tuple[date, date]], rules: Rules
) -> tuple[PlannedMove, ...]:
    moves = []
    for move, (start, again) in starts.items():
        serving = sorted((c for c in chosen if c.move == move), key=lambda c: -c.expected)
        first = serving[0]
        rule = rules.get((first.metric, move))
        moves.append(
            PlannedMove(
                metric=first.metric, also=tuple(c.metric for c in serving[1:]), move=move, level=first.level,
                start=start, look_again=again, passage=rule.passage if rule else None,
            )
        )  # fmt: skip
    return tuple(moves)


def _put_plan(
    maker: Maker, base: str, score: float, chosen: Sequence[Choice], feet: Mapping[str, Footing], chances: Chances
) -> None:
    if not chosen:
        return
    prices = bill(chosen).values()
    gain = sum(c.points for c in chosen)
    maker.put(f"{base}.plan_score", score + gain, "score")
    maker.put(f"{base}.plan_gain", gain, "points")
    if all(c.chance is not None for c in chosen):
        maker.put(f"{base}.plan_expected", sum(c.expected for c in chosen), "points")
    maker.put(f"{base}.plan_hours", sum(p.hours for p in prices), "hours")
    maker.put(f"{base}.plan_cost", sum(p.yuan for p in prices), "yuan")
    maker.put(f"{base}.plan_credits", sum(p.credits for p in prices), "credits")
    for c in chosen:
        metric: Metric = feet[c.metric].metric
        value = feet[c.metric].median if c.level == "median" else feet[c.metric].upper_quarter
        maker.put(
            f"{c.metric}.plan_to@{c.move}", value, metric.unit, period=days_up_to(maker.as_of, metric.window_days)
        )
        maker.put(f"{c.metric}.plan_gain@{c.move}", c.points, "points")
        put_chance(maker, f"{c.metric}.plan_chance@{c.move}", chances[c.metric, c.level])

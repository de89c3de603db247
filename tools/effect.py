"""What a past action of a shop brought, as the snapshot measured it against matched shops that did not act."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tools.groups import FEWEST
from tools.insights import Effect, EffectArguments, Refusal
from tools.making import Maker
from tools.own import ActionEntry
from tools.shop import Shop
from tools.types import GroupLevel, Period, Unit

ORDER = ("visits", "orders", "gmv")
ANYTHING = "campaign"
CLEAR = 1.1  # half widths from zero
REASONS: dict[str, Refusal] = {
    "unmeasured": "unmeasured", "few_days": "few_days", "too_small": "few_days", "too_recent": "too_recent",
    "few_matches": "few_matches",
}  # fmt: skip
_COLUMNS = (
    'series, effect, low, high, total, "before", "after", matched_before, matched_after, matches, before_days, '
    "after_days, group_id, group_level, refused"
)
_QUERY = (
    f"SELECT {_COLUMNS} FROM effects WHERE no = ? AND kind = ? AND started_on = ? AND product IS NOT DISTINCT FROM ? "
    "AND ended_on IS NOT DISTINCT FROM ?"
)


class Row(NamedTuple):
    """One outcome of one action in the snapshot's table; figures are None where `refused`."""

    series: str
    effect: float | None
    low: float | None
    high: float | None
    total: float | None
    before: float | None
    after: float | None
    matched_before: float | None
    matched_after: float | None
    matches: int
    before_days: int
    after_days: int
    group_id: str | None
    group_level: GroupLevel
    refused: str | None


def effect(shop: Shop, arguments: EffectArguments) -> Effect:
    """What the newest fitting action brought, of those that started in the half year before the data end.

    Refused: `no_actions` where the operator sends none; `no_action` where none fits;
    `too_old` where one fits, of which nothing was measured;
    `too_recent` and `few_days` under 14 days on either side, `few_days` also where there was too little to count
    before; `few_matches` under ten shops to compare with; `unmeasured` where no outcome is in the data.
    """
    as_of = min(arguments.on, shop.last_whole_day or arguments.on)
    result = Effect(merchant_id=shop.merchant_id, as_of=as_of)
    if shop.actions is None:
        return result.model_copy(update={"refused": "no_actions"})
    action = newest(shop.actions, arguments)
    if action is None and arguments.kind == ANYTHING:  # the word for whatever was done
        action = newest(shop.actions, arguments.model_copy(update={"kind": None, "product": None}))
    if action is None:
        wanted = arguments.model_copy(update=dict.fromkeys(("kind", "product", "since", "until")))
        last = newest(shop.actions, wanted)
        known = {"latest_kind": last.kind, "latest_on": last.started_on} if last is not None else {}
        return result.model_copy(update={"refused": "no_action"} | known)
    named = {
        "kind": action.kind, "product": action.product, "note": action.note,
        "started_on": action.started_on, "ended_on": action.ended_on,
    }  # fmt: skip
    result = result.model_copy(update=named)
    rows = _rows(shop, action)
    if not rows:
        return result.model_copy(update={"refused": "too_old"})
    told = [row for row in rows if row.refused is None and row.matches >= FEWEST]
    if not told:
        reasons = [REASONS.get(row.refused or "", "few_matches") for row in rows]
        return result.model_copy(update={"refused": next((r for r in reasons if r != "unmeasured"), "unmeasured")})
    if _last(action, told[0]) > arguments.on:  # the table knows days that the question may not
        return result.model_copy(update={"refused": "too_recent"})
    maker = Maker(shop.merchant_id, as_of, currency=shop.meter.currency)
    for row in told:
        _put(maker, shop, action, row)
    found = {
        "figures": maker.figures, "claimed": claims({row.series: (row.low, row.high) for row in told}),
        "others": others(shop.actions, action, told[0].before_days, _last(action, told[0])),
    }  # fmt: skip
    return result.model_copy(update=found)


def newest(actions: Sequence[ActionEntry], arguments: EffectArguments) -> ActionEntry | None:
    """The action that started last, of those that fit; of several on a day, the first by kind and product.

    A period fits what overlaps it: a promotion that began in September may well be meant by October.
    """
    wanted = (arguments.kind, arguments.product)
    since, until = arguments.since or date.min, min(arguments.until or date.max, arguments.on)
    fitting = [
        a
        for a in actions
        if a.started_on <= until
        and (a.ended_on or a.started_on) >= since
        and all(name is None or name == mine for name, mine in zip(wanted, (a.kind, a.product), strict=True))
    ]
    return min(fitting, key=lambda a: (-a.started_on.toordinal(), a.kind, a.product or ""), default=None)


def claims(intervals: Mapping[str, tuple[float | None, float | None]]) -> tuple[str, ...]:
    """The outcomes whose interval (low, high) leaves out zero, provided that one of them clears it by CLEAR.

    Three outcomes are three chances to be lucky; the proviso brings the chance of any false claim back to one in
    twenty or so.
    """
    clear = {
        name: clearance(low, high) for name, (low, high) in intervals.items() if low is not None and high is not None
    }
    if max(clear.values(), default=0.0) <= CLEAR:
        return ()
    return tuple(name for name, times in clear.items() if times > 1)


def clearance(low: float, high: float) -> float:
    """How many half widths of an interval of ratios (symmetric as logarithms) lie between its middle and zero."""
    bottom, top = math.log1p(low), math.log1p(high)
    return abs(bottom + top) / (top - bottom) if top > bottom else math.inf


def others(actions: Sequence[ActionEntry], action: ActionEntry, before: int, last: date) -> tuple[str, ...]:
    """Kinds of the shop's further actions that began or ended in the days compared: they share the credit."""
    first = action.started_on - timedelta(days=before)
    turned = [a for a in actions if any(d is not None and first <= d <= last for d in (a.started_on, a.ended_on))]
    return tuple(sorted({a.kind for a in turned if a != action and a.kind != action.kind}))


def _rows(shop: Shop, action: ActionEntry) -> list[Row]:
    """What was measured of an action, in ORDER; nothing of older ones and in snapshots without the table."""
    if not shop.meter.keeps("effects"):
        return []
    key = [shop.no, action.kind, action.started_on, action.product, action.ended_on]
    rows = [Row(*row) for row in shop.meter.cursor().execute(_QUERY, key).fetchall()]
    return sorted(rows, key=lambda row: (ORDER.index(row.series), row.refused or ""))


def _last(action: ActionEntry, row: Row) -> date:
    return action.started_on + timedelta(days=row.after_days - 1)


def _put(maker: Maker, shop: Shop, action: ActionEntry, row: Row) -> None:
    name, day = row.series, timedelta(days=1)
    unit = shop.meter.catalog.series_by_id[name].unit
    before = Period(start=action.started_on - row.before_days * day, end=action.started_on - day)
    after = Period(start=action.started_on, end=_last(action, row))
    for statistic, value in (("effect", row.effect), ("effect_low", row.low), ("effect_high", row.high)):
        maker.put(f"{name}.{statistic}", value, "ratio", period=after, n=row.matches)
    maker.put(f"{name}.effect_total", row.total, unit, period=after, n=row.matches)
    maker.put(f"{name}.before", row.before, unit, period=before)
    maker.put(f"{name}.after", row.after, unit, period=after)
    peers: tuple[tuple[str, float | None, Unit, Period], ...] = (
        ("matched_before", row.matched_before, unit, before),
        ("matched_after", row.matched_after, unit, after),
        ("matches", row.matches, "merchants", after),
    )
    for statistic, value, measured_in, period in peers:
        maker.put(
            f"{name}.{statistic}", value, measured_in, period=period, n=row.matches, of_peers=True,
            group=row.group_id, group_level=row.group_level,
        )  # fmt: skip

"""What became of a merchant's users between two days: states, movements, regulars lost and regained, the funnel."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from tools.asof import WINDOW
from tools.catalog import UserAssetRules
from tools.insights import FlowArguments, Flows
from tools.making import Maker, days_up_to
from tools.own import Bools, History, Ints
from tools.parts import UserDays
from tools.shop import Shop
from tools.types import Period
from tools.user_states import NONE, STATES, Standing, first_regular_day, moves, standing

WORTH_DAYS = 90  # of spending before a regular was lost
FUNNEL_DAYS = 90


@dataclass(frozen=True, eq=False)
class View:
    """A history seen from two days."""

    history: History
    rules: UserAssetRules
    before: Standing
    after: Standing

    def lost_regulars(self) -> Bools:
        """Regulars at the earlier day who came in the 28 days up to it and not after it."""
        before = self.before
        return np.asarray(before.regular & before.seen(WINDOW) & (self.after.last_day <= before.day))

    def regained_regulars(self) -> Bools:
        """Regulars 28 days before the earlier day who did not come in those 28 days, and came after it."""
        earlier = standing(self.history, self.before.day - WINDOW, self.rules)
        return np.asarray(earlier.regular & ~self.before.seen(WINDOW) & (self.after.last_day > self.before.day))

    def new_regulars(self) -> Bools:
        """Regulars at the later day who became regulars after the earlier one, for the first time."""
        return np.asarray(self.after.regular & (first_regular_day(self.history, self.rules) > self.before.day))

    def net(self, users: Bools, end: int, days: int) -> float:
        """Net spending of some users in so many days up to a day, yuan."""
        return int(UserDays(self.history, end).net((days, 0))[users].sum()) / 100


def flows(shop: Shop, arguments: FlowArguments) -> Flows:
    """User states at both days and everything between them.

    The later day is the last whole one up to `on`. Refused: `no_users` where the operator sends totals only, `empty`
    where nobody ever came, `no_earlier` where `before` lies before the first visit or not before the later day.
    """
    history = shop.history
    limit = min(arguments.on, shop.last_whole_day or arguments.on)
    refused = Flows(merchant_id=shop.merchant_id, as_of=limit, before=arguments.before)
    if history is None:
        return refused.model_copy(update={"refused": "no_users"})
    came = history.day[history.visited & (history.day <= limit.toordinal())]
    if not came.size:
        return refused.model_copy(update={"refused": "empty"})
    if not came.min() <= arguments.before.toordinal() < limit.toordinal():
        return refused.model_copy(update={"refused": "no_earlier"})
    rules = shop.meter.catalog.user_assets
    days = (arguments.before.toordinal(), limit.toordinal())
    view = View(history, rules, *(standing(history, day, rules) for day in days))
    maker = Maker(shop.merchant_id, limit, currency=shop.meter.currency, source="activity")
    _put_states(maker, view, arguments.before)
    lost = _put_lost(maker, view, arguments.before)
    _put_gained(maker, view, arguments.before)
    _put_values(maker, view)
    _put_funnel(maker, view)
    return refused.model_copy(update={"figures": maker.figures, "lost_by_channel": lost})


def _users(maker: Maker, name: str, count: int, period: Period, *, as_of: date | None = None) -> None:
    maker.put(f"users.{name}", count, "users", period=period, as_of=as_of, n=count)


def _since(maker: Maker, before: date) -> Period:
    return Period(start=before, end=maker.as_of)


def _put_states(maker: Maker, view: View, before: date) -> None:
    for name, count in view.before.counts().items():
        _users(maker, f"{name}@before", count, days_up_to(before), as_of=before)
    for name, count in view.after.counts().items():
        _users(maker, f"{name}@after", count, days_up_to(maker.as_of))
    for (old, new), count in moves(view.before, view.after).items():
        _users(maker, f"moved@{old}>{new}", count, _since(maker, before))


def _put_lost(maker: Maker, view: View, before: date) -> tuple[str, ...]:
    """Regulars lost and their worth; their channels, most first."""
    lost, period = view.lost_regulars(), _since(maker, before)
    _users(maker, "lost_regulars", int(lost.sum()), period)
    worth = view.net(lost, view.before.day, WORTH_DAYS)
    maker.put(
        "users.lost_regulars_value", worth, "yuan", period=days_up_to(before, WORTH_DAYS), as_of=before,
        n=int(lost.sum()),
    )  # fmt: skip
    counts = np.bincount(view.before.last_channel[lost], minlength=len(view.history.channels))
    by_channel = {view.history.channels[at]: int(counts[at]) for at in np.flatnonzero(counts)}
    for channel, count in by_channel.items():
        _users(maker, f"lost_regulars@channel:{channel}", count, period)
    return tuple(sorted(by_channel, key=lambda channel: (-by_channel[channel], channel)))


def _put_gained(maker: Maker, view: View, before: date) -> None:
    regained, since = view.regained_regulars(), _since(maker, before)
    _users(maker, "regained_regulars", int(regained.sum()), since)
    days = view.after.day - view.before.day
    maker.put(
        "users.regained_regulars_value", view.net(regained, view.after.day, days), "yuan",
        period=days_up_to(maker.as_of, days), n=int(regained.sum()),
    )  # fmt: skip
    _users(maker, "new_regulars", int(view.new_regulars().sum()), since)


def _put_values(maker: Maker, view: View) -> None:
    groups = {name: view.after.state == at for at, name in enumerate(STATES)}
    for name, users in {**groups, "regulars": view.after.regular}.items():
        value = view.net(users, view.after.day, WINDOW)
        maker.put(f"users.value@{name}", value, "yuan", n=int(users.sum()))


def _put_funnel(maker: Maker, view: View) -> None:
    """Of who first came in 90 days: each step counts those of the step before it."""
    period = days_up_to(maker.as_of, FUNNEL_DAYS)
    steps = funnel(view.history, view.after)
    for name, count in steps.items():
        maker.put(f"users.funnel@{name}", count, "users", period=period, denominator=steps["visit"], n=count)


def funnel(history: History, after: Standing) -> dict[str, int]:
    """Users who first came in the 90 days up to the day; those with an order day, with a second; regulars of these."""
    seen = UserDays(history, after.day)
    first_day = np.zeros(seen.users, dtype=np.int64)
    first_day[history.user] = history.first_day
    came = (after.state != NONE) & (first_day > after.day - FUNNEL_DAYS)
    ordered: Ints = seen.order_days((FUNNEL_DAYS, 0))
    again = came & (ordered > 1)
    return {
        "visit": int(came.sum()),
        "first_order": int((came & (ordered > 0)).sum()),
        "second_order": int(again.sum()),
        "regular": int((again & after.regular).sum()),
    }

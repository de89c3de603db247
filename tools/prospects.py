"""What the tools that look ahead take and give: plans, forecasts, incentive points. See `tools/insights.py`."""

from datetime import date
from typing import Literal

from pydantic import Field

from tools.insights import Arguments, Insight
from tools.types import Dimension, Frozen

# ---- plan ------------------------------------------------------------------------------------------------------------


class MoveChoice(Frozen):
    """Whether a move of the catalog may be made, as the documents' rules say; made by answering."""

    metric: str
    move: str
    allowed: bool
    reason: str = ""  # a prompt key's last part: scope_missing, not_yet_valid, ended, below_threshold, ...
    passage: str | None = None  # passage id ("document#section") that says so
    credits: int = 0  # incentive points that the rule asks for


class PlanArguments(Arguments):
    """The cheapest moves that bring `base` (a dimension or `overall`) to `target` by `by`. None: no such limit.

    Without a `target`, the most within the limits.
    """

    base: Dimension
    target: float | None = None
    by: date | None = None
    hours: float | None = None
    weekly_hours: float | None = Field(default=None, gt=0)  # the pace, where no sum of hours is known
    yuan: float | None = None
    credits: int | None = None
    choices: tuple[MoveChoice, ...] = ()


class PlannedMove(Frozen):
    """One move of a plan: figures `m.plan_to@MOVE` (value to reach), `m.plan_gain@MOVE` (points of base) and
    `m.plan_chance@MOVE` with `_low`, `_high` where known; the same of each metric in `also`."""

    metric: str
    also: tuple[str, ...] = ()  # further metrics that this move is to raise: it is done, and paid, once
    move: str
    level: Literal["median", "upper_quarter"]
    start: date
    look_again: date
    passage: str | None = None


class MovePlan(Insight):
    """`d.score`, `d.target`, `d.plan_score` (if every move works), `d.plan_gain`, `d.plan_hours`, `d.plan_cost`,
    `d.plan_credits`, `d.plan_pace` (hours a week, where that was said); `d.plan_expected`: the gains weighted by
    their chances, where all of these are known."""

    base: Dimension
    reached: bool = False  # whether the plan's score is the target or more
    shows_later: bool = False  # nothing shows by the day asked for: what can be begun, without regard to it
    moves: tuple[PlannedMove, ...] = ()
    left_out: tuple[MoveChoice, ...] = ()  # not allowed
    limit: Literal["", "hours", "yuan", "credits", "time", "moves"] = ""  # why no better plan exists


# ---- forecast --------------------------------------------------------------------------------------------------------


class ForecastArguments(Arguments):
    """The next `horizon` days of a series; with `first` and `last` those days of it, as far as can be foreseen."""

    series: str = "visits"
    horizon: int = 28
    first: date | None = None
    last: date | None = None


class ForecastDay(Frozen):
    day: date
    value: float
    low80: float
    high80: float
    low95: float
    high95: float


class Forecast(Insight):
    """`s.forecast` (sum over the days asked for), `s.forecast_low80`, `_high80`, `_low95`, `_high95`; `s.last` (the
    same number of days up to now; of days asked for, the same weekdays just past), `s.forecast_change` (ratio);
    `s.error` and `s.error_last_week`, `s.error_weekday_mean` (scaled errors of the rolling backtest), `s.backtests`
    (how many)."""

    series: str
    horizon: int
    method: Literal["ours", "last_week", "weekday_mean"] = "ours"  # the best in the backtest, which is what is used
    days: tuple[ForecastDay, ...] = ()
    past: tuple[float, ...] = ()  # the last 56 days, for a picture


# ---- points ----------------------------------------------------------------------------------------------------------


class Exchange(Frozen):
    """What credits can be exchanged for, as a rule says; made by answering from the rules beside the documents."""

    id: str
    programme: str
    cost: int  # credits for one unit
    gives: float  # impressions, yuan, ... of one unit
    of: str  # payment_result_impressions, ...
    place: str | None = None  # of the promotion table: what it brought so far there
    per_month: int | None = None  # credits at most
    use_within_days: int | None = None
    passage: str | None = None
    passages: tuple[str, ...] = ()  # everything that states it, in every language


class CreditTerm(Frozen):
    """How long credits of a programme last that are booked between two days (both included), as a rule says."""

    programme: str
    booked_from: date | None = None
    booked_until: date | None = None
    days: int
    spends: Literal["first_in", "first_to_expire"] = "first_in"  # which lot spending takes first in these days
    passage: str | None = None


class PointsArguments(Arguments):
    """The balance on `on` (which may lie ahead), what expires until `until`, and what to do with it.

    `terms` give a last day to lots that name none, and say which lot is spent first; without them such lots stay, and
    spending takes the oldest.
    """

    programme: str | None = None
    until: date | None = None
    exchanges: tuple[Exchange, ...] = ()
    terms: tuple[CreditTerm, ...] = ()


class Lot(Frozen):
    programme: str
    expires_on: date | None
    left: int


class Points(Insight):
    """`credits.balance` (and `@PROGRAMME`), `credits.expiring` (until `until`, and `@PROGRAMME`), `credits.next` (the
    next lot to expire; its period ends on its last day), `credits.earned`, `credits.spent` (28 days up to as_of);
    of an exchange: `credits.spend@ID`, `credits.gives@ID`, `credits.visits@ID`, `credits.new_users@ID` (expected).
    `credits.overspent` (and `@PROGRAMME`): spent without having been there, where the ledger shows such a thing."""

    programmes: tuple[str, ...] = ()
    lots: tuple[Lot, ...] = ()  # soonest first
    next_expiry: date | None = None
    best: str | None = None  # the exchange that brings most before they expire
    best_passages: tuple[str, ...] = ()  # "document#section" that state it
    rests_on: Literal["", "new_users", "visits", "gives"] = ""  # what `best` was chosen by: own promotion, or its size

"""What the measuring tools take and give: typed arguments, typed results, every figure in them a Measurement.

A result's `figures` are keyed by their `metric`, whose base is a catalog id (`return_rate_28d`), a dimension
(`active`), a series (`gmv`), `users` or `credits`; the statistic stands behind the dot, the part behind `@`. Figures
carry no id yet; answering numbers them. What could not be measured is absent, and `refused` says why, as a key.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from tools.types import Frozen, Measurement, Period, ScoreCard

Cause = Literal["own", "peers", "group", "coverage", "mixed", "steady"]
Refusal = Literal[
    "no_earlier", "no_score", "no_peers", "official", "no_users", "no_actions", "no_action", "too_recent",
    "few_matches", "few_days", "no_ledger", "unmeasured", "already_there", "out_of_range", "past_date", "empty",
    "gap", "too_far", "too_old",
]  # fmt: skip


class Arguments(Frozen):
    """Which merchant, seen from which day. `on` is the last day that may be measured, `today` the asker's."""

    merchant_id: str
    on: date
    today: date


class Insight(Frozen):
    """What a tool found out."""

    merchant_id: str
    as_of: date
    figures: dict[str, Measurement] = Field(default_factory=dict)
    refused: Refusal | None = None

    def get(self, metric: str) -> Measurement | None:
        """The figure when it is there and has a value."""
        found = self.figures.get(metric)
        return found if found is not None and found.value is not None else None


# ---- explain ---------------------------------------------------------------------------------------------------------


class ExplainArguments(Arguments):
    """Why `base` (a dimension, `overall` or a catalog metric) changed from `before` to `on`."""

    base: str
    before: date


class Explanation(Insight):
    """A change taken apart, without residue.

    Of a dimension `d`: `d.score_before`, `d.score_after`, `d.score_change`, and the four terms `d.own`,
    `d.peers_moved`, `d.group_changed`, `d.coverage_changed` (points) that add up to it. Of each metric `m` available
    at both dates: `m.own`, `m.peers_moved`, `m.group_changed`, and their sum `m.contribution`, in points of `base`; and
    `m.before`,
    `m.after`, `m.change` in its own unit. Of `overall`: also `<dimension>.contribution`.
    Of the segments of each split metric, in its own unit: `m.rate_before@S`, `m.rate_after@S`, `m.rate_effect@S`,
    `m.mix_effect@S` (for a count: `m.before@S`, `m.after@S`, `m.count_effect@S`), S being `channel:mini_program`,
    `users:new`, ...; over one kind of segment they add up to `m.change`.
    """

    base: str
    before: date
    now: ScoreCard
    earlier: ScoreCard
    cause: Cause
    metrics: tuple[str, ...] = ()  # by size of contribution, largest first
    own_first: tuple[str, ...] = ()  # the few that did most of the own part; with `d.own_rest` they add up to it
    segments: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # by split metric: S, largest effect first
    cautions: tuple[str, ...] = ()  # keys of tools/cautions.py


# ---- users -----------------------------------------------------------------------------------------------------------


class FlowArguments(Arguments):
    """What became of the users between `before` and `on`."""

    before: date


class Flows(Insight):
    """User assets and their movements; merchants with totals only: refused `no_users`.

    `users.<state>@before`, `users.<state>@after` for new, active, won_back, at_risk, lapsed, regulars;
    `users.moved@active>at_risk` for each pair of states (also from `none`); `users.lost_regulars`: regulars at `before`
    seen in the 28 days up to it and not after it until `on`; `users.lost_regulars_value` (yuan, their net spending in
    the 90 days up to `before`), `users.lost_regulars@channel:C` by the channel of their last visit;
    `users.regained_regulars`: not seen in the 28 days up to `before`, regulars before that, seen since, and
    `users.regained_regulars_value`; `users.new_regulars`;
    `users.value@<state>` (yuan, net spending in the 28 days up to `on`);
    the funnel of users whose first visit lies in the 90 days up to `on`: `users.funnel@visit`, `@first_order`,
    `@second_order`, `@regular`.
    """

    before: date
    lost_by_channel: tuple[str, ...] = ()  # C, most first


# ---- totals ----------------------------------------------------------------------------------------------------------


class TotalsArguments(Arguments):
    """Plain sums of a period, which ends on or before `on`; `against` is another period to set beside it.

    `why`: also what the change of the sales comes from.
    """

    period: Period
    against: Period | None = None
    why: bool = False


class Totals(Insight):
    """`<series>.total`, `<series>.total_before` (of `against`), `<series>.total_change`; visitors are counted once.

    What the change of the sales comes from, adding up to it: `gmv.by_visitors`, `gmv.by_frequency` (orders of each),
    `gmv.by_order_value`; or `gmv.by_orders`, `gmv.by_order_value` where people are not known.

    `gaps` are stretches of the days asked for that should have arrived and did not, `gaps_before` those of `against`;
    `<series>.missing` says how many days that are. There is no change against days that are not all there.
    """

    period: Period
    against: Period | None = None
    gaps: tuple[Period, ...] = ()
    gaps_before: tuple[Period, ...] = ()
    begins: date | None = None  # the first day of the data, where it lies inside or behind what was asked for


# ---- what if, chances ------------------------------------------------------------------------------------------------


class WhatIfArguments(Arguments):
    """A metric becomes (`to`) or changes by (`by`) `value` in its own unit; or a dimension reaches that score."""

    base: str
    value: float
    kind: Literal["to", "by"]


class WhatIf(Insight):
    """Of a metric `m` of dimension `d`: `m`, `m.supposed`, `m.score`, `m.score_if`, `d.score`, `d.score_if`,
    `d.gain_if` (points, may be negative), `overall.score`, `overall.score_if`;
    `m.chance_if` with `m.chance_if_low`, `_high`.

    Of a dimension `d` (the inverse): `d.score`, `d.target`, `d.gap` (points), and for each metric that alone would do
    it `m.needed` (its unit) and `m.chance_needed` with `_low`, `_high`; `d.most@m`: the score that metric alone could
    bring at best. A share `chance_*` has numerator and denominator; it is absent under 10 comparable merchants.
    """

    base: str
    alone: tuple[str, ...] = ()  # metrics that alone reach the target, likeliest first
    not_alone: tuple[str, ...] = ()


class ChanceArguments(Arguments):
    """What the metrics of a dimension (or one metric) could bring, and how likely that is."""

    base: str


class Chances(Insight):
    """For each metric with a gain: `m.gain_at_median`, `m.chance_at_median` with `_low`, `_high`, and the same
    `_at_upper_quarter`; and what those did who managed it (association only): `m.did_improved@KIND`, `m.did_rest@KIND`,
    `m.did_difference@KIND` with `m.did_difference_low@KIND`, `_high`; KIND is a kind of action."""

    base: str
    did: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # by metric: kinds, largest difference first


# ---- effect ----------------------------------------------------------------------------------------------------------


class EffectArguments(Arguments):
    """What a past action brought: the newest that fits `kind`, `product`, `since`..`until`, whichever are given."""

    kind: str | None = None
    product: str | None = None
    since: date | None = None
    until: date | None = None


class Effect(Insight):
    """Difference in differences against matched merchants that did not act, for each outcome series `s`
    (visits, orders, gmv): `s.effect` (ratio: +0.2 is a fifth more than without it), `s.effect_low`, `s.effect_high`
    (95 %), `s.effect_total` (in the series' unit, over the days after), `s.before`, `s.after` (a day),
    `s.matched_before`, `s.matched_after`, `s.matches` (merchants).
    Refused with `few_matches` under 10, `too_recent` or `few_days` under 14 days on either side.
    """

    kind: str = ""
    product: str | None = None
    note: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    others: tuple[str, ...] = ()  # kinds of further actions in the same weeks: they share the credit
    claimed: tuple[str, ...] = ()  # series whose interval leaves out zero; none unless one of them does so clearly
    latest_kind: str = ""  # where nothing fits: what the shop did last, whatever it was
    latest_on: date | None = None


# ---- running ---------------------------------------------------------------------------------------------------------


class RunningArguments(Arguments):
    """When the newest action of a kind ends."""

    kind: str


class Running(Insight):
    """Days only, no figures. `ended_on` is its last day, None where no end is set; `over`: that day has passed.

    Refused `no_actions` where the operator sends no log, `no_action` where the shop never did it.
    """

    kind: str
    product: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    over: bool = False


# ---- cautions --------------------------------------------------------------------------------------------------------


class Caution(Frozen):
    """Something to say beside a good figure: `bought_activity` (rests on the metrics named), `partial_day`,
    `stale_feed`, `small_base`."""

    key: Literal["bought_activity", "partial_day", "stale_feed", "small_base"]
    metrics: tuple[str, ...] = ()

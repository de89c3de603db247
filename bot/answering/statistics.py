"""What kind of thing a figure's statistic is: how it prints and what a sentence has to say beside it."""

from tools.types import Measurement

# What a change of the sales comes from.
SALES = ("by_visitors", "by_frequency", "by_orders", "by_order_value")
# Differences in the figure's own unit: a ratio's is told in percentage points.
CHANGES = frozenset(
    {
        "change", "score_change", "own", "own_rest", "peers_moved", "group_changed", "coverage_changed", "contribution",
        "rate_effect", "mix_effect", "count_effect", "gain_if", "plan_gain", "plan_expected",
        "total_change", *SALES,
        "did_difference", "did_difference_low", "did_difference_high",
    }
)  # fmt: skip
# What a metric's movement does to its dimension: told under either name.
TERMS = frozenset(
    {
        "own", "own_rest", "peers_moved", "group_changed", "coverage_changed", "contribution", "gain_if", "plan_gain",
        "plan_expected",
    }
)  # fmt: skip
# Sums of days, and how they differ: told in full.
SUMS = frozenset({"total", "total_before", "total_change", *SALES})
# Relative changes: +0.2 is a fifth more, told in percent.
RELATIVE = frozenset({"forecast_change", "effect", "effect_low", "effect_high"})
# What would be, not what is.
SUPPOSED = frozenset(
    {
        "supposed", "score_if", "gain_if", "needed", "target", "gap", "most", "plan_to", "plan_gain", "plan_score",
        "plan_expected", "plan_hours", "plan_cost", "plan_credits", "plan_pace",
    }
)  # fmt: skip
AHEAD = frozenset(
    {"forecast", "forecast_low80", "forecast_high80", "forecast_low95", "forecast_high95", "forecast_change"}
)
EFFECT = frozenset({"effect", "effect_low", "effect_high", "effect_total"})
CHANCES = ("chance_", "plan_chance", "did_")
EARLIER = frozenset({"score_before", "before", "rate_before", "total_before", "last", "matched_before"})


def is_change(measurement: Measurement) -> bool:
    """Whether the figure is a difference, in its own unit or relative."""
    return measurement.statistic in CHANGES or measurement.statistic in RELATIVE


def is_chance(measurement: Measurement) -> bool:
    """Whether the figure is a share of other merchants."""
    return measurement.statistic.startswith(CHANCES)

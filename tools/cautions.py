"""What to say beside a figure that looks better, or surer, than it is: pure functions of two cards."""

from tools.catalog import Catalog, Metric
from tools.insights import Caution
from tools.types import Measurement, ScoreCard

ROSE = 1.0  # points of a score
FELL = 0.05  # of an average order value, of revenue a visitor: share lost
DISCOUNT_ROSE = 0.05  # of what was sold, list price
DISCOUNT_TIMES = 2.0  # and so many times what it was
REDEEMED_TIMES = 1.25  # coupons redeemed, where that is known
FEWEST_ORDERS = 100  # in each of the two windows: with fewer, a handful of coupons moves the discount rate by so much
FEW_TIMES = 2  # a denominator under so many times the catalog's least is small

MARGIN = ("average_order_value", "revenue_per_active_user")


def cautions(now: ScoreCard, earlier: ScoreCard | None, catalog: Catalog) -> tuple[Caution, ...]:
    """All that applies to a card, and to its change since an earlier one where there is one.

    `partial_day`, `stale_feed`: the card stands at an earlier day than the newest, or than today. `small_base`: metrics
    whose figure or change rests on too few to be told as a rise or fall. `bought_activity`: Scale or Active rose while
    margin or Worth fell, and discounts explain it; it names what rose, what fell, and the discount figures.
    """
    found = []
    if now.state == "partial":
        found.append(Caution(key="partial_day"))
    if now.state == "stale":
        found.append(Caution(key="stale_feed"))
    bought = () if earlier is None else _bought_activity(now, earlier)
    if bought:
        found.append(Caution(key="bought_activity", metrics=bought))
    small = tuple(m.id for m in catalog.metrics if _rests_on_few(m, now, earlier))
    if small:
        found.append(Caution(key="small_base", metrics=small))
    return tuple(found)


# ---- activity that was bought ----------------------------------------------------------------------------------------


def _bought_activity(now: ScoreCard, earlier: ScoreCard) -> tuple[str, ...]:
    rose = tuple(d for d in ("scale", "active") if (_change(now, earlier, f"{d}.score") or 0.0) >= ROSE)
    if not rose or not _discounted(now, earlier):
        return ()
    fell = tuple(m for m in MARGIN if (_times(now, earlier, m) or 1.0) <= 1 - FELL)
    if (_change(now, earlier, "worth.score") or 0.0) <= -ROSE:
        fell = ("worth", *fell)
    return (*rose, *fell, "discount_rate", "redemption_rate") if fell else ()


def _discounted(now: ScoreCard, earlier: ScoreCard) -> bool:
    """Whether far more was given away than before, on orders enough to say so."""
    sides = (now.get("discount_rate"), earlier.get("discount_rate"))
    if any(side is None or (side.n or 0) < FEWEST_ORDERS for side in sides):
        return False
    rose = (_change(now, earlier, "discount_rate") or 0.0) >= DISCOUNT_ROSE
    times = _times(now, earlier, "discount_rate")
    redeemed = _times(now, earlier, "redemption_rate")
    return rose and (times is None or times >= DISCOUNT_TIMES) and (redeemed is None or redeemed >= REDEEMED_TIMES)


def _values(now: ScoreCard, earlier: ScoreCard, figure: str) -> tuple[float, float] | None:
    """(before, after) where both have a value and mean the same."""
    after, before = now.get(figure), earlier.get(figure)
    if after is None or before is None or after.value is None or before.value is None:
        return None
    if figure.endswith(".score") and now.official != earlier.official:
        return None
    return before.value, after.value


def _change(now: ScoreCard, earlier: ScoreCard, figure: str) -> float | None:
    found = _values(now, earlier, figure)
    return None if found is None else found[1] - found[0]


def _times(now: ScoreCard, earlier: ScoreCard, figure: str) -> float | None:
    found = _values(now, earlier, figure)
    return None if found is None or found[0] <= 0 else found[1] / found[0]


# ---- small bases -----------------------------------------------------------------------------------------------------


def _rests_on_few(metric: Metric, now: ScoreCard, earlier: ScoreCard | None) -> bool:
    cards = [now] if earlier is None else [now, earlier]
    return any(_few(metric, card.figures.get(metric.id)) for card in cards)


def _few(metric: Metric, measured: Measurement | None) -> bool:
    """Something was counted, but too little of it; young shops, which have not had the days, are not meant."""
    if measured is None or not measured.n:
        return False
    if measured.value is None:
        return measured.state == "too_small" and measured.n < metric.minimum_denominator
    return measured.denominator is not None and measured.denominator < FEW_TIMES * metric.minimum_denominator

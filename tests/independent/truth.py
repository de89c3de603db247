"""What a claim should say, looked up in the oracle's cards of one merchant."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from .oracle import Card, card_day, compute
from .values import LOWER_IS_BETTER

RATIO = frozenset({
    "identified_share", "active_rate", "return_rate_28d", "interaction_rate", "redemption_rate", "conversion_rate",
    "repurchase_rate_90d", "discount_rate", "refund_rate",
})  # fmt: skip
UNIT_OF = {
    "visitors_28d": "users", "new_users_28d": "users", "followers": "users", "visit_days_per_user": "days",
    "average_order_value": "yuan", "revenue_per_active_user": "yuan", "new_user_cost": "yuan",
    "coupon_return": "times", "promotion_return": "times",
}  # fmt: skip
WINDOWS = {"active_rate": {28, 180}, "repurchase_rate_90d": {90}, "return_rate_28d": {28, 56}}


def unit_of(metric: str) -> str:
    return "percent" if metric in RATIO else UNIT_OF.get(metric, "points")


@dataclass(frozen=True)
class Claim:
    """`key` of a card's figure (or place, beaten, numerator, denominator, change, against_peers of `base`) at a day."""

    base: str  # metric, dimension or users.*
    statistic: str  # value, score, peer_median, ..., place, beaten, numerator, denominator, change
    day: date
    then: date | None = None  # of a change: the earlier day
    direction: str = "any"  # of a change: up, down, any

    def __str__(self) -> str:
        since = f" since {self.then}" if self.then else ""
        return f"{self.base} {self.statistic} on {self.day}{since}"


@dataclass(frozen=True)
class Truth:
    """The figures of one merchant, as known on `today`."""

    platform: Path
    merchant_id: str
    today: date

    @cached_property
    def day(self) -> date:
        return card_day(self.platform, self.merchant_id, self.today)[0]

    def card(self, day: date) -> Card:
        return compute(self.platform, day)[self.merchant_id]

    def figure(self, base: str, statistic: str, day: date) -> float | None:
        key = base if statistic == "value" else f"{base}.{statistic}"
        return self.card(day).figures.get(key)

    def expected(self, claim: Claim, unit: str | None) -> float | None:
        """The figure in the printed unit (percent and percentage points times 100), or None where it does not exist."""
        special = {
            "place": self._place,
            "beaten": self._beaten,
            "change": self._change,
            "against_peers": self._against_peers,
        }
        if claim.statistic in special:
            found = special[claim.statistic](claim)
            if claim.statistic == "change" and unit == "percent" and claim.base not in RATIO:
                return self._relative(claim)
        elif claim.statistic in ("numerator", "denominator"):
            value = self.card(claim.day).values.get(claim.base)
            return getattr(value, claim.statistic) if value else None
        else:
            found = self.figure(claim.base, claim.statistic, claim.day)
        if found is None:
            return None
        shares = claim.statistic in ("rank_share", "coverage", "beaten_share")
        raw = claim.statistic in ("value", "peer_median", "peer_upper_quarter", "change", "against_peers")
        return found * 100 if shares or (raw and claim.base in RATIO) else found

    def compare(self, base: str, statistic: str, day: date) -> tuple[float, float, bool] | None:
        """(own, peers' figure, whether lower is better), None without peers."""
        own = self.figure(base, "value", day)
        own = self.figure(base, "score", day) if own is None else own
        peer = self.figure(base, statistic, day)
        return None if own is None or peer is None else (own, peer, base in LOWER_IS_BETTER)

    def _own(self, base: str, day: date) -> float | None:
        return self.figure(
            base, "value" if base in RATIO or base in UNIT_OF or base.startswith("users.") else "score", day
        )

    def level(self, base: str, day: date) -> str | None:
        """industry_band, industry, all or own_past: whom a metric or dimension is compared with."""
        return self.card(day).levels.get(base, (None, ""))[0]

    def share(self, base: str, day: date) -> float | None:
        """Share of the peers that are no better: a dimension's rank share, a metric's score."""
        rank, score = self.figure(base, "rank_share", day), self.figure(base, "score", day)
        return rank if rank is not None else score / 100 if score is not None else None

    def _place(self, claim: Claim) -> float | None:
        share, n = self.share(claim.base, claim.day), self.figure(claim.base, "peers", claim.day)
        return None if share is None or n is None else n * (1 - share) + 0.5

    def _beaten(self, claim: Claim) -> float | None:
        share, n = self.share(claim.base, claim.day), self.figure(claim.base, "peers", claim.day)
        return None if share is None or n is None else n * share - 0.5

    def _against_peers(self, claim: Claim) -> float | None:
        both = self.compare(claim.base, "peer_median", claim.day)
        return None if both is None else both[0] - both[1]

    def _change(self, claim: Claim) -> float | None:
        now, then = (
            self._own(claim.base, claim.day),
            self._own(claim.base, claim.then or claim.day - timedelta(days=28)),
        )
        return None if now is None or then is None else now - then

    def _relative(self, claim: Claim) -> float | None:
        then = self._own(claim.base, claim.then or claim.day - timedelta(days=28))
        change = self._change(claim)
        return None if not then or change is None else 100 * change / then

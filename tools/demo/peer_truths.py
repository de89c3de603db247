"""Truths that only all merchants together can tell: peers that rose, bands, ties, and gains that nobody achieves."""

from collections.abc import Sequence

import numpy as np

from tools.demo.cast import NEVER_REDEEM_IN, TIES_IN, Role
from tools.demo.clock import Clock
from tools.demo.measure import Figures
from tools.demo.stories import Story
from tools.demo.truths import Truth, story_of

SMALL_INDUSTRY = "flowers"


def _midrank(value: float, others: Sequence[float]) -> float:
    """Share below plus half the share equal: the place of a value among all, 0..1."""
    all_values = np.asarray(others)
    return float(((all_values < value).sum() + (all_values == value).sum() / 2) / len(all_values))


def _peers_rose(own: Figures, industry: Sequence[Figures], clock: Clock) -> Truth:
    now = [f.return_now for f in industry if f.return_now is not None]
    before = [f.return_before for f in industry if f.return_before is not None]
    if own.return_now is None or own.return_before is None:
        return {}
    return {
        "metric": "return_rate_28d", "from": clock.date(clock.days - 28),
        "before": own.return_before, "after": own.return_now,
        "own_effect": 0.0, "tolerance": 1e-9,
        "industry_median_before": float(np.median(before)), "industry_median_after": float(np.median(now)),
        "place_before": _midrank(own.return_before, before), "place_after": _midrank(own.return_now, now),
    }  # fmt: skip


def _band(value: int, cuts: Sequence[float]) -> str:
    return ("small", "medium", "large")[int(np.searchsorted(cuts, value, side="left"))]


def _next_band(own: Figures, industry: Sequence[Figures], clock: Clock) -> Truth:
    older, newer = clock.quarter_ends()
    cuts = [np.quantile([v for v in values if v > 0], (1 / 3, 2 / 3)).tolist() for values in (
        [f.visitors_older for f in industry], [f.visitors_newer for f in industry])]  # fmt: skip
    return {
        "before": older, "after": newer, "visitors_before": own.visitors_older, "visitors_after": own.visitors_newer,
        "band_before": _band(own.visitors_older, cuts[0]), "band_after": _band(own.visitors_newer, cuts[1]),
        "terciles_before": cuts[0], "terciles_after": cuts[1],
    }  # fmt: skip


def _unreachable(industry: Sequence[Figures]) -> Truth:
    stuck = [f for f in industry if f.issued_before > 0 and f.redeemed_before == 0]
    rates = {f.shop.merchant_id: f.redeemed_now / f.issued_now for f in industry if f.issued_now > 0}
    upper = float(np.quantile(list(rates.values()), 0.75))
    return {
        "metric": "redemption_rate", "value": 0.0, "upper_quarter": upper,
        "alike_before": len(stuck),
        "gained": sum(rates.get(f.shop.merchant_id, 0.0) >= upper for f in stuck),
        "merchants": sorted(f.shop.merchant_id for f in stuck),
    }  # fmt: skip


def peer_stories(roles: dict[str, Role], all_figures: Sequence[Figures], clock: Clock) -> list[Story]:
    """The stories that compare merchants, one record an instance; group stories stand under their first merchant."""
    groups: dict[str, list[Figures]] = {}
    for f in all_figures:
        groups.setdefault(f.shop.industry.key, []).append(f)
    found = []
    for f in all_figures:
        role, industry = roles.get(f.shop.merchant_id), groups[f.shop.industry.key]
        if role is None or role.kind not in ("peers_rose", "next_band", "unreachable_gain"):
            continue
        if role.kind == "unreachable_gain":
            truth = _unreachable(industry)
        else:
            truth = (_peers_rose if role.kind == "peers_rose" else _next_band)(f, industry, clock)
        truth = {"industry": f.shop.industry.key, **truth}
        found.append(story_of(role.kind, f.shop.merchant_id, role.manager_id, truth))
    return found + _group_stories(groups)


def _group_stories(groups: dict[str, list[Figures]]) -> list[Story]:
    found = []
    for key in (TIES_IN, NEVER_REDEEM_IN):
        zero = sorted(f.shop.merchant_id for f in groups.get(key, ()) if f.issued_now > 0 and f.redeemed_now == 0)
        if zero:
            share = len(zero) / len(groups[key])
            found.append(story_of("ties", zero[0], None, {
                "metric": "redemption_rate", "industry": key, "value": 0.0, "merchants": zero, "share": share,
            }))  # fmt: skip
    small = sorted(f.shop.merchant_id for f in groups.get(SMALL_INDUSTRY, ()))
    if small:
        truth: Truth = {"industry": SMALL_INDUSTRY, "merchants": small, "size": len(small)}
        found.append(story_of("small_industry", small[0], None, truth))
    return found

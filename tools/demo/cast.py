"""Who plays which story: managers' shops, roles, and the traits that a role needs."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tools.demo.clock import Clock
from tools.demo.industries import LIFE_ACCOUNT, MINI_PROGRAM, STORE_CODE
from tools.demo.shops import DEMO_MERCHANT, Shop

MANAGERS = ("A001", "A002", "A003")
SHOPS_EACH = 60
PEERS_RISE_IN = "cafe"  # the industry whose shops got better lately
TIES_IN = "laundry"  # most of its shops have never redeemed a coupon
NEVER_REDEEM_IN = "supermarket"  # a third of its shops never redeem, whatever they try

# Each manager's sixty hold twelve shops that need somebody now ...
NEEDY = (
    "return_fell", "return_fell", "redemption_fell", "redemption_fell", "coupons_bought", "regulars_lost",
    "regulars_lost", "points_expiring", "points_expiring", "stale_feed", "scope_missing", "search_direct_expiring",
)  # fmt: skip
# ... some that only look like it, and the other stories.
DECOYS = ("tiny_base", "unreachable_gain", "half_day")
OTHERS = ("peers_rose", "next_band", "new_merchant", "campaign", "campaign")
_LIFTS = (0.0, 0.12, 0.2, 0.3, 0.45, 0.6)
_HOME = {"peers_rose": PEERS_RISE_IN, "unreachable_gain": NEVER_REDEEM_IN}


@dataclass(frozen=True)
class Role:
    """A part in one story; `turn` counts the instances of its kind from 0.

    `size` (28-day visitors) and `growth` (a factor over the quarter) belong to the shop that outgrows its band.
    """

    kind: str
    manager_id: str
    turn: int
    lift: float = 0.0
    size: float = 0.0
    growth: float = 1.0


def assign(seed: int, shops: list[Shop]) -> dict[str, list[str]]:
    """Sixty shops for each manager, spread evenly over the industries; the demo merchant is A001's."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 0, 1])))
    pool = [shops[int(i)] for i in rng.permutation(len(shops)) if shops[int(i)].merchant_id != DEMO_MERCHANT]
    pool.sort(key=lambda s: s.industry.key)
    picked: list[list[str]] = [[DEMO_MERCHANT], [], []]
    every = len(pool) / (len(MANAGERS) * SHOPS_EACH - 1)
    for turn in range(len(MANAGERS) * SHOPS_EACH - 1):
        picked[(turn + 1) % 3].append(pool[int(turn * every)].merchant_id)
    return {m: sorted(p) for m, p in zip(MANAGERS, picked, strict=True)}


def cast(seed: int, shops: list[Shop], assigned: dict[str, list[str]]) -> dict[str, Role]:
    """Roles by merchant; every role is played among the managers' shops, never by the demo merchant."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 0, 2])))
    industry = {s.merchant_id: s.industry.key for s in shops}
    roles: dict[str, Role] = {}
    turns: dict[str, int] = {}
    for manager, own in assigned.items():
        free = [own[int(i)] for i in rng.permutation(len(own)) if own[int(i)] != DEMO_MERCHANT]
        # The stories that need a certain industry choose first.
        for kind in sorted((*NEEDY, *DECOYS, *OTHERS), key=lambda k: k not in _HOME):
            chosen = next(m for m in free if _suits(kind, industry[m]))
            free.remove(chosen)
            turn = turns.get(kind, 0)
            turns[kind] = turn + 1
            roles[chosen] = Role(kind, manager, turn, **_measures(kind, turn, industry[chosen], shops))
    return roles


def _measures(kind: str, turn: int, industry: str, shops: list[Shop]) -> dict[str, float]:
    """How much of it: a campaign's lift; where a shop starts that passes into the middle band, and its growth."""
    if kind == "campaign":
        return {"lift": _LIFTS[turn]}
    if kind != "next_band":
        return {}
    low, high = np.quantile([s.size for s in shops if s.industry.key == industry], (1 / 3, 2 / 3)).tolist()
    start = 0.58 * low
    return {"size": start, "growth": 1.3 * float(np.sqrt(low * high)) / start}


def _suits(kind: str, industry: str) -> bool:
    home = _HOME.get(kind)
    if home is not None:
        return industry == home
    if kind == "next_band":  # bands are only told apart in industries with thirty merchants a band
        return industry in ("catering", "convenience")
    return industry not in (PEERS_RISE_IN, TIES_IN, NEVER_REDEEM_IN, "flowers")


def return_channel(role: Role) -> int:
    """The channel in which the return rate falls."""
    return (MINI_PROGRAM, STORE_CODE, LIFE_ACCOUNT)[role.turn % 3]


def _leaning(shop: Shop, channel: int) -> tuple[float, ...]:
    rest = [0.0 if c == channel else share for c, share in enumerate(shop.mix)]
    return tuple(0.42 if c == channel else 0.58 * share / sum(rest) for c, share in enumerate(rest))


def fit(shop: Shop, role: Role | None, clock: Clock) -> Shop:
    """The shop with the traits that its role needs, so that the story stands out of the noise."""
    if role is None:
        return _with_coupons(shop) if shop.industry.key == NEVER_REDEEM_IN else shop
    calm = replace(shop, drift=0.2, opened=min(shop.opened, -300), size=float(np.clip(shop.size, 220, 600)))
    traits: dict[str, dict[str, Any]] = {
        "return_fell": {
            "size": max(calm.size, 650.0),
            "sticky": 0.96,
            "repeat": max(shop.repeat, 0.3),
            "visit_rate": max(shop.visit_rate, 0.09),
            "mix": _leaning(shop, return_channel(role)),
        },
        "redemption_fell": {
            "size": max(calm.size, 480.0),
            "redeem": max(shop.redeem, 0.15),
            "coupon_share": max(shop.coupon_share, 0.3),
            "convert": max(shop.convert, 0.45),
        },
        "coupons_bought": {
            "size": max(calm.size, 500.0),
            "coupon_share": 0.24,
            "depth": 0.22,
            "redeem": 0.11,
            "convert": 0.55,
        },
        "regulars_lost": {
            "size": max(calm.size, 300.0),
            "repeat": max(shop.repeat, 0.34),
            "convert": max(shop.convert, 0.6),
            "visit_rate": 0.13,
            "stay_days": 240.0,
        },
        "tiny_base": {"size": 80.0, "repeat": 0.42, "visit_rate": 0.12},
        "peers_rose": {
            "size": 400.0,
            "repeat": shop.industry.repeat,
            "visit_rate": 0.95 * shop.industry.visit_rate,
            "stay_days": 90.0,
            "drift": 0.0,
        },
        "next_band": {"size": role.size, "repeat": 0.2, "stay_days": 60.0, "visit_rate": 0.09},
        "new_merchant": {"opened": clock.last - 9},
        "campaign": {"size": 3 * max(calm.size, 400.0), "drift": 0.0},
        "half_day": {"size": 2 * max(calm.size, 300.0)},
    }
    return replace(calm, **traits.get(role.kind, {}))


def _with_coupons(shop: Shop) -> Shop:
    """Enough coupon orders a month that no redemption is zero by chance: in this industry zero means never."""
    return replace(
        shop, size=max(shop.size, 60.0), coupon_share=max(shop.coupon_share, 0.22), convert=max(shop.convert, 0.45)
    )  # fmt: skip


def never_redeem(shops: list[Shop], roles: dict[str, Role]) -> set[str]:
    """Merchants whose coupons are issued and never used: ties at exactly zero."""
    ties = [s for s in shops if s.industry.key == TIES_IN]
    stuck = sorted((s for s in shops if s.industry.key == NEVER_REDEEM_IN), key=lambda s: s.size)
    chosen = {s.merchant_id for i, s in enumerate(ties) if i % 10 < 7} | {s.merchant_id for s in stuck[::3]}
    return chosen | {m for m, role in roles.items() if role.kind == "unreachable_gain"}

"""Who plays which story: managers' shops, roles, and the traits that a role needs."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tools.demo.clock import Clock
from tools.demo.industries import LIFE_ACCOUNT, MINI_PROGRAM, STORE_CODE
from tools.demo.shops import DEMO_MERCHANT, Shop

MANAGERS = ("A001", "A002", "A003")
SHOPS_EACH = 60
PEERS_RISE_IN = "cafe"              # the industry whose shops got better lately
TIES_IN = "laundry"                 # most of its shops have never redeemed a coupon
NEVER_REDEEM_IN = "supermarket"     # a third of its shops never redeem, whatever they try

# Each manager's sixty hold twelve shops that need somebody now ...
NEEDY = (
    "return_fell", "return_fell", "redemption_fell", "redemption_fell", "coupons_bought", "regulars_lost", "regulars_lost",
    "points_expiring", "points_expiring", "stale_feed", "scope_missing", "search_direct_expiring",
)  # fmt: skip
# ... some that only look like it, and the other stories.
DECOYS = ("tiny_base", "unreachable_gain", "half_day")
OTHERS = ("peers_rose", "next_band", "new_merchant", "campaign", "campaign")
_LIFTS = (0.0, 0.12, 0.2, 0.3, 0.45, 0.6)
_HOME = {"peers_rose": PEERS_RISE_IN, "unreachable_gain": NEVER_REDEEM_IN}


@dataclass(frozen=True)
class Role:
    """A part in one story; `turn` counts the instances of its kind from 0."""

    kind: str
    manager_id: str
    turn: int
    lift: float = 0.0


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
            roles[chosen] = Role(kind, manager, turn, lift=_LIFTS[turn] if kind == "campaign" else 0.0)
    return roles


def _suits(kind: str, industry: str) -> bool:
    home = _HOME.get(kind)
    if home is not None:
        return industry == home
    if kind == "next_band":     # bands are only told apart in industries with thirty merchants a band
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
        return shop
    calm = replace(shop, drift=0.2, opened=min(shop.opened, -300), size=float(np.clip(shop.size, 220, 600)))
    traits: dict[str, dict[str, Any]] = {
        "return_fell": {
            "size": max(calm.size, 420.0), "sticky": 0.96, "repeat": max(shop.repeat, 0.3),
            "visit_rate": max(shop.visit_rate, 0.09), "mix": _leaning(shop, return_channel(role)),
        },
        "redemption_fell": {"redeem": max(shop.redeem, 0.15), "coupon_share": max(shop.coupon_share, 0.3), "convert": max(shop.convert, 0.45)},
        "coupons_bought": {"coupon_share": 0.24, "depth": 0.22, "redeem": 0.11, "convert": 0.55},
        "regulars_lost": {"size": max(calm.size, 300.0), "repeat": max(shop.repeat, 0.34), "convert": max(shop.convert, 0.6), "visit_rate": 0.13},
        "tiny_base": {"size": 48.0, "repeat": 0.45, "visit_rate": 0.12},
        "peers_rose": {"size": 260.0, "repeat": shop.industry.repeat, "visit_rate": shop.industry.visit_rate, "drift": 0.0},
        "next_band": {"size": 58.0},
        "new_merchant": {"opened": clock.last - 9},
        "campaign": {"size": max(calm.size, 380.0), "drift": 0.0},
        "half_day": {"size": max(calm.size, 320.0)},
    }
    return replace(calm, **traits.get(role.kind, {}))


def never_redeem(shops: list[Shop], roles: dict[str, Role]) -> set[str]:
    """Merchants whose coupons are issued and never used: ties at exactly zero."""
    ties = [s for s in shops if s.industry.key == TIES_IN]
    stuck = sorted((s for s in shops if s.industry.key == NEVER_REDEEM_IN), key=lambda s: s.size)
    chosen = {s.merchant_id for i, s in enumerate(ties) if i % 10 < 7} | {s.merchant_id for s in stuck[::3]}
    return chosen | {m for m, role in roles.items() if role.kind == "unreachable_gain"}

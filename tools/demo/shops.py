"""The merchants: who they are and how each of them differs from its peers."""

from dataclasses import dataclass, replace

import numpy as np

from tools.demo.clock import Clock, Floats
from tools.demo.industries import BY_KEY, CITIES, INDUSTRIES, Industry, shop_names

DEMO_MERCHANT = "M0001"
DEMO_NAME = "老陈面馆"


@dataclass(frozen=True)
class Shop:
    """One merchant. Rates are shares of one, `price` is yuan, `size` the 28-day visitors that it aims at."""

    index: int  # 1 .. n, also its stream of random numbers
    merchant_id: str
    name: str
    industry: Industry
    city: str
    opened: int  # day number; below zero: before the data begin
    size: float
    mix: tuple[float, ...]  # share of newcomers by channel
    sticky: float  # share of return visits through the channel of the first one
    repeat: float  # share of newcomers that become repeat visitors
    stay_days: float  # how long those stay, mean
    visit_rate: float  # their visit days a day
    interact: float  # share of visit days with an interaction
    convert: float  # share of visit days with an order
    price: float
    coupon_share: float  # share of orders paid with a coupon
    redeem: float  # coupons redeemed / issued
    depth: float  # discount of a coupon order / its list price
    member: float  # share of users who join as members
    refund: float  # share of orders refunded
    user_cost: float  # yuan of promotion for one new user; 0: does not promote
    fans: float  # followers for each 28-day visitor
    drift: float = 1.0  # 0: a shop that never changes by itself


def _logit(share: float, shift: float) -> float:
    return float(1 / (1 + np.exp(-(np.log(share / (1 - share)) + shift))))


def _mix(rng: np.random.Generator, promotes: bool) -> tuple[float, ...]:
    share = rng.dirichlet((9.0, 8.0, 4.0, 4.0, 4.0 if promotes else 0.01))
    return tuple(float(s) for s in (share if promotes else np.append(share[:4] / share[:4].sum(), 0.0)))


def _shop(rng: np.random.Generator, index: int, name: str, industry: Industry, clock: Clock) -> Shop:
    # One latent quality behind all traits: good shops tend to be good at several things, but only a little.
    z: Floats = 0.35 * rng.standard_normal() + 0.94 * rng.standard_normal(14)
    promotes = bool(rng.random() < 0.75)
    opened = int(rng.integers(30, max(clock.days - 90, 31))) if rng.random() < 0.1 else -int(rng.integers(210, 1500))
    share = float(np.clip(0.30 * np.exp(0.45 * z[5]), 0.06, 0.65))
    return Shop(
        index=index,
        merchant_id=f"M{index:04d}",
        name=name,
        industry=industry,
        city=CITIES[int(rng.integers(len(CITIES)))],
        opened=opened,
        size=float(np.clip(150 * np.exp(0.92 * rng.standard_normal()), 30, 3000)),
        mix=_mix(rng, promotes),
        sticky=0.75,
        repeat=float(np.clip(_logit(0.82 * industry.repeat, 0.7 * z[0]), 0.03, 0.62)),
        stay_days=float(np.clip(85 * np.exp(0.25 * z[1]), 40, 160)),
        visit_rate=float(np.clip(0.85 * industry.visit_rate * np.exp(0.28 * z[2]), 0.02, 0.3)),
        interact=_logit(0.30, 0.6 * z[3]),
        convert=_logit(0.8 * industry.convert, 0.62 * z[4]),
        price=industry.price * float(np.exp(0.28 * z[6])),
        coupon_share=share,
        redeem=float(np.clip(0.135 * np.exp(0.48 * z[7]), 0.035, 0.3)),
        depth=float(np.clip(0.09 * np.exp(0.55 * z[8]) / share, 0.05, 0.5)),
        member=_logit(0.42, 0.75 * z[9]),
        refund=float(np.clip(0.022 * np.exp(0.55 * z[10]), 0.003, 0.09)),
        user_cost=float(0.12 * industry.price**0.6 * np.exp(0.5 * z[11]) * 6) if promotes else 0.0,
        fans=float(np.clip(1.6 * np.exp(0.8 * z[12]), 0.2, 12)),
    )


def demo_shop(shop: Shop) -> Shop:
    """The demo merchant: a healthy noodle shop of middle size; too few return, and its coupons lie idle."""
    return replace(
        shop, name=DEMO_NAME, city="杭州", opened=-900, size=158.0, mix=(0.38, 0.30, 0.12, 0.10, 0.10),
        repeat=0.075, stay_days=80.0, visit_rate=0.14, interact=0.38, convert=0.46, price=42.0,
        coupon_share=0.38, redeem=0.068, depth=0.21, member=0.46, refund=0.018, user_cost=6.0, fans=1.9, drift=0.2,
    )  # fmt: skip


def build_shops(seed: int, clock: Clock) -> list[Shop]:
    """All merchants of the platform, M0001 first; the industries are shuffled over the ids."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 0])))
    industries = [i for i in INDUSTRIES for _ in range(i.merchants)][1:]
    order = [BY_KEY["catering"], *(industries[int(k)] for k in rng.permutation(len(industries)))]
    return _named(rng, seed, order, clock)


def build_industry(seed: int, key: str, merchants: int, clock: Clock) -> list[Shop]:
    """Merchants of one industry only, M0001 first."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 0])))
    return _named(rng, seed, [BY_KEY[key]] * merchants, clock)


def _named(rng: np.random.Generator, seed: int, order: list[Industry], clock: Clock) -> list[Shop]:
    names = {i.key: [n for n in rng.permutation(shop_names(i)).tolist() if n != DEMO_NAME] for i in INDUSTRIES}
    shops = []
    for index, industry in enumerate(order, start=1):
        own = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, index, 1])))
        shop = _shop(own, index, names[industry.key].pop(), industry, clock)
        shops.append(demo_shop(shop) if shop.merchant_id == DEMO_MERCHANT else shop)
    return shops

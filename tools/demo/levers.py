"""How a shop behaves day by day: seasons, slow drift, and what its actions move. Stories pull these levers."""

from dataclasses import dataclass

import numpy as np

from tools.demo.actions import Action
from tools.demo.clock import HISTORY, Clock, Floats
from tools.demo.industries import CHANNELS, LIFE_ACCOUNT, PROMOTION, SEARCH, STORE_CODE
from tools.demo.shops import Shop

# Return visits are drawn at this multiple of their rate and thinned day by day; no lever may ask for more.
HEADROOM = 2.2


@dataclass
class Levers:
    """Arrays over days; `arrive` and `keep` are (channel, HISTORY + days), the others (days,).

    `arrive` is expected newcomers a day, `keep` the share of a repeat visitor's rate that really comes, up to HEADROOM.
    `redeem` multiplies both the coupon share of orders and the redemption rate; `issue` multiplies coupons handed out.
    """

    arrive: Floats
    keep: Floats
    interact: Floats
    convert: Floats
    price: Floats
    redeem: Floats
    issue: Floats
    depth: Floats
    member: Floats
    fans: Floats

    def since(self, day: int) -> slice:
        """The simulated days from day number `day` on, for `arrive` and `keep`."""
        return slice(HISTORY + day, None)


def _wave(rng: np.random.Generator, length: int, size: float) -> Floats:
    """A slow random walk around one, a step a month."""
    knots = np.cumsum(rng.normal(0.0, size, length // 30 + 2))
    days = np.arange(length, dtype=np.float64)
    return np.asarray(np.exp(np.interp(days / 30, np.arange(len(knots)), knots - knots.mean())))


def _pulse(shop: Shop, clock: Clock) -> Floats:
    """Weekdays, the yearly wave and the October holiday."""
    week = np.asarray(shop.industry.week)[clock.weekdays()]
    year = clock.days_of_year()
    season = 1 + shop.industry.season * np.cos(2 * np.pi * (year - shop.industry.season_peak) / 365)
    holiday = np.where((year >= 274) & (year <= 280), 1.12, 1.0)
    return np.asarray(week * season * holiday)


def newcomers_a_day(shop: Shop) -> float:
    """Newcomers a day that make the shop's 28-day visitors about its `size`, in a steady state."""
    # A repeat visitor is seen in a window of 28 days unless no visit falls into it; rates are gamma distributed.
    seen = 1 - (1 + 28 * shop.visit_rate / 1.6) ** -1.6
    stock = shop.repeat * shop.stay_days * 1.12 * seen
    return shop.size / (28 + stock)


def flat_levers(shop: Shop, clock: Clock) -> Levers:
    """A shop that does the same every week, for ever."""
    length = HISTORY + clock.days
    week = np.asarray(shop.industry.week)[clock.weekdays()]
    steady = np.ones(clock.days)
    return Levers(
        arrive=newcomers_a_day(shop) * np.outer(shop.mix, week),
        keep=np.tile(week, (len(CHANNELS), 1)) * np.ones((1, length)),
        interact=steady * shop.interact, convert=steady * shop.convert, price=steady * shop.price, redeem=steady.copy(),
        issue=steady.copy(), depth=steady * shop.depth, member=steady * shop.member, fans=steady.copy(),
    )  # fmt: skip


def build_levers(rng: np.random.Generator, shop: Shop, clock: Clock, actions: list[Action]) -> Levers:
    """The levers of an ordinary shop: pulse, drift, and what its own actions do."""
    length, drift = HISTORY + clock.days, shop.drift
    pulse = _pulse(shop, clock)
    levers = flat_levers(shop, clock)
    levers.arrive = newcomers_a_day(shop) * np.outer(shop.mix, pulse * _wave(rng, length, 0.05 * drift))
    levers.keep = np.tile(pulse * _wave(rng, length, 0.05 * drift), (len(CHANNELS), 1))
    for name, size in (("interact", 0.06), ("convert", 0.025), ("price", 0.015), ("redeem", 0.09), ("depth", 0.04), ("member", 0.04)):
        setattr(levers, name, getattr(levers, name) * _wave(rng, clock.days, size * drift))
    if shop.opened > -HISTORY:
        levers.arrive[:, : HISTORY + shop.opened] = 0.0
    for action in actions:
        _pull(levers, action, clock)
    return levers


def _pull(levers: Levers, action: Action, clock: Clock) -> None:
    """What an action changes from the day it starts; lasting ones fade over 120 days."""
    start, end = max(action.started, 0), min(action.ended if action.ended is not None else clock.days, clock.days)
    fade = np.zeros(clock.days)
    fade[start:] = np.exp(-np.arange(clock.days - start) / 120)
    span = slice(HISTORY + start, HISTORY + end + 1)
    if action.kind == "coupon_validity":
        levers.redeem *= 1 + 0.35 * fade
    elif action.kind == "broadcast":
        levers.keep[:, HISTORY + start : HISTORY + start + 14] *= 1.12
    elif action.kind == "campaign":
        levers.arrive[:, span] *= 1.12
    elif action.kind == "member_card":
        levers.member *= 1 + 0.2 * fade
    elif action.kind == "followers_drive":
        levers.fans[start : end + 1] *= 3.0
        levers.arrive[LIFE_ACCOUNT, span] *= 1.15
    else:
        channel = {"qr_code": STORE_CODE, "search_direct": SEARCH, "promotion_plan": PROMOTION}[action.kind]
        levers.arrive[channel, span] *= 1.2

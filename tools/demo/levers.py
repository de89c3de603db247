"""How a shop behaves day by day: seasons, slow drift, and what its actions move. Stories pull these levers."""

from dataclasses import dataclass

import numpy as np

from tools.demo.actions import KINDS, Action, Effect
from tools.demo.clock import HISTORY, Clock, Floats
from tools.demo.industries import CHANNELS
from tools.demo.shops import Shop

# Return visits are drawn at this multiple of their rate and thinned day by day; no lever may ask for more.
HEADROOM = 2.2

# How far each trait wanders by itself, a step a month.
_DRIFT = {"interact": 0.06, "convert": 0.025, "price": 0.015, "redeem": 0.09, "depth": 0.04, "member": 0.04}
_FADE_DAYS = 120


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
    recall: float = 0.0  # share of the one-time visitors of the month before whom the last 28 days bring back

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
    return float(shop.size / (28 + stock))


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
    for name, size in _DRIFT.items():
        setattr(levers, name, getattr(levers, name) * _wave(rng, clock.days, size * drift))
    if shop.opened > -HISTORY:
        levers.arrive[:, : HISTORY + shop.opened] = 0.0
    for action in actions:
        for effect in KINDS[action.kind].effects:
            _pull(levers, effect, max(action.started, 0), clock)
    return levers


def _pull(levers: Levers, effect: Effect, start: int, clock: Clock) -> None:
    """What an action changes from the day it starts: evenly for some days, or for good and fading."""
    age = np.arange(clock.days) - start
    if effect.days is None:
        strength = np.where(age >= 0, np.exp(-age.clip(0) / _FADE_DAYS), 0.0)
    else:
        strength = ((age >= 0) & (age < effect.days)).astype(np.float64)
    factor = 1 + (effect.factor - 1) * strength
    lever: Floats = getattr(levers, effect.lever)
    part = lever if effect.channel is None else lever[effect.channel]
    part[..., part.shape[-1] - clock.days :] *= factor

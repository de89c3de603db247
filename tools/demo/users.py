"""People: when they first come, how long they stay, when they return, and how some are won back."""

from dataclasses import dataclass

import numpy as np

from tools.demo.clock import HISTORY, Floats, Ints
from tools.demo.industries import CHANNELS, LIFE_ACCOUNT, MINI_PROGRAM, PROMOTION, STORE_CODE
from tools.demo.levers import HEADROOM, Levers
from tools.demo.shops import Shop

# Newcomers from a life account stay more often, those whom promotion brought less often.
_LOYALTY = np.ones(len(CHANNELS))
_LOYALTY[[STORE_CODE, LIFE_ACCOUNT, PROMOTION]] = (1.05, 1.3, 0.6)
_LONGEST_STAY = 300.0
_WON_BACK = 0.12


@dataclass(frozen=True)
class Visits:
    """Single visits in no order: who, on which day number, through which channel."""

    user: Ints
    day: Ints
    channel: Ints
    users: int


def newcomers(rng: np.random.Generator, arrive: Floats) -> tuple[Ints, Ints]:
    """Day number and channel of each newcomer's first visit, drawn from `arrive` (channel, HISTORY + days)."""
    counts = rng.poisson(arrive)
    channel = np.repeat(np.arange(arrive.shape[0]), counts.sum(axis=1))
    day = np.repeat(np.tile(np.arange(arrive.shape[1]), arrive.shape[0]), counts.ravel()) - HISTORY
    return day, channel


def _spells(rng: np.random.Generator, shop: Shop, born: Ints, home: Ints) -> tuple[Ints, Floats, Floats, Floats]:
    """Stays of repeat visitors: user, first day, length in days, visit days a day. Some users have a second stay."""
    user = np.flatnonzero(rng.random(len(born)) < shop.repeat * _LOYALTY[home])
    length = np.minimum(rng.exponential(shop.stay_days, len(user)), _LONGEST_STAY)
    rate = rng.gamma(1.6, shop.visit_rate / 1.6, len(user))
    back = rng.random(len(user)) < _WON_BACK
    again = born[user[back]] + length[back] + rng.uniform(45, 130, int(back.sum()))
    return (
        np.concatenate([user, user[back]]),
        np.concatenate([born[user].astype(np.float64), again]),
        np.concatenate([length, rng.exponential(shop.stay_days / 2, len(again)).clip(max=_LONGEST_STAY)]),
        np.concatenate([rate, rate[back]]),
    )


def _return_channel(rng: np.random.Generator, shop: Shop, home: Ints) -> Ints:
    """Where a return visit comes from: mostly where the user came from before, seldom from promotion again."""
    share = np.asarray(shop.mix) * (1, 1, 1, 0.6, 0.1)
    other = np.searchsorted(np.cumsum(share / share.sum()), rng.random(len(home))).clip(max=len(CHANNELS) - 1)
    usual = np.where(home == PROMOTION, MINI_PROGRAM, home)
    return np.where(rng.random(len(home)) < shop.sticky, usual, other)


def _recalled(rng: np.random.Generator, share: float, born: Ints, last: int) -> tuple[Ints, Ints]:
    """A second visit in the last 28 days, by a share of those who first came in the 28 days before."""
    user = np.flatnonzero((born > last - 56) & (born <= last - 28) & (rng.random(len(born)) < share))
    return user, last - rng.integers(0, 28, len(user))


def draw_visits(rng: np.random.Generator, shop: Shop, levers: Levers, born: Ints, home: Ints) -> Visits:
    """All visits of the given newcomers, also those outside the data (the caller cuts)."""
    user, start, length, rate = _spells(rng, shop, born, home)
    counts = rng.poisson(rate * HEADROOM * length)
    who = np.repeat(user, counts)
    day = np.floor(np.repeat(start, counts) + 1 + np.repeat(length, counts) * rng.random(len(who))).astype(np.int64)
    inside = np.flatnonzero(day < levers.keep.shape[1] - HISTORY)
    who, day = who[inside], day[inside]
    came = rng.random(len(who)) * HEADROOM < levers.keep[home[who], day + HISTORY]
    who, day = who[came], day[came]
    if levers.recall > 0:
        again, then = _recalled(rng, levers.recall, born, levers.keep.shape[1] - HISTORY - 1)
        who, day = np.concatenate([who, again]), np.concatenate([day, then])
    return Visits(
        user=np.concatenate([np.arange(len(born)), who]),
        day=np.concatenate([born, day]),
        channel=np.concatenate([home, _return_channel(rng, shop, home[who])]),
        users=len(born),
    )

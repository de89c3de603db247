"""Incentive points: what merchants earned and spent, and what is left when entries expire."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from tools.demo.clock import Clock
from tools.demo.industries import PROGRAMMES
from tools.demo.shops import Shop

VALID_DAYS = 180
_EARNED = ("life_account_posts", "coupon_redemption", "store_code_placed", "search_direct_online")
_SPENT = "promotion_exchange"


@dataclass(frozen=True)
class Entry:
    """One line of the ledger. Points are spent first in, first out; what expires has no line of its own."""

    merchant_id: str
    at: date
    programme: str
    delta: int
    reason: str
    expires_on: date | None = None


@dataclass(frozen=True)
class Lot:
    """What is left of one earning entry. It can be used up to and including `expires_on`."""

    programme: str
    expires_on: date
    left: int


def open_lots(entries: Iterable[Entry], as_of: date) -> list[Lot]:
    """The earning entries not used up or expired at `as_of`, oldest first."""
    lots: list[tuple[str, date, int]] = []
    for entry in sorted((e for e in entries if e.at <= as_of), key=lambda e: (e.at, -e.delta)):
        if entry.delta > 0 and entry.expires_on is not None:
            lots.append((entry.programme, entry.expires_on, entry.delta))
        else:
            lots = _spend(lots, entry)
    return [Lot(*lot) for lot in lots if lot[1] >= as_of and lot[2] > 0]


def _spend(lots: list[tuple[str, date, int]], entry: Entry) -> list[tuple[str, date, int]]:
    due, left = -entry.delta, []
    for programme, expires, points in lots:
        usable = programme == entry.programme and expires >= entry.at
        used = min(due, points) if usable else 0
        due -= used
        left.append((programme, expires, points - used))
    return left


def draw_ledger(rng: np.random.Generator, shop: Shop, clock: Clock) -> list[Entry]:
    """A shop's ordinary ledger: it earns about monthly and spends most of it, never more than it has."""
    entries: list[Entry] = []
    first = max(shop.opened, 0)
    for programme, chance in zip(PROGRAMMES, (0.8, 0.4), strict=True):
        if rng.random() > chance:
            continue
        own: list[Entry] = []
        for day in range(first + int(rng.integers(5, 30)), clock.last, 30):
            at = clock.date(day)
            earned = int(rng.integers(4, 40)) * 10
            own.append(earn(shop.merchant_id, at, programme, earned, _EARNED[int(rng.integers(len(_EARNED)))]))
            spent_on = clock.date(min(day + int(rng.integers(3, 20)), clock.last))
            have = sum(lot.left for lot in open_lots(own, spent_on))
            if have > 0 and rng.random() < 0.6:
                spent = max(int(have * rng.uniform(0.4, 1.0)), 1)
                own.append(Entry(shop.merchant_id, spent_on, programme, -spent, _SPENT))
        entries += own
    return entries


def earn(merchant_id: str, at: date, programme: str, points: int, reason: str) -> Entry:
    """An earning entry; it expires VALID_DAYS later."""
    return Entry(merchant_id, at, programme, points, reason, date.fromordinal(at.toordinal() + VALID_DAYS))


def hoard(entries: list[Entry], merchant_id: str, points: int, expires_on: date, clock: Clock) -> list[Entry]:
    """The ledger with `points` of star_plan that expire on a given day and of which nothing has been spent.

    Spending after the day they were earned is dropped, so that first in, first out leaves them whole.
    """
    at = date.fromordinal(expires_on.toordinal() - VALID_DAYS)
    kept = [e for e in entries if e.programme != PROGRAMMES[0] or e.at < at]
    used_up = sum(lot.left for lot in open_lots((e for e in kept if e.programme == PROGRAMMES[0]), at))
    if used_up:
        kept.append(Entry(merchant_id, at, PROGRAMMES[0], -used_up, _SPENT))
    later = earn(merchant_id, clock.date(clock.last - 40), PROGRAMMES[0], 260, _EARNED[0])
    return [*kept, earn(merchant_id, at, PROGRAMMES[0], points, _EARNED[1]), later]

"""Incentive points as lots: what was booked, what spending took of it, what lapsed. Whole numbers, no database.

A lot can be used up to and including its last day; lapsing has no line of its own in a ledger. On one day, earning
comes before spending. Spending takes lots of its own programme: the oldest first, or the first to expire where the
programme's terms say so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tools.own import LedgerEntry
from tools.prospects import CreditTerm, Lot


@dataclass
class _Open:
    booked: date
    last_day: date  # date.max: for ever
    left: int


@dataclass(frozen=True)
class Book:
    """One programme on one day. balance = earned - (spent - overspent) - expired, and never below zero."""

    programme: str
    lots: tuple[Lot, ...]  # usable on that day, soonest to expire first; lots of one last day are one
    earned: int
    spent: int
    expired: int
    overspent: int  # spent without having been there: the ledger is not complete, or wrong

    @property
    def balance(self) -> int:
        return sum(lot.left for lot in self.lots)

    def expiring(self, until: date) -> int:
        """What lapses up to and including that day unless it is spent."""
        return sum(lot.left for lot in self.lots if lot.expires_on is not None and lot.expires_on <= until)


def book(
    entries: Iterable[LedgerEntry], programme: str, *, known: date, on: date, terms: Sequence[CreditTerm] = ()
) -> Book:
    """The book of one programme on `on`, from the lines up to `known`; the lines' order does not matter."""
    own = [term for term in terms if term.programme == programme]
    lines = sorted(
        (e for e in entries if e.programme == programme and e.at <= known),
        key=lambda e: (e.at, -e.delta, e.expires_on or date.max),
    )
    lots: list[_Open] = []
    overspent = 0
    for line in lines:
        if line.delta > 0:
            lots.append(_Open(line.at, _last_day(line, own), line.delta))
        elif line.delta < 0:
            overspent += _spend(lots, -line.delta, line.at, by_expiry=_by_expiry(own, line.at))
    usable = [lot for lot in lots if lot.last_day >= on and lot.left]
    return Book(
        programme=programme,
        lots=_merged(programme, usable),
        earned=sum(line.delta for line in lines if line.delta > 0),
        spent=-sum(line.delta for line in lines if line.delta < 0),
        expired=sum(lot.left for lot in lots if lot.last_day < on),
        overspent=overspent,
    )


def _spend(lots: Sequence[_Open], due: int, on: date, *, by_expiry: bool) -> int:
    """Take `due` from what can be used on a day; what could not be taken."""
    usable = [lot for lot in lots if lot.last_day >= on]
    for lot in sorted(usable, key=lambda o: (o.last_day, o.booked) if by_expiry else (o.booked, o.last_day)):
        taken = min(due, lot.left)
        lot.left -= taken
        due -= taken
    return due


def _last_day(line: LedgerEntry, terms: Sequence[CreditTerm]) -> date:
    """The day that the ledger names, else the one that the terms give, else never."""
    if line.expires_on is not None:
        return line.expires_on
    days = [term.days for term in terms if _holds(term, line.at)]
    return line.at + timedelta(days=min(days)) if days else date.max


def _by_expiry(terms: Sequence[CreditTerm], on: date) -> bool:
    return any(term.spends == "first_to_expire" and _holds(term, on) for term in terms)


def _holds(term: CreditTerm, on: date) -> bool:
    return (term.booked_from or date.min) <= on <= (term.booked_until or date.max)


def _merged(programme: str, lots: Iterable[_Open]) -> tuple[Lot, ...]:
    left: dict[date, int] = {}
    for lot in lots:
        left[lot.last_day] = left.get(lot.last_day, 0) + lot.left
    return tuple(
        Lot(programme=programme, expires_on=None if day == date.max else day, left=points)
        for day, points in sorted(left.items())
    )

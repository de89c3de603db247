"""Which exchange of incentive points to take: what can be paid, and what own promotion says it would bring."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tools.curves import rounded
from tools.own import LedgerEntry
from tools.prospects import Exchange

FEWEST_CLICKS = 30  # visits that a place must have brought before it is compared by them
Basis = Literal["", "new_users", "visits", "gives"]


@dataclass(frozen=True)
class Place:
    """What promotion at one place brought the shop from `first_day` to `last_day`."""

    place: str
    first_day: date
    last_day: date
    impressions: int
    clicks: int
    new_users: int


@dataclass(frozen=True)
class Offer:
    """As many units of an exchange as can be paid, and what they would bring; None: its place says too little."""

    exchange: Exchange
    spend: int
    gives: float
    place: Place | None = None
    visits: float | None = None
    new_users: float | None = None


def spent_in_month(entries: Iterable[LedgerEntry], programme: str, on: date) -> int:
    """What left a programme's balance in the calendar month of a day.

    Takings back count too: a ledger does not tell them from exchanges for certain, and the cap must not be overdrawn.
    """
    month = (on.year, on.month)
    return -sum(
        e.delta for e in entries if e.programme == programme and e.delta < 0 and (e.at.year, e.at.month) == month
    )


def offers(
    exchanges: Iterable[Exchange],
    balances: Mapping[str, int],
    spent: Mapping[str, int],
    places: Mapping[str, Place],
    *,
    fewest_new: int,
) -> tuple[Offer, ...]:
    """What can be had for each exchange, by id; those that the balance or the month's cap leaves no unit of are out.

    A place says something of new users from `fewest_new` of them on, of visits from FEWEST_CLICKS on.
    """
    found = []
    for exchange in sorted(exchanges, key=lambda e: e.id):
        room = balances.get(exchange.programme, 0)
        if exchange.per_month is not None:
            room = min(room, exchange.per_month - spent.get(exchange.programme, 0))
        units = room // exchange.cost
        if units > 0:
            found.append(_offer(exchange, units, places.get(exchange.place or ""), fewest_new))
    return tuple(found)


def best(found: Iterable[Offer]) -> tuple[Offer | None, Basis]:
    """The offer that brings most new users; where no place says, most visits; else the one that gives most.

    Ties: what gives more, then what costs less, then the id.
    """
    known = sorted(found, key=lambda o: (-o.gives, o.spend, o.exchange.id))
    if not known:
        return None, ""
    by_new, by_visits = max(known, key=_new_users), max(known, key=_visits)
    if _new_users(by_new) > 0:
        return by_new, "new_users"
    return (by_visits, "visits") if _visits(by_visits) > 0 else (known[0], "gives")


def _new_users(offer: Offer) -> float:
    return offer.new_users or 0.0


def _visits(offer: Offer) -> float:
    return offer.visits or 0.0


def _offer(exchange: Exchange, units: int, place: Place | None, fewest_new: int) -> Offer:
    gives = units * exchange.gives
    if place is None or not place.impressions or exchange.of != "impressions":
        return Offer(exchange, units * exchange.cost, gives)
    enough_new, enough_clicks = place.new_users >= fewest_new, place.clicks >= FEWEST_CLICKS
    return Offer(
        exchange,
        units * exchange.cost,
        gives,
        place,
        visits=_expected(gives, place.clicks, place.impressions) if enough_clicks else None,
        new_users=_expected(gives, place.new_users, place.impressions) if enough_new else None,
    )


def _expected(gives: float, brought: int, impressions: int) -> float:
    return float(rounded(gives * brought / impressions))

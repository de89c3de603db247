"""Incentive points of one shop: the balance on a day, what expires when, and the exchange that brings most."""

from collections.abc import Sequence
from datetime import date, timedelta

from tools.exchanging import Offer, Place, best, offers, spent_in_month
from tools.lots import Book, book
from tools.making import Maker, days_up_to
from tools.own import LedgerEntry
from tools.prospects import Lot, Points, PointsArguments
from tools.shop import Shop
from tools.types import Period

AHEAD = timedelta(days=30)  # how far `expiring` looks where nothing is said
PLACES = "places"
PLACES_QUERY = "SELECT place, first_day, last_day, impressions, clicks, new_users FROM places WHERE no = ?"


def points(shop: Shop, arguments: PointsArguments) -> Points:
    """Balance, expiries and exchange. Refused: `no_ledger` where the operator sends none, `empty` where the shop has
    no line (of that programme) up to the day, `past_date` where `until` lies before `on`.

    A day ahead is answered from the ledger as it stands: what will still be there unless it is spent.
    """
    ledger = shop.ledger
    as_of = _known_until(shop, ledger or (), arguments)
    blank = Points(merchant_id=shop.merchant_id, as_of=as_of)
    if ledger is None:
        return blank.model_copy(update={"refused": "no_ledger"})
    until = arguments.until or arguments.on + AHEAD
    if until < arguments.on:
        return blank.model_copy(update={"refused": "past_date"})
    seen = [e for e in ledger if e.at <= as_of and arguments.programme in (None, e.programme)]
    names = tuple(sorted({e.programme for e in seen}))
    if not names:
        return blank.model_copy(update={"refused": "empty"})
    books = [book(seen, name, known=as_of, on=arguments.on, terms=arguments.terms) for name in names]
    lots = _soonest_first(books)
    found = offers(
        (e for e in arguments.exchanges if e.programme in names),
        {b.programme: b.balance for b in books},
        {name: spent_in_month(seen, name, arguments.on) for name in names},
        _places(shop),
        fewest_new=_fewest_new(shop),
    )
    chosen, basis = best(found)
    maker = Maker(shop.merchant_id, as_of, currency=shop.meter.currency, source="points")
    _put_books(maker, books, arguments.on, until)
    _put_next(maker, lots, arguments.on)
    _put_flows(maker, seen, names, as_of)
    for offer in found:
        _put_offer(maker, offer, arguments.on)
    return Points(
        merchant_id=shop.merchant_id,
        as_of=as_of,
        figures=maker.figures,
        programmes=names,
        lots=lots,
        next_expiry=next((lot.expires_on for lot in lots), None),
        best=chosen.exchange.id if chosen else None,
        best_passages=_passages(chosen),
        rests_on=basis,
    )


def _known_until(shop: Shop, ledger: Sequence[LedgerEntry], arguments: PointsArguments) -> date:
    """The last day whose lines count: not after the day asked about, nor after what the ledger can know."""
    lines = [e.at for e in ledger if e.at <= arguments.today]
    return min(arguments.on, max([shop.meter.newest, *lines]))


def _soonest_first(books: Sequence[Book]) -> tuple[Lot, ...]:
    lots = [lot for b in books for lot in b.lots]
    return tuple(sorted(lots, key=lambda lot: (lot.expires_on or date.max, lot.programme)))


def _put_books(maker: Maker, books: Sequence[Book], on: date, until: date) -> None:
    day, ahead = Period(start=on, end=on), Period(start=on, end=until)
    ever = Period(start=min(on, maker.as_of), end=maker.as_of)
    maker.put("credits.balance", sum(b.balance for b in books), "credits", period=day)
    maker.put("credits.expiring", sum(b.expiring(until) for b in books), "credits", period=ahead)
    for b in books:
        maker.put(f"credits.balance@{b.programme}", b.balance, "credits", period=day)
        maker.put(f"credits.expiring@{b.programme}", b.expiring(until), "credits", period=ahead)
    wrong = [b for b in books if b.overspent]
    if wrong:
        maker.put("credits.overspent", sum(b.overspent for b in wrong), "credits", period=ever)
    for b in wrong:
        maker.put(f"credits.overspent@{b.programme}", b.overspent, "credits", period=ever)


def _put_next(maker: Maker, lots: Sequence[Lot], on: date) -> None:
    """What lapses first: everything that ends on the same last day."""
    first = next((lot.expires_on for lot in lots), None)
    if first is None:
        return
    due = [lot for lot in lots if lot.expires_on == first]
    maker.put("credits.next", sum(lot.left for lot in due), "credits", period=Period(start=on, end=first))
    for lot in due:
        maker.put(f"credits.next@{lot.programme}", lot.left, "credits", period=Period(start=on, end=first))


def _put_flows(maker: Maker, entries: Sequence[LedgerEntry], names: Sequence[str], as_of: date) -> None:
    month = days_up_to(as_of)
    recent = [e for e in entries if month.start <= e.at <= as_of]
    for part, lines in [("", recent), *((f"@{name}", [e for e in recent if e.programme == name]) for name in names)]:
        earned, spent = [e.delta for e in lines if e.delta > 0], [-e.delta for e in lines if e.delta < 0]
        maker.put(f"credits.earned{part}", sum(earned), "credits", n=len(earned), period=month)
        maker.put(f"credits.spent{part}", sum(spent), "credits", n=len(spent), period=month)


def _put_offer(maker: Maker, offer: Offer, on: date) -> None:
    id, day = offer.exchange.id, Period(start=on, end=on)
    maker.put(f"credits.spend@{id}", offer.spend, "credits", period=day)
    maker.put(f"credits.gives@{id}", offer.gives, "count", period=day, source="rules")
    if offer.place is None:
        return
    place, seen = offer.place, Period(start=offer.place.first_day, end=offer.place.last_day)
    maker.put(f"credits.visits@{id}", offer.visits, "count", period=seen, n=place.clicks, source="promotion")
    maker.put(f"credits.new_users@{id}", offer.new_users, "users", period=seen, n=place.new_users, source="promotion")


def _passages(chosen: Offer | None) -> tuple[str, ...]:
    if chosen is None:
        return ()
    return chosen.exchange.passages or tuple(filter(None, (chosen.exchange.passage,)))


def _places(shop: Shop) -> dict[str, Place]:
    """What promotion brought by place in the last 90 days of the shop's feed; nothing where that is not kept."""
    if not shop.meter.keeps(PLACES):
        return {}
    rows = shop.meter.cursor().execute(PLACES_QUERY, [shop.no]).fetchall()
    return {row[0]: Place(*row) for row in rows}


def _fewest_new(shop: Shop) -> int:
    """As few new users as the catalog accepts under a cost per new user."""
    metric = shop.meter.catalog.by_id.get("new_user_cost")
    return max(metric.minimum_denominator, 1) if metric else 1

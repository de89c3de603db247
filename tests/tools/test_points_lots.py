"""Lots against a second computation that moves single points about, one at a time."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.lots import Book, book
from tools.own import LedgerEntry
from tools.prospects import CreditTerm

START = date(2026, 1, 1)
FAR = 10**6  # days; "never"
PLAN = "star_plan"


def day(n: int) -> date:
    return START + timedelta(days=n)


def earned(at: int, points: int, lasts: int | None = None, programme: str = PLAN) -> LedgerEntry:
    return LedgerEntry(
        at=day(at), programme=programme, delta=points, expires_on=None if lasts is None else day(at + lasts)
    )


def spent(at: int, points: int, programme: str = PLAN) -> LedgerEntry:
    return LedgerEntry(at=day(at), programme=programme, delta=-points)


@st.composite
def ledgers(draw: st.DrawFn) -> list[LedgerEntry]:
    """Any ledger: two programmes, spending of what is not there, lots that never end, lines of one day in any order."""
    lines = []
    for _ in range(draw(st.integers(0, 12))):
        at, points = draw(st.integers(0, 40)), draw(st.integers(1, 9))
        programme = draw(st.sampled_from([PLAN, PLAN, "luoma_plan"]))
        if draw(st.booleans()):
            lines.append(earned(at, points, draw(st.none() | st.integers(0, 25)), programme))
        else:
            lines.append(spent(at, points, programme))
    return lines


def plain(
    lines: list[LedgerEntry], known: date, on: date, *, by_expiry: bool = False
) -> tuple[int, dict[int, int], int, int]:
    """(balance, what ends on which day, expired, overspent), one point at a time."""
    points: list[tuple[int, int]] = []  # booked, last day
    lost: list[int] = []
    overspent = 0
    for today in range((known - START).days + 1):
        lost += [last for _, last in points if last < today]
        points = [p for p in points if p[1] >= today]
        own = [x for x in lines if x.programme == PLAN and x.at == day(today)]
        for line in own:
            last = FAR if line.expires_on is None else (line.expires_on - START).days
            points += [(today, last)] * max(line.delta, 0)
        for _ in range(sum(-x.delta for x in own if x.delta < 0)):
            usable = [p for p in points if p[1] >= today]
            if usable:
                points.remove(min(usable, key=lambda p: (p[1], p[0]) if by_expiry else p))
            else:
                overspent += 1
    left = [last for _, last in points if last >= (on - START).days]
    return len(left), {last: left.count(last) for last in left}, len(lost) + len(points) - len(left), overspent


def ends(found: Book) -> dict[int, int]:
    return {FAR if lot.expires_on is None else (lot.expires_on - START).days: lot.left for lot in found.lots}


BY_EXPIRY = (CreditTerm(programme=PLAN, days=9999, spends="first_to_expire"),)


@given(lines=ledgers(), known=st.integers(0, 45), ahead=st.integers(0, 30), seed=st.integers(0, 9))
def test_lots_agree_with_moving_single_points_whatever_the_order_of_rows(
    lines: list[LedgerEntry], known: int, ahead: int, seed: int
) -> None:
    shuffled = list(lines)
    random.Random(seed).shuffle(shuffled)
    on = day(known + ahead)
    found = book(lines, PLAN, known=day(known), on=on)
    assert book(shuffled, PLAN, known=day(known), on=on) == found
    assert (found.balance, ends(found), found.expired, found.overspent) == plain(lines, day(known), on)
    assert found.balance == found.earned - (found.spent - found.overspent) - found.expired
    assert found.balance >= 0
    assert all(lot.left > 0 for lot in found.lots)


@given(lines=ledgers(), known=st.integers(0, 45))
def test_where_the_terms_say_so_the_first_to_expire_are_spent_first(lines: list[LedgerEntry], known: int) -> None:
    dated = [x if x.delta < 0 or x.expires_on else x.model_copy(update={"expires_on": x.at}) for x in lines]
    found = book(dated, PLAN, known=day(known), on=day(known), terms=BY_EXPIRY)
    expected = plain(dated, day(known), day(known), by_expiry=True)
    assert (found.balance, ends(found), found.expired, found.overspent) == expected


@given(lines=ledgers(), known=st.integers(0, 45), ahead=st.integers(0, 30), further=st.integers(0, 30))
def test_what_expires_between_two_days_is_what_the_balance_loses(
    lines: list[LedgerEntry], known: int, ahead: int, further: int
) -> None:
    first, last = day(known + ahead), day(known + ahead + further)
    now = book(lines, PLAN, known=day(known), on=first)
    after = book(lines, PLAN, known=day(known), on=last + timedelta(days=1))
    assert now.expiring(last) == now.balance - after.balance == after.expired - now.expired


@given(lines=ledgers(), known=st.integers(0, 45))
def test_a_ledger_that_spends_only_what_is_there_is_never_overspent(lines: list[LedgerEntry], known: int) -> None:
    clean: list[LedgerEntry] = []
    for line in sorted(lines, key=lambda x: (x.at, -x.delta)):
        have = book(clean, line.programme, known=line.at, on=line.at).balance
        if line.delta > 0 or have >= -line.delta:
            clean.append(line)
    found = book(clean, PLAN, known=day(known), on=day(known))
    assert found.overspent == 0
    assert found.balance == found.earned - found.spent - found.expired


def test_a_lot_can_be_used_on_its_last_day_and_not_on_the_next() -> None:
    lines = [earned(0, 10, lasts=5)]
    assert book(lines, PLAN, known=day(0), on=day(5)).balance == 10
    assert book(lines, PLAN, known=day(0), on=day(6)).balance == 0
    assert book([*lines, spent(5, 4)], PLAN, known=day(5), on=day(5)).overspent == 0
    assert book([*lines, spent(6, 4)], PLAN, known=day(6), on=day(6)).overspent == 4


def test_spending_before_the_days_earning_in_the_file_still_finds_it() -> None:
    assert book([spent(0, 10), earned(0, 10, lasts=5)], PLAN, known=day(0), on=day(0)).overspent == 0


def test_what_was_overspent_is_not_taken_from_later_earning() -> None:
    found = book([spent(0, 10), earned(1, 30, lasts=50)], PLAN, known=day(1), on=day(1))
    assert (found.balance, found.overspent) == (30, 10)


def test_programmes_do_not_pay_for_each_other() -> None:
    lines = [earned(0, 10, 50), earned(0, 7, 50, programme="luoma_plan"), spent(1, 5, programme="luoma_plan")]
    assert book(lines, PLAN, known=day(1), on=day(1)).balance == 10
    assert book(lines, "luoma_plan", known=day(1), on=day(1)).balance == 2


TERMS = (
    CreditTerm(programme=PLAN, booked_until=day(9), days=180),
    CreditTerm(programme=PLAN, booked_from=day(10), days=120, spends="first_to_expire"),
    CreditTerm(programme="luoma_plan", days=3),
)


@pytest.mark.parametrize(("at", "last"), [(9, 189), (10, 130)])
def test_a_lot_without_a_last_day_lasts_as_the_terms_of_its_booking_day_say(at: int, last: int) -> None:
    found = book([earned(at, 10)], PLAN, known=day(at), on=day(at), terms=TERMS)
    assert [lot.expires_on for lot in found.lots] == [day(last)]
    assert book([earned(at, 10)], PLAN, known=day(at), on=day(9999)).balance == 10


def test_the_ledgers_own_last_day_outweighs_the_terms() -> None:
    found = book([earned(0, 10, lasts=7)], PLAN, known=day(0), on=day(0), terms=TERMS)
    assert [lot.expires_on for lot in found.lots] == [day(7)]


def test_the_day_of_spending_decides_which_lot_goes_first() -> None:
    lines = [earned(0, 10, lasts=300), earned(1, 10, lasts=30)]
    early = book([*lines, spent(5, 10)], PLAN, known=day(10), on=day(10), terms=TERMS)
    late = book([*lines, spent(10, 10)], PLAN, known=day(10), on=day(10), terms=TERMS)
    assert [lot.expires_on for lot in early.lots] == [day(31)]
    assert [lot.expires_on for lot in late.lots] == [day(300)]

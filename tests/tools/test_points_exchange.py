"""The best exchange: paid by the balance, within the month's cap, chosen by what the shop's own promotion brought."""

from datetime import date
from typing import Any

import pytest

from tools.exchanging import Offer, Place, best, offers, spent_in_month
from tools.own import LedgerEntry
from tools.prospects import Exchange

DAYS = (date(2026, 8, 24), date(2026, 11, 21))
PAYMENT = Exchange(
    id="payment", programme="star_plan", cost=500, gives=3000, of="impressions", place="payment_result",
    per_month=10000,
)  # fmt: skip
UNION = PAYMENT.model_copy(update={"id": "union", "gives": 5000, "place": "public_union"})
LUOMA = Exchange(id="luoma", programme="luoma_plan", cost=400, gives=2500, of="impressions", place="payment_result")


def place(name: str, impressions: int, clicks: int, new: int) -> tuple[str, Place]:
    return name, Place(name, *DAYS, impressions, clicks, new)


def have(*exchanges: Exchange, star: int = 1700, luoma: int = 0, spent: int = 0, **places: Any) -> tuple[Offer, ...]:
    return offers(
        exchanges, {"star_plan": star, "luoma_plan": luoma}, {"star_plan": spent}, dict(places.values()), fewest_new=5
    )


@pytest.mark.parametrize(
    ("star", "spent", "spend"),
    [(499, 0, None), (500, 0, 500), (1700, 0, 1500), (12400, 0, 10000), (12400, 9600, None), (12400, 9400, 500)],
)
def test_whole_units_within_the_balance_and_the_months_cap(star: int, spent: int, spend: int | None) -> None:
    found = have(PAYMENT, star=star, spent=spent)
    assert [offer.spend for offer in found] == ([] if spend is None else [spend])
    assert all(offer.gives == offer.spend / 500 * 3000 for offer in found)


def test_each_programme_pays_for_itself() -> None:
    found = have(PAYMENT, LUOMA, star=400, luoma=850)
    assert [(offer.exchange.id, offer.spend) for offer in found] == [("luoma", 800)]


def test_the_place_that_brought_more_new_users_an_impression_wins_over_the_larger_exchange() -> None:
    found = have(
        PAYMENT, UNION, a=place("payment_result", 10_000, 300, 40), b=place("public_union", 10_000, 300, 20)
    )  # fmt: skip
    chosen, basis = best(found)
    assert (chosen.exchange.id if chosen else "", basis) == ("payment", "new_users")
    assert {o.exchange.id: o.new_users for o in found} == {"payment": 9000 * 40 / 10_000, "union": 15_000 * 20 / 10_000}


def test_expected_figures_are_exact_quotients() -> None:
    (offer,) = have(PAYMENT, a=place("payment_result", 7_777, 311, 13))
    assert offer.new_users == pytest.approx(9000 * 13 / 7777, rel=1e-11)
    assert offer.visits == pytest.approx(9000 * 311 / 7777, rel=1e-11)


def test_too_few_new_users_say_nothing_and_visits_decide() -> None:
    found = have(
        PAYMENT, UNION, a=place("payment_result", 10_000, 500, 4), b=place("public_union", 10_000, 100, 4)
    )  # fmt: skip
    chosen, basis = best(found)
    assert (chosen.exchange.id if chosen else "", basis) == ("payment", "visits")
    assert all(offer.new_users is None for offer in found)


@pytest.mark.parametrize("places", [{}, {"a": place("payment_result", 0, 0, 0), "b": place("public_union", 9, 3, 0)}])
def test_without_own_promotion_the_exchange_that_gives_most_is_taken(places: dict[str, Any]) -> None:
    chosen, basis = best(have(PAYMENT, UNION, **places))
    assert (chosen.exchange.id if chosen else "", basis) == ("union", "gives")


def test_a_tie_goes_to_what_costs_less_then_to_the_first_id_in_any_order() -> None:
    dear = UNION.model_copy(update={"id": "a-dear", "cost": 800, "gives": 8000})
    twin = UNION.model_copy(update={"id": "b-twin"})
    for several in ([UNION, dear, twin], [twin, dear, UNION]):
        chosen, _ = best(have(*several, star=1600))
        assert chosen is not None
        assert (chosen.exchange.id, chosen.spend, chosen.gives) == ("a-dear", 1600, 16_000)
        chosen, _ = best(have(*(e for e in several if e.id != "a-dear"), star=1600))
        assert chosen is not None
        assert chosen.exchange.id == "b-twin"
    assert best(()) == (None, "")


def test_places_say_nothing_of_what_is_not_impressions() -> None:
    (offer,) = have(PAYMENT.model_copy(update={"of": "yuan"}), a=place("payment_result", 10_000, 300, 40))
    assert (offer.place, offer.new_users) == (None, None)


def test_the_month_counts_whole_and_only_its_own_programme() -> None:
    lines = [
        LedgerEntry(at=date(2026, 10, 31), programme="star_plan", delta=-500),
        LedgerEntry(at=date(2026, 11, 1), programme="star_plan", delta=-1000),
        LedgerEntry(at=date(2026, 11, 20), programme="star_plan", delta=900),
        LedgerEntry(at=date(2026, 11, 20), programme="star_plan", delta=-40, reason="refund"),
        LedgerEntry(at=date(2026, 11, 20), programme="luoma_plan", delta=-400),
        LedgerEntry(at=date(2025, 11, 20), programme="star_plan", delta=-7),
    ]
    assert spent_in_month(lines, "star_plan", date(2026, 11, 30)) == 1040
    assert spent_in_month(lines, "star_plan", date(2026, 12, 1)) == 0

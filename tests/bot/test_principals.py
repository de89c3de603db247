"""Who asks is decided before the flow, from assignments and authorisations that hold on the day."""

from datetime import date

import pytest

from bot.assemble import Workbench
from bot.errors import InputError
from bot.principals import resolve

DAY = date(2026, 11, 22)
ALL = frozenset({"SHOP_MANAGE", "MINI_APP_OPER"})


class Directory:
    """One provider, one manager, three shops: authorised, authorised for something else, not authorised."""

    def has_merchant(self, merchant_id: str) -> bool:
        return merchant_id in ("M0001", "M0002", "M0003")

    def manager(self, manager_id: str, *, on: date | None = None) -> tuple[str, str, tuple[str, ...]] | None:
        return ("Ann", "SP1", ("M0001", "M0002", "M0003")) if manager_id == "A001" else None

    def authorised(self, provider_id: str, *, on: date) -> dict[str, frozenset[str]]:
        return {"M0001": ALL, "M0002": frozenset({"MINI_APP_OPER"})}


def test_a_merchant_reaches_its_own_shop_only() -> None:
    principal = resolve("merchant:M0002", Directory(), on=DAY)
    assert principal.merchants == {"M0002"}
    assert principal.own_merchant == "M0002"
    assert principal.tenant is None


def test_a_manager_reaches_only_assigned_shops_that_authorised_reading() -> None:
    principal = resolve("manager:A001", Directory(), on=DAY)
    assert principal.merchants == {"M0001"}
    assert principal.tenant == "SP1"


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("M0001", "merchant:ID or manager:ID"),
        ("merchant:", "merchant:ID or manager:ID"),
        ("operator:X", "merchant:ID or manager:ID"),
        ("merchant:M9999", "no merchant M9999"),
        ("manager:A999", "no manager A999"),
    ],
)
def test_nobody_is_refused_with_a_sentence(spec: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        resolve(spec, Directory(), on=DAY)


@pytest.mark.parametrize("manager", ["A001", "A002", "A003"])
def test_a_demo_manager_reaches_the_sixty_shops_that_let_their_numbers_be_read(desk: Workbench, manager: str) -> None:
    found = desk.meter.manager(manager, on=DAY)
    assert found is not None
    granted = desk.meter.authorised(found[1], on=DAY)
    readable = {m for m in found[2] if "SHOP_MANAGE" in granted.get(m, frozenset())}
    assert len(found[2]) == 60
    assert resolve(f"manager:{manager}", desk.meter, on=DAY).merchants == readable

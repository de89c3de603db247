"""Who asks: `merchant:ID` or `manager:ID` becomes a frozen Principal, from the published tables, at every question."""

from datetime import date
from typing import Protocol

from bot.answering.types import Principal
from bot.errors import InputError

READING = "SHOP_MANAGE"  # the scope without which a provider may not look at a shop's numbers


class Directory(Protocol):
    """Who exists, who looks after whom, and what the merchants have authorised."""

    def has_merchant(self, merchant_id: str) -> bool: ...

    def manager(self, manager_id: str, *, on: date | None = None) -> tuple[str, str, tuple[str, ...]] | None:
        """(name, provider id, merchants assigned on that day), or None for nobody."""
        ...

    def authorised(self, provider_id: str, *, on: date) -> dict[str, frozenset[str]]:
        """The scopes that each merchant has granted this provider and that hold on that day."""
        ...


def resolve(spec: str, directory: Directory, *, on: date) -> Principal:
    """The Principal behind `spec`; InputError says what form it must have or that there is nobody of that id."""
    role, _, id = spec.strip().partition(":")
    if not id or role not in ("merchant", "manager"):
        raise InputError(f"“{spec}” is nobody; write merchant:ID or manager:ID, for example merchant:M0001.")
    if role == "merchant":
        if not directory.has_merchant(id):
            raise InputError(f"There is no merchant {id} on this platform; `ccare data check` lists what was loaded.")
        return Principal(role="merchant", id=id, merchants=frozenset({id}))
    found = directory.manager(id, on=on)
    if found is None:
        raise InputError(f"There is no manager {id} on this platform; the demo has A001, A002 and A003.")
    _, provider, assigned = found
    granted = directory.authorised(provider, on=on)
    reach = frozenset(m for m in assigned if READING in granted.get(m, frozenset()))
    return Principal(role="manager", id=id, merchants=reach, tenant=provider)

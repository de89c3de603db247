"""Who asks: `merchant:ID` or `manager:ID` becomes a frozen Principal, from the published tables, at every question."""

from datetime import date
from typing import Protocol

from bot.answering.types import Principal
from bot.errors import InputError


class Directory(Protocol):
    """Who exists and who looks after whom."""

    def merchant_ids(self) -> frozenset[str]: ...

    def provider_of(self, merchant_id: str) -> str | None: ...

    def manager(self, manager_id: str, *, on: date) -> tuple[str, frozenset[str]] | None:
        """(provider id, merchants assigned on that day whose authorisation lets their numbers be read), or None."""
        ...


def resolve(spec: str, directory: Directory, *, on: date) -> Principal:
    """The Principal behind `spec`; InputError says what form it must have or that there is nobody of that id."""
    role, _, id = spec.strip().partition(":")
    if not id or role not in ("merchant", "manager"):
        raise InputError(f"“{spec}” is nobody; write merchant:ID or manager:ID, for example merchant:M0001.")
    if role == "merchant":
        if id not in directory.merchant_ids():
            raise InputError(f"There is no merchant {id} on this platform; `ccare data check` lists what was loaded.")
        return Principal(role="merchant", id=id, merchants=frozenset({id}))
    found = directory.manager(id, on=on)
    if found is None:
        raise InputError(f"There is no manager {id} on this platform; the demo has A001, A002 and A003.")
    provider, reach = found
    return Principal(role="manager", id=id, merchants=reach, tenant=provider)

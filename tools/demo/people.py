"""Providers, managers, and what merchants authorised them to do."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from tools.demo.cast import Role
from tools.demo.clock import Clock
from tools.demo.shops import Shop
from tools.tables import SCOPES

PROVIDERS = {"P001": "云帆数字服务", "P002": "万家代运营", "P003": "知味科技", "P004": "百川服务商", "P005": "启明软件"}
_MANAGERS = (("A001", "周敏", "P001"), ("A002", "何建国", "P002"), ("A003", "林晓", "P003"))
# How a scope can be absent: never given, or ended twenty days ago.
_SCOPE_GAPS = (("PROMOTION_MANAGE", False), ("INCENTIVE_POINT_MANAGE", True), ("MINI_APP_OPER", False))
_ENDED_AGO = 20
_REBATE_POLICIES = ("policy_rebate", "chengfeng_plan")


@dataclass(frozen=True)
class People:
    """Records of five small tables and the provider of each merchant."""

    provider_of: dict[str, str]
    tables: dict[str, list[dict[str, Any]]]


def _missing(role: Role | None) -> tuple[str, bool] | None:
    return _SCOPE_GAPS[role.turn % len(_SCOPE_GAPS)] if role and role.kind == "scope_missing" else None


def scope_truth(role: Role, provider_id: str, clock: Clock) -> dict[str, Any]:
    """Which scope the provider lacks, and since when if it had it."""
    scope, ended = _SCOPE_GAPS[role.turn % len(_SCOPE_GAPS)]
    ended_on = clock.anchor - timedelta(days=_ENDED_AGO) if ended else None
    return {"provider_id": provider_id, "scope": scope, "ended_on": ended_on}


def _authorisations(shop: Shop, provider: str, given: date, role: Role | None, anchor: date) -> list[dict[str, Any]]:
    gap = _missing(role)
    rows = []
    for scope in SCOPES:
        until = anchor - timedelta(days=_ENDED_AGO) if gap == (scope, True) else None
        if gap != (scope, False):
            rows.append({
                "provider_id": provider, "merchant_id": shop.merchant_id, "scope": scope,
                "valid_from": given, "valid_until": until,
            })  # fmt: skip
    return rows


def _rebates(rng: np.random.Generator, shop: Shop, provider: str, anchor: date) -> list[dict[str, Any]]:
    """The last twelve months of policy rebates, older ones paid. The newest month is still pending."""
    months = [date(anchor.year - (anchor.month <= back), (anchor.month - 1 - back) % 12 + 1, 1) for back in range(12)]
    policy = _REBATE_POLICIES[shop.index % 2]
    fen = np.round(rng.gamma(2.0, shop.size * 40, len(months))).astype(np.int64)
    states = ["pending", "earned", *("rejected" if r < 0.04 else "paid" for r in rng.random(len(months) - 2))]
    return [
        {
            "provider_id": provider, "merchant_id": shop.merchant_id, "policy": policy, "month": m,
            "amount": Decimal(a) / 100, "state": s,
        }
        for m, a, s in zip(months, fen.tolist(), states, strict=True)
    ]  # fmt: skip


def build_people(
    seed: int, shops: list[Shop], assigned: dict[str, list[str]], roles: dict[str, Role], clock: Clock
) -> People:  # fmt: skip
    """Providers of all merchants; a manager's merchants belong to the manager's provider."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 0, 3])))
    home = {manager: provider for manager, _, provider in _MANAGERS}
    manager_of = {m: manager for manager, own in assigned.items() for m in own}
    free = (None, *PROVIDERS)
    tables: dict[str, list[dict[str, Any]]] = {
        "providers": [{"provider_id": p, "name": name} for p, name in PROVIDERS.items()],
        "managers": [{"manager_id": m, "name": name, "provider_id": p} for m, name, p in _MANAGERS],
        "assignments": [], "authorisations": [], "rebates": [],
    }  # fmt: skip
    provider_of: dict[str, str] = {}
    for shop in shops:
        manager = manager_of.get(shop.merchant_id)
        chosen = free[int(rng.choice(len(free), p=(0.5, 0.1, 0.1, 0.1, 0.1, 0.1)))]
        provider = home[manager] if manager else chosen
        if provider is None:
            continue
        provider_of[shop.merchant_id] = provider
        joined = clock.date(shop.opened)
        given = max(joined, clock.anchor - timedelta(days=int(rng.integers(200, 700))))
        role = roles.get(shop.merchant_id)
        tables["authorisations"] += _authorisations(shop, provider, given, role, clock.anchor)
        rebates = _rebates(rng, shop, provider, clock.anchor)
        tables["rebates"] += [r for r in rebates if r["month"] >= joined.replace(day=1)]
        if manager:
            row = {"manager_id": manager, "merchant_id": shop.merchant_id, "since": given, "until": None}
            tables["assignments"].append(row)
    return People(provider_of, tables)


def merchant_record(shop: Shop, provider_id: str | None, clock: Clock) -> dict[str, Any]:
    """The row of the table merchants."""
    return {
        "merchant_id": shop.merchant_id, "name": shop.name, "industry": shop.industry.key, "city": shop.city,
        "joined_on": clock.date(shop.opened), "provider_id": provider_id,
    }  # fmt: skip

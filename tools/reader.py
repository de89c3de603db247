"""Reading a published snapshot: one merchant's card in two short statements, never beyond the access given."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from tools.asof import feed_state, newest_until
from tools.catalog import Catalog
from tools.errors import DataMissingError, NotFoundError
from tools.figures import COLUMNS, PAST, Sheet, card_figures, past_figures
from tools.shop import Shop
from tools.store import FILE, FORMAT, MANIFEST
from tools.tables import SCOPES
from tools.types import Access, Measurement, Merchant, ScoreCard

_WHO = "merchant_id, name, industry, city, joined_on"
MERCHANT_QUERY = f"SELECT {_WHO}, no, newest_day, complete, provider_id FROM merchants WHERE merchant_id = ?"
FIGURES_QUERY = f"SELECT {', '.join(COLUMNS)} FROM figures WHERE no = ? AND as_of = ?"
_PAST = f"SELECT CAST(? AS DATE) - as_of AS back, {', '.join(COLUMNS)} FROM figures WHERE no = ? AND as_of IN (?, ?)"


class SnapshotMeter:
    """One snapshot directory, opened read-only; safe to share between threads."""

    def __init__(self, snapshot: Path, catalog: Catalog) -> None:
        """DataMissingError when there is no snapshot, or it was built by another format or catalog version."""
        manifest = _manifest(snapshot)
        if manifest["format"] != FORMAT or manifest["catalog"] != catalog.version:
            raise DataMissingError(
                f"{snapshot}: the snapshot was built by another version of ccare or of the catalog; "
                "build it again (ccare data snapshot)."
            )
        self._snapshot = snapshot
        self._catalog = catalog
        self._sources: dict[str, str] = manifest["sources"]
        self._currency: str = manifest["currency"]
        self._historical: bool = manifest["historical"]
        self._dates = [date.fromisoformat(d) for d in manifest["as_of"]]
        self._con = _open(snapshot / FILE)
        # A snapshot never changes, so neither does who answers to a set of ids; every turn of a thread asks again.
        self._known = lru_cache(maxsize=256)(self._read_merchants)
        self._tables = {row[0] for row in self._con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}

    @property
    def catalog(self) -> Catalog:
        return self._catalog

    @property
    def currency(self) -> str:
        return self._currency

    @property
    def generation(self) -> str:
        return self._snapshot.name

    @property
    def newest(self) -> date:
        """The newest as-of date that the snapshot holds."""
        return self._dates[-1]

    @property
    def dates(self) -> Sequence[date]:
        """All as-of dates, oldest first."""
        return tuple(self._dates)

    def close(self) -> None:
        self._con.close()

    def card(self, access: Access, merchant_id: str, *, on: date, today: date) -> ScoreCard:
        """The card at the newest as-of date not after `on` that the merchant's feed covers completely.

        NotFoundError beyond `access` and for unknown merchants alike; DataMissingError when `on` lies before
        everything the snapshot holds.
        """
        return self.own_card(self.shop(access, merchant_id), on=on, today=today)

    def shop(self, access: Access, merchant_id: str) -> Shop:
        """The door to one merchant's own rows; NotFoundError beyond `access` and for unknown merchants alike."""
        cursor = self._con.cursor()
        found = cursor.execute(MERCHANT_QUERY, [merchant_id]).fetchone() if access.allows(merchant_id) else None
        if found is None:
            raise NotFoundError(
                f"No merchant {merchant_id} is within your reach; check the id, or name one of your own shops."
            )
        no, newest_day, complete, provider_id = found[5:]
        return Shop(self, _merchant(found), no, provider_id, newest_day, complete)

    def keeps(self, table: str) -> bool:
        """Whether this snapshot holds that table."""
        return table in self._tables

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self._con.cursor()

    def own_card(self, shop: Shop, *, on: date, today: date) -> ScoreCard:
        """`card` of a shop that has passed the access check."""
        cursor, no = self._con.cursor(), shop.no
        if self._historical:  # a set that says which day it speaks of is not late, however long ago that was
            today = min(today, self.newest + timedelta(days=1))
        state, limit = feed_state(shop.newest_day, shop.complete, on=on, today=today)
        as_of = newest_until(self._dates, limit) or newest_until(self._dates, on)
        if as_of is None:
            raise DataMissingError(
                f"Nothing was measured on or before {on.isoformat()}; ask about {self._dates[0].isoformat()} or later."
            )
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in cursor.execute(FIGURES_QUERY, [no, as_of]).fetchall()]
        sheet = Sheet(self._catalog, shop.merchant_id, as_of, self._sources, self._currency)
        figures = card_figures(sheet, rows)
        if any(row["group_level"] == "own_past" for row in rows):
            figures.update(self._past(cursor, sheet, no, figures))
        return ScoreCard.model_construct(
            merchant=shop.merchant,
            as_of=as_of,
            state=state,
            newest_day=shop.newest_day,
            official=any(row["official"] for row in rows),
            figures=figures,
        )

    def merchants(self, access: Access) -> tuple[Merchant, ...]:
        """Everybody within reach, by id."""
        return self._known(access.merchants)

    def has_merchant(self, merchant_id: str) -> bool:
        """Whether there is such a merchant; for whoever decides access, never for an asker."""
        return self._con.cursor().execute(MERCHANT_QUERY, [merchant_id]).fetchone() is not None

    def _read_merchants(self, ids: frozenset[str]) -> tuple[Merchant, ...]:
        query = f"SELECT {_WHO} FROM merchants WHERE merchant_id IN (SELECT unnest(?)) ORDER BY merchant_id"
        return tuple(_merchant(row) for row in self._con.cursor().execute(query, [sorted(ids)]).fetchall())

    def merchant_ids(self) -> tuple[str, ...]:
        """Every merchant of the platform, by id; for whoever decides access, never for an asker."""
        query = "SELECT merchant_id FROM merchants ORDER BY merchant_id"
        return tuple(row[0] for row in self._con.cursor().execute(query).fetchall())

    def manager(self, manager_id: str, *, on: date | None = None) -> tuple[str, str, tuple[str, ...]] | None:
        """(name, provider id, merchant ids assigned on that day) of an account manager; None for nobody.

        `on` defaults to the day after the newest as-of date, which is today where data arrive every night.
        """
        if not {"managers", "assignments"} <= self._tables:
            return None
        cursor = self._con.cursor()
        found = cursor.execute("SELECT name, provider_id FROM managers WHERE manager_id = ?", [manager_id]).fetchone()
        if found is None:
            return None
        day = on or self.newest + timedelta(days=1)
        query = (
            "SELECT a.merchant_id FROM assignments a JOIN merchants USING (merchant_id) "
            "WHERE manager_id = ? AND since <= ? AND (until IS NULL OR until >= ?) ORDER BY a.merchant_id"
        )
        return found[0], found[1], tuple(row[0] for row in cursor.execute(query, [manager_id, day, day]).fetchall())

    def authorised(self, provider_id: str, *, on: date) -> dict[str, frozenset[str]]:
        """The scopes that each merchant has granted this provider and that hold on that day.

        Where the platform keeps no authorisations at all, an assignment grants every scope: there is nothing to check.
        """
        if "authorisations" not in self._tables:
            return {id: frozenset(SCOPES) for id in self.merchant_ids()}
        query = (
            "SELECT merchant_id, scope FROM authorisations "
            "WHERE provider_id = ? AND valid_from <= ? AND (valid_until IS NULL OR valid_until >= ?)"
        )
        granted: dict[str, set[str]] = {}
        for merchant_id, scope in self._con.cursor().execute(query, [provider_id, on, on]).fetchall():
            granted.setdefault(merchant_id, set()).add(scope)
        return {merchant_id: frozenset(scopes) for merchant_id, scopes in granted.items()}

    def _past(
        self, cursor: duckdb.DuckDBPyConnection, sheet: Sheet, no: int, figures: dict[str, Measurement]
    ) -> dict[str, Measurement]:
        earlier = [sheet.as_of - timedelta(days=days) for days in PAST.values()]
        names = ("back", *COLUMNS)
        found = cursor.execute(_PAST, [sheet.as_of, no, *earlier]).fetchall()
        return past_figures(sheet, figures, [dict(zip(names, row, strict=True)) for row in found])


def _merchant(row: Sequence[Any]) -> Merchant:
    return Merchant(merchant_id=row[0], name=row[1], industry=row[2], city=row[3], joined_on=row[4])


def _manifest(snapshot: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((snapshot / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataMissingError(f"{snapshot}: no finished snapshot is here; build one (ccare data snapshot).") from error
    return manifest


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        con = duckdb.connect(str(path), read_only=True)
        # One thread a statement: a card is a few rows, and waking workers costs more than reading them.
        con.execute("SET threads = 1")
        con.execute("SET enable_progress_bar = false")  # it would be drawn into the conversation
        con.execute("SET enable_external_access = false")
    except duckdb.Error as error:
        raise DataMissingError(f"{path}: cannot be opened ({error}); build it again (ccare data snapshot).") from error
    return con

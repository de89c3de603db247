"""Every row is judged: the good ones are kept as they are, the bad ones are put aside with the rule that they broke."""

import re
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.importing.importing_desk import Operator
from tools.importing.rules import NO_ZONE

GOOD = "M1,u1,2026-11-19,mini_program,1,1,12.50"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",u2,2026-11-19,search,1,0,0", "merchant_id is empty"),
        ("M1,　,2026-11-19,search,1,0,0", "user_id is empty"),
        ("M1,u2,,search,1,0,0", "day is empty"),
        ("M1,u2,2026-02-30,search,1,0,0", "day is not a date"),
        ("M1,u2,yesterday,search,1,0,0", "day is not a date"),
        ("M1,u2,epoch,search,1,0,0", "day is not a date"),
        ("M1,u2,infinity,search,1,0,0", "day is not a date"),
        ("M1,u2,20261301,search,1,0,0", "day is not a date"),
        ("M1,u2,2026-11-21,search,1,0,0", "day lies after 2026-11-20"),
        ("M1,u2,2026-11-19,search,1.5,0,0", "visits is not a whole number"),
        ("M1,u2,2026-11-19,search,0x10,0,0", "visits is not a whole number"),
        ("M1,u2,2026-11-19,search,many,0,0", "visits is not a whole number"),
        ("M1,u2,2026-11-19,search,-1,0,0", "visits is below 0"),
        ("M1,u2,2026-11-19,search,,0,0", "visits is empty"),
        ("M1,u2,2026-11-19,search,99999999999999999999,0,0", "visits is not a whole number"),
        ("M1,u2,2026-11-19,search,1,1,$5", "gmv carries a currency sign that is not CNY"),
        ("M1,u2,2026-11-19,search,1,1,5 USD", "gmv carries a currency sign that is not CNY"),
        ('M1,u2,2026-11-19,search,1,1,"1,23"', "gmv is not an amount of money"),
        ('M1,u2,2026-11-19,search,1,1,"1.234,50"', "gmv is not an amount of money"),
        ("M1,u2,2026-11-19,search,1,1,(5)", "gmv is not an amount of money"),
        ('M1,u2,2026-11-19,search,"1,00",1,5', "visits is not a whole number"),
        ("M1,u2,45615,search,1,0,0", "day is not a date"),
        ("M1,u2,2026-11-19T10:00:00Z,search,1,0,0", f"day {NO_ZONE}"),
        ("M1,u2,2026-11-19 24:30,search,1,0,0", "day is not a date"),
        ("M1,u2,2026-11-19,search,1,1,nan", "gmv is not an amount of money"),
        ("M1,u2,2026-11-19,search,1,1,-0.01", "gmv is below 0"),
        ("M1,u2,2026-11-19,search,1,1,99999999999999999.00", "gmv is not an amount of money"),
        ("M9,u2,2026-11-19,search,1,1,5", "its merchant is not among the accepted merchants"),
        (GOOD, "another row has the same merchant_id, user_id, day, channel, store_id"),
    ],
)
def test_a_row_that_breaks_a_rule_is_put_aside_with_it_and_its_line(operator: Operator, line: str, reason: str) -> None:
    operator.visits(GOOD, line, "M2,u3,2026-11-20,search,2,0,0")
    report = operator.run().table("activity")
    assert (report.rows, report.accepted, report.rejected) == (3, 2, 1)
    assert [(r.reason, r.count) for r in report.reasons] == [(reason, 1)]
    (reject,) = operator.rejects("activity")
    assert (reject["file"], reject["line"], reject["reason"]) == ("visits.csv", 3, reason)
    assert [r["user_id"] for r in operator.rows("activity")] == ["u1", "u3"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-19", date(2026, 11, 19)),
        ("2026/11/9", date(2026, 11, 9)),
        ("20261119", date(2026, 11, 19)),
        ("2026-11-19 23:59:59", date(2026, 11, 19)),
        (" 2026-11-19　", date(2026, 11, 19)),
        ("2026-11-19T08:00", date(2026, 11, 19)),
        ("2026年11月9日", date(2026, 11, 9)),
        ("2026.11.09 23:10:05.250", date(2026, 11, 9)),
    ],
)
def test_the_usual_spellings_of_a_day_are_read(operator: Operator, written: str, meant: date) -> None:
    operator.visits(f"M1,u1,{written},search,1.0,0,0")
    operator.run()
    assert [(r["day"], r["visits"]) for r in operator.rows("activity")] == [(meant, 1)]


def test_a_reject_shows_the_whole_row_as_it_was_written(operator: Operator) -> None:
    operator.visits(GOOD, "M1,u2,2026-02-30,search,some,0,0")
    operator.run()
    (reject,) = operator.rejects("activity")
    for value in ("M1", "u2", "2026-02-30", "search", "some"):
        assert f'"{value}"' in reject["row"]


def test_a_row_is_counted_once_under_the_first_rule_that_it_breaks(operator: Operator) -> None:
    operator.visits(GOOD, "M9,u2,never,search,-1,x,y")
    report = operator.run().table("activity")
    assert [(r.reason, r.count) for r in report.reasons] == [("day is not a date", 1)]


def test_of_rows_with_one_key_the_first_good_one_stays(operator: Operator) -> None:
    operator.visits("M1,u1,2026-11-19,search,x,0,0", "M1,u1,2026-11-19,search,2,0,0", "M1,u1,2026-11-19,search,3,0,0")
    operator.run()
    assert [r["visits"] for r in operator.rows("activity")] == [2]
    assert sorted(r["line"] for r in operator.rejects("activity")) == [2, 4]


def test_the_rows_of_a_rejected_merchant_go_with_it(operator: Operator) -> None:
    operator.write("shops.csv", "merchant_id,name,industry\nM1,A,catering\nM2,B,\n")
    operator.visits(GOOD, "M2,u2,2026-11-19,search,1,0,0")
    report = operator.run()
    assert [r.reason for r in report.table("merchants").reasons] == ["industry is empty"]
    assert [r.reason for r in report.table("activity").reasons] == ["its merchant is not among the accepted merchants"]


def test_at_most_five_samples_of_a_reason_are_reported_and_all_are_kept(operator: Operator) -> None:
    operator.visits(GOOD, *[f"M1,u{i},never,search,1,0,0" for i in range(2, 14)])
    (reason,) = operator.run().table("activity").reasons
    assert (reason.count, [s.line for s in reason.samples]) == (12, [3, 4, 5, 6, 7])
    assert len(operator.rejects("activity")) == 12


def test_a_value_outside_a_closed_list_is_refused(operator: Operator) -> None:
    head = "provider_id,merchant_id,policy,month,amount,state\n"
    operator.write("rebates.csv", head + "P1,M1,p,2026-10-01,5,paid\nP1,M1,q,2026-10-01,5,lost\n")
    operator.declared["sources"]["rebates"] = {"file": "rebates.csv"}
    columns = {c: c for c in ("provider_id", "merchant_id", "policy", "month", "amount", "state")}
    operator.declared["tables"]["rebates"] = {"source": "rebates", "columns": columns}
    (reason,) = operator.run().table("rebates").reasons
    assert reason.reason == "state is none of earned, pending, paid, rejected"


def test_a_day_that_may_lie_ahead_is_not_refused(operator: Operator) -> None:
    entry = "M1,2026-11-01,star_plan,100,2027-01-31\n"
    operator.write("points.csv", "merchant_id,at,programme,delta,expires_on\n" + 2 * entry)
    operator.declared["sources"]["points"] = {"file": "points.csv"}
    columns = {c: c for c in ("merchant_id", "at", "programme", "delta", "expires_on")}
    operator.declared["tables"]["points"] = {"source": "points", "columns": columns}
    report = operator.run().table("points")
    assert (report.accepted, report.rejected) == (2, 0)  # a ledger may hold the same entry twice


def test_without_a_declared_day_the_newest_day_counts_and_the_future_is_refused(operator: Operator) -> None:
    del operator.declared["as_of"]
    operator.visits(GOOD, "M1,u1,2026-11-18,search,1,0,0", "M1,u1,2999-01-01,search,1,0,0")
    report = operator.run()
    assert (report.as_of, report.as_of_declared) == (date(2026, 11, 19), False)
    assert report.table("activity").rejected == 1


IDS = st.sampled_from(["M1", "M2", "M9", "", " M1 "])
DAYS = st.sampled_from(["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21", "2026-13-01", "", "19.11.2026"])
COUNTS = st.sampled_from(["0", "1", "7", "-1", "1.5", "", "x", "2.0"])
MONEY = st.sampled_from(["0", "12.50", ".5", "-3", "", "free", "1e3"])
ROWS = st.lists(st.tuples(IDS, st.sampled_from(["u1", "u2", "u3", ""]), DAYS, COUNTS, MONEY), min_size=1, max_size=60)


def _acceptable(rows: list[tuple[str, ...]]) -> list[tuple[str, str, date, int, Decimal]]:
    """The same rules in plain Python: the rows that must be kept, in the order of the file."""
    kept: dict[tuple[str, str, date], tuple[str, str, date, int, Decimal]] = {}
    for merchant, user, day, visits, gmv in rows:
        try:
            when = date.fromisoformat(day)
            amount = Decimal(gmv) if re.fullmatch(r"[0-9.]+", gmv) else None
        except (ValueError, ArithmeticError):
            continue
        if merchant.strip() not in ("M1", "M2") or not user or when > date(2026, 11, 20) or amount is None:
            continue
        if not visits or not visits.replace(".0", "").isdigit():
            continue
        row = (merchant.strip(), user, when, int(float(visits)), amount)
        kept.setdefault(row[:3], row)
    return list(kept.values())


@settings(max_examples=15, deadline=None)
@given(rows=ROWS)
def test_every_row_is_kept_or_rejected_and_the_kept_ones_are_the_good_ones(rows: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        operator = Operator(Path(folder))
        lines = [f"{m},{u},{d},search,{v},0,{g}" for m, u, d, v, g in rows]
        operator.visits("M2,anchor,2026-11-01,search,1,0,0", *lines)
        report = operator.run().table("activity")
        kept = [r for r in operator.rows("activity") if r["user_id"] != "anchor"]
    assert report.accepted + report.rejected == report.rows == len(rows) + 1
    assert sum(r.count for r in report.reasons) == report.rejected
    found = [(r["merchant_id"], r["user_id"], r["day"], r["visits"], r["gmv"]) for r in kept]
    assert sorted(found) == sorted(_acceptable(rows))

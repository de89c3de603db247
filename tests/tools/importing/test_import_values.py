"""Times become business days and amounts the platform's money by what the mapping says of them, never by a guess."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.tools.importing.importing_desk import Operator, same
from tools.errors import MappingError

AS_OF = "2026-11-20"


def _days(operator: Operator, *written: str, business: str | None = None, zone: str | None = None) -> list[date]:
    """The days that times of one source become, in order."""
    operator.visits(*[f"M1,u{i:03},{value},search,1,0,0" for i, value in enumerate(written)])
    if business:
        operator.declared["timezone"] = business
    if zone:
        operator.declared["sources"]["visits"]["timezone"] = zone
    operator.run()
    return [r["day"] for r in sorted(operator.rows("activity"), key=lambda r: r["user_id"])]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-18T15:59:59Z", 18),
        ("2026-11-18T16:00:00Z", 19),
        ("2026-11-18 16:00:00 UTC", 19),
        ("2026-11-18 16:00:00+00", 19),
        ("2026-11-18 23:30:00+08:00", 18),
        ("2026-11-19 00:30:00 +0800", 19),
        ("2026-11-18T11:15:00.250-0500", 19),
        ("2026/11/18 16:00:00Z", 19),
        ("2026-11-18", 18),
        ("2026-11-18 23:59:59", 18),
    ],
)
def test_a_time_with_its_offset_becomes_the_day_of_the_business_zone(
    operator: Operator, written: str, day: int
) -> None:
    assert _days(operator, written, business="Asia/Shanghai") == [date(2026, 11, day)]


def test_a_time_without_offset_is_read_in_its_sources_zone_and_a_day_stands_as_written(operator: Operator) -> None:
    written = ("2026-11-18 15:59:59", "2026-11-18 16:00:00", "2026-11-18", "2026-11-18 16:00:00+08:00")
    days = _days(operator, *written, business="Asia/Shanghai", zone="UTC")
    assert [d.day for d in days] == [18, 19, 18, 18]


def test_without_a_zone_the_day_of_a_time_is_the_one_that_is_written(operator: Operator) -> None:
    assert _days(operator, "2026-11-18 23:59:59", business="Asia/Shanghai")[0].day == 18
    del operator.declared["timezone"]
    assert _days(operator, "2026-11-18 23:59:59")[0].day == 18


def test_every_hour_around_a_change_of_clocks_becomes_the_day_that_an_independent_clock_says(
    operator: Operator,
) -> None:
    begun = datetime(2026, 10, 31, 20, tzinfo=UTC)
    hours = [begun + timedelta(minutes=30 * i) for i in range(40)]  # New York turns its clocks back on 1 November
    written = [h.strftime("%Y-%m-%dT%H:%M:%SZ") for h in hours]
    expected = [h.astimezone(ZoneInfo("America/New_York")).date() for h in hours]
    assert _days(operator, *written, business="America/New_York") == expected
    assert _days(operator, *[w[:-1] for w in written], zone="UTC") == expected


def test_a_parquet_instant_becomes_a_business_day_and_is_refused_where_none_is_declared(operator: Operator) -> None:
    instant = pa.array([datetime(2026, 11, 18, 16, tzinfo=UTC)], type=pa.timestamp("us", tz="UTC"))
    ones = {"merchant_id": ["M1"], "user_id": ["u"], "channel": ["search"], "visits": [1], "orders": [0], "gmv": [0.0]}
    pq.write_table(pa.table({"day": instant, **ones}), operator.folder / "visits.parquet")
    operator.declared["sources"]["visits"]["file"] = "visits.parquet"
    with pytest.raises(MappingError, match="day carries an offset from UTC; say in the mapping which `timezone`"):
        operator.run()
    operator.declared["timezone"] = "Asia/Shanghai"
    operator.run()
    assert operator.rows("activity")[0]["day"] == date(2026, 11, 19)


def test_a_column_has_the_last_word_on_its_zone_and_an_expression_speaks_for_itself(operator: Operator) -> None:
    columns = operator.declared["tables"]["activity"]["columns"]
    columns["day"] = {"column": "day", "timezone": "UTC"}
    assert _days(operator, "2026-11-18 16:00:00", business="Asia/Shanghai", zone="Asia/Shanghai")[0].day == 19
    columns["day"] = {"sql": "day"}
    assert _days(operator, "2026-11-18 16:00:00", zone="UTC")[0].day == 18


def test_a_query_makes_business_days_by_the_macro(operator: Operator) -> None:
    operator.visits(
        "M1,u1,2026-11-18 16:00:00,search,1,1,1", "M1,u1,2026-11-19T01:00:00Z,search,1,1,2", "M1,u1,x,a,1,1,1"
    )
    operator.declared["timezone"] = "Asia/Shanghai"
    operator.declared["tables"]["activity"] = {
        "from": "SELECT merchant_id, user_id, business_day(day, 'UTC') AS day, count(*) AS n FROM visits GROUP BY ALL",
        "columns": same("merchant_id", "user_id", "day") | {"visits": "n", "channel": {"sql": "'search'"}},
    }
    report = operator.run().table("activity")
    assert [(r["day"].day, r["visits"]) for r in operator.rows("activity")] == [(19, 2)]
    assert [r.reason for r in report.reasons] == ["day is empty"]


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        ("", "Asia/Shangai", "timezone: 'Asia/Shangai' is not a time zone; did you mean 'Asia/Shanghai'?"),
        ("", "Peking time", "use a name such as Asia/Shanghai or UTC"),
        ("source", "Beijing", "sources.visits.timezone"),
        ("source", "UTC", "table activity, column day: its times are in UTC, but the mapping does not say"),
    ],
)
def test_a_zone_that_is_unknown_or_has_nowhere_to_go_is_refused(
    operator: Operator, where: str, value: str, said: str
) -> None:
    (operator.declared["sources"]["visits"] if where else operator.declared)["timezone"] = value
    with pytest.raises(MappingError) as caught:
        operator.run()
    assert said in str(caught.value)


def test_without_a_declared_day_nothing_lies_after_today_in_the_business_zone(operator: Operator) -> None:
    del operator.declared["as_of"]
    today = datetime.now(timezone(timedelta(hours=-11))).date()  # Pago Pago, the last to begin a day
    tomorrow = today + timedelta(days=1)
    operator.visits("M1,u1,2026-11-01,search,1,0,0", f"M1,u1,{tomorrow},search,1,0,0")
    operator.declared["timezone"] = "Pacific/Pago_Pago"
    assert operator.run().table("activity").reasons[0].reason == f"day lies after {today}"


def _gmv(operator: Operator, *written: str) -> list[str]:
    operator.visits(*[f'M1,u{i:03},2026-11-19,search,1,1,"{value}"' for i, value in enumerate(written)])
    operator.run()
    return [str(r["gmv"]) for r in sorted(operator.rows("activity"), key=lambda r: r["user_id"])]


def test_amounts_are_read_with_the_platforms_own_signs_and_with_separators(operator: Operator) -> None:
    written = ("12.5", "¥12.50", "￥1,234.56", "1,234,567", "12.50元", "CNY 3", "RMB 3", "0.005", "+7", "¥ 8")
    found = ["12.50", "12.50", "1234.56", "1234567.00", "12.50", "3.00", "3.00", "0.01", "7.00", "8.00"]
    assert _gmv(operator, *written) == found


def test_dollars_are_dollars_where_the_platform_counts_in_them(operator: Operator) -> None:
    operator.declared["currency"] = "USD"
    assert _gmv(operator, "$1,000.50", "US$2", "USD 3") == ["1000.50", "2.00", "3.00"]
    operator.visits("M1,u1,2026-11-19,search,1,1,$5", "M1,u2,2026-11-19,search,1,1,¥5")
    assert [r.reason for r in operator.run().table("activity").reasons] == [
        "gmv carries a currency sign that is not USD"
    ]


@pytest.mark.parametrize("unit", ["fen", "cents"])
def test_hundredths_are_divided_once_and_exactly(operator: Operator, unit: str) -> None:
    operator.declared["sources"]["visits"]["unit"] = unit
    assert _gmv(operator, "1250", "1", "99999999999999999", "1,250") == ["12.50", "0.01", "999999999999999.99", "12.50"]
    operator.declared["tables"]["activity"]["columns"]["gmv"] = {"column": "gmv", "unit": "yuan"}
    assert _gmv(operator, "1250") == ["1250.00"]


def test_another_currency_is_refused_without_a_rate_and_converted_by_a_stated_one(operator: Operator) -> None:
    operator.declared["sources"]["visits"]["currency"] = "USD"
    with pytest.raises(
        MappingError, match=r"its amounts are in USD and the platform's in CNY; state the rate .*rates: {USD"
    ):
        operator.run()
    operator.declared["rates"] = {"USD": 7.1234}
    found = _gmv(operator, "$10", "0.01", "123456789.99")
    rate = Decimal("7.1234")
    expected = [(Decimal(v) * rate).quantize(Decimal("0.01"), ROUND_HALF_UP) for v in ("10", "0.01", "123456789.99")]
    assert found == [str(e) for e in expected]
    assert operator.manifest()["rates"] == {"USD": "7.1234"}


def test_rows_that_name_their_currency_are_each_converted_or_refused(operator: Operator) -> None:
    head = "merchant_id,user_id,day,channel,visits,orders,gmv,currency\n"
    rows = ["u1,2026-11-19,search,1,1,10,CNY", "u2,2026-11-19,search,1,1,10, usd ", "u3,2026-11-19,search,1,1,10,EUR",
            "u4,2026-11-19,search,1,1,10,"]  # fmt: skip
    operator.write("visits.csv", head + "".join(f"M1,{row}\n" for row in rows))
    operator.declared["sources"]["visits"]["currency_column"] = "curency"
    operator.declared["rates"] = {"USD": "7.1"}
    with pytest.raises(MappingError, match="has no column 'curency'; did you mean 'currency'"):
        operator.run()
    operator.declared["sources"]["visits"]["currency_column"] = "currency"
    report = operator.run().table("activity")
    assert [(r["user_id"], str(r["gmv"])) for r in operator.rows("activity")] == [("u1", "10.00"), ("u2", "71.00")]
    reason = "its currency is none of CNY, USD; state its rate under `rates`"
    assert [(r.reason, r.count) for r in report.reasons] == [(reason, 2)]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("currency", "yuan", "currency"),
        ("rates", {"USD": 0}, "rates.USD"),
        ("rates", {"dollars": 7}, "rates.dollars"),
        ("rates", {"USD": "much"}, "rates.USD"),
    ],
)
def test_a_currency_or_rate_that_is_none_is_refused(operator: Operator, key: str, value: object, said: str) -> None:
    operator.declared[key] = value
    with pytest.raises(MappingError) as caught:
        operator.run()
    assert said in str(caught.value)


def test_parquet_floats_are_converted_without_the_noise_of_doubles(operator: Operator, tmp_path: Path) -> None:
    values = [0.1, 0.2, 0.1 + 0.2, 1e-9]
    users = [f"u{i}" for i in range(4)]
    table = pa.table({"merchant_id": ["M1"] * 4, "user_id": users, "day": [date(2026, 11, 19)] * 4,
                      "channel": ["search"] * 4, "visits": [1] * 4, "orders": [1] * 4, "gmv": values})  # fmt: skip
    pq.write_table(table, operator.folder / "visits.parquet")
    operator.declared["sources"]["visits"] = {"file": "visits.parquet", "currency": "USD"}
    operator.declared["rates"] = {"USD": 10}
    operator.run()
    assert [str(r["gmv"]) for r in operator.rows("activity")] == ["1.00", "2.00", "3.00", "0.00"]

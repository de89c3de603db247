"""Where rows come from, as types: a declared source, and what a column says of its own values."""

from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator

from tools.importing.money import Code
from tools.types import Frozen

Encoding = Literal["utf-8", "utf-16", "gb18030", "gbk", "big5"]
Format = Literal["csv", "parquet", "excel", "jsonl"]
MINOR = ("fen", "cents")


def _known_zone(value: str) -> str:
    zones = available_timezones()
    if value in zones:
        return value
    close = get_close_matches(value, zones, n=1)
    hint = f"did you mean '{close[0]}'?" if close else "use a name such as Asia/Shanghai or UTC"
    raise ValueError(f"'{value}' is not a time zone; {hint}")


Zone = Annotated[str, AfterValidator(_known_zone)]


class Said(Frozen):
    """What is said of values: the zone of times without offset, the unit and the currency of amounts."""

    timezone: Zone | None = None
    unit: Literal["yuan", "fen", "cents"] | None = None  # fen and cents: whole hundredths of the currency
    currency: Code | None = None  # None: the mapping's


class Source(Said):
    """Rows of one shape: files (`file` may hold * and ?, beside the mapping or inside `package`), or a database.

    `${NAME}` in `url` is taken from the environment. What is said of values holds for plain columns of the source.
    """

    file: str | None = Field(default=None, min_length=1)
    package: str | None = None
    format: Format | None = None  # None: by the file's ending
    encoding: Encoding = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    nulls: tuple[str, ...] = ()  # texts that mean "no value", besides the empty one
    sheet: str | None = None  # of a workbook; None: its only sheet with rows
    header_row: int = Field(default=1, ge=1)  # of a workbook: the row that holds the column names
    url: str | None = Field(default=None, min_length=1)
    table: str | None = Field(default=None, min_length=1)
    query: str | None = Field(default=None, min_length=1)
    currency_column: str | None = None  # each row names its own currency

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.file is None) == (self.url is None):
            raise ValueError("give either `file` or `url` (a database), not both")
        if self.url is None and (self.table or self.query):
            raise ValueError("`table` and `query` belong to a database; name it by `url`")
        if self.url is not None and (self.table is None) == (self.query is None):
            raise ValueError("of a database give either `table` or `query`, not both")
        if self.currency and self.currency_column:
            raise ValueError("give either `currency` or `currency_column`, not both")
        return self


class ColumnSource(Said):
    """Where a canonical column comes from: a source column, or an expression over the source's columns."""

    column: str | None = None
    sql: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare_name(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.column is None) == (self.sql is None) or not (self.column or self.sql):
            raise ValueError("name a source column, or write {sql: an expression}")
        return self

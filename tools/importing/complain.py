"""Turning what went wrong in a mapping into sentences, with a guess at what was meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic import ValidationError

VALUES = ("timezone", "unit", "currency")
KEYS: dict[str, tuple[str, ...]] = {
    "": ("name", "note", "currency", "rates", "timezone", "as_of", "sources", "tables"),
    "sources": (
        "file", "package", "format", "encoding", "delimiter", "nulls", "sheet", "header_row",
        "url", "table", "query", "currency_column", *VALUES,
    ),
    "tables": ("source", "from", "columns"),
    "columns": ("column", "sql", *VALUES),
}  # fmt: skip


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` when something is close, else the list of what there is (with its final stop)."""
    options = sorted(known)
    close = get_close_matches(word.casefold(), [o.casefold() for o in options], n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{next(o for o in options if o.casefold() == close[0])}'?"
    shown = ", ".join(options[:20]) + (", ..." if len(options) > 20 else "")
    return f"; there is: {shown}." if options else "; there is none."


def sentences(error: ValidationError, most: int = 5) -> str:
    """Each fault as `where: what`, separated by semicolons; at most `most` of them."""
    found = [_sentence(e["type"], e["loc"], e["msg"]) for e in error.errors()]
    more = [f"and {len(found) - most} more"] if len(found) > most else []
    text = "; ".join([part.removesuffix(".") for part in found[:most]] + more)
    return text if text.endswith("?") else f"{text}."


def _sentence(kind: str, loc: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in loc)
    if kind == "extra_forbidden":
        return f"{where} is not a key of a mapping{did_you_mean(str(loc[-1]), _keys(loc))}"
    if kind == "missing":
        return f"`{where}` is missing"
    text = message.removeprefix("Value error, ")
    return f"{where}: {text[:1].lower()}{text[1:]}" if where else text


def _keys(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """The keys that are legal where an unknown one was found."""
    if len(loc) >= 5 and loc[2] == "columns":
        return KEYS["columns"]
    return KEYS[str(loc[0])] if len(loc) == 3 and str(loc[0]) in KEYS else KEYS[""]

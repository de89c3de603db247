"""The measuring tools in one box: what each takes and gives, and the one way to run them, which asks for an Access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.insights import Arguments, Insight
from tools.shop import Shop
from tools.types import Access

if TYPE_CHECKING:
    from tools.reader import SnapshotMeter


@dataclass(frozen=True)
class Tool:
    """One tool. `writes` is whether it changes anything; none of those that measure does."""

    name: str
    takes: type[Arguments]
    gives: type[Insight]
    run: Callable[[Shop, Any], Insight]
    writes: bool = False


def _tools() -> tuple[Tool, ...]:
    return ()


TOOLS = {tool.name: tool for tool in _tools()}
_BY_ARGUMENTS = {tool.takes: tool for tool in TOOLS.values()}


def run(meter: SnapshotMeter, access: Access, arguments: Arguments) -> Insight:
    """Run the tool that takes these arguments; NotFoundError where the merchant is not within `access`."""
    return _BY_ARGUMENTS[type(arguments)].run(meter.shop(access, arguments.merchant_id), arguments)

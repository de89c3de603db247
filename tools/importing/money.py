"""How a currency is written, so that a sign is read where it is the platform's own and refused where it is not."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]  # ISO 4217
Rate = Annotated[Decimal, Field(gt=0, lt=1_000_000, max_digits=14, decimal_places=8)]

SIGNS: dict[str, tuple[str, ...]] = {
    "CNY": ("¥", "￥", "人民币", "元", "RMB"),
    "USD": ("US$", "$"),
    "EUR": ("€",),
    "GBP": ("£",),
    "JPY": ("¥", "￥", "円"),
    "KRW": ("₩",),
    "HKD": ("HK$",),
    "TWD": ("NT$",),
    "SGD": ("S$",),
    "THB": ("฿",),
}
ANY_SIGN = r"[$€£¥￥₩฿円元]|[A-Z]{3}|人民币"


def signs(currency: str) -> tuple[str, ...]:
    """Everything that may stand beside an amount of this currency, the longest first."""
    return tuple(sorted({currency, *SIGNS.get(currency, ())}, key=lambda s: (-len(s), s)))

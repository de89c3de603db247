"""What merchants did: the ordinary log of actions, drawn for each shop."""

from dataclasses import dataclass

import numpy as np

from tools.demo.clock import Clock
from tools.demo.shops import DEMO_MERCHANT, Shop


@dataclass(frozen=True)
class Action:
    """One action; days are day numbers, `ended` None while it still runs."""

    merchant_id: str
    kind: str
    product: str
    started: int
    ended: int | None
    note: str


# kind: product, days it runs (0: one day, None: for good), note
KINDS: dict[str, tuple[str, int | None, str]] = {
    "coupon_validity": ("coupon", None, "券有效期改为 7 天"),
    "broadcast": ("life_account", 0, "生活号群发"),
    "campaign": ("coupon", 20, "店铺活动"),
    "qr_code": ("store_code", None, "桌面与收银台摆放门店码"),
    "search_direct": ("search_direct", 89, "搜索直达上线"),
    "member_card": ("mini_program", None, "开通会员卡"),
    "followers_drive": ("life_account", 27, "引导关注生活号"),
    "promotion_plan": ("promotion", 29, "公域推广投放"),
}


def make_action(merchant_id: str, kind: str, started: int, ended: int | None = None, note: str | None = None) -> Action:
    """An action of a known kind; `ended` defaults to how long that kind usually runs."""
    product, runs, text = KINDS[kind]
    if ended is None and runs is not None:
        ended = started + runs
    return Action(merchant_id, kind, product, started, ended, note or text)


def draw_actions(rng: np.random.Generator, shop: Shop, clock: Clock, rate: float = 4.5) -> list[Action]:
    """A shop's actions over the whole span, about `rate` of them, oldest first. Shops that do not promote plan no promotion."""
    if shop.merchant_id == DEMO_MERCHANT:
        plan = (("qr_code", 300), ("broadcast", 96), ("promotion_plan", 75), ("broadcast", 61), ("followers_drive", 210))
        return sorted((make_action(shop.merchant_id, k, clock.last - ago) for k, ago in plan), key=lambda a: a.started)
    kinds = [k for k in KINDS if k != "promotion_plan" or shop.user_cost > 0]
    first = max(0, shop.opened)
    days = np.sort(rng.integers(first, clock.days, rng.poisson(rate * (clock.days - first) / 420)))
    return [make_action(shop.merchant_id, kinds[int(k)], int(d)) for d, k in zip(days, rng.integers(len(kinds), size=len(days)), strict=True)]

"""What merchants did: the ordinary log of actions, drawn for each shop, and what each kind of action moves."""

from dataclasses import dataclass

import numpy as np

from tools.demo.clock import Clock
from tools.demo.industries import LIFE_ACCOUNT, PROMOTION, SEARCH, STORE_CODE
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


@dataclass(frozen=True)
class Effect:
    """What an action multiplies: a lever (of one channel), by a factor, for some days or fading slowly (None)."""

    lever: str
    factor: float
    days: int | None = None
    channel: int | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of action: its product, the days it runs (0: one day, None: for good), a note and its effects."""

    product: str
    runs: int | None
    note: str
    effects: tuple[Effect, ...]


KINDS: dict[str, Kind] = {
    "coupon_validity": Kind("merchant_coupon", None, "券有效期改为 7 天", (
        Effect("redeem", 1.35), Effect("keep", 1.04))),
    "coupon_targeting": Kind("merchant_coupon", None, "只给最近来过的人发券", (
        Effect("redeem", 1.2), Effect("depth", 0.94))),
    "coupon_threshold": Kind("merchant_coupon", None, "提高用券门槛", (
        Effect("depth", 0.85), Effect("price", 1.03))),
    "first_order_coupon": Kind("merchant_coupon", None, "首单券", (Effect("convert", 1.06),)),
    "win_back_coupon": Kind("merchant_coupon", 27, "给一个月没来的人发回访券", (Effect("keep", 1.1, days=28),)),
    "broadcast": Kind("life_account", 0, "生活号群发", (
        Effect("keep", 1.12, days=14), Effect("redeem", 1.08, days=14))),
    "life_content": Kind("life_account", None, "每周两条生活号内容", (Effect("interact", 1.16),)),
    "customer_message": Kind("life_account", 27, "客服消息跟进互动", (Effect("interact", 1.14, days=28),)),
    "followers_drive": Kind("life_account", 27, "引导关注生活号", (
        Effect("fans", 3.0, days=28), Effect("arrive", 1.15, days=28, channel=LIFE_ACCOUNT))),
    "campaign": Kind("merchant_coupon", 20, "店铺活动", (Effect("arrive", 1.12, days=21),)),
    "qr_code": Kind("store_code", None, "桌面与收银台摆放门店码", (Effect("arrive", 1.2, channel=STORE_CODE),)),
    "member_prompt": Kind("store_code", None, "收银时提醒注册会员", (Effect("member", 1.15),)),
    "member_card": Kind("mini_program", None, "开通会员卡", (Effect("member", 1.15), Effect("keep", 1.04))),
    "stamp_card": Kind("mini_program", None, "集点卡", (Effect("keep", 1.08),)),
    "shorten_order_path": Kind("mini_program", None, "减少下单步骤", (Effect("convert", 1.08),)),
    "bundle": Kind("mini_program", None, "上架套餐", (Effect("price", 1.07),)),
    "search_direct": Kind("search_direct", 89, "搜索直达上线", (Effect("arrive", 1.25, days=90, channel=SEARCH),)),
    "promotion_plan": Kind("public_promotion", 29, "公域推广投放", (
        Effect("arrive", 1.3, days=30, channel=PROMOTION),)),
}  # fmt: skip

_DEMO_LOG = (("qr_code", 300), ("followers_drive", 210), ("broadcast", 96), ("promotion_plan", 75), ("broadcast", 61))


def make_action(
    merchant_id: str, kind: str, started: int, ended: int | None = None, note: str | None = None
) -> Action:  # fmt: skip
    """An action of a known kind; `ended` defaults to how long that kind usually runs."""
    known = KINDS[kind]
    if ended is None and known.runs is not None:
        ended = started + known.runs
    return Action(merchant_id, kind, known.product, started, ended, note or known.note)


def draw_actions(rng: np.random.Generator, shop: Shop, clock: Clock, rate: float = 7.0) -> list[Action]:
    """A shop's actions over the whole span, about `rate` a year, oldest first.

    Shops that do not promote plan no promotion; the demo merchant's log is always the same.
    """
    if shop.merchant_id == DEMO_MERCHANT:
        return [make_action(shop.merchant_id, kind, clock.last - ago) for kind, ago in _DEMO_LOG]
    kinds = [k for k in KINDS if k != "promotion_plan" or shop.user_cost > 0]
    first = max(0, shop.opened)
    days = np.sort(rng.integers(first, clock.days, rng.poisson(rate * (clock.days - first) / 365)))
    picks = rng.integers(len(kinds), size=len(days))
    return [make_action(shop.merchant_id, kinds[k], d) for d, k in zip(days.tolist(), picks.tolist(), strict=True)]

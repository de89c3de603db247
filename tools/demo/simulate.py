"""One merchant from its traits to its tables."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from tools.demo.actions import Action, draw_actions, make_action
from tools.demo.activity import ordinary_rows, periodic_rows
from tools.demo.arrow import activity_table
from tools.demo.cast import Role
from tools.demo.clock import Clock
from tools.demo.ledger import Entry, draw_ledger, hoard, open_lots
from tools.demo.levers import build_levers, flat_levers
from tools.demo.measure import Figures, figures
from tools.demo.plots import CAMPAIGN_DAYS, patch, pull, reach_of
from tools.demo.rows import in_order, user_hashes
from tools.demo.shops import DEMO_MERCHANT, Shop
from tools.demo.side_tables import Reach, coupon_table, follower_table, promotion_table
from tools.demo.stories import Story
from tools.demo.truths import Truth, own_truth, story_of

LARGE = ("activity", "coupons", "promotion", "followers")

_HOARDS = (8200, 5600, 12400, 6900, 9800, 7300)  # points of the instances of points_expiring
_HOARD_DAYS = (11, 6, 16, 9, 13, 19)  # days until they expire
_SEARCH_ENDS = (13, 7, 10)  # days until search direct ends


@dataclass(frozen=True)
class Made:
    """Everything generated for one merchant; `tables` holds the large ones by name, see LARGE."""

    tables: dict[str, pa.Table]
    actions: list[Action]
    entries: list[Entry]
    feed: dict[str, Any]
    figures: Figures
    stories: list[Story]


def _actions(rng: np.random.Generator, shop: Shop, role: Role | None, clock: Clock) -> list[Action]:
    """The shop's log; a shop in a story does nothing in its last ninety days but what the story says."""
    drawn = draw_actions(rng, shop, clock)
    if role is None:
        return drawn
    quiet = [a for a in drawn if a.started < clock.last - 90 and a.kind not in ("campaign", "search_direct")]
    if role.kind == "search_direct_expiring":
        ends = clock.last + _SEARCH_ENDS[role.turn % 3]
        quiet.append(make_action(shop.merchant_id, "search_direct", ends - 89, ends))
    return quiet


def _ledger(rng: np.random.Generator, shop: Shop, role: Role | None, clock: Clock) -> tuple[list[Entry], Truth | None]:
    """The ledger, and the truth about points that expire soon if that is the shop's story."""
    entries = draw_ledger(rng, shop, clock)
    if shop.merchant_id == DEMO_MERCHANT:
        points, days = 860, 24
    elif role and role.kind == "points_expiring":
        points, days = _HOARDS[role.turn % 6], _HOARD_DAYS[role.turn % 6]
    else:
        return entries, None
    expires_on = clock.anchor + timedelta(days=days)
    entries = hoard(entries, shop.merchant_id, points, expires_on, clock)
    lots = [lot for lot in open_lots(entries, clock.anchor) if lot.programme == "star_plan"]
    return entries, {
        "programme": "star_plan", "points": points, "expires_on": expires_on, "balance": sum(lot.left for lot in lots),
        "days_left": days,
    }  # fmt: skip


def _story_action(shop: Shop, role: Role | None, clock: Clock) -> list[Action]:
    """The action of a campaign whose lift is planted in the rows, so that the levers must not see it."""
    if role is None or role.kind != "campaign":
        return []
    return [make_action(shop.merchant_id, "campaign", clock.days - CAMPAIGN_DAYS, clock.last, "店铺活动：满减加会员日")]


def simulate(shop: Shop, role: Role | None, stuck: bool, clock: Clock, seed: int) -> Made:
    """Generate one merchant. `stuck`: its coupons are issued and never redeemed."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, shop.index])))
    issuing = shop
    if stuck:
        shop = replace(shop, coupon_share=0.0)
    actions = _actions(rng, shop, role, clock)
    periodic = role is not None and role.kind == "peers_rose"
    levers = flat_levers(shop, clock) if periodic else build_levers(rng, shop, clock, actions)
    pull(levers, shop, role, clock)
    reach = reach_of(role, shop, clock)
    rows = (periodic_rows if periodic else ordinary_rows)(rng, shop, levers, clock, seed)
    rows, made = patch(rng, rows, role, reach, clock, lambda n: user_hashes(seed, shop.index, n, salt=1))
    rows = in_order(rows)
    coupons = coupon_table(rng, issuing, levers, rows, reach, clock, periodic)
    entries, points = _ledger(rng, shop, role, clock)
    truth = own_truth(shop, role, rows, coupons, reach, made, clock) if role else None
    tables = {
        "activity": activity_table(shop.merchant_id, rows, clock), "coupons": coupons,
        "promotion": promotion_table(rng, shop, rows, reach, clock),
        "followers": follower_table(rng, shop, levers, reach, clock),
    }  # fmt: skip
    return Made(
        tables=tables,
        actions=[*actions, *_story_action(shop, role, clock)], entries=entries, feed=_feed(shop, role, reach, clock),
        figures=figures(shop, rows, coupons, clock),
        stories=_stories(shop, role, clock, points, truth),
    )  # fmt: skip


def _feed(shop: Shop, role: Role | None, reach: Reach, clock: Clock) -> dict[str, Any]:
    half = role is not None and role.kind == "half_day"
    return {"merchant_id": shop.merchant_id, "newest_day": clock.date(reach.last), "complete": not half}


def _stories(
    shop: Shop, role: Role | None, clock: Clock, points: Truth | None, truth: Truth | None
) -> list[Story]:  # fmt: skip
    manager = "A001" if shop.merchant_id == DEMO_MERCHANT else role.manager_id if role else None
    found = []
    if points is not None:
        found.append(story_of("points_expiring", shop.merchant_id, manager, points))
    if role is not None and truth is not None:
        found.append(story_of(role.kind, shop.merchant_id, role.manager_id, truth))
    if role is not None and role.kind == "search_direct_expiring":
        ends = clock.anchor + timedelta(days=_SEARCH_ENDS[role.turn % 3])
        ending: Truth = {"ended_on": ends, "product": "search_direct"}
        found.append(story_of(role.kind, shop.merchant_id, role.manager_id, ending))
    return found

"""The demo's planted stories as the tools tell them: cause and size right, and not fooled by a look-alike."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.assemble import Workbench
from tools.cautions import cautions
from tools.demo.stories import Stories, read_stories
from tools.explain import explain
from tools.insights import ExplainArguments, Explanation
from tools.types import Access


@pytest.fixture(scope="module")
def stories(demo_platform: Path) -> Stories:
    return read_stories(demo_platform)


def told(desk: Workbench, stories: Stories, merchant: str, base: str, *, weeks: int = 4) -> Explanation:
    """The change up to the newest day from so many weeks before."""
    on = stories.anchor
    return asked(desk, merchant, base, on - timedelta(weeks=weeks), on)


def asked(desk: Workbench, merchant: str, base: str, before: date, on: date) -> Explanation:
    shop = desk.meter.shop(Access(merchants=frozenset({merchant})), merchant)
    today = on + timedelta(days=1)
    return explain(shop, ExplainArguments(merchant_id=merchant, on=on, today=today, base=base, before=before))


def value(found: Explanation, name: str) -> float:
    measured = found.get(name)
    assert measured is not None
    assert measured.value is not None
    return measured.value


def test_a_return_rate_that_fell_in_one_channel_is_told_with_that_channel_and_its_size(
    desk: Workbench, stories: Stories
) -> None:
    metric = "return_rate_28d"
    for story in stories.of("return_fell"):
        truth = story.truth
        for base in ("active", metric):
            found = told(desk, stories, story.merchant_id, base)
            assert found.cause == "own"
            assert value(found, f"{base}.score_change") < 0
            assert metric in found.metrics[:3]
            assert value(found, f"{metric}.before") == pytest.approx(truth["before"], abs=1e-9)
            assert value(found, f"{metric}.after") == pytest.approx(truth["after"], abs=1e-9)
            channels = [s for s in found.segments[metric] if s.startswith("channel:")]
            assert channels[0] == f"channel:{truth['channel']}"
            # most of the fall is that channel's own rate, not its share of the users
            effect = value(found, f"{metric}.rate_effect@{channels[0]}")
            assert effect / value(found, f"{metric}.change") > 0.6
            for channel, rates in truth["by_channel"].items():
                for side in ("before", "after"):
                    shown = found.figures[f"{metric}.rate_{side}@channel:{channel}"]
                    # of two channels on one day ours is the first by name, the maker's the first in its list
                    assert shown.value == pytest.approx(rates[side], abs=0.02)
                    assert shown.denominator == pytest.approx(rates[f"users_{side}"], rel=0.03, abs=3)


def test_a_score_that_fell_because_peers_rose_is_not_blamed_on_the_shop(desk: Workbench, stories: Stories) -> None:
    for story in stories.of("peers_rose"):
        truth = story.truth
        for base in ("active", truth["metric"]):
            found = told(desk, stories, story.merchant_id, base)
            assert found.cause == "peers"
            assert value(found, f"{base}.own") == pytest.approx(truth["own_effect"], abs=truth["tolerance"])
            assert value(found, f"{base}.peers_moved") == pytest.approx(value(found, f"{base}.score_change"), abs=1e-9)
            assert value(found, f"{base}.peers_moved") < -3


def test_a_shop_that_grew_into_the_next_band_is_told_of_its_new_group(desk: Workbench, stories: Stories) -> None:
    for story in stories.of("next_band"):
        quarter_end = date.fromisoformat(story.truth["after"])
        for base in ("scale", "visitors_28d"):  # elsewhere the new group may take and give at once
            found = asked(desk, story.merchant_id, base, quarter_end, quarter_end + timedelta(weeks=1))
            assert found.cause == "group"
            assert value(found, f"{base}.score_change") < 0
        groups = [card.figures["visitors_28d"].group for card in (found.earlier, found.now)]
        industry = story.truth["industry"]
        assert groups == [f"{industry}/{story.truth[f'band_{side}']}" for side in ("before", "after")]


def test_coupons_that_are_redeemed_less_are_told_with_both_rates(desk: Workbench, stories: Stories) -> None:
    for story in stories.of("redemption_fell"):
        for base in ("active", "redemption_rate"):
            found = told(desk, stories, story.merchant_id, base)
            assert found.metrics[0] == "redemption_rate"
            assert value(found, "redemption_rate.before") == pytest.approx(story.truth["before"], abs=1e-9)
            assert value(found, "redemption_rate.after") == pytest.approx(story.truth["after"], abs=1e-9)
            assert value(found, "redemption_rate.own") < -1
        assert found.cause == "own"


def test_activity_that_was_bought_with_coupons_carries_its_caution(desk: Workbench, stories: Stories) -> None:
    bought = [s.merchant_id for s in stories.of("coupons_bought")]
    for merchant in bought:
        found = told(desk, stories, merchant, "active")
        assert value(found, "active.score_change") > 5
        assert "bought_activity" in found.cautions
    assert [m for m in desk.meter.merchant_ids()[::15] if m not in bought and _warned(desk, stories, m)] == []


def _warned(desk: Workbench, stories: Stories, merchant: str) -> bool:
    shop, on = desk.meter.shop(Access(merchants=frozenset({merchant})), merchant), stories.anchor
    now, earlier = (shop.card(on=day, today=on + timedelta(days=1)) for day in (on, on - timedelta(weeks=4)))
    return "bought_activity" in {c.key for c in cautions(now, earlier, desk.meter.catalog)}


def test_a_rate_of_a_dozen_users_is_not_told_as_a_fall(desk: Workbench, stories: Stories) -> None:
    for story in stories.of("tiny_base"):
        metric = story.truth["metric"]
        found = told(desk, stories, story.merchant_id, metric)
        assert found.refused == "unmeasured"
        assert found.metrics == ()
        assert not any(key.startswith(metric) for key in found.figures)
        assert "small_base" in found.cautions
        assert metric not in told(desk, stories, story.merchant_id, "active").metrics


def test_a_half_day_and_a_stale_feed_are_left_out_and_said(desk: Workbench, stories: Stories) -> None:
    for story in stories.of("half_day"):
        found = told(desk, stories, story.merchant_id, "scale")
        assert found.as_of == date.fromisoformat(story.truth["day"]) - timedelta(days=1)
        assert "partial_day" in found.cautions
    for story in stories.of("stale_feed"):
        found = told(desk, stories, story.merchant_id, "scale")
        assert found.as_of == date.fromisoformat(story.truth["newest_day"])
        assert "stale_feed" in found.cautions


def test_a_shop_of_ten_days_has_nothing_to_compare_with(desk: Workbench, stories: Stories) -> None:
    for story in stories.of("new_merchant"):
        found = told(desk, stories, story.merchant_id, "active")
        assert found.refused is not None
        assert found.figures == {}


def test_an_industry_of_nine_shows_no_peer_figure(desk: Workbench, stories: Stories) -> None:
    (story,) = stories.of("small_industry")
    for merchant in story.truth["merchants"]:
        found = told(desk, stories, merchant, "active")
        assert all(m.n is None or m.n >= 10 for key, m in found.figures.items() if ".score_" in key)
        groups = {m.group for m in found.now.figures.values() if m.group}
        assert not any(group.startswith("flowers") for group in groups)

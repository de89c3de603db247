"""Each planted story is in the rows: its truth is counted again here, by other means."""

from typing import Any

import pytest

from tools.demo.stories import read_stories


def test_the_file_holds_the_stories_that_were_returned(platform: Any) -> None:
    written = read_stories(platform.directory)
    assert (written.seed, written.anchor) == (platform.seed, platform.anchor)
    assert [s.merchant_id for s in written.stories] == [s.merchant_id for s in platform.stories.stories]


def test_a_return_rate_fell_in_one_channel_and_held_in_the_others(platform: Any) -> None:
    for story in platform.told("return_fell", 6):
        t = story.truth
        for as_of, key in ((platform.ago(28), "before"), (platform.anchor, "after")):
            assert platform.returned(story.merchant_id, as_of)[1] == pytest.approx(t[key])
            users, rate = platform.returned(story.merchant_id, as_of, t["channel"])
            told = t["by_channel"][t["channel"]]
            assert (users, rate) == (told[f"users_{key}"], pytest.approx(told[key]))
        fell = t["by_channel"].pop(t["channel"])
        assert fell["after"] < 0.65 * fell["before"]
        large = [c for c in t["by_channel"].values() if min(c["users_before"], c["users_after"]) >= 100]
        assert all(c["after"] > 0.75 * c["before"] for c in large)


def test_a_shop_stood_still_while_its_peers_rose(platform: Any) -> None:
    for story in platform.told("peers_rose", 3):
        t, merchant = story.truth, story.merchant_id
        before, after = (platform.returned(merchant, d)[1] for d in (platform.ago(28), platform.anchor))
        assert before == after == t["after"]
        assert platform.redemption(merchant, platform.ago(28)) == platform.redemption(merchant, platform.anchor)
        assert t["place_after"] < t["place_before"] - 0.1
        assert t["industry_median_after"] > t["industry_median_before"] + 0.03


def test_a_still_shop_is_still_in_every_window_that_the_active_metrics_use(platform: Any) -> None:
    window = """
        SELECT count(DISTINCT user_id), count(DISTINCT user_id) FILTER (late), sum(interactions) FILTER (late),
               sum(gmv) FILTER (late), sum(visits) FILTER (late)
        FROM (SELECT *, day > $2::DATE - 28 AS late FROM activity)
        WHERE merchant_id = $1 AND day > $2::DATE - 180 AND day <= $2"""
    for story in platform.told("peers_rose", 3):
        now, before = (platform.one(window, story.merchant_id, d) for d in (platform.anchor, platform.ago(28)))
        assert now == before


def test_a_shop_grew_into_the_next_band(platform: Any) -> None:
    for story in platform.told("next_band", 3):
        t = story.truth
        assert (t["band_before"], t["band_after"]) == ("small", "medium")
        for day, key in ((t["before"], "before"), (t["after"], "after")):
            visitors = dict(
                platform.rows(
                    """
                SELECT merchant_id, count(DISTINCT user_id) FROM activity JOIN merchants USING (merchant_id)
                WHERE industry = ? AND day BETWEEN ?::DATE - 27 AND ? GROUP BY 1""",
                    t["industry"],
                    day,
                    day,
                )
            )
            assert visitors[story.merchant_id] == t[f"visitors_{key}"]
            place = sum(v < visitors[story.merchant_id] for v in visitors.values()) / len(visitors)
            assert place < 1 / 3 if key == "before" else 1 / 3 < place < 2 / 3
        assert t["after"] < platform.anchor


def test_activity_bought_with_coupons_costs_worth(platform: Any) -> None:
    money = """SELECT sum(visits), sum(discount) / (sum(gmv) + sum(discount)), sum(gmv - refunds) / sum(orders),
                      sum(gmv - refunds) / count(DISTINCT user_id)
               FROM activity WHERE merchant_id = ? AND day BETWEEN ?::DATE - 27 AND ?"""
    names = ("visits", "discount_rate", "average_order_value", "revenue_per_active_user")
    for story in platform.told("coupons_bought", 3):
        t = story.truth
        for as_of, key in ((platform.ago(28), "before"), (platform.anchor, "after")):
            counted = dict(zip(names, map(float, platform.one(money, story.merchant_id, as_of, as_of)), strict=True))
            assert counted == pytest.approx(t[f"money_{key}"])
            assert platform.redemption(story.merchant_id, as_of) == pytest.approx(t["redemption"][key])
        before, after = t["money_before"], t["money_after"]
        assert after["visits"] > 1.15 * before["visits"]
        assert t["redemption"]["after"] > 1.6 * t["redemption"]["before"]
        assert after["discount_rate"] > 2 * before["discount_rate"]
        assert after["average_order_value"] < before["average_order_value"]
        assert after["revenue_per_active_user"] < before["revenue_per_active_user"]


def test_a_redemption_rate_fell(platform: Any) -> None:
    for story in platform.told("redemption_fell", 6):
        t = story.truth
        assert platform.redemption(story.merchant_id, platform.ago(28)) == pytest.approx(t["before"])
        assert platform.redemption(story.merchant_id, platform.anchor) == pytest.approx(t["after"])
        assert t["after"] < 0.75 * t["before"]


def test_a_new_merchant_has_ten_days_of_data(platform: Any) -> None:
    for story in platform.told("new_merchant", 3):
        first, rows, joined = platform.one(
            """
            SELECT min(day), count(*), any_value(joined_on) FROM activity JOIN merchants USING (merchant_id)
            WHERE merchant_id = ?""",
            story.merchant_id,
        )
        assert first >= joined == platform.ago(9)
        assert (rows, story.truth["days"]) == (story.truth["rows"], 10)


def test_a_half_day_is_marked_and_looks_like_one(platform: Any) -> None:
    halves = platform.told("half_day", 3)
    marked = {r[0] for r in platform.rows("SELECT merchant_id FROM feeds WHERE NOT complete")}
    assert marked == {s.merchant_id for s in halves}
    for story in halves:
        t = story.truth
        rows = platform.one(
            "SELECT count(*) FROM activity WHERE merchant_id = ? AND day = ?", story.merchant_id, platform.anchor
        )
        assert rows == t["rows"]
        assert 0 < rows < 0.7 * t["rows_of_the_whole_day"]
        assert rows < sum(t["rows_same_weekday_before"]) / 4


def test_a_stale_feed_ends_when_its_feed_says(platform: Any) -> None:
    for story in platform.told("stale_feed", 3):
        newest = platform.one("SELECT newest_day FROM feeds WHERE merchant_id = ?", story.merchant_id)
        assert newest == story.truth["newest_day"] <= platform.ago(5)
        for table in ("activity", "coupons", "followers", "promotion"):
            last = platform.one(f"SELECT max(day) FROM {table} WHERE merchant_id = ?", story.merchant_id)
            assert last is None or last <= newest
            assert last == newest or table != "activity"


def test_every_other_feed_reaches_the_anchor(platform: Any) -> None:
    stale = {s.merchant_id for s in platform.stories.of("stale_feed")}
    behind = {r[0] for r in platform.rows("SELECT merchant_id FROM feeds WHERE newest_day < ?", platform.anchor)}
    assert behind == stale


def test_a_campaign_is_in_the_log_and_its_lift_is_in_the_rows(platform: Any) -> None:
    ratio = """
        WITH d AS (SELECT merchant_id = $1 AS own, sum(visits) FILTER (day >= $2) AS post,
                          sum(visits) FILTER (day < $2 AND day >= $2::DATE - 35) AS pre
                   FROM activity JOIN merchants USING (merchant_id) WHERE industry = $3 GROUP BY 1)
        SELECT max(post / pre) FILTER (own) / max(post / pre) FILTER (NOT own) - 1 FROM d"""
    misses = []
    for story in platform.told("campaign", 6):
        t = story.truth
        logged = platform.rows(
            "SELECT started_on, ended_on FROM actions WHERE merchant_id = ? AND kind = 'campaign'", story.merchant_id
        )
        assert logged == [(t["started_on"], t["ended_on"])]
        industry = platform.one("SELECT industry FROM merchants WHERE merchant_id = ?", story.merchant_id)
        found = platform.one(ratio, story.merchant_id, t["started_on"], industry)
        misses.append(found - t["lift_visits"])
        assert abs(t["lift_visits"] - t["lift"]) < 0.05
    assert max(map(abs, misses)) < 0.3
    assert abs(sum(misses) / len(misses)) < 0.1


def test_a_big_drop_rests_on_twelve_users(platform: Any) -> None:
    for story in platform.told("tiny_base", 3):
        assert platform.returned(story.merchant_id, platform.ago(28)) == (12, 0.5)
        assert platform.returned(story.merchant_id, platform.anchor) == (12, 0.0)
        assert (story.truth["before"], story.truth["after"]) == (0.5, 0.0)


def test_regulars_were_lost_and_their_worth_is_known(platform: Any) -> None:
    lost = """
        WITH w AS (SELECT * FROM activity WHERE merchant_id = $1 AND day BETWEEN $2::DATE - 89 AND $2),
        r AS (SELECT user_id, sum(gmv - refunds) AS worth FROM w GROUP BY 1
              HAVING count(DISTINCT day) >= 4 AND max(day) > $2::DATE - 28)
        SELECT count(*), list_sort(list(user_id) FILTER (gone)), sum(worth) FILTER (gone)
        FROM (SELECT *, user_id NOT IN (SELECT user_id FROM activity WHERE merchant_id = $1 AND day > $2) AS gone
              FROM r)"""
    for story in platform.told("regulars_lost", 6):
        t = story.truth
        active, users, worth = platform.one(lost, story.merchant_id, t["as_of_before"])
        assert t["as_of_before"] == platform.ago(28)
        assert (active, users) == (t["active_regulars_before"], t["users"])
        assert len(users) == t["lost"] >= t["planted"] >= 30
        assert float(worth) == pytest.approx(t["value_90d"])

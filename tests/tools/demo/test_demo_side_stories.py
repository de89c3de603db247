"""Stories that live in other tables than activity, and who is marked for the managers."""

from collections import Counter
from datetime import timedelta
from typing import Any


def test_points_expire_on_the_day_and_in_the_amount_told(platform: Any) -> None:
    stories = platform.told("points_expiring", 7)
    assert "M0001" in {s.merchant_id for s in stories}
    for story in stories:
        t = story.truth
        assert platform.anchor < t["expires_on"] == platform.anchor + timedelta(days=t["days_left"])
        # First in, first out by running sums: what was earned up to the entry and never covered by later spending.
        earned_before, earned, spent_since = platform.one(
            """
            WITH e AS (SELECT * FROM points WHERE merchant_id = $1 AND programme = $2),
            lot AS (SELECT "at" FROM e WHERE expires_on = $3 AND delta > 0)
            SELECT (SELECT sum(delta) FROM e WHERE "at" < (SELECT max("at") FROM lot)),
                   (SELECT sum(delta) FROM e WHERE expires_on = $3),
                   (SELECT coalesce(-sum(delta), 0) FROM e, lot WHERE e."at" > lot."at" AND delta < 0)
            """,
            story.merchant_id,
            t["programme"],
            t["expires_on"],
        )
        assert (earned, spent_since) == (t["points"], 0)
        assert earned_before is None or earned_before >= 0
        later = platform.one(
            """
            SELECT coalesce(sum(delta), 0) FROM points WHERE merchant_id = ? AND programme = ? AND expires_on > ?""",
            story.merchant_id,
            t["programme"],
            t["expires_on"],
        )
        assert t["balance"] == earned + later


def test_many_merchants_tie_at_exactly_zero_redemption(platform: Any) -> None:
    for story in platform.told("ties", 2):
        t = story.truth
        zero = {
            r[0]
            for r in platform.rows(
                """
            SELECT merchant_id FROM coupons JOIN merchants USING (merchant_id) WHERE industry = ? AND day > ?
            GROUP BY 1 HAVING sum(issued) > 0 AND sum(redeemed) = 0""",
                t["industry"],
                platform.ago(28),
            )
        }
        assert zero == set(t["merchants"])
        assert len(zero) >= 25


def test_a_large_gain_is_one_that_nobody_achieves(platform: Any) -> None:
    for story in platform.told("unreachable_gain", 3):
        t = story.truth
        assert platform.redemption(story.merchant_id, platform.anchor) == 0
        assert story.merchant_id in t["merchants"]
        assert (t["gained"], t["upper_quarter"] > 0.1, t["alike_before"] >= 30) == (0, True, True)
        rates = [platform.redemption(m, d) for m in t["merchants"] for d in (platform.ago(28), platform.anchor)]
        assert set(rates[0::2]) == {0.0}
        assert max(rates[1::2]) < t["upper_quarter"]


def test_an_industry_has_nine_merchants(platform: Any) -> None:
    (story,) = platform.told("small_industry", 1)
    found = platform.rows("SELECT merchant_id FROM merchants WHERE industry = ? ORDER BY 1", story.truth["industry"])
    assert [r[0] for r in found] == story.truth["merchants"]
    assert len(found) == 9


def test_a_provider_lacks_exactly_the_scope_told(platform: Any) -> None:
    ended = set()
    for story in platform.told("scope_missing", 3):
        t = story.truth
        valid = {
            r[0]
            for r in platform.rows(
                """
            SELECT scope FROM authorisations
            WHERE merchant_id = ? AND provider_id = ? AND (valid_until IS NULL OR valid_until >= ?)""",
                story.merchant_id,
                t["provider_id"],
                platform.anchor,
            )
        }
        assert len(valid) == 4
        assert t["scope"] not in valid
        ended.add(t["ended_on"] is not None)
    assert ended == {True, False}


def test_everybody_else_with_a_provider_gave_all_five_scopes(platform: Any) -> None:
    missing = {s.merchant_id for s in platform.stories.of("scope_missing")}
    short = platform.rows("""
        SELECT m.merchant_id FROM merchants m
        LEFT JOIN authorisations a ON a.merchant_id = m.merchant_id AND a.valid_until IS NULL
        WHERE m.provider_id IS NOT NULL GROUP BY 1 HAVING count(a.scope) < 5""")
    assert {r[0] for r in short} == missing


def test_a_search_direct_activity_ends_soon(platform: Any) -> None:
    for story in platform.told("search_direct_expiring", 3):
        ends = platform.one(
            "SELECT max(ended_on) FROM actions WHERE merchant_id = ? AND kind = 'search_direct'", story.merchant_id
        )
        assert ends == story.truth["ended_on"]
        assert 0 < (ends - platform.anchor).days <= 14


def test_each_manager_has_twelve_shops_in_need_and_three_decoys_among_the_sixty(platform: Any) -> None:
    assigned = set(platform.rows("SELECT manager_id, merchant_id FROM assignments"))
    for kind, each in (("needy", 12), ("decoy", 3)):
        marked = platform.stories.of(kind)
        assert Counter(s.truth["manager_id"] for s in marked) == {"A001": each, "A002": each, "A003": each}
        assert {(s.truth["manager_id"], s.merchant_id) for s in marked} <= assigned
        told = {(s.story, s.merchant_id) for s in platform.stories.stories}
        assert all((s.truth["reason"], s.merchant_id) in told for s in marked)


def test_the_demo_merchant_plays_no_part_but_its_points(platform: Any) -> None:
    assert [s.story for s in platform.stories.stories if s.merchant_id == "M0001"] == ["points_expiring"]

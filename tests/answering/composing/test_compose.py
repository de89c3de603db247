"""What the embedded composer says, and in which order."""

import re
from datetime import date
from itertools import pairwise

import pytest

from bot.answering.embedded.compose import EmbeddedComposer, cannot_say
from bot.answering.render import render_draft
from bot.answering.types import Draft, Evidence, Language, Plan, Turn
from prompts import load_prompts
from tests.answering.composing.honest import (
    LANGUAGES,
    OCTOBER,
    STRONG,
    make,
)
from tests.answering.composing.samples import (
    CATALOG,
    SCORES,
    TODAY,
    CardMaker,
    evidence,
    plan,
    question,
    rules,
    two_dates,
    typical,
)

COMPOSER = EmbeddedComposer(CATALOG, load_prompts())
BOTH = pytest.mark.parametrize("language", LANGUAGES)


def text(draft: Draft, evidence: Evidence) -> str:
    return render_draft(draft, evidence, TODAY)


def used(draft: Draft, evidence: Evidence) -> set[str]:
    ids = {id for s in draft.sentences for id in s.measurements}
    return {m.metric for m in evidence.measurements if m.id in ids}


@BOTH
def test_improve_says_the_place_the_gains_the_step_the_rule_and_the_day(language: Language) -> None:
    at = typical(language)
    said = make(language, "improve", at, dimension="active")
    figures = used(said.draft, at)
    assert {"active.score", "active.peer_median", "active.peers"} <= figures
    assert sum(f.endswith("gain_at_median") for f in figures) >= 2
    whole = text(said.draft, at)
    assert "[P1]" in whole
    assert "2024-01-01" in whole
    assert ("12 月 6 日" if language == "zh" else "6 December") in whole
    assert said.draft.sentences[-1].block == "question"
    assert said.draft.suggestions


@BOTH
@pytest.mark.parametrize("dimension", ["scale", "active", "worth", "efficiency", "overall"])
def test_improve_fits_one_screen(language: Language, dimension: str) -> None:
    at = typical(language)
    whole = text(make(language, "improve", at, dimension=dimension).draft, at)
    size = len(re.findall(r"[\u4e00-\u9fff]", whole)) if language == "zh" else len(whole.split())
    assert size <= (350 if language == "zh" else 180)


@BOTH
def test_improve_names_the_largest_gaps_first(language: Language) -> None:
    at = typical(language)
    items = [s for s in make(language, "improve", at, dimension="active").draft.sentences if s.block == "item"]
    by_id = {m.id: m for m in at.measurements}
    gains = [by_id[i].value or 0 for s in items for i in s.measurements if "gain" in by_id[i].metric]
    assert 2 <= len(gains) <= 3
    assert gains == sorted(gains, reverse=True)
    assert gains[0] == 8.3


@BOTH
def test_advice_about_coupons_warns_a_shop_that_gives_away_more_than_its_peers(language: Language) -> None:
    assert "discount_above_peers" in make(language, "improve", typical(language), dimension="active").draft.warnings
    frugal = typical(language, values=STRONG | {"redemption_rate": (0.09, 0.15, 0.19, 18.0, 6.3, 11.3)})
    assert "discount_above_peers" not in make(language, "improve", frugal, dimension="active").draft.warnings


def test_the_scores_are_called_illustrative_once_a_thread_and_never_when_official() -> None:
    at = typical("zh")
    first = question("活跃分怎么提高")
    later = question("那价值呢", history=(Turn(text="活跃分怎么提高", plan=plan("zh", "improve")),))
    asked = plan("zh", "improve", dimension="active")
    assert "示例口径" in text(COMPOSER.draft(first, asked, at), at)
    assert "示例口径" not in text(COMPOSER.draft(later, asked, at), at)
    official = typical("zh", official=True)
    assert "官方分" in text(COMPOSER.draft(later, asked, official), official)


def test_the_same_question_in_a_row_does_not_open_with_the_same_words() -> None:
    at, asked = typical("zh"), plan("zh", "improve", dimension="active")
    history: tuple[Turn, ...] = ()
    openings = []
    for _ in range(4):
        openings.append(COMPOSER.draft(question("怎么提高", history=history), asked, at).sentences[0].text)
        history = (*history, Turn(text="怎么提高", plan=asked))
    assert all(a != b for a, b in pairwise(openings))


def test_the_same_question_alone_is_answered_the_same() -> None:
    at, asked = typical("en"), plan("en", "improve", dimension="worth")
    assert COMPOSER.draft(question("how"), asked, at) == COMPOSER.draft(question("how"), asked, at)


@BOTH
def test_overview_names_all_scores_the_extremes_and_what_moved(language: Language) -> None:
    at = two_dates(language)
    said = make(language, "overview", at)
    assert {f"{d}.score" for d in SCORES} <= used(said.draft, at)
    assert "active.score_change" in used(said.draft, at)
    whole = text(said.draft, at)
    assert ("最弱的是活跃分" if language == "zh" else "the Active score") in whole
    assert ("10 月 24 日" if language == "zh" else "24 October") in whole


def test_activity_bought_with_coupons_is_called_no_good_news() -> None:
    maker = CardMaker()
    now = maker.card()
    cheaper = {**SCORES, "active": (30.1, 50.0, 0.15), "worth": (55.0, 50.0, 0.6)}
    before = maker.card(scores=cheaper, as_of=date(2026, 10, 24))
    maker.changes(now, before)
    at = evidence(maker, now, before)
    said = make("zh", "overview", at)
    assert "active_bought_with_coupons" in said.draft.warnings
    assert "券换来的" in text(said.draft, at)


@BOTH
def test_a_missing_dimension_is_named_where_there_is_no_overall_score(language: Language) -> None:
    at = typical(language, scores={k: v for k, v in SCORES.items() if k not in ("worth", "overall")})
    whole = text(make(language, "overview", at).draft, at)
    assert (
        "总分还给不出，缺价值分" if language == "zh" else "no overall score yet: it still lacks the Worth score"
    ) in whole


@BOTH
def test_a_metric_is_said_with_its_base_its_day_and_the_peers(language: Language) -> None:
    at = typical(language)
    whole = text(make(language, "metric", at, metric="return_rate_28d").draft, at)
    for said in ("18.2%", "1,000", "182", "24.5%", "143"):
        assert said in whole
    assert ("低于中位" if language == "zh" else "below the median") in whole


@BOTH
def test_above_the_median_is_bad_where_lower_is_better(language: Language) -> None:
    at = typical(language)
    whole = text(make(language, "metric", at, metric="refund_rate").draft, at)
    assert ("是好事" if language == "zh" else "which is good") in whole
    whole = text(make(language, "metric", at, metric="discount_rate").draft, at)
    assert ("越低越好，你高于中位" if language == "zh" else "you are above the median") in whole
    compared = text(make(language, "compare", at, dimension="efficiency").draft, at)
    assert ("折扣率 12.4%，差于同行中位" if language == "zh" else "Discount rate 12.4%, worse than") in compared


@pytest.mark.parametrize(
    ("state", "zh"),
    [("too_small", "样本只有 12"), ("empty", "没有记录"), ("not_connected", "没有接入"), ("forbidden", "没有授权")],
)
def test_a_missing_figure_says_why_and_is_never_zero(state: str, zh: str) -> None:
    at = typical("zh", missing={"redemption_rate": state})
    whole = text(make("zh", "metric", at, metric="redemption_rate").draft, at)
    assert zh in whole
    assert "0%" not in whole


@BOTH
def test_a_shop_without_peers_is_held_against_its_own_past(language: Language) -> None:
    at = typical(language, alone=True)
    said = make(language, "metric", at, metric="return_rate_28d")
    assert "return_rate_28d.past_4w" in used(said.draft, at)
    assert not any("peer" in m for m in used(make(language, "overview", at).draft, at))


def test_a_half_day_and_a_stale_feed_are_said_first() -> None:
    half = typical("zh", state="partial")
    assert "还没传完" in text(make("zh", "improve", half, dimension="active").draft, half).splitlines()[0]
    stale = typical("zh", state="stale", as_of=date(2026, 11, 9))
    assert "停在 11 月 9 日" in text(make("zh", "compare", stale, dimension="active").draft, stale).splitlines()[0]


@BOTH
def test_compare_with_an_earlier_date_says_then_now_and_the_change(language: Language) -> None:
    at = two_dates(language)
    whole = text(make(language, "compare", at, metric="return_rate_28d", period=OCTOBER).draft, at)
    assert "20.4%" in whole
    assert "18.2%" in whole
    assert "-2.2" in whole


def test_two_steps_are_answered_in_order_with_one_closing_question() -> None:
    at = typical("zh").model_copy(update={"passages": rules("zh")})
    steps = (*plan("zh", "metric", metric="return_rate_28d").steps, *plan("zh", "policy").steps)
    said = COMPOSER.draft(question("回访率多少？群发有什么限制"), Plan(language="zh", steps=steps), at)
    assert [s.block for s in said.sentences].count("question") == 1
    assert said.sentences[-1].block == "question"
    assert said.sentences[0].measurements
    assert any(s.passages for s in said.sentences)


def test_a_manager_reads_the_shops_name() -> None:
    at = typical("zh")
    asker = question("老陈面馆的活跃分怎么提高", role="manager", merchants=("M0001", "M0002"))
    assert "老陈面馆" in text(
        COMPOSER.draft(asker, plan("zh", "improve", dimension="active", merchant_id="M0001"), at), at
    )


@BOTH
def test_without_a_card_no_figure_is_said(language: Language) -> None:
    for at in (Evidence(), Evidence(unavailable=("not_found",)), typical(language, state="not_connected")):
        said = COMPOSER.draft(question("?"), plan(language, "overview"), at)
        assert all(not s.measurements for s in said.sentences)
        assert said.sentences


async def test_the_composer_fulfils_the_protocol() -> None:
    at = typical("en")
    said = await COMPOSER.compose(question("?"), plan("en", "overview"), at)
    assert said.composer == "embedded"
    assert cannot_say(load_prompts(), "en").sentences[0].measurements == ()

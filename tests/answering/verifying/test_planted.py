"""Wrong statements of every kind are blocked, each for its reason; honest ones in free words pass."""

from datetime import date

import pytest

from bot.answering.types import Draft, Evidence, Finding, Language, Sentence
from bot.answering.verify import verify
from tests.answering.composing.honest import apply_guide, old_policy
from tests.answering.composing.samples import (
    BROADCAST_EN,
    BROADCAST_ZH,
    CATALOG,
    OWN,
    TODAY,
    document,
    passage,
    two_dates,
)

NOW: dict[str, Evidence] = {language: two_dates(language) for language in ("zh", "en")}


def findings(
    language: Language,
    text: str,
    *passages: str,
    evidence: Evidence | None = None,
    measured: bool = True,
    before: str = "",
) -> tuple[Finding, ...]:
    """What verify says of one sentence that lists every figure of the evidence."""
    at = evidence or NOW[language]
    ids = tuple(m.id for m in at.measurements) if measured else ()
    lead = (Sentence(text=before, measurements=ids),) if before else ()
    said = Sentence(text=text, measurements=ids, passages=passages)
    return verify(Draft(language=language, sentences=(*lead, said), composer="model"), at, CATALOG, TODAY).findings


def kinds(
    language: Language, text: str, *passages: str, evidence: Evidence | None = None, before: str = ""
) -> set[str]:
    return {f.kind for f in findings(language, text, *passages, evidence=evidence, before=before)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "你的回访率是 28.7%。"),
        ("zh", "回访率 １９.２％。"),
        ("zh", "有六成的用户回来了。"),
        ("zh", "你有一万二的访客。"),
        ("zh", "约 18.2 万访客。"),
        ("zh", "你一半的老客都回来了。"),
        ("zh", "客单价三十八块。"),
        ("zh", "追平同行中位，活跃分约 +9.4。"),
        ("zh", "你的访客翻了一番。"),
        ("zh", "几十家店都做到了。"),
        ("zh", "百分之六十的券被用掉了。"),
        ("zh", "活跃分 35.3，排第 7。"),
        ("zh", "每 10 个来过的人里有 3 个回来。"),
        ("zh", "回访率 2/3。"),
        ("zh", "繁星计划每月送 555 点。"),
        ("en", "Your return rate is 28.7%."),
        ("en", "Half of your users came back."),
        ("en", "One in two visitors came back."),
        ("en", "You had 4,120 visitors."),
        ("en", "Two thirds of the coupons are used."),
        ("en", "Your visitors doubled."),
        ("en", "Dozens of shops did it."),
        ("en", "Catching up would bring 9.4 points."),
        ("en", "You lie third of all."[:16] + "5th."),
    ],
)
def test_a_number_without_evidence_is_blocked(language: Language, text: str) -> None:
    assert kinds(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "你的核销率是 18.2%。"),
        ("zh", "回访率 9.0%，核销率 18.2%。"),
        ("zh", "回访率 24.5%，同行中位 18.2%。"),
        ("zh", "访客数是 18.2%。"),
        ("zh", "追平同行中位，价值分约 +8.3。"),
        ("zh", "熟客 205 人。"),
        ("en", "Your redemption rate is 18.2%."),
        ("en", "Return rate 9.0%, redemption rate 18.2%."),
        ("en", "Return rate 24.5%, peers' median 18.2%."),
        ("en", "Your Worth score is 35.3."),
        ("en", "Regulars 1,480."),
    ],
)
def test_a_right_number_under_the_wrong_name_is_blocked(language: Language, text: str) -> None:
    assert kinds(language, text) == {"wrong_metric"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "你的活跃分高于同行中位。"),
        ("zh", "活跃分比同行高。"),
        ("zh", "回访率不低于同行中位。"),
        ("zh", "折扣率比同行低。"),
        ("zh", "获客成本好于同行。"),
        ("zh", "同行的回访率低于你。"),
        ("zh", "活跃分和价值分都低于同行中位。"),
        ("zh", "你的活跃分上升了。"),
        ("zh", "价值分掉了。"),
        ("zh", "同行的活跃分都涨了。"),
        ("zh", "最弱的是价值分。"),
        ("zh", "活跃分是你最高的一项。"),
        ("zh", "你的活跃分排前四分之一。"),
        ("zh", "活跃分和同行持平。"),
        ("en", "Your Active score is above the median."),
        ("en", "Your discount rate is below your peers."),
        ("en", "Your cost per new user beats the median."),
        ("en", "The return rate of your peers is lower than yours."),
        ("en", "Your Active score rose."),
        ("en", "The Worth score fell."),
        ("en", "The Active score improved."),
        ("en", "Your strongest dimension is the Active score."),
        ("en", "Your Active score lies in the upper half."),
        ("en", "The Active score is level with your peers."),
        ("en", "The Active score is unchanged."),
    ],
)
def test_a_false_comparison_is_blocked(language: Language, text: str) -> None:
    assert kinds(language, text) == {"false_comparison"}


def test_a_comparison_without_a_peer_figure_is_blocked() -> None:
    alone = Evidence(measurements=tuple(m for m in NOW["zh"].measurements if "peer" not in m.metric))
    assert kinds("zh", "活跃分低于同行中位。", evidence=alone) == {"false_comparison"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "隔壁禾田超市的回访率是 18.2%。"),
        ("zh", "M0456 的回访率是 18.2%。"),
        ("zh", "你的回访率 18.2%，比李记面馆高。"),
        ("en", "Golden Noodle's return rate is 18.2%."),
        ("en", "The return rate of M0456 is 18.2%."),
    ],
)
def test_another_shop_beside_a_figure_is_blocked(language: Language, text: str) -> None:
    assert "wrong_merchant" in kinds(language, text)


def test_the_askers_own_shop_may_be_named() -> None:
    assert not kinds("zh", f"{OWN.name}的回访率是 18.2%。")
    assert not kinds("en", f"The return rate of {OWN.merchant_id} is 18.2%.")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "上周你的回访率是 18.2%。"),
        ("zh", "10 月 24 日你的活跃分是 35.3。"),
        ("zh", "你的活跃分现在是 39.9。"),
        ("zh", "截至 11 月 5 日，你的活跃分是 35.3。"),
        ("zh", "近 35 天的回访率是 18.2%。"),
        ("en", "Last week your return rate was 18.2%."),
        ("en", "Your Active score was 35.3 on 24 October."),
        ("en", "Your Active score is now 39.9."),
        ("en", "Over the last 35 days your return rate is 18.2%."),
    ],
)
def test_a_figure_of_another_day_or_stretch_is_blocked(language: Language, text: str) -> None:
    assert kinds(language, text) == {"wrong_period"}


def test_a_date_that_nothing_states_is_blocked() -> None:
    assert "unknown_number" in {f.kind for f in findings("zh", "12 月 7 日回来看核销率。", measured=False)}
    assert not findings("zh", "12 月 6 日回来看核销率。", measured=False)


def test_references_and_citations_must_exist() -> None:
    assert "unknown_reference" in kinds("en", "Your score {M999} is fine.")
    assert "unknown_citation" in kinds("en", "The documents say so [P9].", "P9")
    assert "unknown_citation" in kinds("en", "The documents say so [P2].")
    unlisted = Draft(language="en", sentences=(Sentence(text="Your return rate is {M1}."),))
    assert "unknown_reference" in {f.kind for f in verify(unlisted, NOW["en"], CATALOG, TODAY).findings}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_ended_document_is_cited_only_as_ended(language: Language) -> None:
    at = Evidence(passages=(old_policy(language, "P1"),))
    dated = "（2020-11-07 至 2021-03-31）" if language == "zh" else "(2020-11-07 to 2021-03-31)"
    fresh = {
        "zh": f"门店码政策奖励铺码的服务商{dated}[P1]",
        "en": f"The store-code policy rewards providers {dated} [P1]",
    }
    over = {"zh": f"门店码政策已经结束{dated}[P1]", "en": f"The store-code policy has ended {dated} [P1]"}
    assert kinds(language, fresh[language], "P1", evidence=at) == {"expired_citation"}
    assert not kinds(language, over[language], "P1", evidence=at)


def test_a_document_that_is_yet_to_come_is_cited_only_as_such() -> None:
    coming = passage("P1", document("next-zh", title="新规", start=date(2027, 1, 1)), "点数 180 天内有效。")
    at = Evidence(passages=(coming,))
    assert kinds("zh", "点数 180 天内有效，自 2027-01-01 起[P1]", "P1", evidence=at) == {"expired_citation"}
    assert not kinds("zh", "点数 180 天内有效，尚未生效，2027-01-01 起[P1]", "P1", evidence=at)


def test_a_rule_needs_a_citation_and_its_dates() -> None:
    assert kinds("zh", "生活号群发每位用户每周最多一次。") == {"missing_citation"}
    assert kinds("en", "A broadcast is allowed at most once a week.") == {"missing_citation"}
    at = Evidence(passages=(BROADCAST_EN,))
    undated = "A broadcast reaches each user at most once a week. [P2]"
    assert kinds("en", undated, "P2", evidence=at) == {"undated_rule"}
    assert not kinds(
        "en", "A broadcast reaches each user at most once a week (valid from 2024-03-01). [P2]", "P2", evidence=at
    )


def test_a_number_of_a_rule_must_stand_in_its_passage_with_its_unit() -> None:
    at = Evidence(passages=(BROADCAST_ZH, apply_guide("zh", "P1")))
    dated = "（自 2024-03-01 起有效）"
    assert not kinds("zh", f"互动后 48 小时内可以发，一天 100 条{dated}[P2]", "P2", evidence=at)
    assert kinds("zh", f"互动后 72 小时内可以发{dated}[P2]", "P2", evidence=at) == {"unknown_number"}
    assert kinds("zh", f"互动后 100 小时内可以发{dated}[P2]", "P2", evidence=at) == {"unknown_number"}
    assert "unknown_number" in kinds("zh", "触发词可以填 8 个触发词（2024-01-01）[P1]", "P1", evidence=at)


def test_a_quotation_must_stand_in_its_passage() -> None:
    at = Evidence(passages=(BROADCAST_EN,))
    said = '"A broadcast reaches each user at most once a week" (2024-03-01) [P2]'
    assert not kinds("en", said, "P2", evidence=at)
    assert kinds("en", said.replace("at most once", "as often as you like"), "P2", evidence=at) == {"unsupported_quote"}


def test_a_next_question_may_not_bring_in_a_figure() -> None:
    def with_suggestion(text: str) -> bool:
        draft = Draft(language="en", sentences=(Sentence(text="Hello."),), suggestions=(text,))
        return verify(draft, NOW["en"], CATALOG, TODAY).passed

    assert with_suggestion("Shall I show how to raise it?")
    assert with_suggestion("What would bring it above 35.3?")
    assert not with_suggestion("How did 77 shops reach 91.2?")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "你的回访率是 18.2%，同行中位 24.5%，差了一截。"),
        ("zh", "活跃分 35.3，比同行中位 50.2 低。"),
        ("zh", "来过的人里只有 18.2% 又回来，这是回访率。"),
        ("zh", "四周里活跃分掉了 4.6 分，从 39.9 到 35.3。"),
        ("zh", "折扣率 12.4%，高于同行中位 8.7%。"),
        ("zh", "获客成本 18.42 元，同行中位是 14.91 元，越低越好，你落后。"),
        ("zh", "约两成老客回头（回访率 18.2%）。"),
        ("zh", "在 143 家同行里，你的活跃分只超过 18.7% 的店。"),
        ("zh", "价值分 50.9，是四个维度里最高的。"),
        ("zh", "如果回访率追上同行，活跃分能涨 8.3 分左右。"),
        ("zh", "核销率只有 9.0%（1,000 张里 90 张）。"),
        ("zh", "价值分和 10 月 24 日比上升了 2.1 分。"),
        ("en", "Your return rate is 18.2%, against a typical 24.5% for your peers."),
        ("en", "18.2% of earlier visitors came back; the median is 24.5%."),
        ("en", "Your Active score fell by 4.6 points in 4 weeks, from 39.9 to 35.3."),
        ("en", "At 12.4%, your discount rate is higher than the median of 8.7%."),
        ("en", "Among 143 shops, your Active score of 35.3 is ahead of only 18.7% of them."),
        ("en", "If you caught up, the Active score would gain about 8.3 points."),
        ("en", "Of 1,000 earlier visitors, 182 came back: a return rate of 18.2%."),
        ("en", "The Worth score is your strongest at 50.9."),
        ("en", "You pay ¥18.42 per new user, while the median is ¥14.91."),
        ("en", "You had 412 visitors in the last 28 days."),
        ("en", "Spending per order is ¥36.48."),
    ],
)
def test_an_honest_sentence_in_free_words_passes(language: Language, text: str) -> None:
    assert not findings(language, text)


def test_a_number_without_a_name_belongs_to_what_was_spoken_of_last() -> None:
    assert not kinds("zh", "同行中位是 24.5%。", before="你的回访率是 18.2%。")
    assert kinds("zh", "同行中位是 15.0%。", before="你的回访率是 18.2%。") == {"wrong_metric"}

"""Honest drafts of the embedded composer over varied evidence, for every intent in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.answering.embedded.compose import EmbeddedComposer
from bot.answering.types import Draft, Evidence, Intent, Language
from knowledge.types import Passage
from prompts import load_prompts
from tests.answering.composing.samples import (
    ALL_DIMENSIONS,
    CATALOG,
    SCORES,
    TODAY,
    TYPICAL,
    document,
    passage,
    plan,
    question,
    two_dates,
    typical,
)
from tools.types import State

COMPOSER = EmbeddedComposer(CATALOG, load_prompts())
LANGUAGES: tuple[Language, ...] = ("zh", "en")
GONE: dict[str, State] = {"redemption_rate": "too_small", "new_user_cost": "not_connected", "return_rate_28d": "empty"}
OCTOBER = {"start": "2026-10-01", "end": "2026-10-24"}
STRONG = {
    k: (v[2], v[1], v[2] * 0.99 if CATALOG.by_id[k].direction == "higher" else v[2] * 1.01, 77.0, 0, 0)
    for k, v in TYPICAL.items()
}
BIG = {
    k: (v[0] * 37, v[1] * 37, v[2] * 37, *v[3:]) if CATALOG.by_id[k].unit in ("users", "yuan") else v
    for k, v in TYPICAL.items()
}


@dataclass(frozen=True)
class Honest:
    """A draft with what it was composed from."""

    name: str
    draft: Draft
    evidence: Evidence


def make(language: Language, intent: Intent, evidence: Evidence, text: str = "?", **slots: object) -> Honest:
    draft = COMPOSER.draft(question(text), plan(language, intent, **slots), evidence)
    said = "-".join(str(v) for v in slots.values() if isinstance(v, str))
    return Honest(f"{language}-{intent}-{said}", draft, evidence)


def honest() -> list[Honest]:
    return [case for language in LANGUAGES for case in (*_measured(language), *_documents(language))]


def _measured(language: Language) -> Iterator[Honest]:
    shapes = (
        typical(language),
        typical(language, values=STRONG),
        typical(language, values=BIG, peers=31),
        typical(language, state="partial"),
        typical(language, alone=True), typical(language, state="stale", as_of=date(2026, 11, 9)),
        typical(language, missing=GONE),
        typical(language, scores={k: v for k, v in SCORES.items() if k not in ("worth", "overall")}),
    )  # fmt: skip
    for shape in shapes:
        yield make(language, "overview", shape)
        yield make(language, "improve", shape, dimension="active")
        yield make(language, "metric", shape, metric="redemption_rate")
        yield make(language, "compare", shape, dimension="worth")
    for dimension in ALL_DIMENSIONS:
        yield make(language, "improve", shapes[0], dimension=dimension)
        yield make(language, "compare", two_dates(language), dimension=dimension, period=OCTOBER)
        yield make(language, "metric", shapes[2], dimension=dimension)
        for shape in (shapes[0], shapes[4], shapes[7]):
            yield make(language, "compare", shape, dimension=dimension)
    for metric in CATALOG.metrics:
        yield make(language, "metric", shapes[0], metric=metric.id)
        yield make(language, "improve", shapes[2], metric=metric.id)
        yield make(language, "improve", shapes[1], metric=metric.id)
        yield make(language, "compare", two_dates(language), metric=metric.id)
    for shape in (shapes[4], shapes[6]):
        yield make(language, "improve", shape, metric="redemption_rate")
        yield make(language, "improve", shape, metric="new_user_cost")
        yield make(language, "compare", shape, metric="redemption_rate")
    yield make(language, "compare", typical(language), dimension="active", period=OCTOBER)
    yield make(language, "overview", two_dates(language))
    yield make(language, "overview", two_dates(language, days=21))


def apply_guide(language: Language, id: str) -> Passage:
    title, text = ("搜索直达申请说明", "品牌直达最多填 10 个触发词，每个触发词 1 到 8 个字。提交之后状态是 AUDIT。")
    if language == "en":
        title, text = (
            "Guide to applying",
            "Brand direct allows at most 10 trigger words, each of 1 to 8 characters. Then the state is AUDIT.",
        )
    return passage(id, document(f"apply-{language}", locale=language, title=title, product="search_direct"), text)


def check_guide(language: Language, id: str) -> Passage:
    title, text = ("搜索直达预检说明", "预检时触发词最多 6 个，每个 1 到 8 个字。")
    if language == "en":
        title, text = (
            "Guide to the pre-check",
            "The pre-check allows at most 6 trigger words, each of 1 to 8 characters.",
        )
    return passage(id, document(f"check-{language}", locale=language, title=title, product="search_direct"), text)


def old_policy(language: Language, id: str, asked: date = TODAY) -> Passage:
    title, text = ("门店码政策（2020）", "门店码政策从 2020 年 11 月 7 日到 2021 年 3 月 31 日，奖励铺码的服务商。")
    if language == "en":
        title, text = (
            "Store-code policy (2020)",
            "The store-code policy ran from 7 November 2020 to 31 March 2021 and rewarded providers.",
        )
    doc = document(
        f"old-{language}",
        locale=language,
        title=title,
        product="store_code",
        kind="policy",
        start=date(2020, 11, 7),
        end=date(2021, 3, 31),
    )
    return passage(id, doc, text, on=asked)


def points_rule(language: Language, id: str) -> Passage:
    title, text = (
        "繁星计划点数规则（示例）",
        "下面几种做法得激励点数：\n- 每周更新生活号，得 20 点\n- 新增会员满 50 人，得 100 点\n点数 180 天内有效。",
    )
    if language == "en":
        title = "Star Plan points (sample)"
        text = (
            "Incentive points are earned so:\n- a weekly post: 20 points\n- 50 members: 100 points\nThey last 180 days."
        )
    doc = document(
        f"points-{language}", locale=language, title=title, product="star_plan", kind="policy", status="illustrative"
    )
    return passage(id, doc, text)


def _documents(language: Language) -> Iterator[Honest]:
    ask = {"zh": "触发词最多几个", "en": "how many trigger words"}[language]
    both = Evidence(passages=(apply_guide(language, "P1"), check_guide(language, "P2")))
    yield make(language, "policy", both, ask)
    yield make(language, "policy", Evidence(passages=(old_policy(language, "P1"),)), "门店码政策 store-code policy")
    then = old_policy(language, "P1", asked=date(2021, 1, 15))
    yield make(
        language, "policy", Evidence(passages=(then,)), "门店码政策 store-code policy", document_date="2021-01-15"
    )
    yield make(
        language, "howto", Evidence(passages=(points_rule(language, "P1"), apply_guide(language, "P2"))), "点数 points"
    )
    yield make(language, "policy", Evidence(passages=(points_rule(language, "P1"),)), "激励点数怎么得 incentive points")
    yield make(language, "policy", Evidence(passages=(apply_guide(language, "P1"),), answerable=False), "手续费 fee")
    intents: tuple[Intent, ...] = (
        "help",
        "smalltalk",
        "out_of_scope",
        "explain",
        "what_if",
        "plan",
        "points",
        "effect",
        "forecast",
        "triage",
        "draft",
    )
    for intent in intents:
        yield make(language, intent, Evidence(), "hello")
    yield make(language, "overview", Evidence(unavailable=("not_found",)))

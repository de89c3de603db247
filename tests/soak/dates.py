"""Rules asked about by day: versions of made-up programmes with overlaps, gaps and open ends, indexed for real.

For each day the version in force must be told, two in force side by side, and none that is not in force as if it were.
"""

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from bot.answering.embedded.compose import EmbeddedComposer
from bot.answering.embedded.dates import document_day, find_dates
from bot.answering.retrieve import retrieve
from bot.answering.types import Draft, Evidence, Language, Plan, Principal, Question, Slots, Step
from bot.answering.verify import verify
from bot.settings import Settings
from knowledge.embed import CachedEmbedder, E5Embedder, Embedder
from knowledge.index import build_index
from knowledge.library import IndexedLibrary
from knowledge.types import Passage
from prompts import load_prompts
from tests.soak.outcome import Outcome
from tools.catalog import load_catalog

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12)  # noqa: DTZ001 - the asker's wall clock
CASES = 500
NAMES = {
    "zh": ("青松", "白鹭", "晨曦", "远航", "春雷", "金穗", "银杏", "丹枫", "玉兰", "飞燕", "长风", "碧波"),
    "en": ("Pine", "Heron", "Dawn", "Voyage", "Thunder", "Harvest", "Ginkgo", "Maple", "Magnolia", "Swallow", "Gale"),
}
TITLE = {"zh": "{name}计划奖励规则（第 {n} 版）", "en": "{name} Plan reward rules, version {n}"}
BODY = {
    "zh": "## 怎么得奖励\n{name}计划的商家，每新签约一家门店得 {value} 枚徽章，徽章记在商家名下。\n",
    "en": "## How rewards are earned\nIn the {name} Plan a merchant gets {value} badges for each store signed up.\n",
}
ASKED = {
    "zh": ("{day}的时候，{name}计划每签约一家门店得几枚徽章", "{name}计划在{day}签约一家门店给多少枚徽章"),
    "en": ("as of {day}, how many badges for each store signed up in the {name} Plan",
           "how many badges for each store in the {name} Plan on {day}"),
}  # fmt: skip
MARKED = {
    "ended": ("已经结束", "已结束", "has ended", "ended on", "(ended)", "had ended"),
    "upcoming": ("尚未生效", "起生效", "才生效", "才开始", "not yet in force", "takes effect", "begins on"),
}


@dataclass(frozen=True)
class Version:
    id: str
    start: date | None
    end: date | None
    value: int

    def holds(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Family:
    name: str
    language: Language
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Case:
    """A question about one family, and the day that it means."""

    text: str
    family: Family
    day: date


def make_family(name: str, language: Language, chance: random.Random) -> Family:
    """One to four versions: in a row, with a gap, or overlapping; the first or the last may be open."""
    found: list[Version] = []
    start = date(chance.randint(2018, 2023), chance.randint(1, 12), chance.randint(1, 28))
    values = chance.sample(range(11, 99), 4)
    for n in range(1, chance.randint(1, 4) + 1):
        end = start + timedelta(days=chance.randint(120, 600))
        found.append(Version(f"{name.lower()}-{language}-v{n}", start, end, values[n - 1]))
        start = end + timedelta(days=chance.choice((1, 1, chance.randint(20, 120), -chance.randint(20, 60))))
    if chance.random() < 0.5:
        found[-1] = Version(found[-1].id, found[-1].start, None, found[-1].value)
    if chance.random() < 0.2:
        found[0] = Version(found[0].id, None, found[0].end, found[0].value)
    return Family(name, language, tuple(found))


def write_family(family: Family, folder: Path) -> None:
    for n, version in enumerate(family.versions, start=1):
        head = {
            "id": version.id, "title": TITLE[family.language].format(name=family.name, n=n), "kind": "policy",
            "product": f"plan_{family.name.lower()}", "platform": "made-up", "audience": "all",
            "locale": family.language, "valid_from": version.start, "valid_until": version.end, "version": str(n),
            "supersedes": family.versions[n - 2].id if n > 1 else None, "source": "made-up", "status": "sourced",
            "last_verified": TODAY, "recheck_by": date(2027, 11, 1),
        }  # fmt: skip
        body = BODY[family.language].format(name=family.name, value=version.value)
        text = f"---\n{yaml.safe_dump(head, allow_unicode=True)}---\n# {head['title']}\n\n{body}"
        (folder / f"{version.id}.md").write_text(text, encoding="utf-8")


def days_of(family: Family, chance: random.Random) -> Iterator[date]:
    """First days, last days, the days around them, and days anywhere."""
    edges = [d for v in family.versions for d in (v.start, v.end) if d is not None]
    while True:
        near = chance.choice(edges) + timedelta(days=chance.choice((-1, 0, 0, 1)))
        yield near if chance.random() < 0.6 else date(2017, 1, 1) + timedelta(days=chance.randint(0, 4000))


def cases(families: Sequence[Family], chance: random.Random) -> Iterator[Case]:
    """Questions without end; every family in turn, whole days and months."""
    streams = [days_of(family, chance) for family in families]
    while True:
        for family, stream in zip(families, streams, strict=True):
            day = next(stream)
            said = f"{day.year}年{day.month}月{day.day}日" if family.language == "zh" else f"{day:%d %B %Y}"
            if chance.random() < 0.25:
                said = f"{day.year}年{day.month}月" if family.language == "zh" else f"{day:%B %Y}"
            text = chance.choice(ASKED[family.language]).format(day=said, name=family.name)
            found = find_dates(text.lower(), TODAY)
            yield Case(text, family, document_day(found[0].span) if found else TODAY)


class Asking:
    """A library with the composer beside it: a question about a day becomes a draft."""

    def __init__(self, library: IndexedLibrary, embedder: Embedder) -> None:
        self._library, self._embedder = library, embedder
        self._catalog = load_catalog()
        self._composer = EmbeddedComposer(self._catalog, load_prompts())

    def ask(self, text: str, language: Language, day: date) -> tuple[Draft, Evidence, bool]:
        """The draft, what it rests on, and whether verify passes it."""
        principal = Principal(role="merchant", id="M0001", merchants=frozenset({"M0001"}))
        question = Question(id="d", text=text, principal=principal, now=NOON)
        plan = Plan(language=language, steps=(Step(intent="policy", slots=Slots(document_date=day)),))
        desk: Any = SimpleNamespace(library=self._library, embedder=self._embedder, catalog=self._catalog)
        found = retrieve(question, plan, desk)
        evidence = Evidence(passages=found.passages, disputes=found.disputes, answerable=found.answerable)
        draft = self._composer.draft(question, plan, evidence)
        return draft, evidence, verify(draft, evidence, self._catalog, TODAY).passed


def wrong(case: Case, asking: Asking) -> str | None:
    """What is wrong with the answer; None where the right version, or both of two, are told."""
    draft, evidence, passed = asking.ask(case.text, case.family.language, case.day)
    text = "\n".join(s.text for s in draft.sentences)
    if not passed:
        return f"verify: {text}"
    if any(_as_if_valid(s.text, evidence.passage(id), case.day) for s in draft.sentences for id in s.passages):
        return f"a version that does not hold is told as if it did: {text}"
    holding = [v for v in case.family.versions if v.holds(case.day)]
    told = [v for v in case.family.versions if f" {v.value} " in text]
    if holding:
        missing = [v.id for v in holding[:2] if v not in told] if len(holding) < 3 else []
        return f"{', '.join(missing)} not told: {text}" if missing else None
    return None if any(word in text for words in MARKED.values() for word in words) else f"no standing: {text}"


def _as_if_valid(text: str, passage: Passage | None, day: date) -> bool:
    """Whether a sentence cites a passage that does not hold on the day without saying so."""
    if passage is None:
        return True
    standing = passage.document.validity(day)
    return standing != "current" and not any(word in text for word in MARKED[standing])


def run(settings: Settings) -> Outcome:
    """CASES days over thirty families in one index."""
    with tempfile.TemporaryDirectory() as folder:
        asking, families, close = prepared(Path(folder), random.Random(29), 30)
        stream = cases(families, random.Random(31))
        found = [said for _ in range(CASES) if (said := wrong(next(stream), asking)) is not None]
        close.close()
    told = f"{len(found)} wrong" + (f", e.g. {found[0][:160]}" if found else "")
    return Outcome("rules asked about by day", CASES, "right version, none invalid as valid", told, bool(found))


def prepared(folder: Path, chance: random.Random, families: int) -> tuple[Asking, list[Family], IndexedLibrary]:
    """So many families, written, indexed and opened."""
    corpus, index = folder / "corpus", folder / "index"
    corpus.mkdir()
    index.mkdir()
    languages: tuple[Language, ...] = ("zh", "en")
    names = [(name, language) for language in languages for name in NAMES[language]]
    made = [make_family(*names[i % len(names)], chance) for i in range(min(families, len(names)))]
    for family in made:
        write_family(family, corpus)
    embedder = CachedEmbedder(E5Embedder())
    build_index(corpus, index, embedder=embedder)
    library = IndexedLibrary(index, embedder)
    return Asking(library, embedder), made, library

"""The documents judged by questions of somebody who had not seen the search: what is found, dated, disputed, cited.

Judged by code from the labels in tests/evals/knowledge; prints totals only, so that nothing is fitted on them.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.answering.embedded.dates import document_day, find_dates
from bot.answering.ports import Understander
from bot.answering.types import Answer, Citation, Plan, Question, Slots, Step
from bot.assemble import assemble
from bot.conversation import Conversations
from bot.settings import Settings
from knowledge.types import Audience
from tests.benchmarks.home import NOW, table
from tests.soak.dates import MARKED

HERE = Path(__file__).parents[1] / "evals" / "knowledge"
ASKERS = {"merchant": "merchant:M0001", "provider": "manager:A001"}
FOUND = 5
_PLACE = re.compile(r"\[(P\d+)\]")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]")
_STATEMENT = re.compile(r"[^\n]*?(?:\[P\d+\])+|[^\n]+")
_SOURCE = re.compile(r"（《[^》]*》[^）]*）|\s?\([\"“'][^)]*\)")  # where and since when, as the answer says it
SUPPORTED = 0.7  # of a cited statement's words, this share must stand in its passage

Row = dict[str, Any]
Asked = tuple[Row, Answer]


class AsRule(Understander):
    """Takes every question as one about a rule: what the documents' side does, whatever understanding makes of it."""

    def __init__(self, inner: Understander) -> None:
        self._inner = inner

    def understand(self, question: Question) -> Plan:
        plan, today = self._inner.understand(question), question.now.date()
        if any(step.intent in ("policy", "howto") for step in plan.steps):
            return plan
        found = find_dates(question.text.lower(), today)
        day = document_day(found[0].span) if found else None
        slots = Slots(document_date=None if day is None or day == today else day)
        return Plan(language=plan.language, steps=(Step(intent="policy", slots=slots),))


def run(settings: Settings) -> str:
    found = _found(settings)
    rows = [["all", *_counts(found)], *([kind, *_counts(some)] for kind, some in _by(found, "kind").items())]
    as_asked, as_rules = asyncio.run(_answers(settings, False)), asyncio.run(_answers(settings, True))
    judged = [
        [*names, _share(judge(as_asked[names[0]])), _share(judge(as_rules[names[0]]))]
        for names, judge in JUDGED.items()
    ]
    return "\n".join(
        [
            f"## Documents, asked by somebody who had not seen the search (Recall@{FOUND})\n",
            table(["questions", "n", f"Recall@{FOUND}"], rows),
            table(["asked about", "right when", "as asked", "taken as a question about rules"], judged),
        ]
    )


def read(name: str) -> list[Row]:
    return [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def _found(settings: Settings) -> list[Row]:
    """Each retrieval question with whether a labelled document is among the first FOUND."""
    desk = assemble(settings)
    today = datetime.fromisoformat(NOW).date()
    rows = read("retrieval")
    for row in rows:
        text, reader = row["question"], Audience(role=row["role"])
        vector = desk.embedder.query(desk.library.reading(text, audience=reader))
        result = desk.library.search(text, vector=vector, audience=reader, on=today, locale=row["locale"], limit=FOUND)
        row["right"] = any(p.document.id in row["documents"] for p in result.passages)
    return rows


async def _answers(settings: Settings, as_rules: bool) -> dict[str, list[Asked]]:
    desk = assemble(settings)
    if as_rules:
        desk = assemble(settings, understander=AsRule(desk.understander))
    conversations = Conversations(desk, settings)
    found: dict[str, list[Asked]] = {}
    for name in ("dates", "conflicts", "citations"):
        found[name] = []
        for row in read(name):
            now = datetime.fromisoformat(row.get("now", NOW)).replace(hour=10, tzinfo=settings.zone)
            answer = await conversations.ask(row["question"], asker=ASKERS[row["role"]], now=now)
            found[name].append((row, answer))
    return found


def dated(pair: Asked) -> bool:
    """Whether the version that the label names is cited, and told with the standing that it has."""
    row, answer = pair
    ids = {c.document for c in answer.citations}
    if row["expect"] == "conflict":
        return len(ids & set(row["document"])) > 1
    standing = row["expect"] if row["expect"] != "current" else None
    versions = [row["version"]] if isinstance(row["version"], str) else row["version"]
    family = {id for version in versions for id in (version, _other(version))}
    marked = standing is None or any(word in answer.text for word in MARKED[standing])
    return bool(ids & family) and marked


def nothing_invalid(pair: Asked) -> bool:
    """Whether every cited passage that is not in force on the day asked about is told as such."""
    row, answer = pair
    day = date.fromisoformat(row["asked_on"])
    return all(_honest(c, statement, day) for statement, cited in _statements(answer) for c in cited)


def _honest(citation: Citation, statement: str, day: date) -> bool:
    start, end = citation.valid_from, citation.valid_until
    standing = "upcoming" if start and day < start else "ended" if end and day > end else None
    return standing is None or any(word in statement for word in MARKED[standing])


def side_by_side(pair: Asked) -> bool:
    """Whether every value of a conflict is in the text and a document of each is cited."""
    row, answer = pair
    ids = {c.document for c in answer.citations}
    allowed = {*row["documents"], *row["also_fine"]}
    for value in row["values"]:
        mine = {value["document"], _other(value["document"])}
        if not ids & (mine | allowed if len(row["values"]) == 1 else mine | set(row["also_fine"])):
            return False
        if any(number not in answer.text for number in _NUMBER.findall(value["value"])):
            return False
    return True


def supported(pair: Asked) -> list[bool]:
    """For each citation of each statement, whether the quoted passage holds its numbers and most of its words."""
    return [_supports(c.quote, text) for text, cited in _statements(pair[1]) for c in cited]


def _supports(quote: str, statement: str) -> bool:
    statement = _SOURCE.sub("", statement)
    words, source = set(_WORD.findall(statement.lower())), set(_WORD.findall(quote.lower()))
    numbers = set(_NUMBER.findall(statement)) - {""}
    return numbers <= set(_NUMBER.findall(quote)) and len(words & source) >= SUPPORTED * len(words)


def labelled(pair: Asked) -> list[bool]:
    """For each cited passage, whether a label names it (in either language) as holding a fact asked for."""
    row, answer = pair
    right = {p for fact in row["facts"] for p in fact["passages"]}
    return [c.passage_id in right for c in answer.citations]


def said(pair: Asked) -> list[bool]:
    """For each labelled fact, whether the text says it."""
    row, answer = pair
    return [any(words in answer.text for words in fact["says"].values()) for fact in row["facts"]]


def _each(judge: Callable[[Asked], Iterable[bool]]) -> Callable[[Sequence[Asked]], Iterator[bool]]:
    """A judge of many out of one that gives several marks for an answer."""
    return lambda pairs: (mark for pair in pairs for mark in judge(pair))


def _statements(answer: Answer) -> list[tuple[str, list[Citation]]]:
    """Each cited statement of the text, without its marks, and the citations that it carries."""
    cited = {c.id: c for c in answer.citations}
    found = []
    for statement in _STATEMENT.findall(answer.text):
        ids = [id for id in _PLACE.findall(statement) if id in cited]
        if ids:
            found.append((_PLACE.sub("", statement).strip(), [cited[id] for id in ids]))
    return found


def _other(document: str) -> str:
    return document[:-2] + ("en" if document.endswith("zh") else "zh")


def _by(rows: Sequence[Row], key: str) -> dict[str, list[Row]]:
    return {kind: [r for r in rows if r[key] == kind] for kind in sorted({r[key] for r in rows})}


def _counts(rows: Sequence[Row]) -> list[str]:
    right = sum(r["right"] for r in rows)
    return [str(len(rows)), f"{right} ({100 * right / len(rows):.1f} %)"]


def _share(marks: Any) -> str:
    found = Counter(bool(m) for m in marks)
    return f"{found[True]} of {found.total()} ({100 * found[True] / max(1, found.total()):.1f} %)"


JUDGED: Mapping[tuple[str, str], Callable[[Sequence[Asked]], Iterable[bool]]] = {
    ("dates", "the version in force is told, or its end, its start, both sides"): partial(map, dated),
    ("dates", "nothing invalid is cited as if valid"): partial(map, nothing_invalid),
    ("conflicts", "every value is shown beside its source"): partial(map, side_by_side),
    ("citations", "a passage says what it is cited for"): _each(supported),
    ("citations", "a cited passage is one that answers"): _each(labelled),
    ("citations", "a labelled fact is said"): _each(said),
}

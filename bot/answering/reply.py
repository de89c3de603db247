"""Stage 5: a verified draft becomes the Answer, with what it used and the versions it rests on."""

import re
from collections.abc import Iterable, Sequence

from bot.answering.charts import charts
from bot.answering.gate import Checked
from bot.answering.ports import Desk
from bot.answering.render import render_draft
from bot.answering.types import Answer, Citation, Evidence, Plan, Question
from knowledge.types import Passage
from prompts import load_prompts

_MARK = re.compile(r"\[(P\d+)\]")


def reply(question: Question, plan: Plan, checked: Checked, evidence: Evidence, desk: Desk) -> Answer:
    draft = checked.draft
    used_figures = _ids(s.measurements for s in draft.sentences)
    used_passages = _ids(s.passages for s in draft.sentences)
    text = render_draft(draft, evidence, question.now.date())
    numbers = _numbers(text, [p.id for p in evidence.passages if p.id in used_passages])
    cited = sorted((p for p in evidence.passages if p.id in numbers), key=lambda p: numbers[p.id])
    return Answer(
        id=question.id,
        question=question.text,
        language=draft.language,
        outcome=checked.outcome,
        plan=plan.steps,
        text=_MARK.sub(lambda m: f"[P{numbers[m[1]]}]" if m[1] in numbers else m[0], text),
        measurements=tuple(m for m in evidence.measurements if m.id in used_figures),
        citations=tuple(_citation(p, numbers[p.id]) for p in cited),
        suggestions=draft.suggestions,
        warnings=draft.warnings,
        charts=charts(evidence, desk.catalog, load_prompts(), draft.language),
        versions={
            "catalog": desk.catalog.version,
            "corpus": desk.library.generation,
            "snapshot": desk.meter.generation,
            "model": draft.composer,
        },
    )


def _ids(groups: Iterable[tuple[str, ...]]) -> frozenset[str]:
    return frozenset(id for group in groups for id in group)


def _numbers(text: str, used: Sequence[str]) -> dict[str, int]:
    """Sources as a reader counts them: by where they are first named; what is not named comes last."""
    named = [id for id in _MARK.findall(text) if id in used]
    return {id: number for number, id in enumerate(dict.fromkeys([*named, *used]), start=1)}


def _citation(passage: Passage, number: int) -> Citation:
    document = passage.document
    return Citation(
        id=f"P{number}",
        passage_id=passage.passage_id,
        document=document.id,
        title=document.title,
        section=passage.section,
        url=document.url,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        status=document.status,
        quote=passage.text,
    )

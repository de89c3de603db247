"""Stage 2a: the passages that the plan's steps need, for the asker's audience and date, numbered P1, P2, ..."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.answering.ports import Desk
from bot.answering.types import Frozen, Intent, Plan, Principal, Question, Side, Step
from knowledge.rules import CreditLife, Eligibility, ExchangeRule, Rule
from knowledge.rules_proof import numbers_in
from knowledge.types import Audience, Passage, SearchResult
from prompts import load_prompts
from tools.catalog import Metric

BEHIND_ADVICE: frozenset[Intent] = frozenset({"improve", "plan", "points"})
FROM_DOCUMENTS: frozenset[Intent] = frozenset({"policy", "howto"})
LIMIT = 5


class Found(Frozen):
    """What retrieval found: numbered passages, and whether the documents answer at all."""

    passages: tuple[Passage, ...] = ()
    disputes: tuple[tuple[Side, Side], ...] = ()
    reading: str = ""
    answerable: bool = True


def retrieve(question: Question, plan: Plan, desk: Desk) -> Found:
    """Search for what was asked of the documents; look up the rules behind the moves that an advice may name."""
    passages: list[Passage] = []
    answerable = True
    for step in plan.steps:
        if step.intent in FROM_DOCUMENTS:
            result = _search(question, plan, step, desk)
            passages += [*result.passages, *_beside(result.passages, question, step, desk)]
            answerable = answerable and result.answerable
            passages += _conditions(question, plan, step, desk)
        elif step.intent in BEHIND_ADVICE:
            documents = _behind(question, plan, step, desk)
            passages += desk.library.lookup(documents, audience=audience(question.principal), on=_on(question, step))
    return Found(
        passages=_numbered(passages),
        disputes=_disputes(passages, question, desk),
        reading=desk.library.reading(question.text, audience=audience(question.principal)) if passages else "",
        answerable=answerable,
    )


def audience(principal: Principal) -> Audience:
    """What this Principal may read: merchants their own, providers everything plus their tenant's documents."""
    return Audience(role="merchant" if principal.role == "merchant" else "provider", tenant=principal.tenant)


def _search(question: Question, plan: Plan, step: Step, desk: Desk) -> SearchResult:
    text, reader = _asked(question, plan, step), audience(question.principal)
    return desk.library.search(
        text,
        vector=desk.embedder.query(desk.library.reading(text, audience=reader)),
        audience=reader,
        on=_on(question, step),
        locale=plan.language,
        product=step.slots.product,
        metrics=(step.slots.metric,) if step.slots.metric else (),
        limit=LIMIT,
    )


def _asked(question: Question, plan: Plan, step: Step) -> str:
    """What the documents are asked: the question itself; where the end of an action is asked for, how long it may run.

    "Is mine about to expire?" holds no word that the rule about it does.
    """
    key, prompts = f"running.of_{step.slots.kind}", load_prompts()
    if step.intent != "policy" or not prompts.has(key):
        return question.text
    return prompts.text(plan.language, "running.search", what=prompts.text(plan.language, key))


def _conditions(question: Question, plan: Plan, step: Step, desk: Desk) -> tuple[Passage, ...]:
    """What states who may use a product, where the question is whether it may be used for one shop."""
    if step.slots.merchant_id is None or step.slots.kind is not None:
        return ()
    reader = audience(question.principal)
    rules = (r for r in desk.library.rules.readable(reader) if isinstance(r, Eligibility))
    stated = [c.of(plan.language) for r in rules if r.product == step.slots.product for c in r.passages]
    wanted = tuple(dict.fromkeys(passage for passage in stated if passage is not None))
    return desk.library.lookup(wanted, audience=reader, on=_on(question, step)) if wanted else ()


def _beside(found: Sequence[Passage], question: Question, step: Step, desk: Desk) -> tuple[Passage, ...]:
    """What must be known beside the passages found: other versions of their documents, and both sides of a dispute."""
    reader = audience(question.principal)
    shown = {p.document.id for p in found}
    versions = dict.fromkeys(id for known in sorted(shown) for id in desk.library.family(known, audience=reader))
    sides = [id for id in _disputed(found, desk, reader) if id not in {p.passage_id for p in found}]
    return desk.library.lookup(
        [*(id for id in versions if id not in shown), *sides], audience=reader, on=_on(question, step)
    )


def _disputes(found: Iterable[Passage], question: Question, desk: Desk) -> tuple[tuple[Side, Side], ...]:
    """Disputes both sides of which are among the passages."""
    ids = {passage.passage_id for passage in found}
    pairs = [] if not ids else _pairs(desk, audience(question.principal))
    sides = [(_side(rule), _side(other)) for rule, other in pairs if rule.id < other.id]
    return tuple((a, b) for a, b in sides if ids.intersection(a.passages) and ids.intersection(b.passages))


def _side(rule: Rule) -> Side:
    stated = [id for cited in rule.passages for id in (cited.zh, cited.en) if id is not None]
    return Side(passages=tuple(stated), numbers=rule.numbers)


def _pairs(desk: Desk, reader: Audience) -> list[tuple[Rule, Rule]]:
    known = desk.library.rules
    return [(rule, other) for rule in known.readable(reader) for id in rule.disputes if (other := known.get(id))]


def _disputed(found: Iterable[Passage], desk: Desk, reader: Audience) -> list[str]:
    """Passages of rules that dispute each other, where a passage found is one of them or holds the numbers of both."""
    ids: dict[str, None] = {}
    pairs = _pairs(desk, reader)
    for passage in found if pairs else ():
        numbers = numbers_in(passage.text)
        for pair in pairs:
            own = {cited.of(passage.document.locale) for rule in pair for cited in rule.passages}
            if passage.passage_id in own or numbers.issuperset(n for rule in pair for n in rule.numbers):
                ids.update(dict.fromkeys(id for id in sorted(filter(None, own))))
    return list(ids)


def _on(question: Question, step: Step) -> date:
    return step.slots.document_date or question.now.date()


def _behind(question: Question, plan: Plan, step: Step, desk: Desk) -> tuple[str, ...]:
    """The passages that an advice may have to name: behind the moves, behind who may make them, behind exchanges."""
    wanted = {"plan": (Eligibility,), "points": (ExchangeRule, CreditLife)}.get(step.intent, ())
    rules = desk.library.rules.readable(audience(question.principal)) if wanted else ()
    stated = [cited.of(plan.language) for rule in rules if isinstance(rule, wanted) for cited in rule.passages]
    moves = () if step.intent == "points" else _rules(step, desk)
    return tuple(dict.fromkeys((*moves, *(passage for passage in stated if passage is not None))))


def _rules(step: Step, desk: Desk) -> tuple[str, ...]:
    """Documents that the moves of the asked metrics lean on."""
    named = desk.catalog.by_id.get(step.slots.metric or "")
    if named is not None and step.intent != "plan":
        metrics: tuple[Metric, ...] = (named,)
    else:
        metrics = desk.catalog.of_dimension(step.slots.dimension or "overall")
    return tuple(dict.fromkeys(d for metric in metrics for move in metric.moves for d in move.documents))


def _numbered(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    unique = {p.passage_id: p for p in passages}
    return tuple(p.model_copy(update={"id": f"P{i}"}) for i, p in enumerate(unique.values(), start=1))

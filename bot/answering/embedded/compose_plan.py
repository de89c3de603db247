"""A plan to a score: which moves, in which order, what each brings and how sure, what it costs, where it ends up."""

from bot.answering.embedded.compose_found import Found
from bot.answering.embedded.compose_rules import rule_for, source
from bot.answering.render import duration_text, money_text
from tools.catalog import Move
from tools.prospects import MovePlan, PlannedMove

_MOST_RULES = 1


def plan(found: Found, insight: MovePlan) -> None:
    found.say_as_of()
    base, voice = insight.base, found.voice
    if insight.refused is not None or not insight.moves:
        _none(found, insight)
        return
    _aim(found, insight)
    for planned in insight.moves:
        voice.speak(_line(found, insight, planned), "item")
    _expected(found, insight)
    _sum(found, insight)
    _first(found, insight.moves[0])
    _rule(found, insight)
    _left_out(found, insight)
    voice.say("plan.assumes", "note")
    voice.ask("plan.ask_compare", subject=found.subject(base))


def _none(found: Found, insight: MovePlan) -> None:
    base, voice = insight.base, found.voice
    if insight.refused == "already_there" and found.has(f"{base}.score"):
        voice.say("what_if.already", subject=found.subject(base), score=found.ref(f"{base}.score"))
    else:
        voice.say(f"refused.{insight.refused}" if insight.refused else f"plan.none_{insight.limit or 'moves'}")
    _left_out(found, insight)
    voice.ask("explain.ask_improve", subject=found.subject(base))


def _aim(found: Found, insight: MovePlan) -> None:
    base, voice = insight.base, found.voice
    known = {"subject": found.subject(base), "score": found.ref(f"{base}.score")}
    if insight.shows_later:
        voice.say("plan.shows_later")
    if not found.has(f"{base}.target"):
        voice.say("plan.most", plan_score=found.ref(f"{base}.plan_score"), **known)
    elif insight.reached:
        voice.say(
            "plan.reached", target=found.ref(f"{base}.target"), plan_score=found.ref(f"{base}.plan_score"), **known
        )
    else:
        voice.say(
            "plan.not_reached", target=found.ref(f"{base}.target"), plan_score=found.ref(f"{base}.plan_score"),
            why=voice.text(f"plan.limit_{insight.limit or 'moves'}"), **known,
        )  # fmt: skip


def _move(found: Found, planned: PlannedMove) -> Move:
    return next(m for m in found.catalog.by_id[planned.metric].moves if m.id == planned.move)


def _line(found: Found, insight: MovePlan, planned: PlannedMove) -> str:
    """One move: when, how long, at what cost, what it is to reach in every metric it serves, and the day to look."""
    move, voice = _move(found, planned), found.voice
    cost = voice.text("words.free")
    if move.cost_yuan:
        cost = voice.text("words.cost", amount=money_text(move.cost_yuan, voice.language))
    effort = duration_text(move.effort_hours, voice.language, voice.prompts)
    if move.weekly:
        effort = voice.text("plan.each_week", effort=effort)
    aims = [_aim_of(found, insight, metric, planned.move) for metric in (planned.metric, *planned.also)]
    return voice.text(
        "plan.item", move=move.name.of(voice.language), aims=voice.joined("clause_joint", aims),
        effort=effort, cost=cost,
        start=found.day(planned.start), look_again=found.day(planned.look_again),
    )  # fmt: skip


def _aim_of(found: Found, insight: MovePlan, metric: str, move: str) -> str:
    chance, odds = f"{metric}.plan_chance@{move}", ""
    if found.has(chance):
        odds = (" " if found.voice.language == "en" else "") + found.voice.text(
            "plan.aim_odds", managed=found.part_of(chance, "numerator"), of=found.part_of(chance, "denominator")
        )
    return found.voice.text(
        "plan.aim", metric=found.name(metric), to=found.ref(f"{metric}.plan_to@{move}"),
        subject=found.subject(insight.base), gain=found.ref(f"{metric}.plan_gain@{move}", "+"), odds=odds,
    )  # fmt: skip


def _sum(found: Found, insight: MovePlan) -> None:
    base, voice = insight.base, found.voice
    if not found.has(f"{base}.plan_hours"):
        return
    if found.value(f"{base}.plan_cost"):
        voice.say("plan.sum", hours=found.ref(f"{base}.plan_hours"), cost=found.ref(f"{base}.plan_cost"))
    else:
        voice.say("plan.sum_free", hours=found.ref(f"{base}.plan_hours"))
    if any(_move(found, planned).weekly for planned in insight.moves):
        voice.say("plan.counted_once")
    if found.has(f"{base}.plan_pace"):
        voice.say("plan.pace", pace=found.ref(f"{base}.plan_pace"), day=found.day(insight.moves[-1].start))


def _expected(found: Found, insight: MovePlan) -> None:
    """What is likely, beside what is possible."""
    key = f"{insight.base}.plan_expected"
    if found.visible(key):
        found.voice.say("plan.expected", subject=found.subject(insight.base), gain=found.ref(key, "+"))


def _first(found: Found, planned: PlannedMove) -> None:
    move, language = _move(found, planned), found.voice.language
    found.voice.say("plan.first", step=move.first_step.of(language), where=move.where.of(language))


def _rule(found: Found, insight: MovePlan) -> None:
    """The rule behind the first move that has one."""
    said = 0
    for planned in insight.moves:
        move = _move(found, planned)
        about = " ".join((move.name.of(found.voice.language), move.first_step.of(found.voice.language)))
        rule = rule_for(found.evidence.passages, move, about, found.voice, brief=True)
        if rule is not None and said < _MOST_RULES:
            found.voice.speak(rule)
            said += 1


def _left_out(found: Found, insight: MovePlan) -> None:
    """What the rules do not allow now, and why, with the passage that says so where it is at hand."""
    for choice in insight.left_out[:1]:
        key = f"plan.not_allowed_{choice.reason}"
        if not found.voice.knows(key):
            continue
        passage = next((p for p in found.evidence.passages if p.passage_id == choice.passage), None)
        if passage is None:  # no rule is told without its passage
            continue
        known = {"source": source(passage, found.voice), "mark": f"[{passage.id}]"}
        found.voice.say(key, "note", action=found.action(choice.move), **known)

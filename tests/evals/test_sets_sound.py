"""Both halves of the evaluation set are well formed and of the make-up that SETS.md promises.

A failure names ids only: the sealed half is not to be read while building, and a test's output is read.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

Turn = dict[str, Any]


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HALVES = ("sealed", "open")
INTENTS = words(
    "overview metric improve explain compare what_if plan policy howto points effect forecast triage draft handoff "
    "help smalltalk out_of_scope"
)
WORDLESS = frozenset({"help", "smalltalk", "out_of_scope"})  # steps that take no slots
EXPECT = frozenset({"answer", "clarify", "decline"})
DIMENSIONS = frozenset({"overall", "scale", "active", "worth", "efficiency"})
PRODUCTS = words(
    "c_care search_direct merchant_coupon life_account public_promotion daily_promotion mini_program star_plan "
    "luoma_plan chengfeng_plan incentive_points operation_points consumer_points provider store_code"
)
KINDS = words(
    "stamp_card coupon_validity broadcast bundle coupon_threshold life_content followers_drive coupon_targeting "
    "shorten_order_path customer_message first_order_coupon win_back_coupon member_card search_direct qr_code "
    "member_prompt campaign promotion_plan"
)
MERCHANTS = frozenset(f"M{n:04d}" for n in range(1, 703))  # the demo platform, seed 7
MANAGERS = frozenset({"A001", "A002", "A003"})
KEYS = words("id thread question language language_also mixed as now expect expect_also steps follow_up facts tags")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@cache
def read(half: str) -> tuple[Turn, ...]:
    """The turns of one half; a line that is no JSON object becomes {"id": "line N"} with nothing else."""
    turns: list[Turn] = []
    for number, line in enumerate((HERE / f"{half}.jsonl").read_text(encoding="utf-8").splitlines(), 1):
        try:
            turns.append(dict(json.loads(line)))
        except (ValueError, TypeError):
            turns.append({"id": f"line {number}"})
    return tuple(turns)


@cache
def documents() -> dict[str, str]:
    """The text of every shipped document by its id."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "knowledge" / "corpus").rglob("*.md")]
    return {str(yaml.safe_load(text.split("---", 2)[1])["id"]): text.split("---", 2)[2] for text in texts}


@cache
def measured() -> tuple[frozenset[str], frozenset[str]]:
    """Ids that a metric slot may hold, and names that a fact may ask for."""
    catalog = yaml.safe_load((ROOT / "tools" / "catalog.yaml").read_text(encoding="utf-8"))
    ids = {part: [row["id"] for row in catalog[part]] for part in ("metrics", "series", "assets")}
    names = {*ids["metrics"], *ids["assets"], *(f"score.{each}" for each in DIMENSIONS)}
    names |= {f"{series}.{kind}" for series in ids["series"] for kind in ("total", "forecast")}
    return frozenset(each for group in ids.values() for each in group), frozenset(names)


def is_day(value: object) -> bool:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return False
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_period(value: object) -> bool:
    match value:
        case {"days": int(days), **rest}:
            return days > 0 and not rest
        case {"since": since, **rest}:
            return is_day(since) and not rest
        case {"from": str(first), "to": str(last), **rest}:
            return is_day(first) and is_day(last) and first <= last and not rest
    return False


def is_target(value: object) -> bool:
    match value:
        case {"value": number, "kind": "to" | "by" | "times", **rest}:
            return is_number(number) and not rest
    return False


def is_document_date(value: object) -> bool:
    return is_day(value) or (isinstance(value, str) and re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", value) is not None)


SLOTS: dict[str, Callable[[object], bool]] = {
    "dimension": lambda value: value in DIMENSIONS,
    "metric": lambda value: value in measured()[0],
    "through": lambda value: value in measured()[0],
    "product": lambda value: value in PRODUCTS,
    "kind": lambda value: value in KINDS,
    "merchant_id": lambda value: value in MERCHANTS,
    "period": is_period,
    "against": is_period,
    "document_date": is_document_date,
    "target": is_target,
    "by": is_day,
    "chart": lambda value: value is True,
    "sure": lambda value: value is True,
} | dict.fromkeys(("hours", "weekly_hours", "yuan", "credits"), is_number)


def good_step(step: Turn) -> bool:
    intents = {step.get("intent"), *step.get("also", [])}
    slots, others = step.get("slots", {}), step.get("slots_also", {})
    values = [*slots.items(), *((name, value) for name, many in others.items() for value in many)]
    return (
        set(step) <= {"intent", "also", "slots", "slots_also"}
        and intents <= INTENTS
        and not (step["intent"] in WORDLESS and slots)
        and set(others) <= set(slots)
        and all(name in SLOTS and SLOTS[name](value) for name, value in values)
    )


def good_steps(turn: Turn) -> bool:
    return all(map(good_step, turn["steps"]))


def good_principal(turn: Turn) -> bool:
    role, _, who = str(turn["as"]).partition(":")
    return who in {"merchant": MERCHANTS, "manager": MANAGERS}.get(role, frozenset())


def good_fact(fact: Turn, cited: set[str]) -> bool:
    match fact:
        case {"measure": name, **rest}:
            return name in measured()[1] and set(rest) <= {"of"} and rest.get("of", "M0001") in MERCHANTS
        case {"cites": list(ids)} | {"not_cites": list(ids)}:
            return len(fact) == 1 and bool(ids) and set(ids) <= set(documents())
        case {"says": list(strings)}:
            return len(fact) == 1 and all(any(each in documents()[one] for one in cited) for each in strings)
        case {"nothing_of": who}:
            return len(fact) == 1 and who in MERCHANTS
    return False


def good_facts(turn: Turn) -> bool:
    facts = turn.get("facts", [])
    cited = {each for fact in facts for each in fact.get("cites", [])} & set(documents())
    own = str(turn["as"]).startswith("merchant:")
    return all(good_fact(fact, cited) and (own or "measure" not in fact or "of" in fact) for fact in facts)


def good_turn(turn: Turn) -> bool:
    languages = {turn["language"], *turn.get("language_also", [])}
    declined = turn["expect"] != "answer"
    return (
        set(turn) <= KEYS
        and bool(str(turn["question"]).strip())
        and languages <= {"zh", "en"}
        and {turn["expect"], *turn.get("expect_also", [])} <= EXPECT
        and (declined or bool(turn["steps"]))
        and good_principal(turn)
        and datetime.fromisoformat(turn["now"]).year == 2026
    )


def failing(half: str, good: Callable[[Turn], bool]) -> Iterator[str]:
    for turn in read(half):
        try:
            sound = good(turn)
        except (KeyError, TypeError, ValueError, AttributeError):
            sound = False
        if not sound:
            yield str(turn.get("id"))


def conversations(half: str) -> dict[str, list[tuple[int, Turn]]]:
    found: dict[str, list[tuple[int, Turn]]] = {}
    for place, turn in enumerate(read(half)):
        if "thread" in turn:
            found.setdefault(turn["thread"], []).append((place, turn))
    return found


def good_conversation(turns: list[tuple[int, Turn]]) -> bool:
    places = [place for place, _ in turns]
    times = [turn["now"] for _, turn in turns]
    return (
        2 <= len(turns) <= 5
        and places == list(range(places[0], places[0] + len(places)))
        and times == sorted(times)
        and len({turn["as"] for _, turn in turns}) == 1
        and not turns[0][1].get("follow_up")
    )


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("good", [good_turn, good_steps, good_facts])
def test_every_turn_is_written_in_the_format_of_the_sets(half: str, good: Callable[[Turn], bool]) -> None:
    bad = list(failing(half, good))
    assert bad == []


@pytest.mark.parametrize("half", HALVES)
def test_a_conversation_is_one_person_over_neighbouring_turns(half: str) -> None:
    bad = [name for name, turns in conversations(half).items() if not good_conversation(turns)]
    stray = [turn["id"] for turn in read(half) if turn.get("follow_up") and "thread" not in turn]
    assert (bad, stray) == ([], [])


def test_no_id_and_no_question_stands_twice_in_the_two_halves() -> None:
    turns = [turn for half in HALVES for turn in read(half)]
    ids = [name for name, count in Counter(turn["id"] for turn in turns).items() if count > 1]
    said: dict[str, list[str]] = {}
    for turn in turns:
        said.setdefault("".join(str(turn["question"]).lower().split()), []).append(turn["id"])
    twice = [names for names in said.values() if len(names) > 1]
    assert (ids, twice) == ([], [])


@pytest.mark.parametrize("half", HALVES)
def test_a_half_has_the_make_up_that_was_promised(half: str) -> None:
    turns = read(half)
    kinds = Counter("mixed" if turn.get("mixed") else turn["language"] for turn in turns)
    people = {turn["as"] for turn in turns}
    have = {
        "turns": len(turns),
        "in conversations": sum("thread" in turn for turn in turns),
        "several steps": sum(len(turn["steps"]) > 1 for turn in turns),
        "vague": sum("vague" in turn.get("tags", []) for turn in turns),
        "declined": sum(turn["expect"] == "decline" for turn in turns),
        "with facts": sum(bool(turn.get("facts")) for turn in turns),
        "shops": sum(who.startswith("merchant:") for who in people),
        "managers": sum(who.startswith("manager:") for who in people),
        "intents": len({step["intent"] for turn in turns for step in turn["steps"]}),
    }
    least = dict(zip(have, (230, 60, 25, 20, 20, 150, 40, 3, 18), strict=True))
    short = {name: count for name, count in have.items() if count < least[name]}
    share = {kind: kinds[kind] / len(turns) for kind in ("zh", "en", "mixed")}
    off = [kind for kind, aim in {"zh": 0.45, "en": 0.35, "mixed": 0.20}.items() if abs(share[kind] - aim) > 0.05]
    assert (short, off) == ({}, [])


def test_the_sealed_half_was_scored_five_times_at_most() -> None:
    runs = [line for line in (HERE / "runs.log").read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")]
    assert len([line for line in runs if "sealed" in line.split()]) <= 5

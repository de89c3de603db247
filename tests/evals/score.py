"""How often intents and slots were understood: questions in, answers in, a table out. Runs nothing itself.

`python -m tests.evals.score tests/evals/main_job.jsonl answers.jsonl [--misses]`

An answer is matched to its question by `id`. A step of its plan with the expected intent (or one the question lists
under `also`) makes the intent right; slots are judged on that step, or on the first step when no intent fits.
`document_date` expected as `2021-01` accepts any day of that month; `also_slots` lists other
values that count as right. A dimension beside an expected metric is no surplus.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def read(path: Path) -> list[Row]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def step_for(question: Row, answer: Row) -> tuple[bool, Row]:
    """(whether the intent is right, the slots to judge)."""
    steps = answer.get("plan") or []
    accepted = {question["intent"], *question.get("also", ())}
    fitting = [s for s in steps if s.get("intent") in accepted]
    chosen = (fitting or steps or [{}])[0]
    return bool(fitting), chosen.get("slots") or {}


def same(name: str, expected: Any, got: Any) -> bool:
    if got is None:
        return False
    if name == "document_date":
        return str(got).startswith(str(expected))
    if name == "target":
        return bool(got["kind"] == expected["kind"] and abs(float(got["value"]) - float(expected["value"])) < 1e-9)
    if name == "period":
        return bool(got["from"] == expected["from"] and got["to"] == expected["to"])
    return bool(got == expected)


def judge(question: Row, answer: Row) -> Row:
    """One question's marks: intent, each expected slot, and slots nobody asked for."""
    right, slots = step_for(question, answer)
    expected = question["slots"]
    free = {"dimension", "merchant_id"} if "metric" in expected else {"merchant_id"}
    others = question.get("also_slots", {})
    marks = {k: any(same(k, e, slots.get(k)) for e in (v, *others.get(k, ()))) for k, v in expected.items()}
    surplus = [k for k, v in slots.items() if v is not None and k not in expected and k not in free]
    return {
        "id": question["id"], "language": question["language"], "intent": question["intent"],
        "right": right, "slots": marks,
        "surplus": surplus,
        "answer_language": answer.get("language"), "outcome": answer.get("outcome", "missing"),
        "got": [s.get("intent") for s in answer.get("plan") or []], "got_slots": slots,
    }  # fmt: skip


def share(marks: Iterable[bool]) -> str:
    listed = list(marks)
    return f"{sum(listed):>3}/{len(listed):<3} {100 * sum(listed) / len(listed):5.1f} %" if listed else "  -"


def report(marks: list[Row]) -> list[str]:
    """The table's lines: by language, by intent and language, by slot, outcomes."""
    lines = [f"{'':24}{'zh':>18}{'en':>18}{'all':>18}"]
    lines.append(_line("intent", marks, lambda m: [m["right"]]))
    lines.append(_line("all slots of a question", marks, lambda m: [all(m["slots"].values())] if m["slots"] else []))
    lines.append(_line("no surplus slot", marks, lambda m: [not m["surplus"]]))
    lines.append(_line("answered in language", marks, lambda m: [m["language"] == m["answer_language"]]))
    by_intent: dict[str, list[Row]] = defaultdict(list)
    for mark in marks:
        by_intent[mark["intent"]].append(mark)
    lines += ["", *(_line(i, some, lambda m: [m["right"]]) for i, some in by_intent.items())]
    names = sorted({name for m in marks for name in m["slots"]})
    lines += [
        "",
        *(_line(f"slot {n}", marks, lambda m, n=n: [m["slots"][n]] if n in m["slots"] else []) for n in names),
    ]
    lines += ["", "outcomes  " + "  ".join(f"{k} {n}" for k, n in sorted(Counter(m["outcome"] for m in marks).items()))]
    return lines


def _line(name: str, marks: list[Row], of: Any) -> str:
    cells = [
        share(x for m in marks if m["language"] in which for x in of(m)) for which in (("zh",), ("en",), ("zh", "en"))
    ]
    return f"{name:24}" + "".join(f"{c:>18}" for c in cells)


def misses(marks: list[Row], questions: dict[str, Row]) -> list[str]:
    wrong = [m for m in marks if not m["right"] or not all(m["slots"].values()) or m["surplus"]]
    lines = []
    for mark in wrong:
        question = questions[mark["id"]]
        wanted, got = (question["intent"], question["slots"]), (mark["got"], mark["got_slots"])
        lines.append(f"{mark['id']} {question['question']!r}: wanted {wanted}, got {got}")
    return lines


def main(arguments: list[str]) -> int:
    paths = [a for a in arguments if not a.startswith("--")]
    if len(paths) != 2:
        print("score needs two files, the questions and the answers' JSON lines: score.py QUESTIONS ANSWERS [--misses]")
        return 2
    questions = {q["id"]: q for q in read(Path(paths[0]))}
    answers = {a["id"]: a for a in read(Path(paths[1]))}
    marks = [judge(q, answers.get(i, {})) for i, q in questions.items()]
    print("\n".join(report(marks)))
    if "--misses" in arguments:
        print("\n".join(["", *misses(marks, questions)]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

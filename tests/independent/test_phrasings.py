"""Each way in which an answer says a figure: the true one passes, and any changed digit of it is caught."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from .checker import Finding, check
from .mutations import mutations
from .oracle import Card, compute
from .small import AS_OF, ME, NOW, Printed

MAY = date(2026, 5, 31)
DATA = yaml.safe_load((Path(__file__).parent / "phrasings.yaml").read_text(encoding="utf-8"))
PARTS = (
    ("redemption_rate", "redeemed", "issued"),
    ("return_rate_28d", "returned", "before"),
    ("repurchase_rate_90d", "again", "buyers"),
)
CITED = [
    {"id": "P1", "title": "规则", "quote": DATA["passage"]["zh"], "valid_from": "2024-01-01"},
    {"id": "P2", "title": "Rules", "quote": DATA["passage"]["en"], "valid_from": "2024-01-01"},
]


@pytest.fixture(scope="module")
def printed(platform: Path, card: Card) -> Printed:
    may, june = (compute(platform, d)[ME].figures for d in (MAY, AS_OF - timedelta(days=28)))
    parts: dict[str, float | None] = {}
    for metric, top, bottom in PARTS:
        parts |= {top: card.values[metric].numerator, bottom: card.values[metric].denominator}
    return Printed({
        **card.figures, **{name: part for name, part in parts.items() if part is not None},
        "active.beaten": 100 * card.figures["active.rank_share"],
        "may": may["visitors_28d"], "may_median": may["visitors_28d.peer_median"],
        "change": card.figures["visitors_28d"] - may["visitors_28d"],
        "fall": june["worth.score"] - card.figures["worth.score"],
    })  # fmt: skip


def bad(platform: Path, text: str) -> list[Finding]:
    answer: dict[str, Any] = {"text": text, "citations": CITED, "question": "5 月怎么样？"}
    return [f for f in check(answer, platform, ME, NOW) if f.verdict != "right"]


@pytest.mark.parametrize("name", DATA["said"])
def test_a_true_sentence_passes_and_a_changed_digit_is_caught(platform: Path, printed: Printed, name: str) -> None:
    text = printed.fill(DATA["said"][name])
    assert [str(f) for f in bad(platform, text)] == []
    missed = [what for what, changed in mutations(text) if not bad(platform, changed)]
    assert missed == []


STATEMENTS = [(s[True], s[False]) for s in DATA["statements"]]


@pytest.mark.parametrize(("true", "false"), STATEMENTS)
def test_a_true_statement_passes_and_a_false_one_is_caught(platform: Path, card: Card, true: str, false: str) -> None:
    assert [str(f) for f in bad(platform, true)] == []
    assert bad(platform, false) != []


def test_a_products_version_is_no_figure_and_takes_nothing_from_one(platform: Path, card: Card) -> None:
    assert bad(platform, "繁星计划 2.0 和 Star Plan 2.0 都在。") == []
    median = card.figures["redemption_rate.peer_upper_quarter"]
    assert bad(platform, f"同行前四分之一的核销率是 {median:.1%}。") == []
    assert bad(platform, "你的核销率是 12.0%。") != []

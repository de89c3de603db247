"""Why a score changed: the list names what did most of the own part, with the figures of the picture, and adds up."""

from datetime import datetime

import pytest

from bot.assemble import Workbench
from bot.conversation import Conversations
from tests.conftest import NOW

AT = datetime.fromisoformat(NOW)
ASKED = ("为什么我的活跃分变了？", "Why did my Scale score change?", "Why did my overall score change?")
LEAST, MOST = 0.1, 3


@pytest.mark.parametrize("text", ASKED)
async def test_the_list_behind_a_change_adds_up_to_the_own_part(
    conversations: Conversations, desk: Workbench, text: str
) -> None:
    listed = 0
    for shop in desk.meter.merchant_ids()[:40]:
        answered = await conversations.ask(text, asker=f"merchant:{shop}", now=AT)
        assert answered.outcome == "grounded", answered.text
        figures = {m.metric: m.value or 0.0 for m in answered.measurements}
        base = next((m.removesuffix(".score_change") for m in figures if m.endswith(".score_change")), None)
        if base is None or f"{base}.own_rest" not in figures:
            continue
        own = {m.removesuffix(".own"): v for m, v in figures.items() if m.endswith(".own") and m != f"{base}.own"}
        largest = sorted((m for m in own if abs(own[m]) >= LEAST), key=lambda m: -abs(own[m]))[:MOST]
        lines = [line.lower() for line in answered.text.splitlines()]
        names = [desk.catalog.name(m, answered.language) for m in largest]
        places = [next(i for i, line in enumerate(lines) if f". {name.lower()}" in line) for name in names]
        assert places == sorted(places), answered.text
        for metric, at in zip(largest, places, strict=True):
            assert f"{abs(own[metric]):.1f}" in lines[at], answered.text
        rest = figures[f"{base}.own_rest"]
        assert sum(own[m] for m in largest) + rest == pytest.approx(figures[f"{base}.own"], abs=1e-9)
        if abs(rest) >= 0.05:
            assert f"{abs(rest):.1f}" in lines[places[-1] + 1], answered.text
        drawn = next(c for c in answered.charts if c.kind == "waterfall")
        bars = dict(zip(drawn.labels, drawn.lines[0].values, strict=True))
        assert {name: bars[name] for name in names} == {
            desk.catalog.name(m, answered.language): own[m] for m in largest
        }
        listed += 1
    assert listed > 10

"""The scores and figures of fifty demo shops, against the second opinion that reads the raw tables."""

from datetime import date
from pathlib import Path

import pytest

from bot.assemble import Workbench
from tools.types import Access

from .oracle import card_day, compute, differences
from .rows import load

TODAY = date(2026, 11, 22)
SHOPS = 50


def chosen(platform: Path) -> list[str]:
    """Fifty shops spread evenly over the ids, so that every trade, size and story is among them."""
    known = sorted(load(platform).shops)
    return known[:: max(1, len(known) // SHOPS)][:SHOPS]


@pytest.mark.parametrize("today", [TODAY, date(2026, 10, 1)])
def test_every_figure_of_fifty_shops_equals_the_second_opinion(
    desk: Workbench, demo_platform: Path, today: date
) -> None:
    wrong: list[str] = []
    shops = chosen(demo_platform)
    for merchant in shops:
        access = Access(merchants=frozenset({merchant}))
        card = desk.meter.card(access, merchant, on=today, today=today)
        day, state = card_day(demo_platform, merchant, today)
        if today == TODAY and (card.as_of, card.state) != (day, state):
            wrong.append(f"{merchant} is of {card.as_of}, {card.state}, and should be of {day}, {state}")
        figures = {key: found.value for key, found in card.figures.items()}
        wrong += differences(compute(demo_platform, card.as_of)[merchant], figures)
    assert len(shops) == SHOPS
    assert not wrong, "\n".join(wrong)

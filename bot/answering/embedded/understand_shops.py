"""Whose shop a plan speaks of: named, carried over, one's own, or asked back."""

from collections.abc import Sequence

from bot.answering.embedded.understand_reading import Reading
from bot.answering.embedded.understand_situations import of_a_shop
from bot.answering.embedded.understand_slots import ONE_SHOP
from bot.answering.types import Clarification, Principal, Step
from tools.types import Merchant

CHOICES = 5


def _choices(merchants: Sequence[Merchant]) -> tuple[str, ...]:
    """Names to pick from; where two shops share a name the id tells them apart."""
    names = [m.name for m in merchants]
    return tuple(m.name if names.count(m.name) == 1 else f"{m.name} {m.merchant_id}" for m in merchants)[:CHOICES]


def _needs_shop(steps: Sequence[Step]) -> bool:
    return any(s.intent in ONE_SHOP for s in steps)


def unclear_shop(reading: Reading, steps: Sequence[Step], merchants: Sequence[Merchant]) -> Clarification | None:
    """The question back when a shop is named that is not in reach, or that several in reach are called.

    Unknown and not yours read the same: the choices are the asker's own shops, and nothing tells which it was.
    """
    if not _needs_shop(steps) and not of_a_shop(reading):
        return None
    for shop in reading.shops:
        if not shop.ids:
            return Clarification(key="unknown_shop", variables={"asked": shop.asked}, choices=_choices(merchants))
        if len(shop.ids) > 1:
            return Clarification(
                key="which_shop",
                variables={"asked": shop.asked},
                choices=_choices([m for m in merchants if m.merchant_id in shop.ids]),
            )
    return None


def which_shop(steps: Sequence[Step], principal: Principal, merchants: Sequence[Merchant]) -> Clarification | None:
    """The question back when somebody who looks after several shops names none of them."""
    if principal.own_merchant is not None or all(s.slots.merchant_id for s in steps if s.intent in ONE_SHOP):
        return None
    return Clarification(key="which_shop", choices=_choices(merchants))


def share_shop(steps: Sequence[Step], reading: Reading, last: str | None) -> list[Step]:
    """Whose figures each step reads: the shops named (a step each when there are several), else the last one."""
    named = list(dict.fromkeys(s.ids[0] for s in reading.shops if len(s.ids) == 1))
    if len(steps) == 1 and len(named) > 1 and _needs_shop(steps):
        return [_at(steps[0], shop) for shop in named]
    shop = next((s.slots.merchant_id for s in steps if s.slots.merchant_id), last)
    return [_at(s, shop) if shop and s.intent in ONE_SHOP and s.slots.merchant_id is None else s for s in steps]


def _at(step: Step, shop: str) -> Step:
    return Step(intent=step.intent, slots=step.slots.model_copy(update={"merchant_id": shop}))

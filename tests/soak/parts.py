"""Random changes of random shops taken apart: the parts must be the whole, and every user stay somewhere."""

import random
from collections.abc import Iterable
from datetime import date, timedelta

from bot.settings import Settings
from bot.workshop import Workshop
from tests.soak.outcome import Outcome
from tools.catalog import load_catalog
from tools.explain import explain
from tools.flows import flows
from tools.insights import ExplainArguments, Explanation, FlowArguments, Flows
from tools.parts import COUNTS, RECIPES
from tools.reader import SnapshotMeter
from tools.segments import segment_sums
from tools.shop import Shop
from tools.terms import TERMS
from tools.types import DIMENSIONS, Access
from tools.user_states import STATES

PAIRS, EACH = 10_000, 25  # changes explained; so many of a shop before the next one is read
WITHIN = 1e-9
Trial = tuple[Shop, date, date]


def run(settings: Settings) -> tuple[Outcome, ...]:
    """Explained changes, segments against cards, and user flows, over random shops and pairs of dates."""
    folder = Workshop(settings).snapshot.current()
    assert folder is not None
    meter = SnapshotMeter(folder, load_catalog())
    try:
        return explained(meter), flowing(meter)
    finally:
        meter.close()


def _trials(meter: SnapshotMeter, chance: random.Random) -> Iterable[Trial]:
    ids, dates = meter.merchant_ids(), list(meter.dates)
    while True:
        merchant = chance.choice(ids)
        shop = meter.shop(Access(merchants=frozenset({merchant})), merchant)
        for _ in range(EACH):
            before, on = sorted(chance.sample(dates, 2))
            yield shop, before, on


def explained(meter: SnapshotMeter) -> Outcome:
    """PAIRS changes that have a score at both dates; every promised sum within 1e-9, segments equal to the card."""
    chance = random.Random(17)
    bases = ("overall", *DIMENSIONS, *sorted(meter.catalog.by_id))
    done, worst, wrong = 0, 0.0, 0
    for shop, before, on in _trials(meter, chance):
        base = chance.choice(bases)
        found = explain(
            shop,
            ExplainArguments(
                merchant_id=shop.merchant_id, on=on, today=on + timedelta(days=1), base=base, before=before
            ),
        )
        wrong += sum(not _same_sums(shop, found, metric) for metric in found.metrics)
        if found.refused is None:
            worst = max(worst, _residue(found))
            done += 1
        if done >= PAIRS:
            break
    told = f"largest residue {worst:.0e}, {wrong} segment sums off"
    return Outcome("changes taken apart", done, "parts are the change to 1e-9", told, worst > WITHIN or wrong > 0)


def _residue(found: Explanation) -> float:
    """The largest difference between a whole and the sum of its parts."""

    def value(name: str) -> float:
        measured = found.get(name)
        return measured.value or 0.0 if measured else 0.0

    base, change = found.base, value(f"{found.base}.score_change")
    left = [
        change - sum(value(f"{base}.{term}") for term in TERMS),
        change - value(f"{base}.coverage_changed") - sum(value(f"{m}.contribution") for m in found.metrics),
    ]
    if base == "overall":
        left.append(change - sum(value(f"{d}.contribution") for d in DIMENSIONS))
    for metric, segments in found.segments.items():
        for kind in {s.split(":")[0] for s in segments}:
            parts = (
                value(f"{metric}.{effect}@{s}")
                for s in segments if s.startswith(kind)
                for effect in ("rate_effect", "mix_effect", "count_effect")
            )  # fmt: skip
            left.append(value(f"{metric}.change") - sum(parts))
    return max(abs(part) for part in left)


def _same_sums(shop: Shop, found: Explanation, metric: str) -> bool:
    """Whether the segments of a metric add up to what the card shows, exactly to the cent."""
    if metric not in RECIPES or shop.history is None:
        return True
    for card in (found.earlier, found.now):
        shown = card.figures[metric]
        whole = (shown.value, 0.0) if metric in COUNTS else (shown.numerator, shown.denominator)
        for sums in segment_sums(shop.history, metric, card.as_of.toordinal()).values():
            if tuple(round(sum(s[at] for s in sums.values()), 2) for at in (0, 1)) != whole:
                return False
    return True


def flowing(meter: SnapshotMeter) -> Outcome:
    """A tenth as many flows: every movement counted from a state and into one; states as on the cards."""
    chance = random.Random(19)
    done = wrong = 0
    for shop, before, on in _trials(meter, chance):
        arguments = FlowArguments(merchant_id=shop.merchant_id, on=on, today=on + timedelta(days=1), before=before)
        found = flows(shop, arguments)
        if found.refused is None:
            wrong += not (_conserved(found) and _as_on_cards(shop, found, before))
            done += 1
        if done >= PAIRS // 10:
            break
    return Outcome("user flows between two dates", done, "no user appears or vanishes", f"{wrong} wrong", wrong > 0)


def _conserved(found: Flows) -> bool:
    moved = {name: found.figures[name].value or 0.0 for name in found.figures if name.startswith("users.moved@")}
    for state in STATES:
        into = sum(n for name, n in moved.items() if name.endswith(f">{state}"))
        out = sum(n for name, n in moved.items() if name.startswith(f"users.moved@{state}>"))
        if (out, into) != tuple(found.figures[f"users.{state}@{side}"].value for side in ("before", "after")):
            return False
    return True


def _as_on_cards(shop: Shop, found: Flows, before: date) -> bool:
    for side, day in (("before", before), ("after", found.as_of)):
        card = shop.card(on=day, today=day + timedelta(days=1))
        if card.as_of == day and any(
            card.figures[f"users.{state}"].value != found.figures[f"users.{state}@{side}"].value
            for state in (*STATES, "regulars")
        ):
            return False
    return True

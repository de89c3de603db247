"""Which moves and exchanges the documents' rules allow this asker for this shop: decided by rules, figures and scopes.

Nothing is guessed. A condition that no figure and no authorisation can settle stays "unchecked": the move is allowed,
and whoever proposes it says under which condition.
"""

from collections.abc import Sequence
from datetime import date

from bot.answering.retrieve import audience
from bot.answering.types import Frozen, Judgement, Language, Leave, Principal
from knowledge.rules import CreditLife, Eligibility, ExchangeRule, Feature, Industry, Rule, Rules, Scope, Threshold
from knowledge.types import Audience
from tools.catalog import Catalog
from tools.prospects import CreditTerm, Exchange, MoveChoice
from tools.types import Merchant, ScoreCard

INCENTIVE_POINTS = "incentive_points"  # what a provider needs an authorisation of its own for
SHOWN_BY = {"life_account": "followers", "payment": "average_order_value"}  # a value above zero proves the feature
_ORDER: dict[Leave, int] = {"refused": 0, "unchecked": 1, "allowed": 2}


class Asker(Frozen):
    """Who wants to act, for which shop, and what is known of both. `card` None: nothing of the shop is known."""

    principal: Principal
    language: Language
    card: ScoreCard | None = None
    scopes: frozenset[str] | None = None  # of this merchant to the asker's provider; None: not known

    @property
    def audience(self) -> Audience:
        return audience(self.principal)


def asker(
    principal: Principal, language: Language, card: ScoreCard | None, scopes: frozenset[str] | None = None
) -> Asker:
    """Who asks, about which shop. `scopes` are what the card's merchant granted the asker's provider on that day;
    without them the Principal's own count, and where it has none either, no scope can be checked."""
    known = scopes if scopes is not None else (principal.scopes or None)
    return Asker(principal=principal, language=language, card=card, scopes=known)


def move_choices(who: Asker, catalog: Catalog, rules: Rules, on: date) -> tuple[MoveChoice, ...]:
    """Every move of the catalog, in its order, and whether the rules in force on `on` allow it."""
    products = {move.product for metric in catalog.metrics for move in metric.moves}
    said = {product: judge(product, who, rules, on) for product in sorted(products)}
    return tuple(
        MoveChoice(
            metric=metric.id,
            move=move.id,
            allowed=said[move.product].allowed,
            reason=said[move.product].reason,
            passage=said[move.product].passage,
        )
        for metric in catalog.metrics
        for move in metric.moves
    )


def judge(product: str, who: Asker, rules: Rules, on: date) -> Judgement:
    """Whether the asker may use a product or take part in a programme on a day; allowed where no rule speaks of it.

    All rules of the product must hold; of rules with a `variant`, one suffices.
    """
    closed = _closed(product, who, rules, on)
    if closed is not None:
        return closed
    common: list[Judgement] = []
    variants: dict[str, list[Judgement]] = {}
    for rule in rules.on(on, who.audience):
        if not isinstance(rule, Eligibility) or rule.product != product:
            continue
        verdict = _verdict(rule, who)
        if verdict is not None:
            (common if rule.variant is None else variants.setdefault(rule.variant, [])).append(verdict)
    if variants:
        common.append(max((_worst(v) for v in variants.values()), key=lambda v: _ORDER[v.outcome]))
    return _worst(common) if common else Judgement(product=product)


def exchanges(rules: Rules, on: date, reader: Audience, *, language: Language = "zh") -> tuple[Exchange, ...]:
    """What incentive points can be exchanged for on a day, by id."""
    return tuple(
        Exchange(
            id=rule.id,
            programme=rule.product,
            cost=rule.cost,
            gives=rule.gives,
            of=rule.of,
            place=rule.place,
            per_month=rule.per_month,
            use_within_days=rule.use_within_days,
            passage=_passage(rule, language),
            passages=tuple(id for cited in rule.passages for id in (cited.zh, cited.en) if id is not None),
        )
        for rule in rules.on(on, reader)
        if isinstance(rule, ExchangeRule)
    )


def credit_terms(rules: Rules, reader: Audience, *, language: Language = "zh") -> tuple[CreditTerm, ...]:
    """How long incentive points last, by the day on which they are booked; ended and upcoming terms among them."""
    return tuple(
        CreditTerm(
            programme=rule.product,
            booked_from=rule.valid_from,
            booked_until=rule.valid_until,
            days=rule.days,
            spends=rule.spends,
            passage=_passage(rule, language),
        )
        for rule in rules.readable(reader)
        if isinstance(rule, CreditLife)
    )


def programmes(who: Asker, rules: Rules, on: date) -> tuple[Judgement, ...]:
    """Every programme that the rules speak of, open or not, by id."""
    named = {r.product for r in rules.readable(who.audience) if isinstance(r, Eligibility) and r.offers}
    return tuple(judge(product, who, rules, on) for product in sorted(named))


def _closed(product: str, who: Asker, rules: Rules, on: date) -> Judgement | None:
    """A programme that no rule offers on this day: it begins later, or it ended. The nearest rule is named."""
    offers = [
        r for r in rules.readable(who.audience) if isinstance(r, Eligibility) and r.offers and r.product == product
    ]
    if not offers or any(r.validity(on) == "current" for r in offers):
        return None
    upcoming = sorted((r for r in offers if r.validity(on) == "upcoming"), key=lambda r: r.valid_from or on)
    ended = sorted((r for r in offers if r.validity(on) == "ended"), key=lambda r: r.valid_until or on)
    if upcoming:
        return _judgement(upcoming[0], who, "refused", "not_yet_valid")
    return _judgement(ended[-1], who, "refused", "ended")


def _verdict(rule: Eligibility, who: Asker) -> Judgement | None:
    """What one rule says; None where none of its conditions concerns this asker."""
    found = [said for condition in rule.conditions if (said := _condition(condition, who)) is not None]
    if not found:
        return None
    outcome, reason = min(found, key=lambda said: _ORDER[said[0]])
    return _judgement(rule, who, outcome, reason)


def _condition(condition: Threshold | Scope | Feature | Industry, who: Asker) -> tuple[Leave, str] | None:
    if isinstance(condition, Scope):
        return _scope(condition, who)
    if who.card is None:
        return "unchecked", "unchecked"
    if isinstance(condition, Threshold):
        return _threshold(condition, who.card)
    if isinstance(condition, Industry):
        return _industry(condition, who.card.merchant)
    shown = who.card.get(SHOWN_BY.get(condition.feature, ""))
    return ("allowed", "") if shown is not None and (shown.value or 0) > 0 else ("unchecked", "unchecked")


def _scope(condition: Scope, who: Asker) -> tuple[Leave, str] | None:
    if who.principal.role == "merchant":  # acts for itself: nobody has to authorise it
        return None
    if condition.scope is None or who.scopes is None:
        return "unchecked", "unchecked"
    return ("allowed", "") if condition.scope in who.scopes else ("refused", "scope_missing")


def _threshold(condition: Threshold, card: ScoreCard) -> tuple[Leave, str]:
    figure = card.get(condition.figure)
    if figure is None or figure.value is None:
        return "unchecked", "unchecked"
    if condition.at_least is not None and figure.value < condition.at_least:
        return "refused", "below_threshold"
    if condition.at_most is not None and figure.value > condition.at_most:
        return "refused", "above_threshold"
    return "allowed", ""


def _industry(condition: Industry, merchant: Merchant) -> tuple[Leave, str]:
    return ("allowed", "") if merchant.industry in condition.industries else ("refused", "other_industry")


def _worst(verdicts: Sequence[Judgement]) -> Judgement:
    """The first of those that allow least."""
    return min(verdicts, key=lambda verdict: _ORDER[verdict.outcome])


def _judgement(rule: Eligibility, who: Asker, outcome: Leave, reason: str) -> Judgement:
    return Judgement(
        product=rule.product,
        outcome=outcome,
        reason=reason,
        rule=rule.id,
        passage=_passage(rule, who.language),
        since=rule.valid_from,
        until=rule.valid_until,
    )


def _passage(rule: Rule, language: Language) -> str | None:
    """The first passage of the rule, which is the one that states it best."""
    return next((id for cited in rule.passages if (id := cited.of(language)) is not None), None)

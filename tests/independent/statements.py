"""Statements without a figure: above the median, in the top quarter, of your trade, weakest, not available."""

from datetime import date

from .claims import Scene, day_of, subject
from .findings import Finding, verdict
from .lexicon import Mention
from .moves import FIRST_DEFINITION, catalog
from .truth import RATIO, UNIT_OF, Truth
from .values import DIMENSION_OF, LOWER_IS_BETTER

DIMENSIONS = ("scale", "active", "worth", "efficiency")
KINDS = ("comparison", "rank", "level", "extreme", "statement")


def judge(truth: Truth, scene: Scene, mention: Mention, sentence: str) -> Finding:
    said = scene.text[mention.start : mention.end]
    if mention.kind == "extreme":
        about, holds = _extreme(truth, scene, mention)
        return Finding(said, sentence, verdict(holds), "extreme", f"{about} {mention.key}")
    about = subject(scene, mention.start, "metric", "dimension", wide=mention.kind == "level")
    day = day_of(scene, mention.start, mention.end)
    if mention.kind == "statement" and mention.key == "missing":
        return Finding(said, sentence, verdict(_missing(truth, about, day)), "statement", f"{about} missing on {day}")
    if about is None:
        return Finding(said, sentence, "unexplained", mention.kind)
    claim = f"{about} {mention.key} on {day}"
    if mention.kind == "statement":
        holds = about in LOWER_IS_BETTER if mention.key == "lower" else about == "repurchase_rate_90d"
        return Finding(said, sentence, verdict(holds), "statement", claim)
    if mention.kind == "level":
        return Finding(said, sentence, verdict(truth.level(about, day) == mention.key), "level", claim)
    if mention.kind == "rank":
        share = truth.share(about, day)
        return Finding(said, sentence, verdict(_rank(truth, about, mention.key, day)), "rank", claim, share)
    return _comparison(truth, about, mention.key, day, Finding(said, sentence, "wrong", "comparison", claim))


def _comparison(truth: Truth, about: str, key: str, day: date, wrong: Finding) -> Finding:
    both = truth.compare(about, "peer_median", day)
    if both is None:
        return wrong
    own, peer, lower = both
    apart = 0 if abs(own - peer) <= 1e-9 else 1 if own > peer else -1
    better = -apart if lower else apart
    true = {
        "above": apart > 0,
        "below": apart < 0,
        "better": better > 0,
        "worse": better < 0,
        "not_behind": better >= 0,
        "level": f"{own:.3g}" == f"{peer:.3g}",  # not told apart at three significant digits
    }
    return Finding(wrong.said, wrong.sentence, verdict(true[key]), wrong.kind, wrong.claim, peer)


def _rank(truth: Truth, about: str, key: str, day: date) -> bool:
    """Quarters and halves of the peers by the share that is no better; a metric also by the upper quarter's value."""
    share = truth.share(about, day)
    if share is None:
        return False
    if key == "top" and (about in RATIO or about in UNIT_OF):
        quarter = truth.compare(about, "peer_upper_quarter", day)
        if quarter is not None:
            own, peer, lower = quarter
            return own <= peer + 1e-9 if lower else own >= peer - 1e-9
    small = 1e-9
    return {
        "top": share >= 0.75 - small,
        "upper": share >= 0.5 - small,
        "middle": 0.45 - small <= share <= 0.55 + small,
        "lower": share <= 0.5 + small,
        "bottom": share <= 0.25 + small,
    }[key]


def _extreme(truth: Truth, scene: Scene, mention: Mention) -> tuple[str | None, bool]:
    """Which of the four scores is lowest, highest, or moved most since the other date of the answer."""
    behind = [m for m in scene.mentions if m.kind == "dimension" and 0 <= m.start - mention.end <= 8]
    about = behind[0].key if behind else subject(scene, mention.start, "dimension")
    day = scene.default
    scores = {d: s for d in DIMENSIONS if (s := truth.figure(d, "score", day)) is not None}
    if mention.key == "mover":
        then = {d: truth.figure(d, "score", scene.then) for d in scores}
        scores = {d: abs(s - before) for d, s in scores.items() if (before := then[d]) is not None}
    if about not in scores:
        return about, False
    best = min(scores.values()) if mention.key == "weakest" else max(scores.values())
    return about, abs(scores[about] - best) <= 1e-9


def _missing(truth: Truth, about: str | None, day: date) -> bool:
    """No figure on that day: of one metric or dimension, or, where none is named, of the shop at all."""
    if about is None:
        return all(truth.figure(m, "value", day) is None for m in DIMENSION_OF)
    if about in DIMENSION_OF:
        value = truth.card(day).values[about]
        return value.state != "ok" or value.value is None
    return truth.figure(about, "score", day) is None


def definitions(scene: Scene, sentence: str) -> list[Finding]:
    """A definition of the catalog, said about a metric: it must be that metric's own. Where none was named yet, it
    names one."""
    found = []
    for sign in dict.fromkeys(c for c in scene.text if ord(c) >= FIRST_DEFINITION and c in catalog().defined):
        about = subject(scene, scene.text.index(sign), "metric")
        holds = about in (None, catalog().defined[sign])
        claim = f"{about} has the definition of {catalog().defined[sign]}"
        found.append(Finding("definition", sentence, verdict(holds), "statement", claim))
    return found

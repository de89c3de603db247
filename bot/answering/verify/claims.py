"""Statements without a number: above or below the peers, rose or fell, strongest or weakest, upper or lower half."""

import re
from collections.abc import Iterator

from bot.answering.render import figure
from bot.answering.types import Finding
from bot.answering.verify.figures import near
from bot.answering.verify.prepare import Case, Line
from bot.answering.verify.words import MOVING, Hit, load_words
from tools.types import DIMENSIONS, Measurement

_COMPARING = ("above", "below", "better", "worse", "level", "not_worse")
_MOVING = tuple(name for name in MOVING if name != "move.any")  # "any" says that something moved, not where to
_YOU = re.compile(r"\s*(?:[你您](?!的?(?:同行|同类|同城|邻))|yours?(?![a-z])(?! (?:peers?|trade|kind)))")
_THAN_YOU = re.compile(r"比[你您](?!的?(?:同行|同类|同城|邻))")
_OPPOSITE = {"above": "below", "below": "above", "better": "worse", "worse": "better"}


def check_claims(case: Case, line: Line, topic: frozenset[str]) -> Iterator[Finding]:
    for hit in (*line.words, *_than(line)):
        start, end = line.clause(hit.start)
        if line.meaning("prospective", start, end) is not None:
            continue
        yield from _comparison(case, line, hit, start, end, topic)
        yield from _movement(case, line, hit, start, end, topic)
        yield from _extreme(case, line, hit, topic)
        yield from _place(case, line, hit, topic)


def _than(line: Line) -> list[Hit]:
    """比…高 and its kin, whose object stands between the two parts."""
    return [
        Hit(match.start(), match.end(), match[0], frozenset({name}))
        for name, pattern in load_words().than
        for match in pattern.finditer(line.lower)
    ]


def _comparison(case: Case, line: Line, hit: Hit, start: int, end: int, topic: frozenset[str]) -> Iterator[Finding]:
    said = next((name for name in _COMPARING if name in hit.meanings), None)
    if said is None:
        return
    quarter = line.meaning("role.quarter", start, end) is not None
    against = quarter or line.meaning("object.peer", start, end) is not None
    if not against or _share_of_peers(case, line, hit):
        return
    if _against_you(line, hit) and said in _OPPOSITE:
        said = _OPPOSITE[said]
    negated = _negated(line, hit)
    for base in _subjects(case, line, hit, topic):
        other = f"{base}.peer_upper_quarter" if quarter else f"{base}.peer_median"
        truth = _compare(case, base, other)
        if truth is None:
            yield _false(line, hit, f"there is no peer figure for {base}")
        elif (said in truth) == negated:
            yield _false(line, hit, f"{base} is {' and '.join(sorted(truth))} against its {other.split('.')[1]}")


def _compare(case: Case, base: str, other: str) -> frozenset[str] | None:
    """Everything that may be said of a merchant's figure against a peer figure; level when both print the same."""
    own, peer = _own(case, base), case.by_metric.get(other)
    if own is None or peer is None or own.value is None or peer.value is None:
        return None
    if figure(own, case.draft.language) == figure(peer, case.draft.language):
        return frozenset({"level", "not_worse"})
    higher = own.value > peer.value
    lower_is_better = base in case.catalog.by_id and case.catalog.by_id[base].direction == "lower"
    better = higher != lower_is_better
    return frozenset({"above" if higher else "below", *(("better", "not_worse") if better else ("worse",))})


def _own(case: Case, base: str) -> Measurement | None:
    return case.by_metric.get(base if base in case.catalog.by_id else f"{base}.score")


def _movement(case: Case, line: Line, hit: Hit, start: int, end: int, topic: frozenset[str]) -> Iterator[Finding]:
    said = next((name for name in _MOVING if name in hit.meanings), None)
    if said is None or "place" in hit.text:
        return
    if line.meaning("object.peer", start, hit.start) is not None:
        yield from _peers_movement(case, line, hit, said, topic)
        return
    for base in _subjects(case, line, hit, topic):
        change = _change(case, base)
        if change is None:
            yield _false(line, hit, f"no change of {base} is measured")
        elif not _moved(case, base, change, said) or _negated(line, hit):
            yield _false(line, hit, f"{base} changed by {change:g}")


def _peers_movement(case: Case, line: Line, hit: Hit, said: str, topic: frozenset[str]) -> Iterator[Finding]:
    """ "Your peers rose": true where their movement took points from you."""
    for base in _subjects(case, line, hit, topic):
        moved = case.by_metric.get(f"{base}.peers_moved")
        if moved is None or moved.value is None:
            yield _false(line, hit, f"how the peers moved in {base} is not measured")
        elif (moved.value < 0) != (said in ("move.up", "move.improved")) or _negated(line, hit):
            yield _false(line, hit, f"the peers' movement was worth {moved.value:+g} points to the shop")


def _change(case: Case, base: str) -> float | None:
    measured = case.by_metric.get(f"{base}.change" if base in case.catalog.by_id else f"{base}.score_change")
    for name in (f"{base}.total_change", f"{base}.forecast_change", f"{base}.effect"):
        measured = measured or case.by_metric.get(name)
    if measured is not None and measured.value is not None:
        return measured.value
    own, past = _own(case, base), case.by_metric.get(f"{base}.past_4w")
    if own is None or past is None or own.value is None or past.value is None:
        return None
    return own.value - past.value


def _moved(case: Case, base: str, change: float, said: str) -> bool:
    if said == "move.still":
        unit = case.by_metric[base].unit if base in case.by_metric else "score"
        return abs(change) < (0.0005 if unit == "ratio" else 0.05)
    lower_is_better = base in case.catalog.by_id and case.catalog.by_id[base].direction == "lower"
    wanted = {
        "move.up": 1,
        "move.down": -1,
        "move.improved": -1 if lower_is_better else 1,
        "move.worsened": 1 if lower_is_better else -1,
    }
    return change * wanted[said] > 0


def _extreme(case: Case, line: Line, hit: Hit, topic: frozenset[str]) -> Iterator[Finding]:
    most = "extreme.most" in hit.meanings
    if not most and "extreme.least" not in hit.meanings:
        return
    for base in _subjects(case, line, hit, topic):
        rivals: list[str] = [d for d in DIMENSIONS if f"{d}.score" in case.by_metric]
        if base in case.catalog.by_id:
            rivals = [m.id for m in case.catalog.of_dimension(case.catalog.by_id[base].dimension)]
        scores = {
            r: m.value for r in rivals if (m := case.by_metric.get(f"{r}.score")) is not None and m.value is not None
        }
        if not scores or base not in scores:
            yield _false(line, hit, f"{base} has no score to compare")
        elif scores[base] != (max if most else min)(scores.values()):
            yield _false(line, hit, f"it is {(max if most else min)(scores, key=lambda r: scores[r])}")


def _place(case: Case, line: Line, hit: Hit, topic: frozenset[str]) -> Iterator[Finding]:
    for meaning in hit.meanings:
        if not meaning.startswith("place."):
            continue
        low, high = load_words().places[meaning.removeprefix("place.")]
        for base in _subjects(case, line, hit, topic):
            share = _rank(case, base)
            if share is None or not low <= share <= high:
                known = "unknown" if share is None else f"{share:.3f}"
                yield _false(line, hit, f"the share of peers that {base} beats is {known}")


def _rank(case: Case, base: str) -> float | None:
    """Share of peers beaten: measured for dimensions, the metric's score out of a hundred for metrics."""
    ranked = case.by_metric.get(f"{base}.rank_share")
    if ranked is not None and ranked.value is not None:
        return ranked.value
    score = case.by_metric.get(f"{base}.score") if base in case.catalog.by_id else None
    return score.value / 100 if score is not None and score.value is not None else None


def _subjects(case: Case, line: Line, hit: Hit, topic: frozenset[str]) -> list[str]:
    """What a statement is about: the mention nearest before it in its sentence, else after it, else the topic.

    With "both" or "all" before it, everything that the sentence has named so far.
    """
    start, end = line.clause(hit.start)
    before = [h for h in line.mentions if h.end <= hit.start]
    if before and line.meaning("all", start, end) is not None:
        return sorted({base for h in before for base in h.meanings})
    inside = [h for h in line.mentions if start <= h.start < end]
    ahead = [h for h in inside if h.end <= hit.start][-1:]
    held = ahead or [h for h in inside if h.start >= hit.end][:1] or before[-1:]
    if not held and len(topic) == 1:
        return sorted(_known(case, topic))
    held = held or list(line.mentions[:1])
    return sorted(_known(case, held[0].meanings)) if held else []


def _known(case: Case, bases: frozenset[str]) -> frozenset[str]:
    """Of a name with several meanings, those that the evidence speaks of; all of them when it speaks of none."""
    held = frozenset(b for b in bases if _own(case, b) is not None)
    return held or bases


def _share_of_peers(case: Case, line: Line, hit: Hit) -> bool:
    """ "ahead of 31% of them" counts peers and compares no level: its number is checked as a rank."""
    after = next((n for n in line.numerals if hit.end <= n.start <= hit.end + 8), None)
    ranks = [m for m in case.referenced(line) if m.statistic == "rank_share" and m.value is not None]
    return after is not None and after.noun == "share" and any(near(after, m.value or 0.0) for m in ranks)


def _against_you(line: Line, hit: Hit) -> bool:
    """高于你, above yours: the peers are the subject, so the statement is turned round."""
    return _YOU.match(line.lower[hit.end : hit.end + 10]) is not None or _THAN_YOU.match(hit.text) is not None


def _negated(line: Line, hit: Hit) -> bool:
    return line.meaning("negation", max(0, hit.start - 6), hit.start) is not None


def _false(line: Line, hit: Hit, truth: str) -> Finding:
    return Finding(
        sentence=line.index,
        kind="false_comparison",
        said=line.text[max(0, hit.start - 14) : hit.end + 10].strip(),
        expected=truth,
    )

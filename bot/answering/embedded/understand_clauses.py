"""Where one message asks several things: "why did Active fall, and does the Star Plan help?" is two questions."""

import re

from bot.answering.embedded.understand_reading import Reading

MOST_STEPS = 3
_END = re.compile(r"[?!.;]+(?!\d)\s*|\n+")
_AND = re.compile(
    r",?\s*(?:\b(?:and then|and also|and|also|plus|then|as well as)\b|另外|还有|顺便|以及|并且|而且|同时|然后"
    r"|再就是|还想问|再问一下)[,\s]*"
    r"|,\s*"
)
_ASKS = re.compile(
    r"多少|几|怎么|怎样|如何|咋|什么|啥|为何|吗|呢|哪|谁|能不能|可不可以|有没有|是不是|算不算|够不够|要不要"
    r"|帮我|给我|告诉我|看看|列|预测|查"
    r"|\b(?:what|why|how|which|who|whose|when|where|does|do i|did|is|are|can|could|may|should|will|would|show"
    r"|tell|give|list|help me|make|draft|write|compare|plan|explain|check|forecast)\b"
)
# What a clause begins with when it asks for itself: "and does ...", not "and last month".
_OPENS = re.compile(
    r"^(?:what|why|how|which|who|whose|when|where|does|do|did|is|are|was|can|could|may|should|will|would|show"
    r"|tell|give|list|help|make|draft|write|compare|plan|explain|check|forecast|am)\b"
    r"|^.{0,14}?(?:多少|怎么|怎样|如何|咋|什么|啥|为什么|为何|吗|哪|谁|能不能|可不可以|有没有|是不是|帮我"
    r"|给我|告诉我|预测|查一下)"
)


def _pieces(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    pieces, at = [], 0
    for match in pattern.finditer(text):
        pieces.append((at, match.start()))
        at = match.end()
    return [(a, b) for a, b in [*pieces, (at, len(text))] if text[a:b].strip()]


def _joined(text: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pieces that do not ask for themselves go with the question that they belong to."""
    clauses: list[tuple[int, int]] = []
    waiting: int | None = None
    for start, end in pieces:
        asks = _OPENS.search(text[start:end].strip()) if clauses else _ASKS.search(text[start:end])
        if asks:
            clauses.append((start if waiting is None else waiting, end))
            waiting = None
        elif clauses:
            clauses[-1] = (clauses[-1][0], end)
        elif waiting is None:
            waiting = start
    if not clauses:
        return [(0, len(text))]
    return [(min(clauses[0][0], 0), clauses[0][1]), *clauses[1:]]


def clauses_of(reading: Reading) -> list[Reading]:
    """The parts of a message that each ask something; the message itself when there is only one."""
    text = reading.text
    pieces = []
    for start, end in _pieces(text, _END):
        pieces += [(start + a, start + b) for a, b in _pieces(text[start:end], _AND)]
    spans = _joined(text, pieces)
    return [reading.part(a, b) for a, b in spans] if len(spans) > 1 else [reading]

"""A passage's text into what it says one thing at a time: sentences, list lines, table rows with their head."""

import re

_END = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+|\n+")
_RULE_LINE = re.compile(r"\|[\s:|-]+\|?")


def sentences_of(text: str) -> list[str]:
    """In reading order; a table's head stands by itself and again before each of its rows."""
    found: list[str] = []
    head = ""
    for part in _END.split(text):
        line = part.strip()
        if not line or _RULE_LINE.fullmatch(line):
            continue
        if line.startswith("|"):
            head = head or line
            line = line if line is head else f"{head} {line}"
        else:
            head = ""
        found.append(line)
    return found

"""Messages that cannot be read at all, told apart before anything else looks at them."""

import re
import unicodedata

from bot.answering.types import Clarification

LIMIT = 2000  # characters; a question is a sentence, and longer texts are documents pasted by mistake
_MARKUP = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
# Texts decoded with the wrong table are full of these; one or two are a stray emoji or a copied control mark.
_BROKEN = ("Cc", "Cn", "Co", "Cs")
MOST_BROKEN = 0.1


def _broken(text: str) -> bool:
    if "\x00" in text:
        return True
    bad = sum(1 for c in text if c == "\ufffd" or (c not in "\t\n\r" and unicodedata.category(c) in _BROKEN))
    return bad > max(1, MOST_BROKEN * len(text))


def refusal(text: str) -> Clarification | None:
    """Why a text cannot be answered: `too_long`, `unreadable` or `empty_question`; None when it can be read."""
    if len(text) > LIMIT:
        return Clarification(key="too_long", variables={"limit": str(LIMIT), "length": str(len(text))})
    if _broken(text):
        return Clarification(key="unreadable")
    if all(unicodedata.category(c)[0] in "PZC" for c in _MARKUP.sub("", text)):
        return Clarification(key="empty_question")
    return None

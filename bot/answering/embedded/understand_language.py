"""In which language to answer: that of the sentence's frame, whatever names stand in it."""

import re

from bot.answering.embedded.lexicon_text import HAN
from bot.answering.embedded.understand_reading import Reading
from bot.answering.types import Language

_WORD = re.compile(r"[a-z']+")
# A Chinese word has about 1.7 characters.
HAN_PER_WORD = 1.7


def language_of(reading: Reading, before: Language | None) -> Language:
    """zh or en by the words that are no names; by the conversation, then by the script, when there are none."""
    frame = reading.frame
    han, words = len(HAN.findall(frame)), len(_WORD.findall(frame))
    if not han and not words:
        return before or ("zh" if HAN.search(reading.text) else "en")
    return "zh" if han / HAN_PER_WORD >= words else "en"

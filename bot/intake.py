"""What comes in from outside, checked before anything runs: one question, or a file of them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import InputError

LONGEST = 2000  # characters; longer than any question, shorter than any novel


class QuestionLine(BaseModel):
    """One line of a questions file. Further keys (labels, notes) are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, coerce_numbers_to_str=True)

    id: str
    question: str
    asker: str = Field(alias="as")
    thread: str | None = None
    now: datetime | None = None


L = TypeVar("L", bound=QuestionLine)
PLAIN = 'A line reads {"id": "1", "question": "...", "as": "merchant:M0001"}, with thread and now if wanted.'


def refused(text: str) -> tuple[Literal["empty_question", "unreadable", "too_long"], str] | None:
    """Why a text cannot be a question (key and sentence), or None when it can."""
    if not text.strip():
        return (
            "empty_question",
            "The question is empty; write what you want to know, for example: how do I raise my Active score?",
        )
    if any(_broken(c) for c in text):
        return "unreadable", "The question is not readable text; send it as UTF-8."
    if len(text) > LONGEST:
        return (
            "too_long",
            f"The question has {len(text):,} characters; {LONGEST:,} are the most. Ask for one thing at a time.",
        )
    return None


def _broken(character: str) -> bool:
    """Undecodable bytes (surrogates, U+FFFD) and control characters other than white space."""
    code = ord(character)
    return 0xD800 <= code <= 0xDFFF or code == 0xFFFD or (code < 32 and character not in "\t\n\r") or code == 127


def read_questions(path: Path) -> list[QuestionLine]:
    """All lines of a questions file; InputError names the first bad line, so that nothing is answered halfway."""
    return [line for _, line in read_lines(path, QuestionLine, PLAIN)]


def read_lines(path: Path, kind: type[L], form: str) -> list[tuple[int, L]]:
    """(number, line) of every line that is not blank; InputError names the first bad one. `form` says how one reads."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file.") from error
    except IsADirectoryError as error:
        raise InputError(f"{path} is a directory; name a file with one JSON object a line.") from error
    lines = []
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            lines.append((number, _line(path, number, line, kind, form)))
    if not lines:
        raise InputError(f"{path}: there are no questions in it.")
    return lines


def _line(path: Path, number: int, line: bytes, kind: type[L], form: str) -> L:
    try:
        return kind.model_validate(json.loads(line.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            problem = error.errors()[0]
            what = f"{'.'.join(str(p) for p in problem['loc'])}: {problem['msg']}"
        else:
            what = str(error) or "nested too deeply"
        raise InputError(f"{path}, line {number}: {what}. {form}") from error


def parse_now(text: str | None, zone: ZoneInfo) -> datetime:
    """The asker's clock: an ISO time, or this moment. A time without an offset is local business time."""
    if text is None:
        return datetime.now(tz=zone)
    try:
        return localised(datetime.fromisoformat(text), zone)
    except ValueError as error:
        raise InputError(f"“{text}” is not a time; write it like 2026-11-22 or 2026-11-22T10:00.") from error


def localised(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)

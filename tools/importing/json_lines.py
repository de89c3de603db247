"""Reading JSON lines: one object a line, every one of which may lack some of the keys."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.errors import MappingError
from tools.importing.files import look
from tools.importing.rows import Rows, checked_header
from tools.importing.source_types import Source


class JsonLines(Rows):
    """One file of JSON lines. Its columns are all keys that occur; nested values come as JSON text."""

    def __init__(self, name: str, source: Source, path: Path) -> None:
        super().__init__(name)
        if source.encoding != "utf-8":
            raise MappingError(f"source {name}: JSON is UTF-8 text; take `encoding: {source.encoding}` out.")
        look(name, source, path)
        self.path, self.label = path, path.name
        keys: dict[str, None] = {}
        for _, found in self._objects():
            keys.update(dict.fromkeys(found))
        if not keys:
            raise MappingError(f"source {name}: '{path.name}' holds no JSON object; write one a line, {{...}}.")
        self.header = checked_header(name, path.name, keys)
        self.keys = list(keys)
        self.bad.clear()  # they are met again when the rows are read

    def records(self) -> Iterator[tuple[int | None, list[str | None]]]:
        for line, found in self._objects():
            yield line, [_text(found.get(key)) for key in self.keys]

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    found = json.loads(line, parse_float=str, parse_int=str)  # digits as they stand
                except (ValueError, RecursionError):
                    self.reject(number, "the line is not JSON", line)
                    continue
                if isinstance(found, dict):
                    yield number, found
                else:
                    self.reject(number, "the line is not a JSON object", line)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)

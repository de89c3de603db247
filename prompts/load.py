"""Read the reply patterns once and hold them to their word: same keys in both languages, no variable unknown or unused.

A file `prompts/zh/improve.md` holds sections; a section declares its variables and lists one to three variants:

    ## stand (score_name, score)
    - 你的{score_name}是 {score}。

Text before the first section is a note for whoever edits the file. The key of this section is `improve.stand`.
"""

import re
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")
MOST_VARIANTS = 3

_HEADING = re.compile(r"^## ([a-z0-9_.]+)(?: \(([a-z0-9_, ]*)\))?$")
_VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BRACES = re.compile(r"[{}]")


class PromptError(Exception):
    """A reply pattern is missing, broken or used with the wrong variables; the message names file, key and remedy."""


class Pattern:
    """One section: its declared variables and its variants."""

    __slots__ = ("variables", "variants")

    def __init__(self, variables: frozenset[str], variants: tuple[str, ...]) -> None:
        self.variables = variables
        self.variants = variants


class Prompts:
    """All patterns by language and key (`improve.stand`)."""

    def __init__(self, patterns: dict[str, dict[str, Pattern]]) -> None:
        self._patterns = patterns

    def has(self, key: str) -> bool:
        return key in self._patterns[LANGUAGES[0]]

    def keys(self) -> tuple[str, ...]:
        return tuple(self._patterns[LANGUAGES[0]])

    def variables(self, key: str) -> frozenset[str]:
        return self._get(LANGUAGES[0], key).variables

    def text(self, language: str, key: str, pick: int = 0, /, **variables: str) -> str:
        """The variant `pick` (modulo their count) of a pattern, filled in.

        PromptError when the key is unknown or `variables` are not exactly the declared ones.
        """
        pattern = self._get(language, key)
        if variables.keys() != pattern.variables:
            wrong = ", ".join(sorted(variables.keys() ^ pattern.variables))
            raise PromptError(
                f"prompts/{language}, key {key}: given and declared variables differ in {wrong}; make them the same."
            )
        variant = pattern.variants[pick % len(pattern.variants)]
        if not variables:
            return variant
        return _VARIABLE.sub(lambda found: variables[found[1]], variant)

    def _get(self, language: str, key: str) -> Pattern:
        try:
            return self._patterns[language][key]
        except KeyError:
            raise PromptError(
                f"prompts/{language}: there is no key {key}; add it to both languages or correct the name."
            ) from None


@lru_cache(maxsize=4)
def load_prompts(folder: Path = FOLDER) -> Prompts:
    """Read every pattern below `folder`; PromptError says which file and key to mend."""
    patterns = {language: _read_language(folder / language) for language in LANGUAGES}
    _same_in_both(patterns, folder)
    return Prompts(patterns)


def _read_language(folder: Path) -> dict[str, Pattern]:
    files = sorted(folder.glob("*.md"))
    if not files:
        raise PromptError(f"{folder}: there are no reply patterns here; restore the folder.")
    return {f"{path.stem}.{key}": pattern for path in files for key, pattern in _read_file(path).items()}


def _read_file(path: Path) -> dict[str, Pattern]:
    sections: dict[str, tuple[str, list[str]]] = {}
    key = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("## "):
            heading = _HEADING.match(line)
            if heading is None:
                raise PromptError(
                    f"{path}, line {number}: a heading reads '## key (variable, variable)'; found '{line}'."
                )
            key = heading[1]
            if key in sections:
                raise PromptError(f"{path}, key {key}: it stands twice; keep one.")
            sections[key] = (heading[2] or "", [])
        elif key and line.startswith("- "):
            sections[key][1].append(line[2:].strip())
        elif key and line.strip():
            raise PromptError(
                f"{path}, key {key}, line {number}: a variant is one line that starts with '- '; found '{line}'."
            )
    return {key: _pattern(path, key, declared, variants) for key, (declared, variants) in sections.items()}


def _pattern(path: Path, key: str, declared: str, variants: list[str]) -> Pattern:
    variables = frozenset(name.strip() for name in declared.split(",") if name.strip())
    if not 1 <= len(variants) <= MOST_VARIANTS or not all(variants):
        raise PromptError(
            f"{path}, key {key}: it has {len(variants)} variants; give it 1 to {MOST_VARIANTS}, none of them empty."
        )
    for variant in variants:
        used = frozenset(_VARIABLE.findall(variant))
        if unknown := used - variables:
            raise PromptError(
                f"{path}, key {key}: {', '.join(sorted(unknown))} is not declared; declare it or correct the name."
            )
        if unused := variables - used:
            raise PromptError(
                f"{path}, key {key}: {', '.join(sorted(unused))} is declared but a variant lacks it; use it or drop it."
            )
        if _BRACES.search(_VARIABLE.sub("", variant)):
            raise PromptError(f"{path}, key {key}: a brace stands alone; a variable reads {{name}}.")
    return Pattern(variables, tuple(variants))


def _same_in_both(patterns: dict[str, dict[str, Pattern]], folder: Path) -> None:
    first, second = (patterns[language] for language in LANGUAGES)
    for language, other, mine in ((LANGUAGES[1], first, second), (LANGUAGES[0], second, first)):
        if missing := sorted(other.keys() - mine.keys()):
            file, key = missing[0].split(".", 1)
            raise PromptError(f"{folder / language / file}.md, key {key}: it is missing in this language; write it.")
    for key, pattern in first.items():
        if pattern.variables != second[key].variables:
            file, name = key.split(".", 1)
            raise PromptError(
                f"{folder}/*/{file}.md, key {name}: the two languages declare different variables; make them the same."
            )

"""The rules of a corpus: `rules/*.yaml` in its folder, read strictly and held against the documents beside them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from knowledge.errors import DocumentError
from knowledge.load import Corpus, folders, named
from knowledge.rules import Rule, Rules, parse_rule, settled
from knowledge.rules_proof import RuleProblem, Shelf, behind, conflicts, problems_of
from knowledge.split import split_document
from knowledge.types import Document

FOLDER = "rules"
FROM_DOCUMENTS = ("audience", "tenant", "status")


def rule_files(corpus: Corpus) -> list[Path]:
    """The files that hold a corpus's rules, in a fixed order; none is no mistake."""
    return [
        path
        for folder in folders(corpus)
        for path in sorted((folder / FOLDER).glob("*.yaml"))
        if not path.name.startswith(".")
    ]


def load_rules(corpus: Corpus, shelf: Shelf) -> Rules:
    """Every rule, proved; DocumentError with the first problem met."""
    rules, problems = prove_rules(corpus, shelf)
    if problems:
        raise DocumentError(f"{named(corpus)}: {FOLDER}: {problems[0].message}")
    return rules


def prove_rules(corpus: Corpus, shelf: Shelf) -> tuple[Rules, list[RuleProblem]]:
    """The rules that can be read, with the dates and readers of their documents, and everything wrong with any."""
    rules: list[Rule] = []
    problems: list[RuleProblem] = []
    for path in rule_files(corpus):
        try:
            entries = _entries(path)
        except DocumentError as error:
            problems.append(RuleProblem(path.name, str(error)))
            continue
        for number, entry in enumerate(entries, start=1):
            try:
                rules.append(_rule(path, number, entry))
            except DocumentError as error:
                problems.append(RuleProblem(path.name, str(error)))
    known = [settled(rule, behind(rule, shelf)) for rule in rules]
    problems += [problem for rule in known for problem in problems_of(rule, shelf)]
    return Rules(known), [*problems, *conflicts(known)]


def shelf_of(loaded: Iterable[tuple[Document, str]]) -> Shelf:
    """Documents as read from their folder, to hold rules against."""
    documents: dict[str, Document] = {}
    texts: dict[str, str] = {}
    for document, body in loaded:
        documents[document.id] = document
        texts |= {piece.passage_id: f"{piece.section}\n{piece.text}" for piece in split_document(document, body)}
    return Shelf(documents, texts)


def _entries(path: Path) -> list[Any]:
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DocumentError(f"{path}: the rules cannot be read: {error}. Correct the YAML.") from error
    if not isinstance(read, dict) or set(read) != {"rules"} or not isinstance(read["rules"], list):
        raise DocumentError(f"{path}: a rule file holds one key, 'rules', with a list below it. Write it so.")
    return read["rules"]


def _rule(path: Path, number: int, entry: Any) -> Rule:
    name = entry.get("id", f"number {number}") if isinstance(entry, dict) else f"number {number}"
    given = [key for key in FROM_DOCUMENTS if isinstance(entry, dict) and key in entry]
    if given:
        raise DocumentError(f"{path}: rule {name}: '{given[0]}' comes from its documents. Remove it here.")
    try:
        return parse_rule(entry)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the rule"
        raise DocumentError(f"{path}: rule {name}: key '{key}': {first['msg']}. Correct it.") from error

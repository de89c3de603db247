from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge.beyond import NOWHERE, Directions, directions, residual, write_directions
from knowledge.embed import MODEL
from knowledge.errors import KnowledgeError

Unit = Callable[[int], np.ndarray]


def test_little_is_left_of_what_a_passage_says(unit_vectors: Unit) -> None:
    said, other = unit_vectors(2)
    assert np.linalg.norm(residual(said, said[None])) < 0.1
    assert np.linalg.norm(residual(other, said[None])) > 0.9


def test_equal_passages_leave_what_one_of_them_leaves(unit_vectors: Unit) -> None:
    question, passage = unit_vectors(2)
    thrice = residual(question, np.repeat(passage[None], 3, axis=0))
    assert np.allclose(thrice, residual(question, passage[None]), atol=0.05)


def test_the_shipped_directions_are_those_of_the_shipped_model_alone() -> None:
    assert all(np.linalg.norm(part) > 0 for part in directions(MODEL))
    assert directions("another model") is NOWHERE
    assert NOWHERE.along(np.ones(384, dtype=np.float32)) == (0.0, 0.0)


def test_directions_come_back_as_they_were_written(tmp_path: Path, unit_vectors: Unit) -> None:
    path = tmp_path / "beyond.npz"
    write_directions("m", Directions(*unit_vectors(2)), path)
    assert np.allclose(directions("m", path), unit_vectors(2), atol=1e-3)


@pytest.mark.parametrize("content", [None, b"", b"PK"], ids=["absent", "empty", "cut"])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "beyond.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KnowledgeError, match="Restore the file"):
        directions("m", path)

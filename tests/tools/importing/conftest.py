"""Fixtures of the import tests."""

from pathlib import Path

import pytest

from tests.tools.importing.importing_desk import Operator


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)

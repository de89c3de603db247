"""What the checker's tests share: forty small shops, and one shop's card."""

from pathlib import Path

import pytest

from .mixed import Mixed, build
from .oracle import Card, compute
from .small import AS_OF, ME, forty_shops


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    forty_shops(folder)
    return folder


@pytest.fixture(scope="session")
def card(platform: Path) -> Card:
    return compute(platform, AS_OF)[ME]


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Mixed:
    """141 shops of three trades with their snapshot; the one fixture here that runs project code."""
    return build(tmp_path_factory.mktemp("mixed"))

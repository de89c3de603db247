"""One understander with the bundled embedder, four shops, and a short way to hold a conversation with it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import pytest

from bot.answering.embedded.lexicon import Lexicon
from bot.answering.embedded.understand import EmbeddedUnderstander
from bot.answering.types import Plan, Principal, Question, Turn
from knowledge.embed import E5Embedder
from tools.catalog import load_catalog
from tools.types import Merchant

NOW = datetime(2026, 11, 22, 10)  # noqa: DTZ001 the asker's own clock, a Sunday
SHOPS = (
    Merchant(merchant_id="M0001", name="老陈面馆", industry="catering"),
    Merchant(merchant_id="M0002", name="禾田超市", industry="supermarket"),
    Merchant(merchant_id="M0012", name="一木咖啡", industry="cafe"),
    Merchant(merchant_id="M0034", name="叮咚洗衣", industry="laundry"),
    Merchant(merchant_id="M0040", name="老陈干洗店", industry="laundry"),
)
MANAGER = "manager:A001"


class Ask(Protocol):
    def __call__(self, text: str, who: str = "merchant:M0001", history: Sequence[str] = ()) -> Plan: ...


def principal(who: str) -> Principal:
    """merchant:ID reaches its own shop, a manager all of SHOPS."""
    role, id = who.split(":")
    if role == "merchant":
        return Principal(role="merchant", id=id, merchants=frozenset([id]))
    return Principal(role="manager", id=id, merchants=frozenset(m.merchant_id for m in SHOPS))


def within_reach(who: Principal) -> tuple[Merchant, ...]:
    return tuple(m for m in SHOPS if m.merchant_id in who.merchants)


@pytest.fixture(scope="session")
def understander() -> EmbeddedUnderstander:
    return EmbeddedUnderstander(load_catalog(), E5Embedder(), within_reach)


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon(load_catalog())


@pytest.fixture(scope="session")
def ask(understander: EmbeddedUnderstander) -> Callable[..., Plan]:
    def one(text: str, who: str = "merchant:M0001", history: Sequence[str] = ()) -> Plan:
        turns: list[Turn] = []
        for earlier in (*history, text):
            question = Question(id="q", text=earlier, principal=principal(who), now=NOW, history=tuple(turns))
            turns.append(Turn(text=earlier, plan=understander.understand(question)))
        return turns[-1].plan

    return one

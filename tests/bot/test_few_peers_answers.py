"""Nine shops of a kind: whatever is asked, and however, no answer says how the others do."""

import pytest

from bot.conversation import Conversations
from bot.settings import Settings
from tests.few_peers import ask_all, asked, numbers_of_others, questions

EVERY = 4  # the soak asks them all


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory, demo_settings: Settings) -> Conversations:
    return asked(tmp_path_factory.mktemp("nine"), demo_settings.data / "knowledge", 9)


async def test_no_phrasing_brings_a_figure_of_other_shops_out(nine: Conversations) -> None:
    texts = questions(EVERY)
    told, wrong = await ask_all(nine, texts, "merchant:M0003")
    assert told > len(texts) / 3, "own figures are still told"
    assert not wrong, "\n".join(wrong)


def test_a_sentence_with_a_number_of_others_is_noticed() -> None:
    assert numbers_of_others("同行里一半的店在 31.2% 以上。")
    assert numbers_of_others("Half of your peers are above 31.2%.")
    assert not numbers_of_others("同行不到 10 家，先跟自己比。回访率是 31.2%。")
    assert not numbers_of_others("Fewer than 10 peers, so only your own past counts.")

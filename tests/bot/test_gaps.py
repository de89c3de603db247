"""Questions without an answer: kept without whoever asked them, put together, and never at the cost of the answer."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.answering.gaps import Gap, GapKind
from bot.assemble import Workbench
from bot.conversation import Conversations
from bot.errors import InputError
from bot.gap_groups import gap_lines, grouped
from bot.gap_store import FILE, GapStore
from bot.masking import masked
from bot.settings import Settings
from knowledge.embed import cached_embedder
from tests.conftest import NOW
from tools.types import Access

OWN = Access(merchants=frozenset({"M0001"}))
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def gap(text: str, *, days: int = 0, kind: GapKind = "unanswered", nearest: str = "") -> Gap:
    return Gap(text=text, language="zh", kind=kind, asked_at=AT + timedelta(days=days), nearest=nearest)


class Kept:
    """A book in memory."""

    def __init__(self) -> None:
        self.gaps: list[Gap] = []

    def record(self, gap: Gap) -> None:
        self.gaps.append(gap)


class Broken:
    def record(self, gap: Gap) -> None:
        raise RuntimeError("the disk is on fire")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("老陈面馆的手续费多少", "老陈面馆"), ("call me at 138 0013 8000", "8000"),
        ("我的电话是１３８００１３８０００", "8000"), ("write to chen@example.com please", "chen@"),
        ("M0001 的返佣", "M0001"), ("上月卖了 12,345 元要交多少", "12,345"), ("I sold ¥1.2万 last month", "1.2"),
        ("order 20261122000451 was refused", "000451"), ("see https://example.com/u/7 for it", "example.com"),
        ("+86-571-8888-6666 是客服吗", "6666"),
    ],
)  # fmt: skip
def test_what_points_at_somebody_is_masked(text: str, secret: str) -> None:
    found = masked(text, ["老陈面馆"])
    assert secret not in found
    assert "‹" in found


def test_what_a_rule_is_about_stays_readable() -> None:
    for text in (
        "2021 年 1 月的政策",
        "28 天回访率怎么算",
        "触发词 10 个还是 6 个",
        "star plan 2.0 threshold of 300 visitors",
    ):
        assert masked(text, ["店"]) == text


def test_gaps_are_read_back_from_a_day_on(tmp_path: Path) -> None:
    store = GapStore(tmp_path / "new")
    assert store.read() == ()
    for days in (0, 1, 2):
        store.record(gap(f"问题{days}", days=days))
    assert [g.text for g in store.read()] == ["问题0", "问题1", "问题2"]
    assert [g.text for g in store.read(date(2026, 11, 23))] == ["问题1", "问题2"]


def test_several_processes_write_one_book_and_lose_nothing(tmp_path: Path) -> None:
    script = (
        "import sys; from datetime import datetime; from pathlib import Path\n"
        "from bot.answering.gaps import Gap; from bot.gap_store import GapStore\n"
        "store = GapStore(Path(sys.argv[1]))\n"
        "for n in range(40):\n"
        "    store.record(Gap(text=f'{sys.argv[2]}-{n}', language='zh', kind='unanswered',"
        " asked_at=datetime(2026, 11, 22)))\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len({g.text for g in GapStore(tmp_path).read()}) == 120


def test_a_book_that_cannot_be_written_is_logged_and_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with capture_logs() as logged:
        GapStore(tmp_path / "file").record(gap("问题"))
    assert [entry["event"] for entry in logged] == ["gap_not_recorded"]


def test_a_damaged_book_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(InputError, match="Move it away"):
        GapStore(tmp_path).read()


def test_paraphrases_are_one_group_and_other_questions_are_not() -> None:
    texts = ("搜索直达的审核要几天", "搜索直达审核要几天", "搜索直达审核需要几天", "商家券平台抽成多少")
    found = grouped([gap(t, days=i, nearest="搜索直达申请说明") for i, t in enumerate(texts)], cached_embedder())
    assert [g.times for g in found] == [3, 1]
    assert found[0].example in texts[:3]
    assert found[0].last_asked == AT + timedelta(days=2)


def test_the_list_counts_what_was_about_something_else_and_shows_none_of_it() -> None:
    gaps = [gap("返佣比例", nearest="政策返佣"), gap("红烧肉怎么做", kind="off_topic")]
    lines = list(gap_lines(gaps, cached_embedder(), since=None, as_json=False))
    assert "1 questions" in lines[0]
    assert "返佣比例" in lines[1]
    assert "政策返佣" in lines[1]
    assert "红烧肉" not in "\n".join(lines)
    assert lines[-1].startswith("1 more")
    (only,) = gap_lines(gaps, cached_embedder(), since=None, as_json=True)
    assert json.loads(only)["times"] == 1


async def ask(book: object, desk: Workbench, settings: Settings, text: str) -> str:
    conversations = Conversations(desk, settings, book)  # type: ignore[arg-type]
    now = datetime.fromisoformat(NOW).replace(tzinfo=settings.zone)
    return (await conversations.ask(text, asker="merchant:M0001", now=now)).outcome


async def test_a_declined_rule_is_kept_without_the_shop_and_an_answered_one_is_not(
    desk: Workbench, demo_settings: Settings
) -> None:
    book = Kept()
    name = desk.meter.merchants(OWN)[0].name
    assert await ask(book, desk, demo_settings, f"{name}的小程序支付费率是多少") == "declined"
    assert await ask(book, desk, demo_settings, "生活号多久能群发一次") == "grounded"
    assert [g.kind for g in book.gaps] == ["unanswered"]
    assert name not in book.gaps[0].text
    assert book.gaps[0].nearest


async def test_a_book_that_fails_never_costs_the_answer(desk: Workbench, demo_settings: Settings) -> None:
    assert await ask(Broken(), desk, demo_settings, "小程序支付费率是多少") == "declined"

"""The strict loader of reply patterns."""

from pathlib import Path

import pytest

from prompts import PromptError, load_prompts
from prompts.load import MOST_VARIANTS


def folder(tmp_path: Path, zh: str, en: str) -> Path:
    for language, text in (("zh", zh), ("en", en)):
        (tmp_path / language).mkdir()
        (tmp_path / language / "greet.md").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_pattern_is_filled_with_its_variables(tmp_path: Path) -> None:
    prompts = load_prompts(
        folder(tmp_path, "note\n\n## hello (name)\n- 你好，{name}\n", "## hello (name)\n- Hello, {name}\n")
    )
    assert prompts.text("zh", "greet.hello", name="陈老板") == "你好，陈老板"
    assert prompts.text("en", "greet.hello", name="{M3}") == "Hello, {M3}"


def test_the_pick_goes_round_the_variants(tmp_path: Path) -> None:
    prompts = load_prompts(folder(tmp_path, "## hello\n- 一\n- 二\n", "## hello\n- one\n"))
    assert [prompts.text("zh", "greet.hello", pick) for pick in range(3)] == ["一", "二", "一"]


@pytest.mark.parametrize(
    ("zh", "en", "says"),
    [
        ("## hello\n- 你好\n\n## bye\n- 再见\n", "## hello\n- Hello\n", "en/greet.md, key bye: it is missing"),
        ("## hello\n- 你好\n", "## hello\n- Hello\n\n## bye\n- Bye\n", "zh/greet.md, key bye: it is missing"),
        ("## hello\n- 你好 {name}\n", "## hello\n- Hello\n", "name is not declared"),
        ("## hello (name)\n- 你好\n", "## hello (name)\n- Hello {name}\n", "name is declared but"),
        ("## hello (name)\n- 你好 {name}\n", "## hello\n- Hello\n", "declare different variables"),
        ("## hello\n", "## hello\n- Hello\n", "it has 0 variants"),
        ("## hello\n- 1\n- 2\n- 3\n- 4\n", "## hello\n- Hello\n", "it has 4 variants"),
        ("## hello\n- \n", "## hello\n- Hello\n", "none of them empty"),
        ("## hello\n- 你好\n\n## hello\n- 好\n", "## hello\n- Hello\n", "stands twice"),
        ("## hello\n你好\n", "## hello\n- Hello\n", "a variant is one line"),
        ("## Hello there\n- 你好\n", "## hello\n- Hello\n", "a heading reads"),
        ("## hello\n- 你好 {\n", "## hello\n- Hello\n", "a brace stands alone"),
    ],
)
def test_a_broken_pattern_is_refused_with_file_and_key(tmp_path: Path, zh: str, en: str, says: str) -> None:
    with pytest.raises(PromptError, match=r"greet\.md") as refused:
        load_prompts(folder(tmp_path, zh, en))
    assert says in str(refused.value)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="no reply patterns"):
        load_prompts(tmp_path)


def test_a_wrong_variable_or_key_at_use_is_refused(tmp_path: Path) -> None:
    prompts = load_prompts(folder(tmp_path, "## hello (name)\n- 你好 {name}\n", "## hello (name)\n- Hello {name}\n"))
    with pytest.raises(PromptError, match="differ in name, nome"):
        prompts.text("zh", "greet.hello", nome="x")
    with pytest.raises(PromptError, match=r"no key greet\.bye"):
        prompts.text("zh", "greet.bye")


def test_the_shipped_patterns_are_whole_and_written_in_their_language() -> None:
    prompts = load_prompts()
    for key in prompts.keys():  # noqa: SIM118 - Prompts is no mapping
        values = dict.fromkeys(prompts.variables(key), "")
        for pick in range(MOST_VARIANTS):
            en = prompts.text("en", key, pick, **values)
            assert "_words" in key or not any("\u4e00" <= c <= "\u9fff" for c in en), key


def test_every_shipped_pattern_is_used() -> None:
    root = Path(__file__).resolve().parents[2] / "bot"
    code = "\n".join(path.read_text(encoding="utf-8") for path in root.rglob("*.py"))
    # Keys that are put together at run time: f"metrics.{id}", f"later.{intent}" and their kin.
    built = (
        "metrics.",
        "parts.",
        "improve.item_",
        "later.",
        "clarify.",
        "talk.example_",
        "talk.",
        "states.",
        "words.",
        "units.",
        "metric.",
        "compare.line_",
        "segments.",
        "refused.",
        "charts.",
        "explain.term_",
        "totals.driver_",
        "explain.cause_",
        "explain.from_to_",
        "plan.limit_",
        "plan.none_",
        "plan.not_allowed_",
        "forecast.method_",
        "points.of_",
        "leave.",
        "running.of_",
    )
    unused = [key for key in load_prompts().keys() if f'"{key}"' not in code and not key.startswith(built)]  # noqa: SIM118
    unused = [key for key in unused if f'"{key.rpartition("_")[0]}_{{' not in code]
    assert unused == []

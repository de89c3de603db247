"""The `ccare` command. Heavy imports wait until a command needs them; every error is a sentence and an exit code."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer

from bot.cli_data import data
from bot.cli_eval import evaluate
from bot.cli_knowledge import knowledge
from bot.errors import BotError, InputError

app = typer.Typer(
    help="A merchant assistant that answers from platform documents and from the merchant's own numbers.",
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False,
)  # fmt: skip
app.add_typer(knowledge, name="knowledge")
app.add_typer(data, name="data")
app.command(name="eval")(evaluate)

AS = Annotated[str, typer.Option("--as", help="Who asks: merchant:ID or manager:ID.")]
NOW = Annotated[str | None, typer.Option(help="The asker's clock, ISO; default: this moment.")]
DEMO = "merchant:M0001"


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question; leave it out with --jsonl.")] = None,
    asker: AS = DEMO,
    now: NOW = None,
    json: Annotated[bool, typer.Option("--json", help="Print one Answer as JSON.")] = False,
    jsonl: Annotated[Path | None, typer.Option(help="Answer every line of this file, one JSON line each.")] = None,
    charts: Annotated[Path | None, typer.Option(help="Draw the answer's charts as PNG into this folder.")] = None,
) -> None:
    """Answer one question, or a file of them."""
    from bot.asking import ask_file, ask_one

    if (question is None) == (jsonl is None):
        raise InputError('Give either a question, as in: ccare ask "how is my shop doing?", or --jsonl FILE.')
    if jsonl is not None:
        asyncio.run(ask_file(jsonl))
    else:
        asyncio.run(ask_one(question or "", asker=asker, now=now, json=json, charts=charts))


@app.command()
def chat(asker: AS = DEMO, now: NOW = None) -> None:
    """Prepare what is missing, then talk."""
    from bot.asking import open_chat

    open_chat(asker, now)


@app.command()
def doctor() -> None:
    """Check that everything is in place, and say what to do where it is not."""
    from bot.doctor import examine

    problems = examine()
    raise typer.Exit(1 if problems else 0)


def main() -> None:
    """Entry point: runs a command and turns every known error into a sentence on standard error."""
    from knowledge.errors import KnowledgeError
    from prompts import PromptError
    from tools.errors import ToolsError

    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    # What is logged must not stand between lines of JSON.
    structlog.configure(logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr))
    try:
        app()
    except InputError as error:
        _fail(str(error), 2)
    except (BotError, KnowledgeError, ToolsError, PromptError) as error:
        _fail(str(error), 1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; nobody is owed a traceback
    except OSError as error:
        where = error.filename or "The data directory"
        _fail(
            f"{where}: {error.strerror}. Nothing was half-written; "
            "make sure that it exists, can be written and has room, then retry.",
            1,
        )


def _fail(sentence: str, code: int) -> None:
    sys.stderr.write(sentence + "\n")
    sys.exit(code)

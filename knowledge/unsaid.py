"""What people ask near a document's subject that no document answers: known, so that it is not answered by mistake.

`unsaid/*.yaml` in a folder of documents holds questions by language, `zh: [...]` and `en: [...]`; the operator adds
those that `ccare knowledge gaps` brings up and that stay unanswered.
"""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from knowledge.errors import DocumentError
from knowledge.load import Corpus, folders
from knowledge.types import Frozen

FOLDER = "unsaid"


class _File(Frozen):
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


def unsaid_files(corpus: Corpus) -> list[Path]:
    """The files of such questions, folder by folder, in a fixed order."""
    return [path for folder in folders(corpus) for path in sorted((folder / FOLDER).glob("*.yaml"))]


def load_unsaid(corpus: Corpus) -> list[str]:
    """Every such question once, in order; DocumentError names a file that cannot be read."""
    found: dict[str, None] = {}
    for path in unsaid_files(corpus):
        try:
            content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
            questions = _File.model_validate(content)
        except (OSError, yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
            what = error.errors()[0] if isinstance(error, ValidationError) else None
            reason = f"{what['loc']}: {what['msg']}" if what else error
            raise DocumentError(
                f"{path}: cannot be read ({reason}). Write lists of questions, 'zh' and 'en'."
            ) from error
        found.update(dict.fromkeys([*questions.zh, *questions.en]))
    return list(found)

"""Every setting, read once. Environment variables start with CCARE_; a name that does not exist is an error."""

import difflib
import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import InputError

PREFIX = "CCARE_"
PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Where things live and which day it is. Defaults serve a first start on one machine."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="forbid", frozen=True)

    data: Path = Path(".ccare")  # everything that ccare writes
    corpus: Path = PROJECT / "knowledge" / "corpus"  # an operator's own folder of documents replaces the sample
    chroma: str | None = None  # address of a Chroma server, where several machines answer from one index
    timezone: str = "Asia/Shanghai"  # business days are the platform's, wherever the server stands
    demo_seed: int = 7  # another seed is another demo platform
    eval_data: Path = PROJECT.parent / "shared" / "data"  # labelled sets for evaluation, where they are at hand

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name} is not a time zone; use a name such as Asia/Shanghai") from error
        return name

    @property
    def documents(self) -> Path:
        """Where ingested documents lie; they are indexed beside the corpus."""
        return self.data / "documents"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


def read_settings() -> Settings:
    """The settings of this process; InputError names what is wrong and what was probably meant."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" The settings are: {', '.join(sorted(known))}."
            raise InputError(f"There is no setting {name}.{hint}")
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(p) for p in problem["loc"])
        name = PREFIX + where.upper().removeprefix(PREFIX)
        raise InputError(f"The setting {name} cannot be used: {problem['msg']}.") from error

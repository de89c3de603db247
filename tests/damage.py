"""Ways to damage a published document index, one file at a time."""

from pathlib import Path

from bot.workshop import Workshop
from knowledge.index import read_manifest

DAMAGES = ("truncated", "removed", "changed")


def files_of(workshop: Workshop) -> list[Path]:
    """The files of the published index, manifest included, in an order that holds from one build to the next."""
    path = workshop.knowledge.current()
    assert path is not None
    return sorted([path / "manifest.json", *(path / name for name in read_manifest(path).files)])


def spoil(file: Path, damage: str) -> bool:
    """Damage a file; False where that leaves it as it is."""
    content = file.read_bytes()
    if damage == "removed":
        file.unlink()
        return True
    spoilt = content[: len(content) // 2] if damage == "truncated" else bytes(b ^ 1 for b in content[:1]) + content[1:]
    file.write_bytes(spoilt)
    return spoilt != content

"""What `evalkit init` writes is what this repository itself uses."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

ROOT = Path(__file__).resolve().parents[2]


def _below(folder: Traversable, relative: Path = Path()) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, relative / entry.name)
        else:
            yield (relative / entry.name).as_posix(), entry.read_text(encoding="utf-8")


STARTER = dict(sorted([*_below(files("evalkit") / "starter"), *_below(files("evalkit") / "starter_ci" / "project")]))


@pytest.mark.parametrize("file", STARTER)
def test_starter_files_equal_the_repository_s_own(file: str) -> None:
    """A file that init writes is the file at the same place here."""
    assert STARTER[file] == (ROOT / file).read_text(encoding="utf-8")


def test_starter_has_a_suite_and_every_shipped_profile() -> None:
    """A new project gets the suite that runs at once, and the profiles that come with evalkit."""
    profiles = {f"providers/{path.name}" for path in (ROOT / "providers").glob("*.yaml")}
    assert set(STARTER) >= {"suites/quick.yaml", *profiles}

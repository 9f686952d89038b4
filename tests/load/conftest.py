"""A project in which a suite's text can be loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from evalkit.load import load
from evalkit.project import find_project

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.types import Suite

BASE = """\
suite: base
providers: [script]
repeats: 2
axes:
  temperature: [0.0, 1.0]
  system: [none, dense]
systems:
  none: null
  dense: Be brief.
cases:
  - id: a
    prompt: Hello {{ name }}.
    variables: {name: you}
    constraints:
      - max_words: 8
"""


def changed(old: str, new: str) -> str:
    """Change one place of the base suite."""
    assert BASE.count(old) == 1, old
    return BASE.replace(old, new)


def with_axis(line: str) -> str:
    """Add an axis to the base suite, in its fifth line."""
    return changed("axes:\n", f"axes:\n  {line}\n")


def conversation(count: int) -> str:
    """Return a conversation of so many exchanges."""
    return "conversation:\n  exchanges:\n" + "    - {user: Hi., assistant: Hello.}\n" * count


@dataclass(frozen=True)
class Loader:
    """Loads suites in a project of its own; the working directory is the project."""

    folder: Path

    def write(self, relative: str, text: str | bytes) -> Path:
        """Write a file of the project."""
        path = self.folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def __call__(self, text: str | bytes) -> Suite:
        """Load a suite from its text."""
        return load(self.write("suites/x.yaml", text), find_project(root=self.folder))

    def refusal(self, text: str | bytes) -> tuple[str, str | None]:
        """Return the whole sentence that refuses a suite, without the suite's name, and the whole hint."""
        with pytest.raises(SuiteError) as caught:
            self(text)
        assert str(caught.value).startswith("suites/x.yaml:")
        assert caught.value.exit_code == 2
        message = str(caught.value).removeprefix("suites/x.yaml:").replace(str(self.folder), "{root}")
        assert not message.endswith(".")
        assert "\n" not in message
        return message, caught.value.hint


@pytest.fixture
def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loader:
    """Give a loader whose messages name files relative to the project."""
    monkeypatch.chdir(tmp_path)
    return Loader(tmp_path)

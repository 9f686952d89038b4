"""What a run wrote into its folder, as far as a forge is told of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.types import Json

BAD = ("failed", "worse", "changed")
"""States that an issue is opened for, the worst first."""
_ORDER = (*BAD, "incomplete", "undecided", "good")
_HINT = "`evalkit run SUITE --format json,comment --out DIR` writes report.json and comment.md"


@dataclass(frozen=True, slots=True)
class Night:
    """What came out of one suite.

    Attributes:
        suite: Its name.
        state: The state of the report's headline: one of failed, worse, changed, incomplete, undecided, good.
        words: The headline.
        comment: The report as Markdown, with line ends of one kind.
    """

    suite: str
    state: str
    words: str
    comment: str


def read_nights(folders: Sequence[str]) -> list[Night]:
    """Read what runs wrote, the worst first.

    A folder is that of one suite, or holds one for each of several.

    Raises:
        UsageError: A folder holds no report, or one that cannot be read; or two are of one suite.
    """
    nights: dict[str, Night] = {}
    for folder in dict.fromkeys(each for given in folders for each in _with_report(Path(given))):
        night = _night(folder)
        if night.suite in nights:
            raise UsageError(f"{folder} holds a report of suite {night.suite}, of which there is one already")
        nights[night.suite] = night
    return sorted(nights.values(), key=lambda night: (_ORDER.index(night.state), night.suite))


def _with_report(folder: Path) -> list[Path]:
    try:
        found = (
            [folder]
            if (folder / "report.json").exists()
            else sorted(each.parent for each in folder.glob("*/report.json"))
        )
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror or error}") from error
    if not found:
        there = "holds no report.json" if folder.is_dir() else "is no folder"
        raise UsageError(f"{folder} {there}", hint=_HINT)
    return found


def _night(folder: Path) -> Night:
    report, comment = _text(folder / "report.json"), _text(folder / "comment.md")
    try:
        document: Json = json.loads(report)
        suite, headline = document["suite"]["name"], document["headline"]
        state, words = headline["state"], headline["words"]
    except (ValueError, KeyError, TypeError):
        raise UsageError(
            f"{folder / 'report.json'} is no report with a headline",
            hint="was it written by another version of evalkit?",
        ) from None
    if not (isinstance(suite, str) and isinstance(words, str) and state in _ORDER):
        raise UsageError(f"{folder / 'report.json'} has the state {state!r}, which evalkit does not know")
    return Night(suite, state, words, comment)


def _text(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise UsageError(f"{file} is not there", hint=_HINT) from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")

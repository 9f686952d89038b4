"""The summary of a job on GitHub: Markdown in a file that it reads when the step has ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import UsageError
from evalkit.forges.text import join

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOTICE = "The rest is in the reports of the run."


def write_summary(file: str, texts: Sequence[str], most_bytes: int) -> None:
    """Append texts to a summary, cut so that the whole file has at most `most_bytes`; GitHub drops a longer one.

    Raises:
        UsageError: The file cannot be written.
    """
    path = Path(file)
    try:
        there = path.stat().st_size if path.exists() else 0
        with path.open("a", encoding="utf-8", newline="") as stream:
            if there + 200 < most_bytes:  # else there is no room for anything but a notice
                stream.write("\n" + join(texts, most_bytes - there - 2, _NOTICE) + "\n")
    except OSError as error:
        raise UsageError(
            f"GITHUB_STEP_SUMMARY names {file}, which cannot be written: {error.strerror or error}"
        ) from error

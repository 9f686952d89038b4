"""Writes reports into a folder, each file whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar, Protocol, TextIO

from evalkit.errors import StoreError
from evalkit.reports.registry import WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from evalkit.findings import Report
    from evalkit.types import Cell


class Writer(Protocol):
    """Renders a report in one format."""

    filename: ClassVar[str]

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:
        """Write to `stream`; `cells` come one at a time and need not be read."""
        ...


def write_reports(
    report: Report, formats: Sequence[str], folder: Path, cells: Callable[[], Iterable[Cell]]
) -> list[Path]:
    """Write a report in each of `formats` and return the files.

    Args:
        report: What to write.
        formats: Names in the table of formats.
        folder: Where; made when it is not there.
        cells: Starts to go through the run's cells, for formats that show single verdicts.

    Raises:
        UsageError: A format is not known.
        StoreError: A file cannot be written.
    """
    writers: list[Writer] = [WRITERS.get(name)() for name in formats]
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for writer in writers:
            path = folder / writer.filename
            unfinished = path.with_name(f".{path.name}.{os.getpid()}")
            try:
                with unfinished.open("w", encoding="utf-8", newline="\n") as stream:
                    writer.write(report, cells(), stream)
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
            written.append(path)
    except OSError as error:
        raise StoreError(
            f"reports cannot be written to {folder}: {error.strerror}",
            hint="`evalkit report RUN --format ... --out DIR` writes them elsewhere; the run itself is stored",
        ) from error
    return written

"""Writes reports into a folder, each file whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from evalkit.errors import StoreError
from evalkit.reports.registry import WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from evalkit.findings import Report
    from evalkit.reports.writer import Writer
    from evalkit.types import Cell


def write_reports(
    report: Report, formats: Sequence[str], folder: Path, cells: Callable[[], Iterable[Cell]]
) -> list[Path]:
    """Write a report in each of `formats` and return the files, in that order.

    Args:
        report: What to write.
        formats: Names in the table of formats; one named twice is written once.
        folder: Where; made when it is not there.
        cells: Starts to go through the run's cells, for formats that show single verdicts.

    Raises:
        UsageError: A format is not known; nothing is written.
        StoreError: A file cannot be written; what stood there before is left as it was.
    """
    writers: list[Writer] = [WRITERS.get(name)() for name in dict.fromkeys(formats)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(writer, report, cells(), folder / writer.filename) for writer in writers]
    except OSError as error:
        raise StoreError(
            f"reports cannot be written to {folder}: {error.strerror or error}",
            hint="`evalkit report RUN --format ... --out DIR` writes them elsewhere; the run itself is stored",
        ) from error


def _write(writer: Writer, report: Report, cells: Iterable[Cell], path: Path) -> Path:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # Half a surrogate pair, which a model's text may hold, has no UTF-8 form; its escape is better than no report.
        with unfinished.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            writer.write(report, cells, stream)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path

"""Prints a report's table and writes its files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from evalkit.findings import Report
    from evalkit.types import Cell


def print_report(report: Report) -> None:
    """Print the table to stdout."""
    from rich.console import Console

    from evalkit.reports.table import print_table

    print_table(report, Console(file=sys.stdout, highlight=False, soft_wrap=False))


def say_change(report: Report, *, failing: bool) -> None:
    """Say on stderr that the model changed, and whether that fails the run; the table has the findings."""
    from evalkit.exits import model_changed

    if model_changed(report):
        click.echo(
            "the model changed: its answers differ in distribution from the baseline's, whatever that does to scores"
            + ("" if failing else "; only with --fail-on-change does that fail a run"),
            err=True,
        )


def format_names(formats: str) -> list[str]:
    """Read the names of formats, separated by commas; `none` stands for no format at all.

    Raises:
        UsageError: A format is not known.
    """
    from evalkit.reports.registry import WRITERS

    names = [name.strip() for name in formats.split(",") if name.strip() not in ("", "none")]
    for name in names:
        WRITERS.get(name)
    return names


def write_formats(report: Report, cells: Callable[[], Iterable[Cell]], formats: str, folder: Path) -> list[Path]:
    """Write the reports that `formats` lists; see `format_names`."""
    from evalkit.reports.write import write_reports

    names = format_names(formats)
    return write_reports(report, names, folder, cells) if names else []


def write_to_stdout(report: Report, cells: Callable[[], Iterable[Cell]], name: str) -> None:
    """Write one report to stdout.

    Raises:
        UsageError: There is no such format.
    """
    from evalkit.reports.registry import WRITERS

    WRITERS.get(name)().write(report, cells(), sys.stdout)

"""The history of suites in Markdown; it needs no script and no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from evalkit.reports.chart import UNICODE
from evalkit.reports.format import count
from evalkit.reports.history_table import charts, reading_lines
from evalkit.reports.markdown import as_table, bullets, escape
from evalkit.reports.nights import looks_lines, night_columns, night_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.history import History

_WIDTH = 100


def write_history_markdown(histories: Sequence[History], stream: TextIO) -> None:
    """Write each suite under a heading of its own."""
    blocks = [block for history in histories for block in (f"# {escape(history.suite)}", *trend_blocks(history))]
    stream.write("\n\n".join(blocks) + "\n")


def trend_blocks(history: History) -> Iterator[str]:
    """Write one history as Markdown without a heading: the nights, charts as text, and how to read them."""
    yield f"{escape(history.measure)} over {count(len(history.nights), 'night')}."
    yield as_table(night_columns(history))
    drawn = [line.replace("`", "'") for line in charts(history, _WIDTH, UNICODE)]  # a fence would end the block
    if drawn:
        yield "\n".join(["```text", *drawn[1:], "```"])
    below = (*reading_lines(history, UNICODE), *night_lines(history), *looks_lines(history))
    yield bullets(escape(line) for line in below)

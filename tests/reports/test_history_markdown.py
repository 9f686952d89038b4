"""The history in Markdown."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.reports.history_markdown import trend_blocks, write_history_markdown

if TYPE_CHECKING:
    from evalkit.history import History


def test_a_table_charts_and_how_to_read_them(history: History) -> None:
    """Every night has its line, every row its chart in a fence, and what happened is a list."""
    stream = io.StringIO()
    write_history_markdown([history, replace(history, suite="second")], stream)
    text = stream.getvalue()
    assert "# brokers \\| \\<script\\>\n" in text
    assert "\n# second\n" in text
    assert text.count("| 2026-10-02 02:00 |") == 2
    assert text.count("```text\nsystem dense\n") == 2
    assert "- alarm: 2026-10-02, run 20261002-0200-abcd:" in text


def test_names_can_not_break_out(history: History) -> None:
    """Neither of the table and the list nor of the fence around the charts."""
    key = history.rows[0]
    hostile = replace(key[1], values=(("system", "```\n<img src=x> |"),))
    points = {(key[0], hostile): next(iter(history.nights[0].points.values()))}
    night = replace(history.nights[0], points={**points, history.rows[1]: history.nights[0].points[history.rows[1]]})
    blocks = list(trend_blocks(replace(history, nights=(night,), rows=((key[0], hostile), history.rows[1]))))
    fences = [block for block in blocks if block.startswith("```text")]
    assert len(fences) == 1
    assert fences[0].count("```") == 2
    others = "\n".join(block for block in blocks if block not in fences)
    assert "<img" not in others.replace("\\<img", "")


def test_without_numbers_there_is_no_fence(history: History) -> None:
    """Nights that were not judged have a table all the same."""
    blocks = list(trend_blocks(replace(history, nights=(history.nights[4],), rows=(), averaged=0)))
    assert not any("```" in block for block in blocks)
    assert "not judged" in blocks[1]

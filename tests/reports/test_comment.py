"""comment.md, and that nothing breaks out of it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.findings import Change, JudgedGate, Report, Summary
from evalkit.reports.comment import LIMIT, CommentWriter, comment, marker
from evalkit.types import Condition

if TYPE_CHECKING:
    from collections.abc import Callable

EXPECTED = Path(__file__).parent / "expected" / "comment.md"
HOSTILE = (
    "|`*_~[]()<>!#@$&\\ \n</td></table> <!-- --> "
    "<details><summary>x\n\n| a |\n|---|\n"
    "```\n# h @octocat #1 GH-1 "
    "https://x.example www.x.example [a](b) ![c](d)\r\n"
    "[a]: http://b\n- [ ] x\n1. y\n> z\n\u202e\u2066\x00\x1b[31m\ud83d"
)
TEXTS = (
    st.text(st.characters(exclude_categories=()), max_size=20)
    | st.text(HOSTILE, max_size=20)
    | st.sampled_from(re.split(r"(?<=\s)", HOSTILE))
)
OWN = {"heading", "paragraph", "bullet_list", "list_item", "inline", "table", "thead", "tbody", "tr", "th", "td"}
INLINE = {"text", "text_special", "strong_open", "strong_close", "code_inline", "softbreak"}


def written(report: Report) -> str:
    """Write comment.md."""
    stream = io.StringIO()
    CommentWriter().write(report, (), stream)
    return stream.getvalue()


def shape(source: str) -> list[str]:
    """Return the kinds of all blocks in order; fail at anything that only others could have brought."""
    from markdown_it import MarkdownIt

    marker_block, *tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(source)
    assert re.fullmatch(r"<!-- evalkit:[\w.~%-]+ -->\n*", marker_block.content)
    kinds = [re.sub("_(open|close)$", "", token.type) for token in tokens]
    assert set(kinds) <= OWN
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= INLINE
    strong = [f"strong {child.type}" for child in inline if child.type.startswith("strong")]
    text = "\n".join(child.content for child in inline if child.type != "code_inline")
    assert not re.search(r"@\w|#\w|://|\bwww\.|[\u202a-\u202e\u2066-\u2069\x00\x1b\ud83d]", text)
    return [*(token.type for token in tokens), *strong]


def test_whole_comment(report: Report) -> None:
    """The verdict stands first, then gates, what moved, and what it cost."""
    assert written(report) == EXPECTED.read_text(encoding="utf-8")


@given(text=TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_no_text_of_others_changes_the_shape(saying: Callable[[str], Report], text: str) -> None:
    """Whatever stands in any text, there are the same tables, rows and cells, and no link, tag or person."""
    plain, odd = saying("x"), saying(text)
    assert shape(comment(odd)) == shape(comment(plain))
    bare = [comment(replace(each, gates=each.gates[:3], comparison=None)) for each in (plain, odd)]
    assert shape(bare[1]) == shape(bare[0])


def test_all_that_is_hostile_at_once(saying: Callable[[str], Report]) -> None:
    """The same holds for one text with everything in it."""
    assert shape(comment(saying(HOSTILE))) == shape(comment(saying("x")))


@pytest.mark.parametrize("text", ["x", "\U0001f600" * 300, "|" * 300, "e" + "\u0301\u200d" * 300, HOSTILE * 2])
def test_any_suite_is_under_the_limit(report: Report, text: str) -> None:
    """Hundreds of rows, gates and changes, many axes, all with long texts, are cut by whole rows and counted."""
    axes = [f"axis {number} {text}" for number in range(20)]
    first = report.summary.rows[0]
    rows = tuple(
        replace(
            first,
            provider=f"{number} {text}",
            condition=Condition(tuple((axis, f"{number} {text}") for axis in axes)),
        )
        for number in range(60)
    )
    gates = tuple(JudgedGate(f"{number} {text}", "failed", text, alarming=True) for number in range(600))
    changes = tuple(Change(text, text, 0.0, 0.0, changed=True, words=text) for _ in range(100))
    summary = replace(report.summary, rows=rows, suite_name=text, run=text)
    large = Report(summary, gates, None, changes, stopped=(text,) * 100)
    source = comment(large)
    assert len(source.encode("utf-8", "surrogatepass")) < LIMIT
    assert re.search(r"^and [\d,]+ more|^[\d,]+ rows, in report.html$", source, re.MULTILINE)
    shape(source)
    compared = replace(report.gates[3].compared[1], measure=text)
    many = tuple(replace(compared, measure=f"{number} {text}") for number in range(300))
    held = (replace(report.gates[3], compared=many), *gates)
    assert len(comment(replace(large, gates=held, comparison=report.comparison)).encode()) < LIMIT


def test_rows_that_are_left_out_are_counted(report: Report) -> None:
    """Kept and counted rows are all there are."""
    gates = tuple(JudgedGate(f"gate {number}", "failed", "why " * 40, alarming=True) for number in range(1500))
    source = comment(Report(report.summary, gates, report.comparison))
    more = re.search(r"^and ([\d,]+) more$", source, re.MULTILINE)
    assert more is not None
    assert source.count("| failed | gate ") + int(more[1].replace(",", "")) == 1500


def test_worst_comes_first_without_a_baseline(report: Report) -> None:
    """Without anything compared, rows stand by their adherence."""
    source = comment(replace(report, gates=(), comparison=None))
    heading, _, *rows = [line.split(" | ") for line in source.splitlines() if line.startswith("| ")]
    place = heading.index("adherence")
    assert [row[place].split(" ")[0] for row in rows] == ["0.25", "0.75", "0.94", "refused"]


def test_a_run_of_nothing_has_a_comment() -> None:
    """A report without a row says so."""
    source = comment(Report(Summary("run-1", "suite", 1, "hash", ())))
    assert "there is no gate, so nothing passed or failed." in source
    assert "No row." in source
    assert "`evalkit report run-1`" in source


@pytest.mark.parametrize("name", ["-", "--", "a--b", "->", "-->", "a" * 5000, "é\n<b>", "--" * 300, "\ud83d"])
def test_marker_is_one_comment_of_html(name: str) -> None:
    """Whatever a suite is called, its marker is one line, and another suite's is another."""
    line = marker(name)
    assert re.fullmatch(r"<!-- evalkit:[\w.~%-]+ -->", line)
    assert "--" not in line[4:-3]
    assert line != marker(name + "x")

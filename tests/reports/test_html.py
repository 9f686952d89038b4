"""report.html, read by parsers that did not write it, and by a browser where there is one."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.findings import Report, Summary
from evalkit.reports.html import HtmlWriter
from evalkit.types import Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from evalkit.types import Cell

etree: Any = import_module("lxml.etree")  # it has no types

HOSTILE = (
    "</pre></style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&lt;]]><!-- \x00\x1b\u202e\ud83d"
)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=20) | st.text(HOSTILE, max_size=20) | st.just(HOSTILE)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def written(report: Report, cells: Iterable[Cell] = ()) -> str:
    """Write report.html."""
    stream = io.StringIO()
    HtmlWriter().write(report, cells, stream)
    return stream.getvalue()


class Reader(HTMLParser):
    """Reads a document as browsers do, and keeps what it met."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element's name and its attributes."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_comment(self, data: str) -> None:
        """Keep a comment; there should be none."""
        self.comments.append(data)


def read(source: str) -> Reader:
    """Read a document."""
    reader = Reader()
    reader.feed(source)
    reader.close()
    return reader


def tree(source: str) -> Any:  # noqa: ANN401 - lxml's own class
    """Read it as XML, so that every element must be closed where it was opened."""
    return etree.fromstring(source.removeprefix("<!DOCTYPE html>\n").encode("utf-8"))


def test_the_verdict_stands_first(report: Report, cells: list[Cell]) -> None:
    """Then gates, changes, what moved, rows, examples, and what it cost."""
    root = tree(written(report, cells))
    assert [root.findtext(".//h1"), root.find(".//p").get("class")] == ["brokers | <script>", "verdict changed"]
    assert [each.text for each in root.iter("h2")] == [
        "Gates", "Did the model change?", "What moved", "Rows", "Which constraint fails where",
        "Examples of broken constraints", "Notes", "Requested and applied", "What it cost", "What was left out",
        "How to read it",
    ]  # fmt: skip


def test_tables_are_accessible(report: Report) -> None:
    """Each has a caption, headings of columns and rows, and as many cells in each row as columns."""
    tables = list(tree(written(report)).iter("table"))
    assert len(tables) == 5
    for each in tables:
        assert each.findtext("caption")
        heads = each.findall("thead/tr/th")
        assert {head.get("scope") for head in heads} == {"col"}
        for row in each.findall("tbody/tr"):
            assert len(row) == len(heads)
            assert row[0].get("scope") == "row"


def test_intervals_are_drawn_to_scale(report: Report) -> None:
    """A bar begins and ends where its interval does, and says its numbers to those who cannot see it."""
    (svg,) = [each for each in tree(written(report)).iter("svg") if each.get("aria-label") == "0.75 [0.45, 0.94]"]
    rectangle, circle = svg.find("rect"), svg.find("circle")
    assert float(rectangle.get("x")) == pytest.approx(0.45 * 120)
    assert float(rectangle.get("width")) == pytest.approx((0.94 - 0.45) * 120, abs=0.06)
    assert float(circle.get("cx")) == pytest.approx(0.75 * 120)


def test_nothing_comes_from_elsewhere_and_nothing_runs(report: Report, cells: list[Cell]) -> None:
    """There is no script, link, image or style attribute, and the policy allows the one style alone."""
    source = written(report, cells)
    reader = read(source)
    assert not {"script", "link", "img", "iframe", "a", "form", "base", "object"} & set(reader.tags)
    assert not [name for name, _ in reader.attributes if name in ("style", "src", "href") or name.startswith("on")]
    style = re.search(r"<style>(.*)</style>", source, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in [value for _, value in reader.attributes]
    assert "url(" not in style[1]
    assert "@import" not in style[1]


@given(text=TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_no_text_of_others_changes_the_document(
    saying: Callable[[str], Report], saying_cells: Callable[[str], list[Cell]], text: str
) -> None:
    """Whatever stands in any text, there are the same elements in the same order for both parsers."""
    plain, odd = (written(saying(each), saying_cells(each)) for each in ("x", text))
    assert [each.tag for each in tree(odd).iter()] == [each.tag for each in tree(plain).iter()]
    assert read(odd).tags == read(plain).tags
    assert read(odd).comments == []


def test_thousands_of_rows_are_bounded(report: Report) -> None:
    """Of 3,000 rows of long texts 500 are shown, the least adherence first, and the others counted."""
    first = report.summary.rows[0]
    rows = tuple(
        replace(first, condition=Condition((("axis", f"{number} " + "word " * 50),))) for number in range(3000)
    )
    source = written(replace(report, gates=report.gates * 500, summary=replace(report.summary, rows=rows)))
    assert "2,500 more rows" in source
    assert len(source) < 2_000_000


def test_a_run_of_nothing_has_a_page() -> None:
    """A report without a row says so."""
    source = written(Report(Summary("run", "suite", 1, "hash", ())))
    assert "No condition was run." in source
    tree(source)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed to open the page with")
def test_a_browser_shows_it(report: Report, cells: list[Cell], tmp_path: Path) -> None:
    """A real browser reads the page and finds what the parsers find."""
    page = tmp_path / "report.html"
    page.write_text(written(report, cells), encoding="utf-8")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    assert read(shown).tags == read(page.read_text(encoding="utf-8")).tags

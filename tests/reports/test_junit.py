"""junit.xml, read by a parser that did not write it."""

from __future__ import annotations

import io
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.findings import JudgedGate, Report, Summary
from evalkit.reports.junit import JunitWriter

if TYPE_CHECKING:
    from collections.abc import Callable

etree: Any = import_module("lxml.etree")  # it has no types


def parsed(report: Report) -> Any:  # noqa: ANN401 - lxml's own class
    """Write junit.xml and read it with libxml2."""
    stream = io.StringIO()
    JunitWriter().write(report, (), stream)
    return etree.fromstring(stream.getvalue().encode("utf-8"))


def fates(root: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - lxml's own class
    """Return each test case with what it came to."""
    cases = root.iter("testcase")
    return [
        (case.get("name"), next((each.tag for each in case if each.tag != "properties"), "passed")) for case in cases
    ]


def properties(element: Any) -> dict[str, str]:  # noqa: ANN401 - lxml's own class
    """Return an element's properties."""
    return {each.get("name"): each.get("value") for each in element.findall("properties/property")}


def test_gates_and_rows_are_cases(report: Report) -> None:
    """There is a case for each gate, the worst first, and for each row; counts agree with them."""
    root = parsed(report)
    assert [fate for _, fate in fates(root)] == [
        *("failure", "skipped", "skipped", "passed"),
        *("passed", "passed", "passed", "skipped"),
    ]
    assert fates(root)[4][0] == "local[temperature 0.0, system dense, refresh 4, language en]"
    for suite in (root, *root.iter("testsuite")):
        found = {kind: len(list(suite.iter(kind))) for kind in ("testcase", "failure", "error", "skipped")}
        counted = (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped"))
        assert counted == tuple(map(str, found.values()))


def test_numbers_are_properties(report: Report) -> None:
    """What is known of a row can be read as numbers; what is not known has no property."""
    row = properties(next(each for each in parsed(report).iter("testcase") if each.get("name").startswith("hosted[")))
    assert float(row["adherence"]) == 0.75
    assert (float(row["adherence.low"]), float(row["adherence.high"])) == (0.45, 0.94)
    assert (row["provider"], row["axis.temperature"], row["cost_usd"]) == ("hosted", "0.0", "0.0125")
    first = properties(next(each for each in parsed(report).iter("testcase") if each.get("name").startswith("local[")))
    assert "cost_usd" not in first
    suite = properties(next(parsed(report).iter("testsuite")))
    assert (suite["state"], suite["run"], suite["cost_usd"]) == ("changed", "20260102-030405-abcd", "0.0125")


def test_undecided_is_skipped_with_its_reason(report: Report) -> None:
    """A gate that is open says why; one that fails the run by being open is a failure."""
    open_ = JudgedGate("gate", "undecided", "nothing was decided")
    (skipped,) = parsed(replace(report, gates=(open_,))).find("testsuite").iter("skipped")
    assert skipped.get("message") == "undecided: nothing was decided"
    alarming = parsed(replace(report, gates=(replace(open_, alarming=True),)))
    assert fates(alarming)[0] == ("gate", "failure")


@pytest.mark.parametrize("part", [{"stopped": ("the budget ran out",)}, {"incomplete": "9 of 20 draws failed"}])
def test_an_incomplete_run_is_an_error(part: dict[str, Any]) -> None:
    """Even a suite without gates is not green then, and no gate is said to have failed."""
    gate = JudgedGate("gate", "undecided", "the run is incomplete", alarming=True)
    bare = Report(Summary("run", "suite", 1, "hash", ()), **part)
    assert fates(parsed(bare)) == [("the run is complete", "error")]
    with_gate = dict(fates(parsed(replace(bare, gates=(gate,)))))
    assert with_gate["gate"] == ("error" if "incomplete" in part else "failure")


def test_a_row_of_which_every_call_failed_is_an_error(report: Report) -> None:
    """It names what went wrong; a row with numbers is passed whatever they are, for only gates fail."""
    row = replace(report.summary.rows[1], completions={"error": 3}, errors={"503": 3}, decided=0, measures={})
    (error,) = parsed(replace(report, summary=replace(report.summary, rows=(row,)))).iter("error")
    assert (error.get("message"), error.text) == ("every call failed", "every call failed\n503 (3 times)")


@given(text=st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from(["]]>", "<!--", "\ufffe\x00"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_text_is_valid(saying: Callable[[str], Report], text: str) -> None:
    """Control characters, half a surrogate pair and markup leave the same elements in the same order."""
    assert [each.tag for each in parsed(saying(text)).iter()] == [each.tag for each in parsed(saying("x")).iter()]


def test_texts_come_back_as_they_were(saying: Callable[[str], Report]) -> None:
    """What XML allows is not changed, what it does not is written as its code."""
    names = [name for name, _ in fates(parsed(saying(" <&>\"' é\U0001f600 \x1b\ud83d")))]
    assert names[0] == "adherence at least 0.8 where system dense <&>\"' é\U0001f600 \\x1b\\ud83d"


def test_a_terminal_that_lacks_letters_gets_their_numbers(saying: Callable[[str], Report]) -> None:
    """On a stream that is not Unicode, letters are character references, so that the declared encoding holds."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    JunitWriter().write(saying("é卡"), (), stream)
    stream.flush()
    assert "é卡" in etree.fromstring(raw.getvalue()).get("name")

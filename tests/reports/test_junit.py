"""junit.xml, read by a parser that did not write it."""

from __future__ import annotations

import io
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.findings import JudgedGate, Report, Summary
from evalkit.reports.junit import JunitWriter

if TYPE_CHECKING:
    from collections.abc import Callable

etree: Any = import_module("lxml.etree")  # it has no types

SCHEMA = Path(__file__).with_name("junit-10.xsd")
"""What the xUnit plugin of Jenkins holds files against, as pytest publishes it in its source distribution."""


def parsed(report: Report) -> Any:  # noqa: ANN401 - lxml's own class
    """Write junit.xml, read it with libxml2 and hold it against the schema."""
    stream = io.StringIO()
    JunitWriter().write(report, (), stream)
    root = etree.fromstring(stream.getvalue().encode("utf-8"))
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)
    return root


def fates(root: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - lxml's own class
    """Return each test case with what it came to."""
    cases = root.iter("testcase")
    return [(case.get("name"), next((each.tag for each in case), "passed")) for case in cases]


def properties(root: Any, name: str) -> dict[str, str]:  # noqa: ANN401 - lxml's own class
    """Return the properties of the first suite whose only test case's name begins so."""
    (case, *_) = [each for each in root.iter("testcase") if each.get("name").startswith(name)]
    return {each.get("name"): each.get("value") for each in case.getparent().findall("properties/property")}


def test_run_gates_and_rows_are_cases(report: Report) -> None:
    """There is a case for the run, one for each gate, the worst first, and one for each row; counts agree with them."""
    root = parsed(report)
    assert [fate for _, fate in fates(root)] == [
        "passed",
        *("failure", "skipped", "skipped", "passed"),
        *("passed", "passed", "passed", "skipped"),
    ]
    assert fates(root)[5][0] == "local[temperature 0.0, system dense, refresh 4, language en]"
    groups = [case.get("classname").rpartition(": ")[2] for case in root.iter("testcase")]
    assert groups == ["run", *["gates"] * 4, *["rows"] * 4]
    for suite in (root, *root.iter("testsuite")):
        found = {kind: len(list(suite.iter(kind))) for kind in ("testcase", "failure", "error")}
        assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == tuple(map(str, found.values()))
        if suite is not root:
            assert (found["testcase"], suite.get("skipped")) == (1, str(len(list(suite.iter("skipped")))))


def test_numbers_are_properties(report: Report) -> None:
    """What is known of a row can be read as numbers; what is not known has no property."""
    root = parsed(report)
    row = properties(root, "hosted[")
    assert float(row["adherence"]) == 0.75
    assert (float(row["adherence.low"]), float(row["adherence.high"])) == (0.45, 0.94)
    assert (row["provider"], row["axis.temperature"], row["cost_usd"]) == ("hosted", "0.0", "0.0125")
    assert "cost_usd" not in properties(root, "local[")
    run = properties(root, "the run is complete")
    assert (run["state"], run["run"], run["cost_usd"]) == ("changed", "20260102-030405-abcd", "0.0125")


def test_a_sweep_of_thousands_of_rows_is_bounded(report: Report) -> None:
    """Of 3,000 rows 2,000 are cases, those without numbers before others, and those left out are counted."""
    good, failed = (
        report.summary.rows[0],
        replace(report.summary.rows[1], completions={"error": 3}, errors={"x" * 10**4: 3}),
    )
    root = parsed(replace(report, summary=replace(report.summary, rows=(good,) * 2999 + (failed,))))
    assert [fate for _, fate in fates(root)][5:7] == ["error", "passed"]
    assert len(fates(root)) == 2005
    run = properties(root, "the run is complete")
    assert (run["rows"], run["rows.left_out"]) == ("2000", "1000")
    (error,) = root.iter("error")
    assert len(error.text) == 5000


def test_undecided_is_skipped_with_its_reason(report: Report) -> None:
    """A gate that is open says why; one that fails the run by being open is a failure."""
    open_ = JudgedGate("gate", "undecided", "nothing was decided")
    summary = replace(report.summary, rows=())
    (skipped,) = parsed(Report(summary, (open_,))).iter("skipped")
    assert skipped.get("message") == "undecided: nothing was decided"
    alarming = parsed(Report(summary, (replace(open_, alarming=True),)))
    assert fates(alarming)[1] == ("gate", "failure")


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
    assert names[1] == "adherence at least 0.8 where system dense <&>\"' é\U0001f600 \\x1b\\ud83d"


def test_a_terminal_that_lacks_letters_gets_their_numbers(saying: Callable[[str], Report]) -> None:
    """On a stream that is not Unicode, letters are character references, so that the declared encoding holds."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    JunitWriter().write(saying("é卡"), (), stream)
    stream.flush()
    assert "é卡" in etree.fromstring(raw.getvalue()).get("name")

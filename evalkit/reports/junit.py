"""junit.xml: gates and rows as test cases, for what shows the results of tests."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TextIO, TypeAlias
from xml.etree import ElementTree as ET

from evalkit.measures.space import NORMALISED
from evalkit.outcome import state_of
from evalkit.reports.format import answered
from evalkit.reports.headline import headline
from evalkit.reports.moved import gates_by_urgency
from evalkit.reports.spending import added
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.findings import JudgedGate, Report, Row
    from evalkit.types import Cell

_Fate: TypeAlias = Literal["failure", "error", "skipped"]
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x84\x86-\x9f]")
"""Characters that XML 1.0 does not allow, or advises against."""


class JunitWriter:
    """Writes junit.xml."""

    filename: ClassVar[str] = "junit.xml"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write one test case for each gate and each row, and one for a run that lacks something."""
        root = junit(report)
        ET.indent(root)
        encoding = getattr(stream, "encoding", None) or "utf-8"
        document = ET.tostring(root, encoding="unicode")
        if not encoding.lower().startswith("utf"):
            document = document.encode("ascii", "xmlcharrefreplace").decode("ascii")
        stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n')


@dataclass(frozen=True, slots=True)
class _Case:
    """One test case.

    Attributes:
        fate: What it is besides passed; None for passed.
        why: The reason; its first line is the message.
    """

    name: str
    fate: _Fate | None
    why: str
    properties: Mapping[str, str | float | None]


def junit(report: Report) -> ET.Element:
    """Return the document's root."""
    name = report.summary.suite_name
    suites = {
        f"{name}: gates": [*_whole(report), *(_gate(gate, report) for gate in gates_by_urgency(report))],
        f"{name}: rows": [_row(row) for row in report.summary.rows],
    }
    every = [case for cases in suites.values() for case in cases]
    root = ET.Element("testsuites", {"name": f"evalkit: {_allowed(name)}", **_counts(every)})
    for title, cases in suites.items():
        suite = ET.SubElement(root, "testsuite", {"name": _allowed(title), **_counts(cases)})
        _add_properties(suite, _facts(report))
        for case in cases:
            _add_case(suite, case, title)
    return root


def _whole(report: Report) -> Iterator[_Case]:
    """Yield a case for a run that lacks something, because without gates nothing else would show it."""
    if state_of(report) == "incomplete":
        said = headline(report).words
        yield _Case("the run is complete", "error", "\n".join((said, *report.stopped)), {})


def _gate(gate: JudgedGate, report: Report) -> _Case:
    fate: _Fate | None = None
    if report.incomplete is not None:
        fate = "error"
    elif gate.alarming or gate.verdict in ("failed", "worse"):
        fate = "failure"
    elif gate.verdict == "undecided":
        fate = "skipped"
    properties: dict[str, str | float | None] = {"verdict": gate.verdict, "alarming": str(gate.alarming).lower()}
    if gate.compared:
        properties["compared"] = len(gate.compared)
        for verdict in ("worse", "undecided", "not_worse"):
            properties[f"compared.{verdict}"] = sum(row.verdict == verdict for row in gate.compared)
    return _Case(gate.name, fate, f"{gate.verdict.replace('_', ' ')}: {gate.why}", properties)


def _row(row: Row) -> _Case:
    fate, why = _fate(row)
    properties: dict[str, str | float | None] = {
        "provider": row.provider,
        "model": row.model,
        "served": ", ".join(row.served),
        **{f"axis.{axis}": shown(value) for axis, value in row.condition.values},
        "cases": row.cases,
        **{f"completions.{outcome}": number for outcome, number in row.completions.items()},
        "verdicts.decided": row.decided,
        "verdicts.undecided": row.undecided,
        "cost_usd": row.cost_usd,
        "retries": row.retries,
    }
    for name, value in row.measures.items():
        if not name.endswith(NORMALISED):
            properties |= {name: value.estimate, f"{name}.low": value.low, f"{name}.high": value.high}
    return _Case(f"{row.provider}[{row.condition.label}]", fate, why, properties)


def _fate(row: Row) -> tuple[_Fate | None, str]:
    """Say what kept a row from having numbers; a row with some is passed, for only gates fail."""
    if row.unsupported is not None:
        return "skipped", f"unsupported: {row.unsupported}"
    if not answered(row) and row.completions.get("error", 0):
        reasons = (f"{reason} ({times:,} times)" for reason, times in row.errors.items())
        return "error", "\n".join(("every call failed", *reasons))
    if not row.decided:
        undecided = row.measures.get("adherence")
        return "skipped", f"undecided: {'nothing was decided' if undecided is None else undecided.method}"
    return None, ""


def _facts(report: Report) -> dict[str, str | float | None]:
    summary, total = report.summary, added(report.summary.spent.values())
    return {
        "state": state_of(report),
        "run": summary.run,
        "suite": summary.suite_name,
        "suite_version": summary.suite_version,
        "suite_hash": summary.suite_hash,
        "missing": summary.missing,
        "unjudged": summary.unjudged,
        "answers": total.answers,
        "cost_usd": total.cost_usd,
        "unpriced": total.unpriced,
    }


def _counts(cases: Sequence[_Case]) -> dict[str, str]:
    fates = [case.fate for case in cases]
    kinds: dict[str, _Fate] = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    return {"tests": str(len(fates)), **{name: str(fates.count(fate)) for name, fate in kinds.items()}}


def _add_case(suite: ET.Element, case: _Case, title: str) -> None:
    # A dot in the name of a class would be taken for the end of a package.
    classname = _allowed(title).replace(".", "_")
    element = ET.SubElement(suite, "testcase", {"name": _allowed(case.name), "classname": classname})
    _add_properties(element, case.properties)
    if case.fate is not None:
        message = _allowed(case.why.partition("\n")[0])
        reason = ET.SubElement(element, case.fate, {"message": message})
        if case.fate != "skipped":
            reason.set("type", str(case.properties.get("verdict", "error")))
        reason.text = _allowed(case.why)


def _add_properties(element: ET.Element, properties: Mapping[str, str | float | None]) -> None:
    """Add what is known; what is not has no property."""
    known = {name: value for name, value in properties.items() if value is not None and _finite(value)}
    if known:
        group = ET.SubElement(element, "properties")
        for name, value in known.items():
            ET.SubElement(group, "property", {"name": _allowed(name), "value": _allowed(str(value))})


def _finite(value: str | float) -> bool:
    return isinstance(value, str) or math.isfinite(value)


def _allowed(text: str) -> str:
    """Write what XML does not allow as its code, and line ends as every parser reads them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _FORBIDDEN.sub(_code, lines)


def _code(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")

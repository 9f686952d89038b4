"""What later reports say of a probe."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.console import Console  # noqa: TID253 - what is printed is looked at

from evalkit.draw import draw
from evalkit.findings import KnobNote, ProbeNote
from evalkit.prepare import prepare
from evalkit.probe.cited import cited, probe_notes, probes_of
from evalkit.probe.findings import Finding, Probed
from evalkit.probe.record import write_probe
from evalkit.report import report
from evalkit.reports.json_report import JsonWriter
from evalkit.reports.markdown import MarkdownWriter
from evalkit.reports.table import print_table
from evalkit.runs import start_run
from evalkit.selection import Selection
from evalkit.store import Store
from evalkit.types import System

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.findings import Report
    from evalkit.types import Suite
    from tests.conftest import SmallProject

FINDINGS = (
    Finding("served_model", "another_model", "asked for a, b answered"),
    Finding("temperature", "ignored", "at 0 and 2, nothing changes"),
    Finding("effective_temperature", "distorted", "asked and used: 0.5 and 1.00"),
    Finding("determinism", "varies", "9 of 12 pairs differ"),
    Finding("system_prompt", "honoured", "8 of 8 answers"),
    Finding("top_p", "not_asked", "the table"),
    Finding("seed", "undecided", "nothing was asked", cut_short="the cap of 3 calls was reached"),
)
PROBED = Probed("script", "scripted", "script", "2026-11-25T10:00:00+00:00", 1, FINDINGS)
APPLIED = KnobNote("script", "temperature", "applied")


@pytest.mark.parametrize(
    ("note", "probed"),
    [
        (APPLIED, ProbeNote("2026-11-25", "ignored", "the table says that it is applied")),
        (replace(APPLIED, state="ignored"), ProbeNote("2026-11-25", "ignored")),
        (
            replace(APPLIED, state="refused", why="no"),
            ProbeNote("2026-11-25", "ignored", "the server refused it in this run"),
        ),
        (replace(APPLIED, setting="top_p"), None),
        (replace(APPLIED, setting="seed"), None),
        (replace(APPLIED, setting="stop"), None),
        (replace(APPLIED, provider="other"), None),
    ],
    ids=["contradicts", "agrees", "refused since", "not asked", "cut short before", "not checked", "another provider"],
)
def test_a_note_carries_what_the_probe_found(note: KnobNote, probed: ProbeNote | None) -> None:
    """A contradiction is against what holds for this run, not for the day of the probe."""
    assert cited([note], {"script": PROBED}) == (replace(note, probed=probed),)


def test_sentences_are_of_what_the_suite_uses(make_suite: Callable[..., Suite]) -> None:
    """Temperature brings what goes with it; system prompts and another model are told where they matter."""
    notes = cited([APPLIED], {"script": PROBED})
    said = list(probe_notes(make_suite(systems={"dense": System("Be brief.")}), notes, {"script": PROBED}))
    assert said == [
        "temperature on script: probed 2026-11-25: ignored, though the table says that it is applied",
        "effective temperature on script: probed 2026-11-25: distorted (asked and used: 0.5 and 1.00)",
        "determinism on script: probed 2026-11-25: varies (9 of 12 pairs differ)",
        "system prompt on script: probed 2026-11-25: honoured (8 of 8 answers)",
        "served_model on script: probed 2026-11-25: another model (asked for a, b answered)",
    ]
    assert [line.split()[0] for line in probe_notes(make_suite(), [], {"script": PROBED})] == ["served_model"]


def _report(small_project: SmallProject, warn: Callable[[str], None]) -> Report:
    """Run the suite, and report it with the probes that are there by then."""
    project = small_project.project
    with Store(project.store) as store:
        prepared = prepare(small_project.suite(), project, Selection(repeats=1))
        run = start_run(prepared, store)
        asyncio.run(draw(prepared, run, store))
        return report(run, store, probes=probes_of(run, project, warn))


def test_every_report_cites_the_probe(small_project: SmallProject) -> None:
    """Markdown, JSON and the table say the same, with the contradiction."""
    write_probe(PROBED, small_project.project)
    made = _report(small_project, pytest.fail)
    sentence = "temperature on script: probed 2026-11-25: ignored, though the table says that it is applied"
    markdown, plain, table = StringIO(), StringIO(), StringIO()
    MarkdownWriter().write(made, [], markdown)
    JsonWriter().write(made, [], plain)
    print_table(made, Console(file=table, width=200))
    assert f"Note: {sentence}" in markdown.getvalue()
    assert f"note: {sentence}" in table.getvalue()
    document = json.loads(plain.getvalue())
    assert sentence in document["notes"]
    (knob,) = [each for each in document["knobs"] if each["setting"] == "temperature"]
    assert knob["probed"] == {
        "date": "2026-11-25",
        "verdict": "ignored",
        "contradiction": "the table says that it is applied",
    }


def test_a_probe_of_another_model_is_not_cited(small_project: SmallProject) -> None:
    """It says nothing of the model that was run."""
    write_probe(replace(PROBED, model="other"), small_project.project)
    made = _report(small_project, pytest.fail)
    assert not any("probed" in note for note in made.summary.notes)
    assert all(note.probed is None for note in made.summary.knobs)


def test_a_probe_that_cannot_be_read_stops_no_report(small_project: SmallProject) -> None:
    """A warning names the file."""
    small_project.write("providers/script.probe.json", "no JSON")
    warnings: list[str] = []
    made = _report(small_project, warnings.append)
    assert made.summary.rows
    assert "script.probe.json is no record of a probe" in warnings[0]

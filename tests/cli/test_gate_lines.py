"""What `check` says of gates."""

from __future__ import annotations

import json
from dataclasses import replace

from evalkit.cli.gate_lines import gate_lines, gates_json
from evalkit.compare.gate_prospects import GateProspects, Sizes
from evalkit.findings import Operating
from evalkit.gate import Alarms, Gate

HARM = GateProspects(
    Gate("adherence", no_worse_than="baseline", margin=0.05),
    Sizes(2, 20, 8, 4),
    0.0125,
    Operating(0.01, 0.04, 0.5, 0.2),
    None,
    (),
    known=True,
)
UNPROVEN = GateProspects(
    Gate("adherence", no_worse_than={"system": "fluffy"}, margin=0.05, alarm="unproven"),
    Sizes(1, 20, 8, 8),
    0.0125,
    Operating(0.0, 0.04, 0.25, None),
    86,
    ("local, turns 4: there is nothing drawn with system fluffy to compare with",),
    known=False,
)


def test_each_gate_says_how_often_it_errs_and_what_it_finds() -> None:
    """By what, over how much, and at which level."""
    lines = list(gate_lines([HARM], Alarms()))
    assert lines[0] == "gate adherence no worse than baseline by 0.05"
    assert lines[1] == "  2 rows of 20 cases x 8 repeats against 4, each at level 0.0125; speaks of these very cases"
    assert lines[2].startswith(
        "  false alarms on 1.0 % of nights without change, wrong on 4.0 % at a drop of the margin"
    )
    assert lines[2].endswith("; by the baseline")
    assert lines[3] == (
        "false alarms of these gates: at most 5 % of runs without change, 1.5 a month of 30 runs; about 0.3 a month by "
        "these numbers"
    )


def test_what_can_never_be_shown_is_said_before_it_is_paid_for() -> None:
    """The cases that it takes whatever the repeats, and how often a gate that wants proof is red without change."""
    text = "\n".join(gate_lines([UNPROVEN], Alarms()))
    assert "alarm unproven: red on 75.0 % of nights without change" in text
    assert "takes 86 cases whatever the repeats; and there are only 20" in text
    assert "with a mean of 0.8 and an intraclass correlation of 0.3, as is usual" in text
    assert "not compared: local, turns 4" in text


def test_what_is_not_known_is_said_not_to_be() -> None:
    """And why; the sum over the gates is not known then either."""
    reasons = {
        "there is nothing to compare": replace(HARM, sizes=Sizes(0, 0, 8, 0)),
        "nothing is known of how unique_ratio varies": replace(HARM, gate=replace(HARM.gate, measure="unique_ratio")),
        "there is nothing drawn": replace(HARM, sizes=Sizes(1, 20, 8, 0)),
    }
    for words, found in reasons.items():
        lines = list(gate_lines([replace(found, operating=None)], Alarms()))
        assert words in lines[2]
        assert lines[-1].endswith("a month of 30 runs")


def test_without_gates_that_compare_there_is_nothing_to_say() -> None:
    """Not even a budget."""
    assert list(gate_lines([], Alarms())) == []


def test_programs_get_the_same() -> None:
    """With the share of unchanged nights on which each gate fails the run."""
    found = json.loads(json.dumps(gates_json([HARM, UNPROVEN], Alarms()), allow_nan=False))
    assert [each["red_without_change"] for each in found["gates"]] == [0.01, 0.75]
    assert [each["by"] for each in found["gates"]] == ["baseline", "assumed"]
    assert found["gates"][1]["cases_needed"] == 86
    assert abs(found["alarms"]["expected_per_month"] - 0.3) < 1e-12
    unknown = gates_json([replace(HARM, operating=None)], Alarms())
    assert unknown["alarms"]["expected_per_month"] is None
    assert unknown["gates"][0]["red_without_change"] is None

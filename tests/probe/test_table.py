"""The table of a probe."""

from __future__ import annotations

from dataclasses import replace

from evalkit.probe.findings import Bounds, Finding, Probed
from evalkit.probe.table import probe_lines

IGNORED = Finding(
    "temperature",
    "ignored",
    "at 0 and 2, two draws of one prompt agree 0.02 of the time against 0.01",
    error_rate=0.01,
    bounds=(Bounds("agreement at the first value less that at the second", 0.01, -0.4, 0.42, 0.98),),
    calls=80,
    cost_usd=0.0123,
    table="applied (a page)",
    contradiction="the table says that it is applied",
)
CUT = Finding("stop", "undecided", "nothing was asked", cost_usd=None, cut_short="the cap of 80 calls was reached")
PROBED = Probed(
    "openai", "openai", "gpt-4.1", "2026-11-25T10:00:00+00:00", 7, (IGNORED, CUT), calls=81, cost_usd=0.0124
)


def test_a_table_is_aligned_and_says_what_verdicts_rest_on() -> None:
    """The whole table, as it is printed."""
    assert probe_lines(PROBED, width=80) == [
        "openai: gpt-4.1, probed 2026-11-25T10:00:00+00:00",
        "",
        "check        verdict    wrong at most  calls     USD",
        "-----------  ---------  -------------  -----  ------",
        "temperature  ignored             0.01     80  0.0123",
        "    at 0 and 2, two draws of one prompt agree 0.02 of the time against 0.01",
        "    agreement at the first value less that at the second: 0.01 [-0.40, 0.42], 98",
        "    %",
        "    contradiction: the table says that it is applied; table: applied (a page)",
        "stop         undecided              –      0       –",  # noqa: RUF001 - the dash for not known
        "    nothing was asked",
        "    cut short: the cap of 80 calls was reached",
        "",
        "81 calls for 0.0124 USD; seed 7",
    ]


def test_what_was_not_asked_names_its_source() -> None:
    """The table's word, with where it is written."""
    unasked = Finding("top_k", "not_asked", "gpt-4.1 does not take `top_k`", table="unsupported (a page)")
    lines = probe_lines(replace(PROBED, findings=(unasked,)))
    assert "    table: unsupported (a page)" in lines


def test_a_failure_and_an_unknown_price_are_said() -> None:
    """What ended the provider stands below the table."""
    lines = probe_lines(replace(PROBED, cost_usd=None, failure="the key\nis not valid"))
    assert lines[-2:] == ["81 calls at a price not known; seed 7", "the provider failed: the key is not valid"]


def test_what_a_server_says_cannot_command_the_terminal() -> None:
    """Hidden characters of a server's words are written as codes."""
    told = replace(IGNORED, why="the server said: \x1b[31mno")
    assert "    the server said: \\x1b[31mno" in probe_lines(replace(PROBED, findings=(told,)))

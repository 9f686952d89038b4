"""How numbers, texts and reasons are written."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.findings import Estimate, KnobNote
from evalkit.reports import format as written
from evalkit.types import Condition, LeftOut

if TYPE_CHECKING:
    from evalkit.findings import Report


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (math.nan, "–"), (0.0, "0.00"), (0.005, "0.01"), (1.0, "1.00"), (123.456, "123.46")],  # noqa: RUF001 - the dash
    ids=["not known", "not a number", "zero", "rounds up", "one", "above one"],
)
def test_numbers_have_two_digits(value: float | None, text: str) -> None:
    """A number has two digits after the point; what is not known is a dash and never a zero."""
    assert written.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Estimate(0.81, 0.6, 0.93, "how"), "0.81 [0.60, 0.93]"),
        (Estimate(0.81, None, None, "how"), "0.81"),
        (Estimate(None, None, None, "why"), "–"),  # noqa: RUF001 - the dash
        (None, "–"),  # noqa: RUF001 - the dash
    ],
    ids=["interval", "no interval", "undecided", "not measured"],
)
def test_estimates_carry_their_interval(value: Estimate | None, text: str) -> None:
    """An estimate is followed by its interval where there is one."""
    assert written.estimate(value) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("two\nlines\tand  tabs", "two lines and tabs"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("größer 大きい \U0001f600", "größer 大きい \U0001f600"),
    ],
    ids=["line break", "escape sequence", "turned direction", "other scripts"],
)
def test_printable_text_is_one_harmless_line(text: str, line: str) -> None:
    """Line breaks become spaces, control characters their codes, and readable text stays."""
    assert written.printable(text) == line


def test_left_out_combinations_share_a_line() -> None:
    """A hundred combinations left out for one reason are one line; a single one is named."""
    many = [LeftOut(Condition((("turns", turns),)), "refresh", "nothing to restate") for turns in range(100)]
    one = LeftOut(Condition((("turns", 4), ("refresh", 9))), "refresh", "too few turns")
    assert written.grouped_left_out([*many, one]) == [
        "refresh in 100 combinations: nothing to restate",
        "refresh in turns 4, refresh 9: too few turns",
    ]


def test_axis_that_varies_is_not_fixed(report: Report) -> None:
    """Each axis is either varied or fixed; 1 and true are two values."""
    rows = tuple(
        replace(row, condition=Condition((("flag", flag), ("language", "en"))))
        for row, flag in zip(report.summary.rows[:2], (1, True), strict=True)
    )
    summary = replace(report.summary, rows=rows)
    assert written.varied_axes(summary) == ["flag"]
    assert written.fixed_axes(summary) == {"language": "en"}


def test_settings_of_rows_without_an_answer_are_not_common(report: Report) -> None:
    """What is the same in every row counts only rows that answered, and leaves the axes out."""
    local = replace(report.summary, rows=(*report.summary.rows[:2], report.summary.rows[3]))
    assert written.common_settings(local) == {"max_tokens": 48}
    assert written.common_settings(report.summary) == {}


def test_missing_numbers_say_why(report: Report) -> None:
    """A dash in a supported row is explained; an unsupported row has its own reason."""
    assert written.absent_numbers(report.summary) == [
        "full_adherence in 1 row: nothing was decided",
        "first_divergence in 1 row: not defined for any case",
    ]


def test_unsupported_rows_are_grouped_by_reason(report: Report) -> None:
    """Rows of one provider with one reason share a line that counts them."""
    row = replace(report.summary.rows[3], unsupported="fixed temperature")
    assert written.grouped_unsupported(replace(report.summary, rows=(row, row, row))) == [
        "hosted in 3 rows: fixed temperature"
    ]


def test_setting_that_a_server_takes_in_part_names_the_values(report: Report) -> None:
    """A refusal of some values is not told as one of all; where no value was taken, none is named."""
    note = "`temperature` | is **deprecated** for this model."
    assert written.knob_lines(report.summary) == [
        f"temperature: applied by local; refused by hosted at 0.8 but not at 0.0 ({note})",
        "max_tokens: applied by local; effect not known on hosted",
    ]
    refused = replace(report.summary, rows=(*report.summary.rows[:2], report.summary.rows[3]))
    assert written.knob_lines(refused)[0] == f"temperature: applied by local; refused by hosted ({note})"


def test_values_out_of_range_are_not_told_as_applied(report: Report) -> None:
    """Where every value asked for was out of range, nothing was applied; where some were, the others are named."""
    reason = "hosted-1 takes `temperature` from 0 to 1, not 5"
    knobs = (KnobNote("local", "temperature", "applied"), KnobNote("hosted", "temperature", "applied"))
    local, _, hosted, refused = report.summary.rows
    outside = replace(refused, requested={"temperature": 5.0}, unsupported=reason)
    partly = replace(report.summary, knobs=knobs, rows=(local, hosted, outside))
    assert written.knob_lines(partly) == ["temperature: applied by local, hosted at 0.0 but not at 5.0"]
    wholly = replace(report.summary, knobs=knobs, rows=(local, outside))
    assert written.knob_lines(wholly) == ["temperature: not taken by hosted at 5.0; applied by local"]


def test_value_refused_only_in_company_is_not_named(report: Report) -> None:
    """A value that is taken in another row is not one that the model lacks."""
    knobs = (KnobNote("hosted", "temperature", "applied"),)
    _, _, hosted, refused = report.summary.rows
    together = replace(refused, requested=hosted.requested, unsupported="`top_p` does not go along with `temperature`")
    summary = replace(report.summary, knobs=knobs, rows=(hosted, together))
    assert written.knob_lines(summary) == ["temperature: applied by hosted"]


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("m refused `temperature`: no", "refused"),
        ("m accepts `top_p` and ignores it", "ignored"),
        ("m takes `max_tokens` from 1 to 8, not 48", "unsupported"),
        ("the prompt does not fit", "unsupported"),
    ],
)
def test_state_of_a_row_is_that_of_the_setting_in_its_reason(report: Report, reason: str, state: str) -> None:
    """A row that is unsupported for one setting does not get the word that another setting deserves."""
    knobs = (
        KnobNote("hosted", "temperature", "refused", "no"),
        KnobNote("hosted", "top_p", "ignored"),
        KnobNote("hosted", "max_tokens", "applied"),
    )
    row = replace(report.summary.rows[3], unsupported=reason)
    assert written.state_of(row, replace(report.summary, knobs=knobs)) == state


def test_reasons_of_failed_calls_are_counted_over_a_providers_rows(report: Report) -> None:
    """Each is said once a provider, the most frequent first."""
    first, second, third, _ = report.summary.rows
    rows = (
        replace(first, errors={"timed out": 1, "reset": 2}),
        replace(second, errors={"timed out": 4}),
        replace(third, errors={"timed out": 1}),
    )
    assert written.grouped_errors(replace(report.summary, rows=rows)) == [
        "local in 5 draws: timed out",
        "local in 2 draws: reset",
        "hosted in 1 draw: timed out",
    ]


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("provider fc needs a key", "provider fc: needs a key"),
        ("fc refused the key: no", "provider fc: refused the key: no"),
        ("providers/fc.yaml: no adapter", "provider fc: providers/fc.yaml: no adapter"),
        ("cannot reach http://fc.example", "provider fc: cannot reach http://fc.example"),
        ("provider fcc is not it", "provider fc: provider fcc is not it"),
    ],
)
def test_provider_that_stopped_is_named_once(message: str, line: str) -> None:
    """However a message begins, its provider stands in front of it, where programs may look for it."""
    assert written.with_name("fc", message) == line

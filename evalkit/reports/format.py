"""How numbers, settings, texts and lists of reasons are written, the same in every report."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING

from evalkit.measures.space import NORMALISED
from evalkit.types import OUTCOMES, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from evalkit.findings import Estimate, KnobNote, Row, Summary
    from evalkit.types import AxisValue, LeftOut, SettingValue

NOT_KNOWN = "–"  # noqa: RUF001 - an en dash, as everywhere for what does not apply or is not known

_STATES = {
    "applied": "applied by",
    "refused": "refused by",
    "unsupported": "not taken by",
    "ignored": "accepted and ignored by",
    "unknown": "effect not known on",
}
"""How a report says what became of a setting, the best first."""

# Characters that turn the direction of what follows, and so could make a line read as another one.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def number(value: float | None) -> str:
    """Write a number with two digits after the point; None is a dash, and so is what is not finite."""
    return NOT_KNOWN if value is None or not math.isfinite(value) else f"{value:.2f}"


def dollars(amount: float) -> str:
    """Write an amount of money, to the cent from a dollar upwards and finer below.

    >>> dollars(1234.5), dollars(0.0123), dollars(0.000001), dollars(0)
    ('$1,234.50', '$0.0123', '<$0.0001', '$0')
    """
    if amount == 0:
        return "$0"
    if amount < 0.0001:
        return "<$0.0001"
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:.4f}"


def estimate(value: Estimate | None) -> str:
    """Write an estimate with its interval: `0.81 [0.60, 0.93]`; without one the number alone, None as a dash."""
    if value is None or value.estimate is None or value.low is None or value.high is None:
        return number(None if value is None else value.estimate)
    return f"{number(value.estimate)} [{number(value.low)}, {number(value.high)}]"


def with_error(value: Estimate | None) -> str:
    """Write an estimate with its standard error, to four digits: `0.7689 (SE 0.0181)`."""
    if value is None or value.estimate is None:
        return NOT_KNOWN
    error = "" if value.standard_error is None else f" (SE {value.standard_error:.4f})"
    return f"{value.estimate:.4f}{error}"


def count(amount: int, what: str) -> str:
    """Write an amount with its noun: `1 row`, `1,200 rows`."""
    return f"{amount:,} {what}" if amount == 1 else f"{amount:,} {what}s"


def listed(names: Sequence[str]) -> str:
    """Write names in a row.

    >>> listed(["claude"]), listed(["claude", "gemini"]), listed(["claude", "gemini", "openai"])
    ('claude', 'claude and gemini', 'claude, gemini and openai')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def settings(values: Mapping[str, SettingValue | None]) -> str:
    """Write settings or axis values in their order."""
    return ", ".join(f"{name} {shown(value)}" for name, value in values.items())


def printable(text: str) -> str:
    r"""Put a text on one line that a terminal cannot take for a command; what is hidden is written as its code.

    >>> printable("red \x1b[31m\nalert")
    'red \\x1b[31m alert'
    """
    return "".join(_visible(character) for character in " ".join(text.split()))


def _visible(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cs") or character in _TURNING
    return character.encode("unicode_escape").decode("ascii") if hidden else character


def varied_axes(summary: Summary) -> list[str]:
    """Return the axes that have more than one value in the rows."""
    seen: dict[str, set[str]] = {}
    for row in summary.rows:
        for axis, value in row.condition.values:
            seen.setdefault(axis, set()).add(repr(value))  # as text, because 1 and true are equal in Python
    return [axis for axis, values in seen.items() if len(values) > 1]


def fixed_axes(summary: Summary) -> dict[str, AxisValue]:
    """Return the axes that have the same value in every row, with that value."""
    varied = varied_axes(summary)
    return {axis: value for row in summary.rows for axis, value in row.condition.values if axis not in varied}


def common_settings(summary: Summary) -> dict[str, SettingValue]:
    """Return the settings, axes aside, that every row with an answer applied with the same value."""
    applied = [row.applied for row in summary.rows if answered(row)]
    axes = {axis for row in summary.rows for axis, _ in row.condition.values}
    shared = dict(applied[0]) if applied else {}
    return {
        name: value
        for name, value in sorted(shared.items())
        if name not in axes and all(name in other and other[name] == value for other in applied)
    }


def throughout(summary: Summary) -> str:
    """Write what is the same in every row: axes, settings and the number of draws; empty when nothing is."""
    same = [settings(fixed_axes(summary)), settings(common_settings(summary))]
    draws = {sum(row.completions.values()) for row in summary.rows}
    if len(draws) == 1:
        same.append(count(draws.pop(), "draw"))
    return ", ".join(filter(None, same))


def answered(row: Row) -> bool:
    """Tell whether any text came back; without one, nothing is known of the settings applied."""
    return bool(row.completions.get("complete", 0) or row.completions.get("truncated", 0))


def row_name(row: Row, axes: Sequence[str]) -> str:
    """Name a row by its provider and the axes that vary."""
    return ", ".join([row.provider, *(f"{axis} {shown(row.condition.get(axis))}" for axis in axes)])


def grouped_unsupported(summary: Summary) -> list[str]:
    """List each reason once a provider, with the row that it holds for or how many there are."""
    axes = varied_axes(summary)
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in summary.rows:
        if row.unsupported is not None:
            rows.setdefault((row.provider, row.unsupported), []).append(row)
    return [f"{_rows_name(those, axes)}: {reason}" for (_, reason), those in rows.items()]


def _rows_name(rows: Sequence[Row], axes: Sequence[str]) -> str:
    return row_name(rows[0], axes) if len(rows) == 1 else f"{rows[0].provider} in {count(len(rows), 'row')}"


def knob_lines(summary: Summary) -> list[str]:
    """Say of each setting on an axis what became of it on each provider, and of any other where it was not applied."""
    axes = {axis for row in summary.rows for axis, _ in row.condition.values}
    lines: list[str] = []
    for setting in dict.fromkeys(note.setting for note in summary.knobs):
        notes = [note for note in summary.knobs if note.setting == setting]
        if setting in axes or any(note.state != "applied" for note in notes):
            lines.append(f"{setting}: {'; '.join(_by_state(notes, summary))}")
    return lines


def _by_state(notes: Sequence[KnobNote], summary: Summary) -> Iterator[str]:
    outside = {note: values for note in notes if note.state == "applied" and (values := _all_refused(note, summary))}
    for note, values in outside.items():
        yield f"not taken by {note.provider} at {values}"
    notes = [note for note in notes if note not in outside]
    for state, written in _STATES.items():
        groups: dict[str | None, list[str]] = {}
        for note in notes:
            if note.state == state:
                groups.setdefault(note.why if state != "applied" else None, []).append(_who(note, summary))
        for why, providers in groups.items():
            yield f"{written} {', '.join(providers)}" + (f" ({why})" if why else "")


def _who(note: KnobNote, summary: Summary) -> str:
    """Name a note's provider, and where a server took some values of the setting and refused others, which."""
    rows = [row for row in summary.rows if row.provider == note.provider and note.setting in row.requested]
    taken = [row.requested[note.setting] for row in rows if row.unsupported is None and answered(row)]
    # What is taken alone and refused along with another setting says nothing of its value.
    refused = [value for row in rows if _is_about(note, row) and (value := row.requested[note.setting]) not in taken]
    if note.state not in ("refused", "applied") or not taken or not refused:
        return note.provider
    first, second = (refused, taken) if note.state == "refused" else (taken, refused)
    return f"{note.provider} at {_values(first)} but not at {_values(second)}"


def _all_refused(note: KnobNote, summary: Summary) -> str:
    """Write the values of a setting that kept every row of its provider from being run; empty when some row was."""
    rows = [row for row in summary.rows if row.provider == note.provider]
    if rows and all(_is_about(note, row) for row in rows):
        return _values(row.requested[note.setting] for row in rows if note.setting in row.requested)
    return ""


def _values(values: Iterable[SettingValue]) -> str:
    return ", ".join(dict.fromkeys(map(shown, values)))


def _is_about(note: KnobNote, row: Row) -> bool:
    """Tell whether the reason for which a row is unsupported names the note's setting."""
    return note.provider == row.provider and f"`{note.setting}`" in (row.unsupported or "")


def state_of(row: Row, summary: Summary) -> str:
    """Name in a word why a row is unsupported: `refused`, `ignored` or `unsupported`."""
    named = [note.state for note in summary.knobs if _is_about(note, row)]
    return next((state for state in named if state in ("refused", "ignored")), "unsupported")


def grouped_errors(summary: Summary) -> list[str]:
    """List what went wrong with calls, each reason once a provider with how often, the most frequent first."""
    times: dict[tuple[str, str], int] = {}
    for row in summary.rows:
        for reason, amount in row.errors.items():
            times[row.provider, reason] = times.get((row.provider, reason), 0) + amount
    ranked = sorted(times.items(), key=lambda each: -each[1])
    return [f"{provider} in {count(amount, 'draw')}: {reason}" for (provider, reason), amount in ranked]


def grouped_left_out(left_out: Sequence[LeftOut]) -> list[str]:
    """List each reason once, with the combination that it leaves out or how many there are."""
    conditions: dict[tuple[str, str], list[str]] = {}
    for each in left_out:
        conditions.setdefault((each.axis, each.reason), []).append(each.condition.label)
    return [f"{axis} in {_combinations(labels)}: {reason}" for (axis, reason), labels in conditions.items()]


def _combinations(labels: Sequence[str]) -> str:
    return labels[0] if len(labels) == 1 and labels[0] else count(len(labels), "combination")


def methods(summary: Summary, *, hidden: Collection[str] = ()) -> list[str]:
    """Say how the intervals were made: each method once, with the raw measures that it holds for and are not hidden."""
    names: dict[str, dict[str, None]] = {}
    for row in summary.rows:
        for name, value in row.measures.items():
            if value.estimate is not None and not name.endswith(NORMALISED) and name not in hidden:
                names.setdefault(value.method, {})[name] = None
    return [f"{method}: {', '.join(measures)}" for method, measures in names.items()]


def absent_numbers(summary: Summary, *, hidden: Collection[str] = ()) -> list[str]:
    """Say why raw measures that are not hidden have no number in rows that were supported."""
    rows: dict[tuple[str, str], int] = {}
    for row in summary.rows:
        for name, value in row.measures.items():
            if name in hidden or name.endswith(NORMALISED):
                continue
            if value.estimate is None and row.unsupported is None:
                rows[name, value.method] = rows.get((name, value.method), 0) + 1
    return [f"{name} in {count(amount, 'row')}: {why}" for (name, why), amount in rows.items()]


def outcomes(summary: Summary) -> str:
    """Count completions by how they ended and verdicts by whether they were reached, over all rows."""
    ended = [f"{sum(row.completions.get(outcome, 0) for row in summary.rows):,} {outcome}" for outcome in OUTCOMES]
    decided, undecided = sum(row.decided for row in summary.rows), sum(row.undecided for row in summary.rows)
    return f"completions: {', '.join(ended)}; verdicts: {decided:,} decided, {undecided:,} undecided"


def nobody_knows(providers: Sequence[str]) -> str:
    """Say that the prices of some providers are not known."""
    return f"nobody knows what {listed(providers)} {'costs' if len(providers) == 1 else 'cost'}"


def with_name(provider: str, message: str) -> str:
    """Put a provider's name before what ended it, and take it from the beginning of the sentence."""
    for beginning in (f"provider {provider} ", f"{provider} "):
        message = message.removeprefix(beginning)
    return f"provider {provider}: {message}"

"""Tables and lines of comparisons, the same at the terminal and in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.compare.family import EXPLORED_LEVEL
from evalkit.compare.words import DIRECTIONS, VERDICTS, difference, openness, operating_words, p_value
from evalkit.reports.columns import Column
from evalkit.reports.format import count, number, printable
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.findings import Change, Compared, Comparison, JudgedGate
    from evalkit.measured import RowKey

NOT_TO_JUDGE_BY = "it says where to look, and judges nothing"


def compared_columns(rows: Sequence[Compared], *, explored: bool = False) -> list[Column]:
    """Return the verdicts, what tells the rows apart, both sides, the difference, and the p.

    Corrected p stand in parentheses behind the raw ones where they differ.

    Args:
        rows: At least one.
        explored: Whether they are of an exploratory table, which has no margin and no better direction: it says
            `lower` and `higher`.
    """
    words = DIRECTIONS if explored else VERDICTS
    table = [Column("verdict", "verdict", tuple(words[row.verdict] for row in rows)), *_names(rows)]
    table += [
        Column("share", "new", tuple(number(row.new) for row in rows)),
        Column("share", "old", tuple(number(row.old) for row in rows)),
        Column("share", "difference", tuple(difference(row) for row in rows)),
    ]
    if len({row.margin for row in rows}) > 1:
        table.append(Column("share", "margin", tuple(f"{row.margin:g}" for row in rows)))
    table.append(Column("size", "cases", tuple(f"{row.cases:,}" for row in rows)))
    if any(row.missing or row.missing_old for row in rows):
        table.append(Column("outcome", "missing", tuple(f"{row.missing:,}/{row.missing_old:,}" for row in rows)))
    table.append(_chances(words["worse"], [(row.p_worse, row.corrected_worse) for row in rows]))
    table.append(_chances(words["not_worse"], [(row.p_not_worse, row.corrected_not_worse) for row in rows]))
    return table


def _chances(word: str, chances: Sequence[tuple[float | None, float | None]]) -> Column:
    return Column("share", f"p {word}", tuple(_both(raw, corrected) for raw, corrected in chances))


def _names(rows: Sequence[Compared]) -> list[Column]:
    """Return the columns that tell the rows apart."""
    table: list[Column] = []
    if len({row.row[0] for row in rows}) > 1:
        table.append(Column("provider", "provider", tuple(printable(row.row[0]) for row in rows)))
    table += [
        Column("axis", printable(axis), tuple(printable(shown(row.row[1].get(axis))) for row in rows))
        for axis in _varied([row.row for row in rows])
    ]
    if len({row.measure for row in rows}) > 1:
        table.append(Column("constraint", "measure", tuple(printable(row.measure) for row in rows)))
    return table


def _varied(keys: Sequence[RowKey]) -> list[str]:
    seen: dict[str, set[str]] = {}
    for _, condition in keys:
        for axis, value in condition.values:
            seen.setdefault(axis, set()).add(repr(value))  # as text, because 1 and true are equal in Python
    return [axis for axis, values in seen.items() if len(values) > 1]


def row_label(key: RowKey, axes: Sequence[str]) -> str:
    """Name a row on one line by its provider and the axes that vary."""
    return printable(", ".join([key[0], *(f"{axis} {shown(key[1].get(axis))}" for axis in axes)]))


def open_lines(rows: Sequence[Compared]) -> Iterator[str]:
    """Say of each undecided comparison what is known all the same; each thing once, with the rows that it holds for."""
    axes = _varied([row.row for row in rows])
    said: dict[str, list[str]] = {}
    for row in rows:
        words = openness(row)
        if words is not None:
            said.setdefault(words, []).append(f"{row_label(row.row, axes)}, {printable(row.measure)}")
    yield from _grouped(said, len(rows))


def flag_lines(rows: Sequence[Compared]) -> Iterator[str]:
    """Say what differs besides the scores; each thing once, with the rows that it holds for."""
    axes = _varied([row.row for row in rows])
    said: dict[str, dict[str, None]] = {}
    for row in rows:
        for flag in row.flags:
            said.setdefault(flag, {})[row_label(row.row, axes)] = None
    yield from _grouped({flag: list(labels) for flag, labels in said.items()}, len({row.row for row in rows}))


def method_lines(rows: Sequence[Compared]) -> Iterator[str]:
    """Say how the p were found; each method once, with the measures that it holds for."""
    names: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.units:
            names.setdefault(printable(row.method), {})[printable(row.measure)] = None
    yield from (f"{method}: {', '.join(measures)}" for method, measures in names.items())


def _grouped(said: dict[str, list[str]], rows: int) -> Iterator[str]:
    for words, labels in said.items():
        if len(labels) == rows and rows > 1:
            yield f"{printable(words)} (in every row)"
        elif len(labels) == 1:
            yield f"{labels[0]}: {printable(words)}"
        else:
            yield f"{printable(words)} (in {len(labels)} of {rows} rows)"


def explored_heading(comparison: Comparison) -> str:
    """Say what an exploratory table is, and how much it found."""
    found = sum(row.verdict != "undecided" for row in comparison.rows)
    return (
        f"To explore, against {printable(comparison.name)}: {count(len(comparison.rows), 'comparison')}, {found} found "
        f"with at most {100 * EXPLORED_LEVEL:g} % of them false (Benjamini-Hochberg); {NOT_TO_JUDGE_BY}"
    )


def found_lines(comparison: Comparison) -> list[str]:
    """Write what was found to differ, the least corrected p first."""
    axes = _varied([row.row for row in comparison.rows])
    return [
        f"{DIRECTIONS[row.verdict]}: {row_label(row.row, axes)}, {printable(row.measure)}: {number(row.new)} against "
        f"{number(row.old)}, difference {difference(row)}, corrected p {p_value(_least(row))}"
        for row in sorted((row for row in comparison.rows if row.verdict != "undecided"), key=_least)
    ]


def _least(row: Compared) -> float:
    return min(each for each in (row.corrected_worse, row.corrected_not_worse, 1.0) if each is not None)


def gate_lines(gate: JudgedGate, most: int) -> Iterator[str]:
    """Write a line for each row that a gate compared, the verdict first, and one on the long run.

    Args:
        gate: The gate.
        most: Rows that get a line, what is worse before what is undecided; the others are counted.
    """
    axes = _varied([row.row for row in gate.compared])
    ordered = sorted(gate.compared, key=_urgency)
    yield from (compared_line(row, axes) for row in ordered[:most])
    if len(ordered) > most:
        yield f"and {count(len(ordered) - most, 'more row')}, which report.md lists"
    if gate.operating is not None:
        yield f"in the long run: {operating_words(gate.operating)}"


def _urgency(row: Compared) -> int:
    return ("worse", "undecided", "not_worse").index(row.verdict)


def compared_line(row: Compared, axes: Sequence[str]) -> str:
    """Write a comparison on one line, the verdict first; `axes` tell its row from others."""
    facts = [
        f"{number(row.new)} against {number(row.old)}, difference {difference(row)}, margin {row.margin:g}",
        f"p worse {_told(row.p_worse, row.corrected_worse)}",
        f"p not worse {_told(row.p_not_worse, row.corrected_not_worse)}",
    ]
    if row.cases and row.repeats:
        facts.append(f"{count(row.cases, 'case')} x {row.repeats}")
    if row.missing or row.missing_old:
        facts.append(f"without a score {row.missing:,} against {row.missing_old:,}")
    open_ = openness(row)
    if open_ is not None:
        facts.append(open_)
    facts += [f"flagged: {flag}" for flag in row.flags]
    return printable(f"{VERDICTS[row.verdict]}: {row_label(row.row, axes)}: {'; '.join(facts)}")


def _both(raw: float | None, corrected: float | None) -> str:
    return p_value(raw) if raw == corrected else f"{p_value(raw)} ({p_value(corrected)})"


def _told(raw: float | None, corrected: float | None) -> str:
    return p_value(raw) if raw == corrected else f"{p_value(raw)} (corrected {p_value(corrected)})"


_STATES = {True: "answers differ in distribution", False: "answers not seen to differ", None: "not tested for a change"}


def change_line(change: Change) -> str:
    """Write what is known of one silent change."""
    p = "" if change.p is None else f" (p {_told(change.p, change.corrected)})"
    state = _STATES[change.changed] if change.p is not None or not change.changed else "another model answers"
    return printable(f"{state}: {change.provider}, {change.what}: {change.words}{p}")

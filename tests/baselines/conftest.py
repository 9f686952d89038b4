"""Measured rows as runs have them, made by hand and by hypothesis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from evalkit.baselines.lines import baseline_lines, row_order
from evalkit.baselines.scores import WRITTEN_LEVELS
from evalkit.measured import OF_CONSTRAINT, CaseScores, MeasuredCase, MeasuredOf, MeasuredRow
from evalkit.types import OUTCOMES, Condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evalkit.measured import RowKey

OF = MeasuredOf("main", "20261126-010203-abcd", "tone", 2, "f" * 64, date="2026-11-26T01:02:03.000+00:00")


@dataclass(frozen=True)
class Rows:
    """A `Measured` in memory."""

    of: MeasuredOf
    rows: tuple[MeasuredRow, ...]

    def keys(self) -> Iterator[RowKey]:
        """Yield the rows' keys."""
        return (row.key for row in self.rows)

    def row(self, key: RowKey) -> MeasuredRow | None:
        """Return one row."""
        return next((row for row in self.rows if row.key == key), None)


def sorted_rows(rows: Iterable[MeasuredRow]) -> list[MeasuredRow]:
    """Return rows as a file has them: sorted, and so their cases."""
    return [
        replace(row, cases=tuple(sorted(row.cases, key=lambda case: case.case_id)))
        for row in sorted(rows, key=lambda row: row_order(row.key))
    ]


def case(case_id: str = "kafka", met: int = 6, draws: int = 8, **parts: Any) -> MeasuredCase:  # noqa: ANN401 - any field
    """Make a case with two constraints, of whose draws `met` meet both and the others one."""
    shares = CaseScores(tuple(each for each in ((0.5, draws - met), (1.0, met)) if each[1]))
    whole = CaseScores(tuple(each for each in ((0.0, draws - met), (1.0, met)) if each[1]))
    one, two = CaseScores(((1.0, draws),)), whole
    scores = {
        "adherence": shares,
        "full_adherence": whole,
        "adherence_loose": shares,
        "full_adherence_loose": whole,
        "instruction_accuracy": replace(shares, weight=2.0),
        "instruction_accuracy_loose": replace(shares, weight=2.0),
        OF_CONSTRAINT + "contains_all": one,
        OF_CONSTRAINT + "max_words": two,
    }
    fields: dict[str, Any] = {
        "constraints": "a1b2c3d4e5f6",
        "planned": draws,
        "outcomes": {"complete": draws},
        "scores": scores,
        "characters": 412.25,
        "latency_s": 1.03,
        **parts,
    }
    return MeasuredCase(case_id, **fields)


def row(*cases: MeasuredCase, provider: str = "smollm2", **axes: Any) -> MeasuredRow:  # noqa: ANN401 - any value
    """Make a row."""
    return MeasuredRow(
        provider=provider,
        model="SmolLM2-135M-Instruct",
        condition=Condition(tuple((axes or {"temperature": 0.8, "system": "dense"}).items())),
        requested={"temperature": 0.8, "max_tokens": 48},
        applied={"temperature": 0.8, "max_tokens": 48},
        served=("SmolLM2-135M-Instruct",),
        cases=cases or (case(),),
    )


def text_of(*rows: MeasuredRow, of: MeasuredOf = OF) -> str:
    """Write a baseline as its file holds it."""
    return "\n".join(baseline_lines(Rows(of, rows))) + "\n"


_NAMES = st.text(st.characters(exclude_categories=()), min_size=1, max_size=8)
_SHARES = st.one_of(
    st.sampled_from([0.0, 1.0, 0.5, 1 / 3, 2 / 3]),
    st.fractions(0, 1, max_denominator=60).map(float),
    st.floats(0, 1),
)
_COUNTS = st.integers(1, 10_000)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def _scores(draw: st.DrawFn) -> CaseScores:
    values = sorted(draw(st.sets(_SHARES, max_size=4)))
    counts = tuple((value, draw(_COUNTS)) for value in values)
    weight = draw(st.one_of(st.just(1.0), st.integers(0, 40).map(float), st.floats(0, 40)))
    return CaseScores(counts, draw(st.sampled_from([0, 0, 3])), weight)


@st.composite
def _score_tables(draw: st.DrawFn) -> dict[str, CaseScores]:
    """Levels of which some follow from others, as nearly always, and some do not."""
    some = draw(st.lists(_scores(), min_size=1, max_size=3))
    found = draw(st.dictionaries(st.sampled_from(WRITTEN_LEVELS), st.sampled_from(some)))
    names = draw(st.lists(_NAMES, max_size=3, unique=True))
    return found | {OF_CONSTRAINT + name: draw(st.sampled_from(some)) for name in names}


@st.composite
def _values(draw: st.DrawFn) -> dict[str, float]:
    """Measures, with and without their twins on normalised texts."""
    found = draw(st.dictionaries(_NAMES, _NUMBERS, max_size=2))
    twins = {f"{label}_normalised": draw(st.just(value) | _NUMBERS) for label, value in found.items()}
    return found | {label: value for label, value in twins.items() if draw(st.booleans())}


@st.composite
def cases(draw: st.DrawFn, case_id: str) -> MeasuredCase:
    """Draw a case."""
    planned = draw(st.integers(0, 64))
    all_complete: Mapping[Any, int] = {"complete": planned} if planned else {}
    return MeasuredCase(
        case_id=case_id,
        constraints=draw(st.sampled_from(["a1b2c3d4e5f6", "0" * 12])),
        planned=planned,
        outcomes=draw(st.one_of(st.just(all_complete), st.dictionaries(st.sampled_from(OUTCOMES), _COUNTS))),
        scores=draw(_score_tables()),
        values=draw(_values()),
        characters=draw(st.none() | _NUMBERS),
        latency_s=draw(st.none() | _NUMBERS),
        run=draw(st.none() | _NAMES),
    )


_SETTINGS = st.dictionaries(
    _NAMES, _NAMES | st.integers() | _NUMBERS | st.booleans() | st.lists(_NAMES).map(tuple), max_size=2
)
_AXIS_VALUES = st.none() | _NAMES | st.integers(-5, 5) | st.floats(-2, 2) | st.lists(_NAMES, max_size=2).map(tuple)


@st.composite
def measured(draw: st.DrawFn) -> Rows:
    """Draw everything that a baseline may be of."""
    axes = draw(st.lists(_NAMES, max_size=3, unique=True))
    points = st.tuples(*(_AXIS_VALUES for _ in axes))
    conditions = [
        Condition(tuple(zip(axes, values, strict=True))) for values in draw(st.lists(points, max_size=3, unique=True))
    ]
    rows = [
        MeasuredRow(
            provider=provider,
            model=draw(_NAMES),
            condition=condition,
            requested=draw(_SETTINGS),
            applied=draw(_SETTINGS),
            served=tuple(draw(st.lists(_NAMES, max_size=2))),
            cases=tuple(draw(cases(case_id)) for case_id in draw(st.lists(_NAMES, max_size=3, unique=True))),
        )
        for provider in draw(st.lists(_NAMES, max_size=2, unique=True))
        for condition in conditions
    ]
    of = MeasuredOf(
        "main",
        draw(_NAMES),
        draw(_NAMES),
        draw(st.integers(0, 99)),
        draw(_NAMES),
        draw(st.integers(1, 9)),
        draw(st.none() | _NAMES),
    )
    return Rows(of, tuple(rows))

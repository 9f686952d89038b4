"""Writing measured rows and reading them back."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from evalkit.measured import CaseScores, MeasuredCase, MeasuredRow
from evalkit.measured_text import CasesText, read_row
from evalkit.types import OUTCOMES, Condition

NAMES = st.sampled_from(["adherence", "full_adherence", "constraint:max_words", "constraint:não"])
SCORES = st.builds(
    CaseScores,
    st.dictionaries(st.floats(0, 1), st.integers(1, 99), max_size=4).map(lambda met: tuple(sorted(met.items()))),
    st.integers(0, 9),
    st.floats(0.5, 9),
)
CASES = st.lists(
    st.builds(
        MeasuredCase,
        st.text(max_size=5),
        st.text("0123456789abcdef", min_size=12, max_size=12),
        st.integers(0, 99),
        st.dictionaries(st.sampled_from(OUTCOMES), st.integers(1, 99)),
        st.dictionaries(NAMES, SCORES),
        st.dictionaries(st.text(max_size=3), st.floats(allow_nan=False, allow_infinity=False)),
        st.none() | st.floats(0, 1e6),
        st.none() | st.floats(0, 1e6),
    ),
    max_size=6,
    unique_by=lambda case: case.case_id,
)
SETTINGS = st.dictionaries(
    st.text(max_size=3),
    st.text(max_size=3) | st.integers() | st.booleans() | st.lists(st.text(max_size=2)).map(tuple),
)
KEY = ("local", Condition((("temperature", 0.5), ("system", None))))


def _row(cases: list[MeasuredCase]) -> MeasuredRow:
    return MeasuredRow("local", "model-1", KEY[1], {"max_tokens": 9}, {}, ("m-1", "m-2"), tuple(cases))


def _written(row: MeasuredRow, order: list[str] | None = None) -> str:
    ids = [case.case_id for case in row.cases] if order is None else order
    text = CasesText({case_id: place for place, case_id in enumerate(ids)})
    for case in row.cases:
        text.add(case)
    return text.text(row.model, row.requested, row.applied, row.served)


@given(CASES, SETTINGS, SETTINGS)
def test_a_row_comes_back_as_it_was(
    cases: list[MeasuredCase], requested: dict[str, str], applied: dict[str, str]
) -> None:
    """Whatever its numbers, names and settings are."""
    row = MeasuredRow("local", "model-1", KEY[1], requested, applied, ("m-1",), tuple(cases))
    assert read_row(KEY, _written(row)) == row


def test_cases_stand_in_their_places() -> None:
    """Whatever the order in which they came."""
    cases = [MeasuredCase(case_id, "c0ffee", 2, {}, {}) for case_id in ("b", "c", "a")]
    assert [case.case_id for case in read_row(KEY, _written(_row(cases), ["a", "b", "c"])).cases] == ["a", "b", "c"]


def test_what_is_alike_is_written_and_held_once() -> None:
    """A thousand cases that score alike take less than 50 bytes each, and share their scores."""
    scores = {name: CaseScores(((0.0, 3), (1.0, 5))) for name in ("adherence", "full_adherence", "constraint:a")}
    cases = [MeasuredCase(f"{number}", "c0ffeec0ffee", 8, {"complete": 8}, dict(scores)) for number in range(1000)]
    text = _written(_row(cases))
    assert len(text) < 50_000
    assert len(json.loads(text)["scores"]) == 1
    first, second, *_ = read_row(KEY, text).cases
    assert first.scores is second.scores

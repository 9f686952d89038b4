"""Rows made of cells, with the case as the unit."""

from __future__ import annotations

import gc
import json
import math
import time
import weakref
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import UsageError
from evalkit.measures.agreement import ExactAgreement
from evalkit.measures.pairs import EditSimilarity, FirstDivergence
from evalkit.measures.words import DistinctN, LengthDispersion
from evalkit.summarise import Summarised, summarise
from evalkit.types import Cell, Completion, Condition, Draw, Outcome, Usage
from evalkit.verdicts import Scored, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.findings import Row
    from evalkit.protocols import Measure
    from evalkit.types import Judged, SettingValue

HOT = Condition((("temperature", 1.0),))
COLD = Condition((("temperature", 0.0),))


def _draw(completion: Completion, *values: float | None) -> Draw:
    """Make a draw whose verdicts have `values`; scored as `score` does."""
    decided = [value for value in values if value is not None]
    full = None
    if values and (len(decided) == len(values) or min(decided, default=1) < 1):
        full = float(min(decided) == 1)
    verdicts = tuple(Verdict("said", value, value, "why") for value in values)
    return Draw(0, completion, Scored(verdicts, math.fsum(decided) / len(decided) if decided else None, full), 0)


def _said(text: str, *values: float | None) -> Draw:
    return _draw(Completion("complete", text), *values)


def _cell(
    *draws: Draw,
    case: str = "one",
    provider: str = "local",
    condition: Condition = HOT,
    rule_share: float | None = None,
) -> Cell:
    return Cell(provider, "model", condition, case, {"temperature": 1.0}, rule_share, draws)


def _cases(*cases: Sequence[float]) -> list[Cell]:
    """Make a cell for each case, with one draw for each adherence."""
    return [_cell(*(_said("a", value) for value in case), case=str(number)) for number, case in enumerate(cases)]


def _only(summarised: Summarised) -> Row:
    (row,) = summarised.rows
    return row


def test_each_provider_and_condition_makes_a_row() -> None:
    """Cells of one provider under one condition come together; their order is kept."""
    cells = [
        _cell(provider=provider, condition=condition, case=case)
        for provider in ("a", "b")
        for condition in (COLD, HOT)
        for case in ("one", "two")
    ]
    rows = [(row.provider, row.condition) for row in summarise(cells, ()).rows]
    assert rows == [("a", COLD), ("a", HOT), ("b", COLD), ("b", HOT)]


def test_no_cells_make_no_rows() -> None:
    """A run that drew nothing has an empty summary."""
    assert summarise([], ()) == Summarised((), ())


def test_every_case_counts_the_same_however_often_it_was_drawn() -> None:
    """The mean is over cases: one case with three failures weighs no more than one with a single success."""
    row = _only(summarise(_cases([0, 0, 0], [1]), ()))
    assert row.measures["adherence"].estimate == 0.5


def test_repeats_do_not_narrow_the_interval_over_cases() -> None:
    """Drawing each case ten times as often with the same numbers leaves the interval as it was."""
    few, many = (
        _only(summarise(_cases([1, 0.5] * times, [1] * times, [0.75] * times), ())).measures["adherence"]
        for times in (1, 10)
    )
    assert (few.low, few.high) == (many.low, many.high)
    assert few.method == "Dirichlet bound over 3 cases, 95 %"
    assert few.scope == "population"


def test_six_perfect_cases_are_not_certain() -> None:
    """6 of 6 has the exact binomial interval that starts at .025 to the power of 1 / 6."""
    adherence = _only(summarise(_cases(*[[1, 1]] * 6), ())).measures["adherence"]
    assert adherence.low == pytest.approx(0.025 ** (1 / 6))
    assert (adherence.estimate, adherence.high) == (1, 1)
    assert adherence.method == "exact binomial (Clopper-Pearson) over 6 cases, 95 %"


def test_one_case_speaks_of_itself_alone() -> None:
    """8 of 10 draws of the only case have the exact binomial interval of those draws."""
    adherence = _only(summarise(_cases([1] * 8 + [0] * 2), ())).measures["adherence"]
    assert (adherence.estimate, adherence.low, adherence.high) == pytest.approx((0.8, 0.443905, 0.974789), abs=1e-6)
    assert adherence.scope == "case"
    assert adherence.method == "exact binomial (Clopper-Pearson) over its 10 draws, 95 %; speaks of that case alone"


def test_one_draw_of_one_case_says_that_it_is_one() -> None:
    """The words warn of a single draw."""
    adherence = _only(summarise(_cases([1]), ())).measures["adherence"]
    assert "over its only draw" in adherence.method


def test_the_only_decided_case_speaks_of_itself_alone() -> None:
    """Where the other case decided nothing, its place in the order does not matter."""
    decided, open_one = _cell(_said("a", 1), _said("b", 0), case="one"), _cell(_said("a", None), case="two")
    for cells in ([decided, open_one], [open_one, decided]):
        row = _only(summarise(cells, ()))
        assert row.cases == 1
        assert row.measures["adherence"].estimate == 0.5
        assert row.measures["adherence"].scope == "case"
        assert "over its 2 draws" in row.measures["adherence"].method


def test_full_adherence_is_the_share_of_draws_that_meet_all() -> None:
    """Half the constraints met in every draw makes .5 adherence and no full adherence."""
    cells = [_cell(_said("a", 1, 0), _said("b", 0, 1), case=case) for case in ("one", "two")]
    measures = _only(summarise(cells, ())).measures
    assert measures["adherence"].estimate == 0.5
    assert measures["full_adherence"].estimate == 0


def test_undecided_verdicts_are_counted_and_not_scored() -> None:
    """A draw counts with what was decided of it; one without a decided verdict not at all."""
    row = _only(summarise([_cell(_said("a", 1, None), _said("b", None, None), case=case) for case in "xy"], ()))
    assert (row.decided, row.undecided) == (2, 6)
    assert row.measures["adherence"].estimate == 1
    assert row.measures["full_adherence"].estimate is None
    assert row.measures["full_adherence"].method == "nothing was decided"


def test_what_does_not_apply_is_neither_decided_nor_undecided() -> None:
    """A constraint that does not speak of a text has no verdict on it."""
    verdicts = (Verdict("said", 1.0, 1.0, "why"), Verdict("when", None, None, "not asked", applies=False))
    row = _only(summarise([_cell(Draw(0, Completion("complete", "a"), Scored(verdicts, 1.0, 1.0), 0))], []))
    assert (row.decided, row.undecided) == (1, 0)


def test_failed_calls_are_counted_apart_and_not_scored() -> None:
    """Errors and refusals lower neither adherence nor a measure."""
    cell = _cell(
        _said("a", 1),
        _draw(Completion("truncated", "a"), 1),
        _draw(Completion("refusal", "")),
        _draw(Completion("error", error="timed out")),
    )
    row = _only(summarise([cell], [ExactAgreement()]))
    assert row.completions == {"complete": 1, "truncated": 1, "refusal": 1, "error": 1, "unsupported": 0}
    assert row.measures["adherence"].estimate == 1
    assert row.measures["exact_agreement"].estimate == 1


def test_refusals_that_a_suite_fails_count_as_failures() -> None:
    """A refusal with verdicts is scored by them, while it is still counted as a refusal."""
    row = _only(summarise([_cell(_said("a", 1), _draw(Completion("refusal"), 0))], ()))
    assert row.measures["adherence"].estimate == 0.5
    assert row.completions["refusal"] == 1


def test_a_row_of_errors_has_no_estimate() -> None:
    """Nothing decided is not zero."""
    row = _only(summarise([_cell(_draw(Completion("error", error="no network")))], [ExactAgreement()]))
    assert row.cases == 0
    assert all(each.estimate is each.low is each.high is None for each in row.measures.values())


def test_measures_come_raw_and_normalised_after_adherence() -> None:
    """Every measure has two columns, arguments in its label."""
    measures: list[Measure] = [FirstDivergence(), DistinctN(2), DistinctN(3)]
    row = _only(summarise(_cases([1, 1]), measures))
    assert list(row.measures) == [
        "adherence",
        "full_adherence",
        "adherence_loose",
        "full_adherence_loose",
        "instruction_accuracy",
        "instruction_accuracy_loose",
        "first_divergence",
        "first_divergence_normalised",
        "distinct_2",
        "distinct_2_normalised",
        "distinct_3",
        "distinct_3_normalised",
    ]


def test_white_space_alone_makes_no_difference_once_normalised() -> None:
    """Texts that differ in white space never agree raw, and always normalised."""
    cells = [_cell(_said("a  b", 1), _said("a b\n", 1), case=case) for case in ("one", "two")]
    measures = _only(summarise(cells, [ExactAgreement(), FirstDivergence()])).measures
    assert measures["exact_agreement"].estimate == 0
    assert measures["exact_agreement_normalised"].estimate == 1
    assert measures["first_divergence"].estimate == 2
    assert measures["first_divergence_normalised"].estimate is None
    assert measures["first_divergence_normalised"].method == "not defined for any case"


def test_texts_of_different_cases_are_never_compared() -> None:
    """Two cases that each repeat themselves agree fully, however different they are."""
    cells = [_cell(_said(text, 1), _said(text, 1), case=text) for text in ("a", "b")]
    assert _only(summarise(cells, [ExactAgreement()])).measures["exact_agreement"].estimate == 1


def test_bounded_measures_are_means_over_the_cases_that_have_them() -> None:
    """A case with a single draw has no agreement and is left out of its mean."""
    cells = [
        _cell(_said("a", 1), _said("a", 1), case="same"),
        _cell(_said("a", 1), _said("b", 1), case="different"),
        _cell(_said("a", 1), case="single"),
    ]
    agreement = _only(summarise(cells, [ExactAgreement()])).measures["exact_agreement"]
    assert agreement.estimate == 0.5
    assert agreement.method == "exact binomial (Clopper-Pearson) over 2 cases, 95 %"


def test_unbounded_measures_are_medians_over_cases() -> None:
    """Six cases that diverge after 1 to 5 and 100 characters have a median of 3.5."""
    cells = [_cell(_said("x" * at + "a", 1), _said("x" * at + "b", 1), case=str(at)) for at in (1, 2, 3, 4, 5, 100)]
    divergence = _only(summarise(cells, [FirstDivergence()])).measures["first_divergence"]
    assert (divergence.estimate, divergence.low, divergence.high) == (3.5, 1, 100)
    assert divergence.method == "median over 6 cases; order statistics, 95 %"


def test_a_measure_of_one_case_has_no_interval() -> None:
    """The pairs of one cell are not independent, so no interval is made of them."""
    similarity = _only(summarise([_cell(_said("ab", 1), _said("ac", 1))], [EditSimilarity()])).measures[
        "edit_similarity"
    ]
    assert (similarity.estimate, similarity.low, similarity.high) == (0.5, None, None)
    assert similarity.scope == "case"


def test_applied_settings_are_shown_where_all_agree() -> None:
    """One value for a setting that every completion applied; a list of strings stays one value."""
    applied: dict[str, SettingValue] = {"temperature": 0.5, "stop": ("a", "b")}
    draws = [_draw(Completion("complete", "a", applied=applied), 1)] * 2
    assert _only(summarise([_cell(*draws)], ())).applied == applied


def test_applied_settings_that_differ_show_every_value_met() -> None:
    """Values are written as text and in order; a completion that lacks the setting shows, too."""
    draws = [
        _draw(Completion("complete", "a", applied={"top_k": 40, "temperature": 0.5}), 1),
        _draw(Completion("complete", "a", applied={"top_k": 20}), 1),
        _draw(Completion("error", error="timed out"), 1),
    ]
    applied = _only(summarise([_cell(*draws)], ())).applied
    assert applied == {"top_k": ("20", "40"), "temperature": ("0.5", "not applied")}


def test_seeds_are_no_applied_setting_of_a_row() -> None:
    """Every draw has its own, which is no difference worth showing."""
    draws = [_draw(Completion("complete", "a", applied={"seed": seed}), 1) for seed in (1, 2)]
    assert _only(summarise([_cell(*draws)], ())).applied == {}


def _unsupported(reason: str | None) -> Draw:
    return _draw(Completion("unsupported", error=reason))


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([[_said("a", 1)], [_said("b", 1)]], None),
        ([[_unsupported("no top_k")] * 2, [_unsupported("no top_k")]], "no top_k"),
        ([[_said("a", 1)], [_unsupported("too long")], [_said("b", 1)]], "1 of 3 cases: too long"),
        ([[_said("a", 1), _unsupported("too long")]], "1 of 1 cases: too long"),
        ([[_unsupported(None)]], "no reason was recorded"),
    ],
    ids=["supported", "all", "one case of three", "some draws", "without a reason"],
)
def test_unsupported_rows_say_why_and_how_much_of_them(cells: list[list[Draw]], reason: str | None) -> None:
    """The bare reason where nothing could be run; a count of cases before it where some could."""
    row = _only(summarise([_cell(*draws, case=str(number)) for number, draws in enumerate(cells)], ()))
    assert row.unsupported == reason


@pytest.mark.parametrize(
    ("outcomes", "total"),
    [
        ([("complete", 0.1), ("truncated", 0.2)], 0.3),
        ([("complete", 0.0)], 0.0),
        ([("complete", 0.1), ("complete", None)], None),
        ([("complete", 0.1), ("refusal", None)], None),
        ([("complete", 0.1), ("error", None), ("unsupported", None)], 0.1),
        ([("complete", 0.1), ("error", 0.2)], 0.3),
        ([("error", None)], None),
    ],
    ids=["sum", "free", "one unknown", "unknown refusal", "failed calls", "charged failure", "nothing answered"],
)
def test_cost_is_known_only_where_every_answer_has_a_price(
    outcomes: list[tuple[Outcome, float | None]], total: float | None
) -> None:
    """A sum that leaves answers out would be too low; calls that failed have no price unless they were charged."""
    draws = [_draw(Completion(outcome, cost_usd=cost)) for outcome, cost in outcomes]
    assert _only(summarise([_cell(*draws)], ())).cost_usd == pytest.approx(total)


def test_served_models_rule_shares_and_tokens_are_gathered() -> None:
    """Models once each and in order; means over cases and over the completions whose tokens are known."""
    answers = [
        Completion("complete", "a", served_model="m-2", usage=Usage(10, 1)),
        Completion("complete", "a", served_model="m-1", usage=Usage(20, 1)),
        Completion("complete", "a", served_model="m-2"),
    ]
    cells = [
        _cell(*(_draw(answer, 1) for answer in answers), case="one", rule_share=0.5),
        _cell(case="two", rule_share=0.4),
    ]
    row = _only(summarise(cells, ()))
    assert row.served == ("m-1", "m-2")
    assert row.rule_share == pytest.approx(0.45)
    assert row.input_tokens == 15


@pytest.mark.parametrize(
    ("model", "others"),
    [("gpt-4.1", ("gpt-4o-mini",)), ("gpt-4.1-latest", ()), ("gpt-4o-mini", ("gpt-4.1-2025-04-14",))],
    ids=["a snapshot is the model itself", "an alias resolved", "the other way round"],
)
def test_models_that_were_not_asked_for_stand_apart(model: str, others: tuple[str, ...]) -> None:
    """Of the models that answered, a row names those of another family than the one asked for."""
    answers = [Completion("complete", "a", served_model=served) for served in ("gpt-4.1-2025-04-14", "gpt-4o-mini")]
    row = _only(summarise([replace(_cell(*map(_draw, answers)), model=model)], ()))
    assert row.other_models == others


def test_errors_are_counted_by_their_words() -> None:
    """The five most frequent reasons for which calls failed are kept, over all cases."""
    failed = [Completion("error", error=f"reason {number}") for number in range(7) for _ in range(7 - number)]
    cells = [_cell(*map(_draw, failed[:10]), case="one"), _cell(*map(_draw, failed[10:]), case="two")]
    cells.append(_cell(_said("a", 1), case="three"))
    row = _only(summarise(cells, ()))
    assert row.errors == {f"reason {number}": 7 - number for number in range(5)}
    assert row.completions["error"] == 28


def test_what_is_not_known_is_none() -> None:
    """Without rules, tokens or prices there are no numbers for them."""
    row = _only(summarise([_cell(_said("a", 1))], ()))
    assert (row.rule_share, row.input_tokens, row.cost_usd, row.served) == (None, None, None, ())


@dataclass(frozen=True, slots=True)
class _Constant:
    """A measure of somebody else's that returns the same for every cell."""

    name: ClassVar[str] = "constant"
    bounds: ClassVar[tuple[float, float] | None] = None
    value: float

    @property
    def label(self) -> str:
        return self.name

    def compute(self, texts: Sequence[str]) -> float | None:
        return self.value if texts else None


@dataclass(frozen=True, slots=True)
class _Share(_Constant):
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)


@pytest.mark.parametrize(
    ("measure", "message"),
    [
        (_Constant(math.nan), "measure `constant` returned nan, which is not a finite number"),
        (_Constant(math.inf), "measure `constant` returned inf, which is not a finite number"),
        (_Share(1.5), "measure `constant` returned 1.5, which is not a number from 0 to 1"),
        (_Share(math.nan), "measure `constant` returned nan, which is not a number from 0 to 1"),
    ],
    ids=["not a number", "infinite", "out of bounds", "not a number, bounded"],
)
def test_a_measure_that_breaks_its_promise_is_refused(measure: _Constant, message: str) -> None:
    """One impossible number would spoil the estimate without a trace."""
    with pytest.raises(UsageError) as refused:
        summarise([_cell(_said("a", 1))], [measure])
    assert str(refused.value) == message


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(["", "a", "a b", "a  b"]), st.sampled_from([None, 0.0, 0.5, 1.0])), max_size=4
        ),
        max_size=8,
    )
)
def test_no_estimate_is_ever_infinite_or_outside_its_interval(cases: list[list[tuple[str, float | None]]]) -> None:
    """Whatever was drawn, every number can be written as JSON, and the ends stand around the estimate."""
    cells = [_cell(*(_said(*drawn) for drawn in case), case=str(number)) for number, case in enumerate(cases)]
    measures: list[Measure] = [ExactAgreement(), FirstDivergence(), EditSimilarity(), DistinctN(), LengthDispersion()]
    for row in summarise(cells, measures).rows:
        json.dumps([asdict(each) for each in row.measures.values()], allow_nan=False)
        for each in row.measures.values():
            if each.low is not None and each.high is not None and each.estimate is not None:
                assert each.low <= each.estimate <= each.high


class _Text(str):
    """A text whose end can be noticed, which a plain string's cannot."""

    __slots__ = ("__weakref__",)


def test_texts_of_one_cell_are_held_at_a_time() -> None:
    """When a cell is asked for, the texts of all but the one before it are gone."""
    made: list[weakref.ref[_Text]] = []

    def cells() -> Iterator[Cell]:
        for number in range(6):
            text = _Text(f"text {number}")
            made.append(weakref.ref(text))
            yield _cell(_said(text, 1), case=str(number))
            gc.collect()
            assert not any(each() for each in made[:-1])

    assert _only(summarise(cells(), [ExactAgreement()])).cases == 6


def test_a_hundred_thousand_draws_take_seconds() -> None:
    """25,000 cases of four draws, all in one row, are summarised in less than six seconds."""
    draws = tuple(_said(text, 1, 0) for text in ("a b", "a c", "a b", "d"))
    cells = (_cell(*draws, case=str(number)) for number in range(25_000))
    started = time.perf_counter()
    row = _only(summarise(cells, [ExactAgreement()]))
    assert time.perf_counter() - started < 6
    assert row.cases == 25_000


@pytest.mark.parametrize(
    ("judged", "agreement"),
    [("answer", 1), ("reasoning", 0), ("both", 0)],
)
def test_measures_look_at_what_is_judged(judged: Judged, agreement: float) -> None:
    """Two draws with one answer and different reasoning agree in the answer alone."""
    draws = [_draw(Completion("complete", "Yes.", reasoning=why)) for why in ("It is.", "I think so.")]
    row = _only(summarise([_cell(*draws)], (ExactAgreement(),), judged=judged))
    assert row.measures["exact_agreement"].estimate == agreement


def test_answers_that_never_began_do_not_agree() -> None:
    """Two completions cut off before their answers have no texts to compare; empty whole answers have."""
    cut = [_draw(Completion("truncated", "", reasoning="Let me see")) for _ in range(2)]
    assert _only(summarise([_cell(*cut)], (ExactAgreement(),))).measures["exact_agreement"].estimate is None
    whole = [_said(""), _said("")]
    assert _only(summarise([_cell(*whole)], (ExactAgreement(),))).measures["exact_agreement"].estimate == 1


def test_tokens_and_retries_are_added_up() -> None:
    """Input 10 + 20, output 1 + 2; one states what was cached, none what was reasoned; three calls were asked again."""
    draws = [
        _draw(Completion("complete", "a", usage=Usage(10, 1, 4), attempts=3)),
        _draw(Completion("truncated", "b", usage=Usage(20, 2), attempts=1)),
        _draw(Completion("error", error="down", attempts=2)),
        _draw(Completion("unsupported", error="no")),
    ]
    row = _only(summarise([_cell(*draws)], ()))
    assert (row.tokens, row.retries) == (Usage(30, 3, 4, None, None), 3)


def test_tokens_of_one_answer_that_are_not_known_leave_the_sum_unknown() -> None:
    """The mean length of the prompts is over those that are known."""
    draws = [_draw(Completion("complete", "a", usage=Usage(10, 1))), _draw(Completion("complete", "b"))]
    row = _only(summarise([_cell(*draws)], ()))
    assert (row.tokens, row.input_tokens) == (Usage(), 10)

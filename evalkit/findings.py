"""What a run comes to: estimates with their intervals, summaries and reports. Data only; writers render it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.types import EMPTY, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.gate import Better
    from evalkit.gate import Scope as Inference
    from evalkit.types import AxisValue, Condition, LeftOut, Outcome, Scalar, SettingValue
    from evalkit.verdicts import Source


Scope: TypeAlias = Literal["population", "case"]

MACRO = ("adherence", "full_adherence", "adherence_loose", "full_adherence_loose")
"""Means over cases of what completions come to: their share of constraints met, or whether all are."""
MICRO = ("instruction_accuracy", "instruction_accuracy_loose")
"""Shares of all instructions, whichever case they are of."""
BY_SOURCE = ("adherence_system", "adherence_case")
"""Adherence to the constraints of system prompts and to those of cases alone."""
FINAL = "final_accuracy"
"""The mean of the four numbers of IFEval, where every constraint is one of its instructions."""
LEVELS = (*MACRO, *MICRO, *BY_SOURCE, FINAL)
"""The names that adherence has among a row's measures."""
IFEVAL = {
    "full_adherence": "prompt strict",
    "instruction_accuracy": "instruction strict",
    "full_adherence_loose": "prompt loose",
    "instruction_accuracy_loose": "instruction loose",
}
"""The four numbers of IFEval, with what IFEval calls them."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval.

    Attributes:
        estimate: None when nothing was decided.
        low: Lower end of the 95 % interval; None when no interval can be given.
        high: Upper end.
        method: How the interval was made, or why there is none; in words a report can print.
        scope: `population` speaks of cases like these, `case` of the one case there is.
        standard_error: With the case as the unit, or of one case the draw; None when not known, and for medians.
    """

    estimate: float | None
    low: float | None
    high: float | None
    method: str
    scope: Scope = "population"
    standard_error: float | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """What verdicts are told apart by when they are added up.

    Constraints of the same name count together, whatever their arguments: `max_words` may be 60 in one case and 80 in
    another.

    Attributes:
        constraint: The constraint's name; see `evalkit.verdicts.Verdict`, as for the others.
    """

    constraint: str
    family: str | None = None
    source: Source = "case"
    ifeval_id: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one demand, or all of one family, was met.

    Attributes:
        cases: Cases with a decided verdict on it.
        decided: Strict verdicts.
        undecided: Strict verdicts that could not be reached.
        strict: Mean over the cases of the share met.
        loose: The same of the loose verdicts.
    """

    cases: int
    decided: int
    undecided: int
    strict: Estimate
    loose: Estimate


@dataclass(frozen=True, slots=True)
class Pooled:
    """How one provider met each demand at one value of one axis, whatever the other axes were.

    Each case counts once, and in it each condition that it decided.

    Attributes:
        axis: None for all conditions together.
    """

    provider: str
    axis: str | None
    value: AxisValue
    constraints: Mapping[Demand, Standing]


@dataclass(frozen=True, slots=True)
class Row:
    """One provider under one condition, over all cases.

    Attributes:
        applied: Settings that were really used, where all completions agree; a setting on which they differ holds
            every value met, as a tuple of strings.
        unsupported: Why this cell could not be run as asked; None when it could.
        cases: Cases with at least one decided completion.
        completions: How many ended in each outcome.
        rule_share: Mean share of rule words reached, where density acts; None elsewhere.
        input_tokens: Mean tokens of the prompt; None when not known.
        cost_usd: Total; None when any is not known.
        errors: What went wrong with calls, in words, and how often; the five most frequent.
        other_models: Of `served`, those that are not the model asked for; an alias resolved is not another model.
        tokens: Sums over all completions; see `Spent`.
        retries: How often a call was asked again, over all completions.
        constraints: How each demand was met, in order of appearance.
        families: The same for all demands of one kind.
    """

    provider: str
    model: str
    served: tuple[str, ...]
    condition: Condition
    requested: Mapping[str, SettingValue]
    applied: Mapping[str, SettingValue]
    unsupported: str | None
    cases: int
    completions: Mapping[Outcome, int]
    decided: int
    undecided: int
    rule_share: float | None
    input_tokens: float | None
    cost_usd: float | None
    measures: Mapping[str, Estimate]
    other_models: tuple[str, ...] = ()
    tokens: Usage = field(default_factory=Usage)
    retries: int = 0
    errors: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    constraints: Mapping[Demand, Standing] = field(default_factory=dict["Demand", "Standing"])
    families: Mapping[str, Standing] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run has taken so far of one provider, the replies of live conversations included.

    Attributes:
        answers: Completions that a provider bills: all but errors and unsupported ones.
        cost_usd: Sum of the known prices; None when none is known.
        unpriced: Answers whose price is not known.
        reused_usd: Part of `cost_usd` that earlier runs paid, for answers that were reused.
        tokens: Sums. Input and output are None as soon as they are not known of an answer with a text; what came from a
            cache or went into one, and reasoning, only where no completion states any, for 0 is often left unsaid.
        retries: How often a call of this run was asked again.
        errors: Completions that ended in an error.
    """

    answers: int
    cost_usd: float | None
    unpriced: int
    reused_usd: float
    tokens: Usage
    retries: int
    errors: int


@dataclass(frozen=True, slots=True)
class ProbeNote:
    """What a probe found of one setting, as a report cites it.

    Attributes:
        date: The day, UTC, ISO 8601.
        verdict: As in `evalkit.probe.findings`.
        contradiction: How it contradicts what else is known of the setting; None when it does not.
    """

    date: str
    verdict: str
    contradiction: str | None = None


@dataclass(frozen=True, slots=True)
class KnobNote:
    """What one provider's model does with one setting that the suite asks for.

    Attributes:
        state: `refused` by the server in this run; the others as in `evalkit.support.Knob`.
        why: The server's own words, or where it is written; None when there is nothing to cite.
        probed: What a probe of the same model found; None when there is none.
    """

    provider: str
    setting: str
    state: Literal["applied", "unsupported", "ignored", "unknown", "refused"]
    why: str | None = None
    probed: ProbeNote | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in numbers: one row for each provider and condition.

    Attributes:
        left_out: Combinations that were not run, with the reason.
        missing: Samples that the run still has to draw.
        unjudged: Votes of judges that the run still lacks.
        notes: Sentences that a reader of any table must know.
        knobs: What became of the settings asked for; empty for a run that was never set to work.
        spent: By provider, over the whole run whatever part of it the rows show; empty before anything was drawn.
        providers: All that the run asks, also those without a row; empty where that is not known.
        pooled: For each provider, how the demands were met over all rows, and along each axis that varies in them.
    """

    run: str
    suite_name: str
    suite_version: int
    suite_hash: str
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...] = ()
    missing: int = 0
    notes: tuple[str, ...] = ()
    knobs: tuple[KnobNote, ...] = ()
    spent: Mapping[str, Spent] = field(default_factory=lambda: EMPTY)
    providers: tuple[str, ...] = ()
    pooled: tuple[Pooled, ...] = ()
    unjudged: int = 0


Decision: TypeAlias = Literal["worse", "not_worse", "undecided"]


@dataclass(frozen=True, slots=True)
class Needed:
    """What would be expected to decide, if what was met so far went on.

    Attributes:
        cases: Cases in all, with the repeats as they are; None when no number would.
        repeats: Repeats in all of each case, with the cases as they are; None when repeats alone never would.
    """

    cases: int | None
    repeats: int | None


@dataclass(frozen=True, slots=True)
class Operating:
    """How a comparison behaves in the long run, as designed.

    Attributes:
        false_alarms: Chance of *worse* when nothing has changed.
        error_at_margin: Chance of the wrong verdict when the drop is exactly the margin: of *worse* for `alarm: harm`,
            of *not worse* for `unproven`.
        power: Chance of the right one: of *worse* at twice the margin for `harm`, of *not worse* without change for
            `unproven`. None for `harm` at margin 0, where twice the margin is no drop.
        detectable: Least drop in all, margin included, that is found with a chance of 0.8; None when none is.
    """

    false_alarms: float
    error_at_margin: float
    power: float | None
    detectable: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of one row held against another row.

    Attributes:
        row: The provider and condition that is judged.
        against: The other one; the same for a baseline or another run.
        new: Mean of the row over what both have; the median over cases of a measure without bounds.
        old: The same of the other one.
        difference: The new less the old, whichever way is better; over the draws with a score. Its own scope does not
            tell suite from population; `scope` does.
        margin: How much worse is still acceptable.
        cases: Cases that both have.
        units: Cases or pairs of draws that the inference rests on.
        p_worse: One-sided, of not being worse by more than the margin; None when there is nothing to test.
        p_not_worse: One-sided, of being worse by the margin.
        corrected_worse: `p_worse` corrected for the family it is in.
        corrected_not_worse: The same of `p_not_worse`.
        smallest_p: Least p that the data could reach by their number; 0 where there is no such limit.
        method: The test, in words.
        missing: Draws of the row without a score.
        missing_old: The same of the other one.
        needed: What would decide an undecided one; None otherwise, and where nothing is known.
        flags: What differs between the two besides their scores, in words.
        left_out: Cases that are not compared, and why.
        scope: What the inference speaks of: these very cases, or cases like these.
        better: Which way the measure is better.
        repeats: How often each case was to be drawn, on both sides, in words; empty where that is not known.
    """

    measure: str
    row: tuple[str, Condition]
    against: tuple[str, Condition]
    new: float | None
    old: float | None
    difference: Estimate
    margin: float
    cases: int
    units: int
    p_worse: float | None
    p_not_worse: float | None
    corrected_worse: float | None
    corrected_not_worse: float | None
    smallest_p: float
    method: str
    verdict: Decision
    missing: int = 0
    missing_old: int = 0
    needed: Needed | None = None
    flags: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    scope: Inference = "population"
    better: Better = "higher"
    repeats: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that two sides have in common, held against one another to look for differences, not to judge by.

    Attributes:
        name: What the other side is, in words: `baseline main`.
        rows: One for each measure and pair of rows; corrected by Benjamini-Hochberg over all of them.
        left_out: What could not be compared, and why.
    """

    name: str
    rows: tuple[Compared, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Whether one provider's answers come from another distribution than before; says nothing of better or worse.

    Attributes:
        what: `texts`, `refusals`, `length`; what was tested.
        p: Of there being no change; None when it could not be tested.
        corrected: The same, corrected over all tests of change of the run.
        changed: Whether it is shown at the level that alarms of change have; None when that is not known.
        words: The finding, or why there is none.
    """

    provider: str
    what: str
    p: float | None
    corrected: float | None
    changed: bool | None
    words: str


GateVerdict: TypeAlias = Literal["passed", "failed", "worse", "not_worse", "undecided"]


@dataclass(frozen=True, slots=True)
class JudgedGate:
    """What became of one gate.

    Attributes:
        alarming: Whether it fails the run.
        open_rows: Rows of this run that more draws might decide; empty for a gate that is decided, or that cannot be.
        compared: The rows that a gate on a comparison looked at; empty for a threshold.
        besides: What of `why` is not about these rows.
        operating: How it behaves in the long run; None where that is not known.
    """

    name: str
    verdict: GateVerdict
    why: str
    alarming: bool = False
    open_rows: tuple[tuple[str, Condition], ...] = ()
    compared: tuple[Compared, ...] = ()
    operating: Operating | None = None
    besides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A summary held against its gates: data only, which writers render.

    Attributes:
        comparison: With a baseline or another run, if there is one.
        changes: What is known of silent changes of the models.
        incomplete: That more draws failed or are missing than may, so that nothing is judged; None when no more did.
        stopped: Why drawing ended before all was drawn, in words: a provider that failed, the budget, a stop. Known
            only where the run was drawn just now.
    """

    summary: Summary
    gates: tuple[JudgedGate, ...] = ()
    comparison: Comparison | None = None
    changes: tuple[Change, ...] = ()
    environment: Mapping[str, Mapping[str, Scalar]] = field(default_factory=lambda: EMPTY)
    incomplete: str | None = None
    stopped: tuple[str, ...] = ()

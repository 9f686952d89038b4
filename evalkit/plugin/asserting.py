"""Judges what tests have asked for, by the code that judges the items of suites, and keeps it in baselines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.baselines.baseline import baseline_names, baseline_path, read_baseline
from evalkit.baselines.files import save_baseline
from evalkit.baselines.fitness import fitness, refuse_unfit
from evalkit.baselines.promote import Candidate, promote
from evalkit.cells import scored_cells
from evalkit.constraints.digest import digest_of
from evalkit.errors import BaselineError, UsageError, suggestion
from evalkit.gate import BASELINE, Gate
from evalkit.judge.pending import open_votes
from evalkit.measuring import run_measured
from evalkit.plugin.case_outcome import judge_case
from evalkit.plugin.gate_outcome import judge_gates
from evalkit.plugin.planned import Planned
from evalkit.plugin.question import with_constraints
from evalkit.prepare import prepare
from evalkit.selection import Selection
from evalkit.types import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.findings import Estimate
    from evalkit.measured import Measured, MeasuredOf, MeasuredRow, RowKey
    from evalkit.plugin.case_outcome import State
    from evalkit.plugin.completions import Completions
    from evalkit.plugin.question import ConstraintLike
    from evalkit.project import Project
    from evalkit.store import Store
    from evalkit.types import Run, Suite

AdherenceMeasure: TypeAlias = Literal["adherence", "full_adherence"]
"""The mean share of constraints that an answer meets, or the share of answers that meet all."""
MEASURES: tuple[AdherenceMeasure, ...] = ("adherence", "full_adherence")
UPDATE = "--evalkit-update-baseline"
_OF_TESTS = "test."
"""What stands before the name of a test's baseline where those of suites have the suite's name."""


@dataclass(frozen=True, slots=True)
class Asserted:
    """What an assertion comes to.

    Attributes:
        lines: Why; the first one says the most.
        estimate: Of the adherence; None where nothing was decided, or nothing was asked of it.
        unsupported: Whether it is undecided because the model cannot be asked so.
    """

    state: State
    lines: tuple[str, ...]
    estimate: Estimate | None = None
    unsupported: bool = False


def judge_adherence(
    store: Store,
    completions: Completions,
    constraints: Sequence[ConstraintLike],
    *,
    at_least: float,
    measure: AdherenceMeasure,
) -> Asserted:
    """Hold completions against a threshold as a case is held against that of its suite's gate.

    Raises:
        UsageError: A constraint, the measure or the threshold is wrong.
    """
    if not 0 <= at_least <= 1:
        raise UsageError(f"`at_least` must be a share from 0 to 1, got {at_least}", hint="90 % is written 0.9")
    planned = _planned(completions, constraints, Gate(_measure(measure), at_least=at_least))
    _judge_anew(store, completions.stored, planned.suite)
    found = judge_case(store, completions.stored, planned, next(planned.cells()), None)
    return Asserted(found.state, found.lines, found.estimate, found.unsupported)


def judge_not_worse(
    store: Store,
    completions: Completions,
    constraints: Sequence[ConstraintLike],
    name: str,
    *,
    margin: float,
    measure: AdherenceMeasure,
) -> Asserted:
    """Hold completions against the baseline of a test.

    Raises:
        BaselineError: There is none of that name, it is of something else, or nothing in it can be compared.
        UsageError: A constraint, the measure or the margin is wrong.
    """
    if not 0 <= margin < 1:
        raise UsageError(f"`margin` must be at least 0 and below 1, got {margin}", hint="for example margin=0.05")
    old = read_test_baseline(name, completions.project)
    gate = Gate(_measure(measure), no_worse_than=BASELINE, margin=margin)
    planned = _planned(completions, constraints, gate)
    place = _Place(completions.stored.suite_name, completions.case, next(planned.cells()).condition)
    held = _Held(store, completions.stored, Placed(old, replace(old.of, suite_name=place.suite), place))
    found = judge_gates(held, planned)[0]
    judged = found.judged
    if found.state == "undecided" and judged is not None and not any(each.units for each in judged.compared):
        raise BaselineError(
            f"nothing can be compared with baseline {name}: {judged.why}",
            hint=f"pytest {UPDATE} puts what this test draws now into it",
        )
    return Asserted(found.state, found.lines)


def update_baseline(
    store: Store, completions: Completions, constraints: Sequence[ConstraintLike], name: str, session_runs: set[str]
) -> tuple[str, ...]:
    """Put completions into the baseline of a test, and say what was done; what other providers scored is kept.

    Args:
        store: Where the completions are.
        completions: They.
        constraints: What judges them.
        name: The baseline's.
        session_runs: Of the test session; a baseline that one of these made already is not made twice.

    Raises:
        BaselineError: The name is taken, too many draws failed, or the file cannot be written.
    """
    run, project = completions.stored, completions.project
    planned = _planned(completions, constraints)
    _judge_anew(store, run, planned.suite)
    measured = run_measured(store, run, planned.suite)
    votes = sum(1 for _ in open_votes(store, run, planned.suite))
    limit = planned.suite.max_failed
    refuse_unfit(fitness(measured), run.id, max_failed=limit, unjudged=votes, allow_incomplete=False)
    there = baseline_path(name, project).exists()
    old = read_test_baseline(name, project) if there else None
    ours = (completions.provider, Condition())
    if old is not None and old.of.run in session_runs - {run.id} and old.row(ours) is not None:
        raise BaselineError(
            f"baseline {name} has been made in this test run already, of run {old.of.run}",
            hint="give the completions of each test, and of each of its parameters, a name of their own",
        )
    new = Placed(measured, replace(measured.of, suite_name=f"{_OF_TESTS}{name}"), _Place("", name, Condition()))
    if old is None:
        files = save_baseline(name, new, project)
    else:
        files = list(promote(name, Candidate(run, planned.suite, store, new), project, sketched=False).files)
    return tuple(f"{'unchanged' if each.done == 'kept' else each.done} {project.relative(each.path)}" for each in files)


def read_test_baseline(name: str, project: Project) -> Measured:
    """Read the baseline of a test.

    Raises:
        BaselineError: There is none of that name, or it is a suite's.
    """
    if not baseline_path(name, project).exists():
        near = suggestion(name, baseline_names(project))
        also = f"; or {near}" if near is not None and near.startswith("did you mean") else ""
        raise BaselineError(
            f"no baseline `{name}`: there is no file {project.relative(baseline_path(name, project))}",
            hint=f"pytest {UPDATE} makes it of what this test draws; it is meant to be committed{also}",
        )
    found = read_baseline(name, project)
    if found.of.suite_name != f"{_OF_TESTS}{name}":
        raise BaselineError(
            f"baseline {name} is of suite {found.of.suite_name}, and was not made by `assert_not_worse`",
            hint="give the test's baseline another name",
        )
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the one case of a question stands: in its run, or in a baseline that outlives the test's name."""

    suite: str
    case: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Placed:
    """A `Measured` of one case whose rows stand elsewhere.

    Attributes:
        measured: The rows as they are.
        of: Whose they are taken to be.
        place: Where they are to stand.
    """

    measured: Measured
    of: MeasuredOf
    place: _Place

    def keys(self) -> Iterator[RowKey]:
        """Yield what rows there are: one for each provider."""
        for provider, _ in self.measured.keys():  # noqa: SIM118 - no mapping
            yield provider, self.place.condition

    def row(self, key: RowKey) -> MeasuredRow | None:
        """Return one row whole; None when there is none."""
        for there in self.measured.keys():  # noqa: SIM118 - as above
            if key == (there[0], self.place.condition):
                row = self.measured.row(there)
                if row is not None:
                    cases = tuple(replace(case, case_id=self.place.case) for case in row.cases)
                    return replace(row, condition=self.place.condition, cases=cases)
        return None


@dataclass(frozen=True, slots=True)
class _Held:
    """What was asked, as the judging of gates takes it."""

    store: Store
    found: Run
    old: Measured

    def run(self, planned: Planned) -> Run:  # noqa: ARG002 - there is one
        """Return the run."""
        return self.found

    def baseline(self, planned: Planned) -> Measured | None:  # noqa: ARG002 - there is one
        """Return what it is held against."""
        return self.old


def _measure(name: str) -> str:
    if name not in MEASURES:
        raise UsageError(f"no measure `{name}` to assert", hint=suggestion(name, MEASURES))
    return name


def _planned(completions: Completions, constraints: Sequence[ConstraintLike], *gates: Gate) -> Planned:
    """Plan the one case of a question, judged by these constraints and gates."""
    suite = with_constraints(completions.suite, constraints)
    if not suite.cases[0].constraints:
        raise UsageError("there is nothing to adhere to", hint="give constraints, such as [{'max_words': 60}]")
    if gates:
        suite = replace(suite, gates=gates, hash=digest_of(f"{suite.hash} {gates}"))
    path = completions.suite.path
    assert path is not None, "a question has the file of its test"
    return Planned(path, suite, completions.project, prepare(suite, completions.project, Selection()))


def _judge_anew(store: Store, run: Run, suite: Suite) -> None:
    """Replace the verdicts of a run, whatever judged it before."""
    for _ in scored_cells(store, run, suite, again=True):
        pass

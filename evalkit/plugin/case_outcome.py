"""Says what becomes of one case of a test run: what an item for a provider, a condition and a case comes to.

Where the suite has gates, the case fails when it is shown to miss a threshold of one that speaks of it, and passes
otherwise: whether the suite is good enough is for the items of the gates to say. Where it has none, the case fails when
too few of its decided draws meet all that is demanded.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.cells import scored_cell, system_constraints
from evalkit.excerpt import on_one_line
from evalkit.look import interval_levels
from evalkit.plugin.case_thresholds import alpha_of, case_thresholds
from evalkit.plugin.messages import Failing, Where, Yardstick, case_failure
from evalkit.plugin.properties import case_properties
from evalkit.reports.format import count, estimate
from evalkit.statistics.estimates import mean_over_draws
from evalkit.summarise.judged import judged_draws
from evalkit.summarise.scores import demanded_of, scores_of
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.cells import Scoring
    from evalkit.findings import Estimate
    from evalkit.measured import CaseScores
    from evalkit.plugin.planned import CellKey, Planned
    from evalkit.store import Store
    from evalkit.types import Cell, Run

State: TypeAlias = Literal["passed", "failed", "undecided", "error"]
AT_LEAST, AT_LEAST_OF_ONE = 0.5, 1.0
"""Share of the decided draws that must meet all constraints where no gate says otherwise; of a single draw, all."""
_WORDS = 200


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What one case comes to.

    Attributes:
        state: `undecided` where nothing is known to judge by; `error` where too many draws failed.
        estimate: Of the case's adherence; None where nothing was decided, or nothing is demanded.
        lines: Why, in words; the first line says the most.
        properties: What a report of the test run keeps of it.
        unsupported: Whether it is undecided because the model cannot be asked so, which no further draw would change.
    """

    state: State
    estimate: Estimate | None
    lines: tuple[str, ...]
    properties: Mapping[str, str | int | float] = field(default_factory=lambda: EMPTY)
    unsupported: bool = False


def judge_case(
    store: Store,
    run: Run,
    planned: Planned,
    cell: CellKey,
    at_least: float | None,
    *,
    scoring: Scoring | None = None,
) -> CaseOutcome:
    """Judge one case by what is drawn of it.

    Args:
        store: Where the run is; draws that have no verdicts yet get them.
        run: The run.
        planned: The suite.
        cell: The case, with the provider and condition that it was drawn by.
        at_least: Share of the decided draws that must meet all constraints where the suite has no gates; None takes the
            default.
        scoring: Made of the store, the run and the suite, to judge many cases one by one; None makes one for this case.
    """
    positions = planned.prepared.positions(cell.number)
    drawn = scored_cell(store, run, planned.suite, cell.provider, positions, scoring=scoring)
    if drawn is None:
        return CaseOutcome(
            "error", None, ("nothing was drawn of this case",), case_properties(run, cell, "error", None, None)
        )
    looks, row = store.looks(run), (cell.provider, cell.condition)
    due = max(planned.prepared.repeats if looks is None else looks.due(row), len(drawn.draws))
    scores, level = _scores(drawn, due), interval_levels(looks, [row]).get(row, 0.95)
    adherence = scores.get("adherence")
    found = None if adherence is None or not adherence.scored else _estimate_of(adherence.counts, level)
    judging = _Judging(run, planned, cell, drawn, due, scores, found, alpha_of(looks, row), level, at_least)
    state, lines = judging.conclusion()
    properties = case_properties(run, cell, state, drawn, found)
    return CaseOutcome(state, found, lines, properties, judging.unsupported)


@dataclass(frozen=True, slots=True)
class _Judging:
    """One case with its draws.

    Attributes:
        due: Draws that there should be.
        scores: What the draws scored, by measure.
        estimate: The case's adherence in the long run; None where nothing was decided.
        alpha: One-sided level of the case's limits.
        level: Of its interval.
        at_least: Share of the decided draws that must meet all constraints without gates; None for the default.
    """

    run: Run
    planned: Planned
    key: CellKey
    cell: Cell
    due: int
    scores: Mapping[str, CaseScores]
    estimate: Estimate | None
    alpha: float
    level: float
    at_least: float | None

    def conclusion(self) -> tuple[State, tuple[str, ...]]:
        """Return what becomes of the case, and why."""
        failed = self._failed()
        if failed is not None:
            return "error", failed
        if self.unsupported:
            reason = self.cell.draws[0].completion.error or "no reason was recorded"
            return "undecided", (on_one_line(f"unsupported: {reason}", _WORDS),)
        if not self._demands:
            return "passed", (f"nothing is demanded of its {count(len(self.cell.draws), 'draw')}",)
        if self.estimate is None:
            return "undecided", (on_one_line(f"nothing was decided: {self._why_undecided()}", _WORDS),)
        return self._by_gates() if self.planned.gates() else self._by_share()

    @property
    def unsupported(self) -> bool:
        """Whether the model cannot be asked so."""
        return all(draw.completion.outcome == "unsupported" for draw in self.cell.draws)

    @property
    def _demands(self) -> bool:
        _, case = self.planned.prepared.cell(self.key.number)
        return bool(case.constraints or system_constraints(self.planned.suite, self.key.condition))

    def _failed(self) -> tuple[str, ...] | None:
        """Say what went wrong where more draws failed or are missing than may; None where no more did."""
        errors = Counter(
            draw.completion.error or "no reason was recorded"
            for draw in self.cell.draws
            if draw.completion.outcome == "error"
        )
        missing = self.due - len(self.cell.draws)
        failed = errors.total() + missing
        if not failed or failed / self.due <= self.planned.suite.max_failed:
            return None
        head = f"{failed} of {count(self.due, 'draw')} failed or are missing, more than the share that may"
        reasons = [f"{times} times: {reason}" for reason, times in errors.most_common(3)]
        missed = [f"{count(missing, 'draw')} never made"] if missing else []
        return (
            f"{head} ({self.planned.suite.max_failed:g})",
            *(on_one_line(each, _WORDS) for each in reasons + missed),
        )

    def _why_undecided(self) -> str:
        """Say why no draw has a score."""
        verdicts = [each for draw in self.cell.draws for each in draw.scored.verdicts]
        open_ones = [each for each in verdicts if each.applies]
        if open_ones:
            return f"{open_ones[0].constraint}: {open_ones[0].reason}"
        if verdicts:
            return "no constraint applies to any of its draws"
        outcomes = Counter(draw.completion.outcome for draw in self.cell.draws)
        return ", ".join(f"{times} {outcome}" for outcome, times in outcomes.items())

    def _by_gates(self) -> tuple[State, tuple[str, ...]]:
        held = list(case_thresholds(self.planned.gates(), self.key.condition, self.scores, alpha=self.alpha))
        missed = [each for each in held if each.missed]
        if not missed:
            return "passed", self._interval()
        first = missed[0]
        why = [each.words for each in missed]
        found = _estimate_of(first.scores.counts, self.level)
        return "failed", self._failure(Yardstick(first.measure, first.side), found, why)

    def _by_share(self) -> tuple[State, tuple[str, ...]]:
        decided = [draw.scored.full_adherence for draw in self.cell.draws if draw.scored.full_adherence is not None]
        if not decided:
            return "undecided", (f"no draw is decided in full: {on_one_line(self._why_undecided(), _WORDS)}",)
        wanted = self.at_least
        if wanted is None:
            wanted = AT_LEAST_OF_ONE if self.planned.prepared.repeats == 1 else AT_LEAST
        met = sum(decided)
        if met / len(decided) >= wanted:
            return "passed", self._interval()
        why = f"{met:g} of {count(len(decided), 'decided draw')} met all constraints, fewer than {wanted:g}"
        return "failed", self._failure(Yardstick(), self.estimate, [why])

    def _failure(self, yardstick: Yardstick, found: Estimate | None, why: list[str]) -> tuple[str, ...]:
        return case_failure(
            Failing(
                self.cell.draws,
                self.cell.requested,
                found,
                why,
                yardstick,
                Where.of(self.run, self.key.provider, self.planned.project),
                self.planned.suite.judged,
            )
        )

    def _interval(self) -> tuple[str, ...]:
        method = "" if self.estimate is None else f", {self.estimate.method}"
        return (f"adherence {estimate(self.estimate)}{method}",)


def _scores(cell: Cell, due: int) -> dict[str, CaseScores]:
    """Count what the draws of a cell scored, those that are due and have no score included."""
    judged = judged_draws(cell.draws)
    unsupported = sum(draw.completion.outcome == "unsupported" for draw in cell.draws)
    return scores_of(judged, due - unsupported, demanded_of((), (), by_source=judged.by_source))


@lru_cache(maxsize=4096)  # cases are many, and what few draws can score is little
def _estimate_of(counts: tuple[tuple[float, int], ...], level: float) -> Estimate:
    return mean_over_draws([score for score, times in counts for _ in range(times)], level=level)

"""What the draws of a run scored, case by case and without their texts: made as the run is summarised, and kept."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from evalkit.cells import Digests, scored_cells, system_constraints
from evalkit.constraints.digest import digest_of
from evalkit.errors import StoreError
from evalkit.expand import sweep
from evalkit.expand.samples import requested_settings
from evalkit.judge.lookup import judge_of
from evalkit.measured import SCORING, MeasuredCase, MeasuredOf, MeasuredRow
from evalkit.measured_text import FORM, CasesText, read_row
from evalkit.selection import cells_by_row, read_cells
from evalkit.store.rows import frozen, to_json
from evalkit.summarise import summarise
from evalkit.summarise.judged import Judged
from evalkit.summarise.scores import demanded_of, scores_of
from evalkit.types import EMPTY, OUTCOMES, RESPONSES, Condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.findings import Row
    from evalkit.measured import RowKey
    from evalkit.revision import Revision
    from evalkit.rounds import Looks
    from evalkit.store import Store
    from evalkit.summarise import Summarised
    from evalkit.summarise.scores import Demanded
    from evalkit.types import AxisValue, Case, Cell, Draw, Outcome, Run, SettingValue, Suite

_NOTHING_JUDGED = Judged([], [])


def summarise_run(
    store: Store,
    run: Run,
    suite: Suite,
    *,
    again: bool = False,
    revision: Revision | None = None,
    where: Mapping[str, tuple[AxisValue, ...]] = EMPTY,
    levels: Mapping[RowKey, float] | None = None,
) -> Summarised:
    """Summarise a run, and keep what its draws scored; see `evalkit.summarise.summarise`.

    Args:
        store: Where the run is; completions that have no verdicts yet get them.
        run: The run.
        suite: The run's own, or a later version of it.
        again: Judge what has been judged before, too. Verdicts are then replaced as they are read, so that nothing that
            is made of them is kept.
        revision: See `evalkit.cells.scored_cells`.
        where: Axis values that select the conditions to pool.
        levels: Of intervals, by row.
    """
    measuring = None if again else Measuring(store, run, suite)
    cells = scored_cells(store, run, suite, again=again, revision=revision)
    found = summarise(cells, suite.measures, judged=suite.judged, where=where, levels=levels, listener=measuring)
    if measuring is not None:
        measuring.keep()
    return found


def run_measured(store: Store, run: Run, suite: Suite) -> RunMeasured:
    """Return what the draws of a run scored, as it is now.

    It is read from the store where it is kept and holds still. Otherwise the run is read, what has no verdicts gets
    them, and what they come to is kept.

    Args:
        store: Where the run is.
        run: The run.
        suite: The run's own.
    """
    measuring = Measuring(store, run, suite)
    texts = store.measured.read(run.id, measuring.fingerprint)
    if texts is None:
        summarise(scored_cells(store, run, suite), suite.measures, judged=suite.judged, listener=measuring)
        measuring.keep()
        texts = measuring.texts
    return RunMeasured(_of(run), texts, measuring.due)


def _of(run: Run) -> MeasuredOf:
    return MeasuredOf(run.id, run.id, run.suite_name, run.suite_version, run.suite_hash, date=run.started_at)


@dataclass(frozen=True, slots=True)
class RunMeasured:
    """A `Measured` of a run; the cases of a row are made when it is asked for.

    Attributes:
        of: Whose rows they are.
        texts: What was drawn, by row; see `evalkit.measured_text`.
        due: What the run is made of, drawn or not.
    """

    of: MeasuredOf
    texts: Mapping[RowKey, str]
    due: Due

    def keys(self) -> Iterator[RowKey]:
        """Yield what rows there are, those of which nothing was drawn included, in the run's order."""
        yield from dict.fromkeys((*self.due.rows(self.texts), *self.texts))

    def row(self, key: RowKey) -> MeasuredRow | None:
        """Return one row whole; None when there is none."""
        text = self.texts.get(key)
        if text is not None:
            return read_row(key, text)
        return self.due.undrawn(key) if key in self.due.rows(self.texts) else None


class Due:
    """What a run is made of: which draws are due, and by what they are judged.

    Args:
        run: The run.
        suite: Its suite.
        looks: How far it has come; None where it is not in rounds.

    Attributes:
        places: Of each case in the suite.
    """

    def __init__(self, run: Run, suite: Suite, looks: Looks | None) -> None:
        self._run = run
        self._suite = suite
        self._looks = looks
        self._providers: list[str] = run.selection["providers"]
        axes = {axis: tuple(frozen(value) for value in values) for axis, values in run.selection["axes"].items()}
        chosen = frozenset(run.selection["cases"])
        self._conditions = sweep(suite, axes).conditions
        self._in_order = [case for case in suite.cases if not chosen or case.id in chosen]
        self._cells = self._chosen_cells(read_cells(run.selection))
        self._cases = {case.id: case for case in suite.cases}
        self.places = {case.id: place for place, case in enumerate(suite.cases)}
        self._by_source = any(system_constraints(suite, condition) for condition in self._conditions)
        self._digests = Digests(suite, judge_of(run, suite))
        self._demanded: dict[tuple[str, AxisValue], Demanded] = {}

    def _chosen_cells(self, numbers: Mapping[str, Sequence[int]] | None) -> dict[RowKey, set[str]] | None:
        """Return by row the cases that the run is made of; None for all of all rows."""
        if numbers is None:
            return None
        places = cells_by_row(numbers, self._conditions, len(self._in_order))
        return {row: {self._in_order[case].id for case in cases} for row, cases in places.items()}

    def rows(self, drawn: Mapping[RowKey, str]) -> dict[RowKey, None]:
        """Return the rows that the run is made of.

        Args:
            drawn: Those of which there is anything. Of texts that came from elsewhere, only the conditions that these
                are of belong to the run.
        """
        elsewhere = all(self._run.profiles[provider]["adapter"] == RESPONSES for provider in self._providers)
        met = {condition for _, condition in drawn} if elsewhere else set(self._conditions)
        conditions = [condition for condition in self._conditions if condition in met]
        keys = ((provider, condition) for provider in self._providers for condition in conditions)
        return {key: None for key in keys if self._cells is None or key in self._cells}

    def repeats(self, key: RowKey) -> int:
        """Return how many draws of each case are due."""
        return int(self._run.selection["repeats"]) if self._looks is None else self._looks.due(key)

    def digest(self, case_id: str, condition: Condition) -> str:
        """Return the digest of the constraints that judge a case."""
        return self._digests.of(self._cases[case_id], condition)

    def demanded(self, case_id: str, condition: Condition) -> Demanded:
        """Return what is demanded of a case."""
        key = (case_id, condition.get("system"))
        if key not in self._demanded:
            system = system_constraints(self._suite, condition)
            case = self._cases[case_id]
            self._demanded[key] = demanded_of(case.constraints, system, by_source=self._by_source)
        return self._demanded[key]

    def missing_cases(self, key: RowKey, drawn: Sequence[str]) -> Iterator[MeasuredCase]:
        """Yield the cases of a row of which nothing was drawn."""
        there = set(drawn)
        due = None if self._cells is None else self._cells.get(key, ())
        for case in self._in_order:
            if case.id not in there and (due is None or case.id in due):
                yield self._missing_case(key, case)

    def _missing_case(self, key: RowKey, case: Case) -> MeasuredCase:
        planned = self.repeats(key)
        scores = scores_of(_NOTHING_JUDGED, planned, self.demanded(case.id, key[1]))
        return MeasuredCase(case.id, self.digest(case.id, key[1]), planned, {}, scores)

    def undrawn(self, key: RowKey) -> MeasuredRow:
        """Return a row of which nothing was drawn."""
        provider, condition = key
        profile = self._run.profiles[provider]
        own = {name: frozen(value) for name, value in profile.get("settings", EMPTY).items()}
        elsewhere = profile["adapter"] == RESPONSES
        requested = EMPTY if elsewhere else _unseeded(requested_settings(self._suite, own, condition))
        cases = tuple(self.missing_cases(key, ()))
        return MeasuredRow(provider, str(profile["model"]), condition, requested, EMPTY, (), cases)


class Measuring:
    """Listens to a run's being summarised, and keeps what each case scored.

    Args:
        store: Where the run is. Make this before the first cell is read.
        run: The run.
        suite: By which it is summarised.

    Attributes:
        due: What the run is made of.
        texts: The rows so far.
    """

    def __init__(self, store: Store, run: Run, suite: Suite) -> None:
        self._store = store
        self._run = run
        self._suite = suite
        self._changes = store.measured.changes(run.id)
        self.fingerprint = digest_of(to_json([FORM, SCORING, suite.hash, self._changes]))
        self.due = Due(run, suite, store.looks(run))
        self.texts: dict[RowKey, str] = {}
        self._seen: list[str] = []
        self._written = CasesText(self.due.places)

    def cell(self, cell: Cell, verdicts: Judged, texts: Sequence[str], values: Mapping[str, float]) -> None:
        """Take in one case."""
        condition = cell.condition
        outcomes: Counter[Outcome] = Counter([draw.completion.outcome for draw in cell.draws])
        due = max(self.due.repeats((cell.provider, condition)), len(cell.draws))
        planned = due - outcomes["unsupported"]
        self._seen.append(cell.case_id)
        self._written.add(
            MeasuredCase(
                case_id=cell.case_id,
                constraints=self._digest(cell, verdicts),
                planned=planned,
                outcomes=_in_order(outcomes),
                scores=scores_of(verdicts, planned, self.due.demanded(cell.case_id, condition)),
                values=values,
                characters=sum(map(len, texts)) / len(texts) if texts else None,
                latency_s=_latency(cell.draws),
            )
        )

    def _digest(self, cell: Cell, verdicts: Judged) -> str:
        """Return the digest of what judged a cell, which another suite may have done since it was drawn."""
        met = {each.constraints for each in verdicts.scored}
        if not met or None in met:  # stored before it was noted
            met = (met - {None}) | {self.due.digest(cell.case_id, cell.condition)}
        digests = sorted(filter(None, met))
        return digests[0] if len(digests) == 1 else digest_of(to_json(digests))

    def row(self, row: Row) -> None:
        """Take in what the cells since the last row make."""
        key = row.provider, row.condition
        for case in self.due.missing_cases(key, self._seen):
            self._written.add(case)
        self.texts[key] = self._written.text(row.model, _unseeded(row.requested), row.applied, row.served)
        self._seen, self._written = [], CasesText(self.due.places)

    @property
    def measured(self) -> RunMeasured:
        """What was taken in."""
        return RunMeasured(_of(self._run), self.texts, self.due)

    def keep(self) -> None:
        """Keep all that was taken in, unless the run has changed since."""
        with suppress(StoreError):  # it can be made again, which a file that is read-only needs
            self._store.measured.keep(self._run.id, self.texts, fingerprint=self.fingerprint, changes=self._changes)


def _in_order(outcomes: Mapping[Outcome, int]) -> dict[Outcome, int]:
    return {outcome: outcomes[outcome] for outcome in OUTCOMES if outcomes.get(outcome)}


def _latency(draws: Sequence[Draw]) -> float | None:
    answers = [draw.completion for draw in draws if draw.completion.outcome not in ("error", "unsupported")]
    known = [answer.latency_s for answer in answers if answer.latency_s is not None]
    return round(fsum(known) / len(known), 3) if known else None  # clocks are no better, and baselines are read


def _unseeded(settings: Mapping[str, SettingValue]) -> dict[str, SettingValue]:
    return {name: value for name, value in settings.items() if name != "seed"}

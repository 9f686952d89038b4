"""What the draws of a run scored: counted right, kept, and made again when it no longer holds."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING, Protocol

import pytest

from evalkit.draw import draw
from evalkit.expand import Plan, expand, slots
from evalkit.findings import LEVELS, MICRO
from evalkit.load import load
from evalkit.measured import OF_CONSTRAINT, CaseScores
from evalkit.measuring import Measuring, run_measured
from evalkit.prepare import prepare
from evalkit.report import report
from evalkit.runs import start_run, suite_of
from evalkit.selection import Selection
from evalkit.store import Store
from evalkit.types import Completion, Condition

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.findings import Row
    from evalkit.measured import MeasuredCase, MeasuredRow
    from evalkit.measuring import RunMeasured
    from evalkit.project import Project
    from evalkit.types import Run


class SmallProject(Protocol):
    """The fixture of `tests/conftest.py`."""

    folder: Path

    @property
    def project(self) -> Project:
        """The project."""
        ...

    def write(self, relative: str, text: str) -> Path:
        """Write a file."""
        ...


PROFILE = """\
adapter: scripted
model: script
options:
  words: [3, 14]
  faults: {error: 0.1, refusal: 0.15, truncated: 0.25}
"""

SUITE = """\
suite: mixed
version: 3
providers: [script]
repeats: 6
seed: 5
axes:
  temperature: [0.0, 1.0]
  system: [plain, strict]
systems:
  plain: Answer.
  strict:
    text: Answer in at most 9 words.
    constraints: [{max_words: 9}]
constraints:
  - min_words: 5
  - contains_any: [queue, broker]
  - {when: {if: {contains_any: [log]}, then: {contains_any: [keeps]}}}
cases:
  - {id: one, prompt: Say one thing.}
  - {id: two, prompt: Say two things., constraints: [{min_words: 7}]}
  - {id: three, prompt: Say three things.}
measures: [exact_agreement, edit_similarity]
"""


def _drawn(small: SmallProject, store: Store, *, suite: str = SUITE, profile: str = PROFILE) -> Run:
    """Draw a suite whose provider fails, refuses and breaks off now and then."""
    small.write("providers/script.yaml", profile)
    path = small.write("suites/mixed.yaml", suite)
    prepared = prepare(load(path, small.project), small.project, Selection())
    run = start_run(prepared, store)
    asyncio.run(draw(prepared, run, store))
    return run


def _measured(store: Store, run: Run) -> RunMeasured:
    return run_measured(store, run, suite_of(run))


def _rows(measured: RunMeasured) -> list[MeasuredRow]:
    return [row for row in map(measured.row, measured.keys()) if row is not None]


def _mean(row: MeasuredRow, measure: str) -> float | None:
    """Average over the cases of a row as the summary does."""
    known = [
        (scores.mean, scores.weight)
        for scores in (case.scores.get(measure) for case in row.cases)
        if scores is not None and scores.mean is not None
    ]
    if not known:
        return None
    return fsum(mean * weight for mean, weight in known) / fsum(weight for _, weight in known)


@pytest.mark.parametrize("refusals", ["apart", "fail"])
@pytest.mark.parametrize("truncated", ["undecided", "as_is"])
def test_means_are_those_of_the_summary(
    small_project: SmallProject, store: Store, refusals: str, truncated: str
) -> None:
    """Over real draws with refusals, errors, cut texts and verdicts that are undecided or do not apply."""
    run = _drawn(small_project, store, suite=SUITE + f"refusals: {refusals}\ntruncated: {truncated}\n")
    rows = report(run, store).summary.rows
    measured = _rows(_measured(store, run))
    assert [row.key for row in measured] == [(row.provider, row.condition) for row in rows]
    for found, row in zip(measured, rows, strict=True):
        _check_levels(found, row)
        for label in ("exact_agreement", "edit_similarity", "edit_similarity_normalised"):
            values = [case.values[label] for case in found.cases if label in case.values]
            assert fsum(values) / len(values) == pytest.approx(row.measures[label].estimate)
        for demand, standing in row.constraints.items():
            if demand.source == "case":
                assert _mean(found, OF_CONSTRAINT + demand.constraint) == pytest.approx(standing.strict.estimate)
        assert (found.applied, found.requested) == (row.applied, row.requested)
        outcomes = {outcome: sum(case.outcomes.get(outcome, 0) for case in found.cases) for outcome in row.completions}
        assert outcomes == row.completions


def _check_levels(found: MeasuredRow, row: Row) -> None:
    for measure in LEVELS:
        if measure in row.measures and measure not in MICRO:
            assert _mean(found, measure) == pytest.approx(row.measures[measure].estimate), measure


def test_shares_of_instructions_are_those_of_the_summary(small_project: SmallProject, store: Store) -> None:
    """Where draws decide as many as one another; a case counts with as many instructions as it has."""
    suite = SUITE.replace("  - {when: {if: {contains_any: [log]}, then: {contains_any: [keeps]}}}\n", "")
    run = _drawn(small_project, store, suite=suite + "truncated: as_is\n")
    for found, row in zip(_rows(_measured(store, run)), report(run, store).summary.rows, strict=True):
        for measure in MICRO:
            assert _mean(found, measure) == pytest.approx(row.measures[measure].estimate)
        strict = found.condition.get("system") == "strict"
        assert [case.scores[MICRO[0]].weight for case in found.cases] == [2 + strict, 3 + strict, 2 + strict]


def test_every_due_draw_is_scored_missing_or_not_asked(small_project: SmallProject, store: Store) -> None:
    """Nothing is lost and nothing counted twice; a constraint that does not apply is neither."""
    run = _drawn(small_project, store)
    conditional = OF_CONSTRAINT + "when contains_any, contains_any"
    spoken = set[int]()
    for row in _rows(_measured(store, run)):
        for case in row.cases:
            assert case.planned == 6 == sum(case.outcomes.values())
            for name, scores in case.scores.items():
                if name == conditional:
                    spoken.add(scores.scored + scores.missing)
                    assert scores.scored + scores.missing <= 6
                else:
                    assert scores.scored + scores.missing == 6, name
            unscored = case.outcomes.get("error", 0) + case.outcomes.get("refusal", 0)
            assert case.scores["adherence"].missing >= unscored
    assert min(spoken) < 6


def test_refusals_that_fail_score_0(small_project: SmallProject, store: Store) -> None:
    """They are missing otherwise."""
    profile = "adapter: scripted\nmodel: script\noptions: {faults: {refusal: 1.0}}\n"
    apart = _rows(_measured(store, _drawn(small_project, store, profile=profile)))[0]
    assert apart.cases[0].scores["adherence"] == CaseScores((), 6)
    fail = _rows(_measured(store, _drawn(small_project, store, suite=SUITE + "refusals: fail\n", profile=profile)))[0]
    assert fail.cases[0].scores["adherence"] == CaseScores(((0.0, 6),))
    assert apart.cases[0].constraints != fail.cases[0].constraints


def test_cases_without_a_verdict_say_what_is_missing(small_project: SmallProject, store: Store) -> None:
    """By the names of what would have judged them."""
    profile = "adapter: scripted\nmodel: script\noptions: {faults: {error: 1.0}}\n"
    healthy = _rows(_measured(store, _drawn(small_project, store)))
    failed = _rows(_measured(store, _drawn(small_project, store, profile=profile)))
    for well, ill in zip(healthy, failed, strict=True):
        for one, other in zip(well.cases, ill.cases, strict=True):
            assert set(one.scores) == set(other.scores)
            assert one.constraints == other.constraints
            assert {scores.missing for scores in other.scores.values()} == {6}
            assert (other.characters, other.latency_s, other.values) == (None, None, {})
            assert one.scores[MICRO[0]].weight == other.scores[MICRO[0]].weight


def test_numbers_by_source_are_there_where_a_system_prompt_demands_something(
    small_project: SmallProject, store: Store
) -> None:
    """The case's in every row then, the system's in its own."""
    plain, strict = _rows(_measured(store, _drawn(small_project, store)))[:2]
    assert "adherence_system" not in plain.cases[0].scores
    assert plain.cases[0].scores["adherence_case"] == plain.cases[0].scores["adherence"]
    assert strict.cases[0].scores["adherence_system"].scored > 0
    undemanding = _drawn(small_project, store, suite=SUITE.replace("    constraints: [{max_words: 9}]\n", ""))
    assert "adherence_case" not in _rows(_measured(store, undemanding))[0].cases[0].scores


def test_digests_tell_what_judged(small_project: SmallProject, store: Store) -> None:
    """Cases that the same constraints judge share one; another argument, case or system prompt gives another."""
    run = _drawn(small_project, store)
    plain, strict, plain_again, _ = _rows(_measured(store, run))
    assert [case.constraints for case in plain.cases] == [case.constraints for case in plain_again.cases]
    assert plain.cases[0].constraints == plain.cases[2].constraints != plain.cases[1].constraints
    assert plain.cases[0].constraints != strict.cases[0].constraints
    other = _drawn(small_project, store, suite=SUITE.replace("min_words: 5", "min_words: 6"))
    changed = _rows(_measured(store, other))[0]
    assert changed.cases[0].constraints != plain.cases[0].constraints
    texts = _drawn(small_project, store, suite=SUITE.replace("Say one thing.", "Say a thing."))
    assert _rows(_measured(store, texts))[0].cases[0].constraints == plain.cases[0].constraints


def test_whose_rows_they_are(small_project: SmallProject, store: Store) -> None:
    """Run and suite, as the run records them."""
    run = _drawn(small_project, store)
    of = _measured(store, run).of
    assert (of.name, of.run, of.suite_name, of.suite_version) == (run.id, run.id, "mixed", 3)
    assert (of.suite_hash, of.date) == (run.suite_hash, run.started_at)


def test_a_row_that_is_not_there(small_project: SmallProject, store: Store) -> None:
    """Is None, whichever part of its key is unknown."""
    measured = _measured(store, _drawn(small_project, store))
    condition = next(measured.keys())[1]
    assert measured.row(("other", condition)) is None
    assert measured.row(("script", Condition((("temperature", 9),)))) is None


def test_a_report_keeps_what_it_measured(small_project: SmallProject, store: Store) -> None:
    """It is read back without a look at any completion."""
    run = _drawn(small_project, store)
    report(run, store)
    kept = store.measured.read(run.id, Measuring(store, run, suite_of(run)).fingerprint)
    assert kept is not None
    assert _measured(store, run).texts == kept
    before = [row.scores for row in _cases_of(store, run)]
    report(run, store, where={"temperature": (1.0,)})  # the whole run is kept whatever is shown
    assert [row.scores for row in _cases_of(store, run)] == before


def _cases_of(store: Store, run: Run) -> list[MeasuredCase]:
    return [case for row in _rows(_measured(store, run)) for case in row.cases]


def test_what_is_kept_equals_what_is_made(small_project: SmallProject, store: Store) -> None:
    """Whether a report wrote it, or it had to be made from verdicts, or from completions alone."""
    run = _drawn(small_project, store)
    made = _rows(_measured(store, run))
    with Store(store.path) as other:
        assert _rows(_measured(other, run)) == made
    report(run, store)
    assert _rows(_measured(store, run)) == made


def test_further_draws_are_counted(small_project: SmallProject, store: Store) -> None:
    """What was kept before they came does not hold any more."""
    run = _drawn(small_project, store)
    before = _rows(_measured(store, run))
    assert store.measured.read(run.id, Measuring(store, run, suite_of(run)).fingerprint) is not None
    small_project.write("providers/script.yaml", PROFILE.replace("error: 0.1", "error: 0.0"))
    prepared = prepare(load(small_project.folder / "suites/mixed.yaml", small_project.project),
                       small_project.project, Selection())  # fmt: skip
    asyncio.run(draw(prepared, run, store))
    assert store.measured.read(run.id, Measuring(store, run, suite_of(run)).fingerprint) is None
    after = _rows(_measured(store, run))
    assert after != before
    assert not any("error" in case.outcomes for row in after for case in row.cases)


def test_other_verdicts_are_counted_and_named(small_project: SmallProject, store: Store) -> None:
    """A run that was judged by a later suite says so by the digests of its cases, whichever suite reads it."""
    run = _drawn(small_project, store)
    before = _measured(store, run).row(("script", next(_measured(store, run).keys())[1]))
    later = load(small_project.write("suites/later.yaml", SUITE.replace("min_words: 5", "min_words: 12")),
                 small_project.project)  # fmt: skip
    summary = report(run, store, suite=later).summary
    after = _measured(store, run).row(("script", summary.rows[0].condition))
    assert before is not None
    assert after is not None
    assert _mean(after, "adherence") == pytest.approx(summary.rows[0].measures["adherence"].estimate)
    assert _mean(after, "adherence") != pytest.approx(_mean(before, "adherence"))
    pairs = list(zip(before.cases, after.cases, strict=True))
    assert all(one.constraints != other.constraints for one, other in pairs)
    fresh = _drawn(small_project, store, suite=SUITE.replace("min_words: 5", "min_words: 12"))
    assert [case.constraints for case in _rows(_measured(store, fresh))[0].cases] == [
        case.constraints for case in after.cases
    ]


def test_verdicts_from_before_are_taken_for_those_of_the_runs_suite(small_project: SmallProject, store: Store) -> None:
    """Nothing in them says which constraints judged."""
    run = _drawn(small_project, store)
    expected = [(case.constraints, case.scores) for case in _cases_of(store, run)]
    older = [(each.position, replace(each.scored, constraints=None)) for each in store.drawn(run.id, "script")
             if each.scored is not None]  # fmt: skip
    assert len(older) == 72
    store.write_scores(run.id, "script", older, again=True)
    assert [(case.constraints, case.scores) for case in _cases_of(store, run)] == expected


def test_a_case_that_was_judged_by_two_suites_equals_neither(small_project: SmallProject, store: Store) -> None:
    """Draws that came after others had been judged anew are judged by the run's own suite."""
    run = _drawn(small_project, store)
    suite = suite_of(run)
    before = _rows(_measured(store, run))[0].cases[0].constraints
    later = load(small_project.write("suites/later.yaml", SUITE.replace("min_words: 5", "min_words: 12")),
                 small_project.project)  # fmt: skip
    report(run, store, suite=later)
    between = _rows(_measured(store, run))[0].cases[0].constraints
    first = next(store.drawn(run.id, "script"))
    prepared = prepare(suite, small_project.project, Selection())
    plan = Plan(suite, prepared.profiles[0], run.seed, seed_drawn=False)
    sample = next(iter(expand(plan, slots(prepared.sweep.conditions, suite.cases, 6))))
    assert sample.position == first.position
    store.commit(run.id, [(sample, Completion("complete", text="another answer"))])
    mixed = _rows(_measured(store, run))[0].cases[0].constraints
    assert len({before, between, mixed}) == 3


def test_what_was_never_drawn_is_missing(small_project: SmallProject, store: Store) -> None:
    """Draws, whole cases and whole rows that a run still lacks are due all the same."""
    whole = _drawn(small_project, store)
    suite = suite_of(whole)
    prepared = prepare(suite, small_project.project, Selection())
    run = start_run(prepared, store)
    assert [row.cases[0].scores["adherence"] for row in _rows(_measured(store, run))] == [CaseScores((), 6)] * 4
    plan = Plan(suite, prepared.profiles[0], run.seed, seed_drawn=False)
    samples = list(expand(plan, slots(prepared.sweep.conditions, suite.cases, 6)))
    store.commit(run.id, [(sample, Completion("complete", text="a queue")) for sample in (samples[0], samples[13])])
    rows, all_drawn = _rows(_measured(store, run)), _rows(_measured(store, whole))
    assert [row.key for row in rows] == [row.key for row in all_drawn]
    assert [(row.model, row.requested) for row in rows] == [(row.model, row.requested) for row in all_drawn]
    assert [case.case_id for case in rows[0].cases] == ["one", "two", "three"]
    adherence = [case.scores["adherence"] for case in rows[0].cases]
    assert [(scores.scored, scores.missing) for scores in adherence] == [(1, 5), (0, 6), (1, 5)]
    assert [case.planned for row in rows for case in row.cases] == [6] * 12
    assert [[case.constraints for case in row.cases] for row in rows] == [
        [case.constraints for case in row.cases] for row in all_drawn
    ]
    assert (rows[3].applied, rows[3].served) == ({}, ())


def test_what_is_unsupported_is_not_due(small_project: SmallProject, store: Store) -> None:
    """Nobody waits for it."""
    whole = _drawn(small_project, store)
    run = start_run(prepare(suite_of(whole), small_project.project, Selection()), store)
    prepared = prepare(suite_of(run), small_project.project, Selection())
    plan = Plan(suite_of(run), prepared.profiles[0], run.seed, seed_drawn=False)
    samples = list(expand(plan, slots(prepared.sweep.conditions[:1], prepared.cases, 6)))
    store.commit(run.id, [(sample, Completion("unsupported", error="no temperature")) for sample in samples])
    row = _rows(_measured(store, run))[0]
    assert [(case.planned, dict(case.outcomes), case.scores) for case in row.cases] == [(0, {"unsupported": 6}, {})] * 3


def test_another_version_of_scoring_is_made_anew(small_project: SmallProject, store: Store) -> None:
    """As is another suite: nothing is read that was made of something else."""
    run = _drawn(small_project, store)
    _measured(store, run)
    suite = suite_of(run)
    other = replace(suite, hash="f" * 64)
    fingerprints = {Measuring(store, run, each).fingerprint for each in (suite, other)}
    assert len(fingerprints) == 2
    assert store.measured.read(run.id, Measuring(store, run, other).fingerprint) is None


def test_a_store_that_cannot_be_written_gives_it_all_the_same(small_project: SmallProject, store: Store) -> None:
    """It is made each time, because it cannot be kept."""
    run = _drawn(small_project, store)
    expected = [case.scores for case in _cases_of(store, run)]
    store.write_scores(run.id, "script", [], again=True)
    with Store(store.path, busy_timeout_s=0.1) as other, closing(sqlite3.connect(store.path)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert [case.scores for case in _cases_of(other, run)] == expected
        assert other.measured.read(run.id, Measuring(other, run, suite_of(run)).fingerprint) is None

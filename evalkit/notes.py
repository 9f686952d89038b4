"""What every report of a run tells its reader besides the numbers: who answered, what is missing, by which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.constraints.walk import every_constraint
from evalkit.judge.lookup import judge_of, judges_named
from evalkit.providers.served import is_alias, same_family
from evalkit.types import RESPONSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.findings import Row
    from evalkit.gate import Gate
    from evalkit.rounds import Looks
    from evalkit.store import Store
    from evalkit.types import Run, Suite


def rule_notes(run: Run, suite: Suite) -> tuple[str, ...]:
    """Say by which rules of the suite the numbers came about, and from which seed."""
    notes: list[str] = []
    if suite.truncated == "as_is":
        notes.append("truncated completions are scored as if they were whole (`truncated: as_is`)")
    if suite.refusals == "fail":
        notes.append("refusals count as breaking every constraint (`refusals: fail`)")
    if suite.judged != "answer":
        looked_at = {"reasoning": "the reasoning, not the answer", "both": "the reasoning and the answer together"}
        notes.append(f"constraints and measures look at {looked_at[suite.judged]} (`judged: {suite.judged}`)")
    if suite.noise == "common" and len(suite.axes):
        notes.append("conditions of one case and repeat share their random draws, where the provider honours seeds")
    if all(run.profiles[name]["adapter"] == RESPONSES for name in run.selection["providers"]):
        return (*notes, "the texts came from elsewhere: nothing is known of how they were drawn")
    seed = {"suite": "from the suite", "option": "from --seed", "drawn": "drawn by this run"}[run.seed_from]
    notes.append(f"seed {run.seed}, {seed}")
    return tuple(notes)


def part_notes(run: Run, unjudged: Sequence[Gate]) -> Iterator[str]:
    """Say that only some cells were to be drawn, and which gates that leaves out."""
    if run.selection.get("cells") is not None:
        yield "only some cells of the suite were to be drawn; the others are neither counted nor missing"
    for gate in unjudged:
        yield f"gate `{gate.name}` is not judged: not all of its cells were to be drawn"


def judge_notes(run: Run, suite: Suite, unjudged: int) -> Iterator[str]:
    """Say who judged, who judged itself, and how much is still to be judged."""
    if unjudged:
        yield f"judgements that are missing: {unjudged:,}; verdicts that hang on them are undecided"
    for judge in dict.fromkeys(judges_named(every_constraint(suite), judge_of(run, suite))):
        if judge is None or judge not in run.profiles:
            continue
        profile = run.profiles[judge]
        asked = ", ".join(f"{name} {value}" for name, value in profile["settings"].items()) or "no settings of its own"
        yield f"{judge} judges ({profile['model']}, {asked}); how often it agrees with people, only labels tell"
        models = {name: run.profiles[name]["model"] for name in run.selection["providers"]}
        own = [name for name, model in models.items() if same_family(profile["model"], model)]
        if own:
            yield (
                f"{judge} judges the answers of {' and '.join(own)}, which is the same model; models tend to prefer"
                " their own"
            )


def served_notes(rows: Sequence[Row]) -> Iterator[str]:
    """Say where another model answered than the one that was asked for."""
    for provider in dict.fromkeys(row.provider for row in rows):
        asked = next(row.model for row in rows if row.provider == provider)
        served = sorted({each for row in rows if row.provider == provider for each in row.served})
        others = [each for each in served if not same_family(asked, each)]
        if others and is_alias(asked):
            yield f"{provider}: {asked} is an alias, and {' and '.join(others)} answered"
        elif others:
            yield f"{provider}: another model answered than the one asked for: {' and '.join(others)}, not {asked}"


def batch_notes(store: Store, run: str) -> Iterator[str]:
    """Say what is still at the vendors', and what may have been paid for twice."""
    waiting: dict[str, int] = {}
    for batch in store.batches.open(run):
        waiting[batch.provider] = waiting.get(batch.provider, 0) + batch.waiting
    for provider, samples in waiting.items():
        yield f"{provider}: samples in batches that are not collected yet: {samples:,}"
    for provider, samples in store.batches.lost(run).items():
        yield (
            f"{provider}: a process was killed while it submitted a batch, and the vendor does not seem to have it;"
            f" samples asked again: {samples:,}"
        )


def kill_notes(broken_off: Mapping[str, int]) -> Iterator[str]:
    """Say how many calls may have been paid for twice."""
    for provider, calls in broken_off.items():
        if calls:
            yield f"{provider}: calls under way when the run was stopped, and asked again: at most {calls:,}"


def round_notes(looks: Looks | None) -> Iterator[str]:
    """Say of a run in rounds how often it was looked at, and what that means for its intervals."""
    if looks is not None:
        plan = ", ".join(str(end) for end in looks.ends)
        taken = f"{len(looks.settled)} {'was' if len(looks.settled) == 1 else 'were'} taken"
        yield (
            f"drawn in rounds, with looks planned after {plan} draws of each case, of which {taken}; intervals are made"
            " wider, so that they hold at 95 % although the run may have ended early"
        )

"""Says what judging a run would take, before there is anything to be judged."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from evalkit.cells import system_constraints
from evalkit.constraints.judge import Judge
from evalkit.constraints.walk import every_part
from evalkit.estimate import Amount, Asked, Group, Known, forecast
from evalkit.expand import Plan, expand, live_sample, slots
from evalkit.foresee import Foreseen, opened, work_of
from evalkit.generate.tokens import most_output_tokens
from evalkit.judge.lookup import OpenVote, judge_of
from evalkit.judge.pending import open_votes
from evalkit.judge.samples import vote_sample
from evalkit.protocols import Context
from evalkit.providers.registry import build_provider
from evalkit.support import unsupported_reason
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.foresee import Outlook
    from evalkit.generate import Work
    from evalkit.prepare import Prepared
    from evalkit.store import Store
    from evalkit.types import Sample

_UNCOUNTED = "what is judged is not there yet"
_ANSWER = Completion("complete")
"""Stands for one that is still to be drawn."""


def foresee_judges(prepared: Prepared, store: Path, outlook: Outlook) -> dict[str, Foreseen]:
    """Foresee what judges would be asked, judge by judge.

    Texts that turn out alike are judged once, and a question that hangs on another verdict may not come up, so that it
    may be less. Stored answers that `--reuse` would find are not looked for.

    Args:
        prepared: What would run.
        store: The project's store, which need not be there.
        outlook: How it would run.

    Raises:
        ProfileError: An adapter cannot be built.
    """
    foreseen: dict[str, Foreseen] = {}
    if not prepared.judges:
        return foreseen
    with opened(store) as past:
        works = [work_of(prepared, profile, outlook) for profile in prepared.profiles]
        for profile in prepared.judges:
            provider = build_provider(profile)
            plan = Plan(prepared.suite, profile, works[0].plan.seed, seed_drawn=works[0].plan.seed_drawn)
            groups = [group for work in works for group in _to_come(work, plan, past, prepared, outlook)]
            held = 0
            if past is not None and outlook.run is not None:
                there = (vote for vote in open_votes(past, outlook.run, prepared.suite) if vote.judge == profile.name)
                groups += [Group(vote_sample(vote, plan, 0), 1) for vote in there]
                held = past.judgement_count(outlook.run.id, profile.name)
            lengths = None if past is None else past.judge_lengths(profile.name, profile.model)
            known = Known(provider.price(), limits=profile.limits, lengths=lengths)
            asked = Asked(tuple(groups), held, {})
            uncounted = _UNCOUNTED if groups else None
            foreseen[profile.name] = Foreseen(profile.model, asked, known, forecast(asked, known), uncounted)
    return foreseen


def _to_come(work: Work, plan: Plan, past: Store | None, prepared: Prepared, outlook: Outlook) -> Iterator[Group]:
    """Yield what a judge would be asked about the completions of one provider that are not drawn yet."""
    name, run = work.provider.profile.name, outlook.run
    done = past.done(run.id, name) if past is not None and run is not None else set[int]()
    missing = Counter((slot.condition, slot.case.id) for slot in work.slots() if slot.position not in done)
    lengths = None if past is None else past.answer_lengths(name, work.provider.profile.model)
    default = prepared.selection.judge or prepared.suite.judge if run is None else judge_of(run, prepared.suite)
    cases = {case.id: case for case in work.cases}
    for sample in _cells(work):
        draws = missing[sample.condition, sample.case_id]
        if not draws or unsupported_reason(work.provider, sample.settings) is not None:
            continue
        most = float(most_output_tokens(sample))
        quoted = Amount(None if lengths is None else min(lengths.mean_tokens, most), most)
        context = Context(cases[sample.case_id], sample.condition, sample.prompt.messages, _ANSWER)
        demanded = system_constraints(prepared.suite, sample.condition)
        for constraint in (*cases[sample.case_id].constraints, *demanded):
            for part in every_part(constraint):
                if isinstance(part, Judge) and (part.by or default) == plan.profile.name:
                    ask = part.within(context).ask("")
                    vote = OpenVote(plan.profile.name, ask, ask.digest(default), 0)
                    yield Group(vote_sample(vote, plan, 0), draws * ask.votes, quoted=quoted)


def _cells(work: Work) -> Iterator[Sample]:
    """Yield the first sample of each cell; replies of a live conversation stand in it as empty texts."""
    places = slots(work.conditions, work.cases, 1)
    if not work.live:
        yield from expand(work.plan, places)
        return
    for slot in places:
        yield live_sample(work.plan, slot, [""] * slot.turns, None)

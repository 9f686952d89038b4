"""Draws what a run lacks, round by round where it is drawn in rounds, and has it judged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError, ProviderError
from evalkit.generate import Tally, Unwatched, generate
from evalkit.generate.batches import NO_BATCHES
from evalkit.generate.budget import Budget
from evalkit.generate.engine import never
from evalkit.judge.seats import seat_judges
from evalkit.knobs import known_knobs, merged_knobs, settings_in_play
from evalkit.look import stopped, take_look
from evalkit.report import report
from evalkit.types import EMPTY
from evalkit.works import works_due, works_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalkit.findings import Report
    from evalkit.generate import Batching, Watcher
    from evalkit.prepare import Prepared
    from evalkit.protocols import Provider
    from evalkit.store import Store
    from evalkit.types import Run, Scalar, SettingValue


async def draw(
    prepared: Prepared,
    run: Run,
    store: Store,
    *,
    reuse: bool = False,
    budget: Budget | None = None,
    watcher: Watcher | None = None,
    batching: Batching = NO_BATCHES,
    stop: Callable[[], bool] = never,
    look: Callable[[], Report] | None = None,
) -> Tally:
    """Draw what a run still lacks, have it judged, and close it when nothing is missing; see `generate`.

    Args:
        prepared: What to draw.
        run: The run.
        store: Where it is.
        reuse: See `generate`, as for the next four.
        budget: What may be spent.
        watcher: Is told how it goes.
        batching: What to do with batches.
        stop: Whether to ask for nothing more.
        look: Reports on the run where it is drawn in rounds and a round has ended; None reports without a baseline.

    Raises:
        ProfileError: No adapter can be built; where one can, the others are noted in the tally like any failure.
    """
    works, unusable = works_of(prepared, run.seed, seed_drawn=run.seed_from == "drawn")
    bench, unusable_judges = seat_judges(prepared.suite, prepared.judges, run, store, [work.provider for work in works])
    providers = list({id(each): each for each in (*(work.provider for work in works), *bench.providers)}.values())
    for provider in providers:
        _recall(provider, store.refused(run.id, provider.profile.name))
    asked = [work.provider for work in works]
    _note_knobs(prepared, run, store, asked)
    purse, watching = budget or Budget(), watcher or Unwatched()
    tally = Tally()
    try:
        while True:
            due = works_due(works, store.looks(run))
            latest = await generate(
                store, run.id, due, reuse=reuse, budget=purse, watcher=watching, batching=batching, stop=stop
            )
            latest.failures.update(unusable | unusable_judges)
            await bench.ask(latest, reuse=reuse, budget=purse, watcher=watching, stop=stop)
            tally = latest.after(tally)
            if not take_look(prepared, run, store, tally, look or (lambda: report(run, store, look=True))):
                break
        facts = _environments(providers, tally)
        store.finish_run(run.id, facts, complete=not (stopped(tally) or latest.outcomes.get("error", 0)))
    finally:
        _note_knobs(prepared, run, store, asked)
        closed = await asyncio.gather(*(provider.aclose() for provider in providers), return_exceptions=True)
    for provider, failed in zip(providers, closed, strict=True):
        if isinstance(failed, EvalkitError):
            tally.failures.setdefault(provider.profile.name, failed)
        elif failed is not None:
            raise failed
    return tally


def _environments(providers: Sequence[Provider], tally: Tally) -> dict[str, Mapping[str, Scalar]]:
    """Return what each provider ran on; one that cannot say has failed at the end, with all that it gave kept."""
    facts: dict[str, Mapping[str, Scalar]] = {}
    for provider in providers:
        try:
            facts[provider.profile.name] = provider.environment()
        except EvalkitError as error:
            tally.failures.setdefault(provider.profile.name, error)
    return facts


def _recall(provider: Provider, refused: Sequence[tuple[Mapping[str, SettingValue], str]]) -> None:
    """Remind a provider of what its server refused in earlier sittings, so that it is not asked for again."""
    recall = getattr(provider, "recall", None)
    if recall is not None:
        for settings, reason in refused:
            recall(settings, reason)


def _note_knobs(prepared: Prepared, run: Run, store: Store, providers: Sequence[Provider]) -> None:
    """Keep what is known of the settings asked for, and what the servers have refused by now."""
    knobs = store.knobs(run.id)
    for provider in providers:
        name = provider.profile.name
        asked = settings_in_play(prepared.suite, provider.profile)
        refusals: Mapping[str, str] = getattr(provider, "refusals", EMPTY)
        try:
            known = known_knobs(provider, asked, refusals)
        except ProviderError:
            known = {}  # it fails for the same reason at its first sample, and only it
        knobs[name] = merged_knobs(knobs.get(name, EMPTY), known)
    store.note_knobs(run.id, knobs)

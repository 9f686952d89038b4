"""Builds the judges of a run."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from evalkit.errors import ProfileError
from evalkit.expand import Plan
from evalkit.generate import Tally
from evalkit.judge.asking import Bench
from evalkit.judge.named import load_judges
from evalkit.judge.pending import open_votes
from evalkit.providers.registry import build_provider
from evalkit.resuming import check_profiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.errors import EvalkitError
    from evalkit.generate import Watcher
    from evalkit.generate.budget import Budget
    from evalkit.project import Project
    from evalkit.protocols import Provider
    from evalkit.store import Store
    from evalkit.types import Profile, Run, Suite


def judges_of(run: Run, suite: Suite, project: Project, store: Store) -> tuple[Profile, ...]:
    """Load the judges that a suite names for a run that is there.

    Raises:
        UsageError: Nobody is named, or a profile has changed in what shapes answers since it gave the run some.
        ProfileError: A profile cannot be read.
    """
    judges = load_judges(suite, project, suite.cases, run.selection.get("judge"))
    begun = store.begun(run.id)
    check_profiles(run, [profile for profile in judges if profile.name in begun])
    return judges


async def judge_run(
    run: Run, suite: Suite, judges: Sequence[Profile], store: Store, *, budget: Budget, watcher: Watcher
) -> Tally:
    """Ask judges what a run lacks by the constraints of a suite, and draw nothing."""
    bench, unusable = seat_judges(suite, judges, run, store)
    tally = Tally(failures=unusable)
    try:
        await bench.ask(tally, reuse=False, budget=budget, watcher=watcher)
    finally:
        await asyncio.gather(*(provider.aclose() for provider in bench.providers))
    return tally


def seat_judges(
    suite: Suite, judges: Iterable[Profile], run: Run, store: Store, providers: Iterable[Provider] = ()
) -> tuple[Bench, dict[str, EvalkitError]]:
    """Build the judges of a run, and return by name why others cannot be.

    Args:
        suite: Whose constraints judge.
        judges: Their profiles.
        run: The run.
        store: Where it is.
        providers: Built already; one that judges as well is not built twice, for a model may fill the memory.
    """
    there = {provider.profile.name: provider for provider in providers}
    seated: dict[str, tuple[Provider, Plan]] = {}
    unusable: dict[str, EvalkitError] = {}
    for profile in judges:
        plan = Plan(suite, profile, run.seed, seed_drawn=run.seed_from == "drawn")
        try:
            seated[profile.name] = there.get(profile.name) or build_provider(profile), plan
        except ProfileError as error:
            unusable[profile.name] = error
    return Bench(store, run, partial(open_votes, store, run, suite), seated), unusable

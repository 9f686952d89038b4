"""Builds what the providers of a run are asked, and says what can be known of it before anything is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.errors import ProfileError
from evalkit.expand import Plan
from evalkit.generate import Work
from evalkit.generate.batches import batch_api, check_batches
from evalkit.providers.registry import build_provider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.errors import EvalkitError
    from evalkit.prepare import Prepared
    from evalkit.rounds import Looks


def works_of(prepared: Prepared, seed: int, *, seed_drawn: bool) -> tuple[list[Work], dict[str, EvalkitError]]:
    """Build the providers, and return by name why others cannot be; one broken adapter is no reason to ask nobody."""
    works: list[Work] = []
    unusable: dict[str, EvalkitError] = {}
    for profile in prepared.profiles:
        cells = prepared.cells_of(profile.name)
        if not cells:
            continue
        chosen = None if prepared.selection.cells is None else cells
        plan = Plan(prepared.suite, profile, seed, seed_drawn=seed_drawn)
        try:
            provider = build_provider(profile)
        except ProfileError as error:
            unusable[profile.name] = error
        else:
            conditions = prepared.sweep.conditions
            works.append(Work(provider, plan, conditions, prepared.cases, prepared.repeats, cells=chosen))
    if not works:
        raise next(iter(unusable.values()))
    return works, unusable


def works_due(works: Sequence[Work], looks: Looks | None) -> list[Work]:
    """Narrow works to the draws that are due after these looks; None stands for a run that is not in rounds."""
    if looks is None:
        return list(works)
    return [
        replace(work, due={each: looks.due((work.provider.profile.name, each)) for each in work.conditions})
        for work in works
    ]


def unbatched(prepared: Prepared) -> tuple[str, ...]:
    """Return the providers that take no batches.

    Raises:
        ProfileError: No adapter can be built.
        UsageError: What the others would be asked cannot be drawn in batches.
    """
    works, _ = works_of(prepared, 0, seed_drawn=False)
    check_batches(works)
    return tuple(work.provider.profile.name for work in works if batch_api(work.provider) is None)


def unpriced(prepared: Prepared) -> tuple[str, ...]:
    """Return the providers of which nobody knows what they cost.

    Raises:
        ProfileError: No adapter can be built.
    """
    works, _ = works_of(prepared, 0, seed_drawn=False)
    prices = {work.provider.profile.name: work.provider.price() for work in works}
    for profile in prepared.judges:
        if profile.name not in prices:
            prices[profile.name] = build_provider(profile).price()
    return tuple(name for name, price in prices.items() if price is None)

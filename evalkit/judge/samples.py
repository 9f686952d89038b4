"""Turns votes into samples, each with a key that hashes all that shapes the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.expand.key import cell_hash, draw_seed, sample_key
from evalkit.types import Condition, Sample

if TYPE_CHECKING:
    from evalkit.expand import Plan
    from evalkit.judge.lookup import OpenVote

_CASE = "(judge)"
"""Stands for the case, and is no name that a case can have."""
_NOWHERE = Condition()


def vote_sample(vote: OpenVote, plan: Plan, position: int) -> Sample:
    """Write the sample of a vote.

    Args:
        vote: The vote.
        plan: With the judge's profile, whose settings are the only ones, and the run's seed.
        position: Among the votes that are asked together.
    """
    prompt = vote.ask.prompt(vote.number)
    settings = plan.profile.settings
    asked = settings.get("seed")
    seed = draw_seed(
        asked if isinstance(asked, int) else plan.seed,
        vote.digest,
        vote.number,
        turn=None,
        noise="common",
        provider=plan.profile.name,
        condition=_NOWHERE,
    )
    cell = cell_hash(plan.profile, prompt, settings, _NOWHERE, _CASE)
    seed_is_anyones = plan.seed_drawn and asked is None
    return Sample(
        key=sample_key(cell, repeat=vote.number, turn=None, seed=None if seed_is_anyones else seed),
        position=position,
        provider=plan.profile.name,
        condition=_NOWHERE,
        case_id=_CASE,
        repeat=vote.number,
        prompt=prompt,
        settings=settings,
        seed=seed,
        ask=vote.digest,
    )

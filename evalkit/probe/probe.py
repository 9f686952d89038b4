"""Makes every check of a probe, in the order in which they build on one another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from evalkit.errors import ProviderError
from evalkit.probe import contrast, heat, repetition, system_prompt
from evalkit.probe.contact import base_settings, first_contact, served_model
from evalkit.probe.draws import Asker
from evalkit.probe.findings import CHECKS, Probed, bare_url
from evalkit.probe.heat import effective
from evalkit.probe.knobs import FILTER_STAGES, temperature, top_k, top_p
from evalkit.probe.lengths import max_tokens, stop
from evalkit.probe.prompts import EVERYDAY, OPEN_ENDED
from evalkit.probe.work import MAX_TOKENS, Work, accounted
from evalkit.types import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from evalkit.generate.budget import Budget
    from evalkit.probe.findings import Check, Finding
    from evalkit.protocols import Provider

_MAKE: Mapping[Check, Callable[[Work], Coroutine[None, None, Finding]]] = {
    "temperature": temperature,
    "effective_temperature": effective,
    "determinism": repetition.determinism,
    "system_prompt": system_prompt.system_prompt,
    "max_tokens": max_tokens,
    "stop": stop,
    "seed": repetition.seed,
    "top_p": top_p,
    "top_k": top_k,
}
_QUESTIONS = len(OPEN_ENDED)
_FILTER = 2 * _QUESTIONS * FILTER_STAGES[-1].draws
MOST_DRAWS: Mapping[Check, int] = {
    "served_model": 3,
    "temperature": 2 * _QUESTIONS * contrast.STAGES[-1].draws,
    "effective_temperature": _QUESTIONS * len(heat.VALUES) * heat.STAGES[-1],
    "determinism": _QUESTIONS * repetition.DRAWS + 1,
    "system_prompt": len(EVERYDAY) * system_prompt.LOOKS,
    "max_tokens": 2,
    "stop": 3,
    "seed": 2 * repetition.SEEDED * repetition.SEEDS,
    "top_p": _FILTER,
    "top_k": _FILTER,
}
"""How many answers each check asks for at most."""
_PROMPT_TOKENS = 40
"""What a question takes at most, about, its system prompt included."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a probe is to find out, and within what.

    Attributes:
        checks: Which; the model that answers is always looked at.
        seed: From which the draws' seeds and the lots follow.
        most_draws: After so many answers nothing more is asked; None for no end.
        ask_unsupported: Send settings that the table calls unsupported all the same.
    """

    seed: int
    checks: Sequence[Check] = CHECKS
    most_draws: int | None = None
    ask_unsupported: bool = False

    def most(self) -> int:
        """Return how many answers are asked for at most."""
        checks: set[Check] = {"served_model", *self.checks}
        most = sum(MOST_DRAWS[check] for check in checks)
        return most if self.most_draws is None else min(most, self.most_draws)

    def most_cost(self, provider: Provider) -> float | None:
        """Return about what that costs at most, in US dollars; None when no price is known."""
        price = provider.price()
        limit = base_settings(provider).get("max_tokens", MAX_TOKENS)
        assert isinstance(limit, int)
        one = None if price is None else price.cost(Usage(_PROMPT_TOKENS, limit))
        return None if one is None else one * self.most()


async def probe(
    provider: Provider,
    asked: Asked,
    budget: Budget,
    *,
    say: Callable[[str, float | None], None] = lambda _what, _share: None,
    found: Callable[[Finding], None] = lambda _finding: None,
) -> Probed:
    """Make the checks of a probe.

    A provider that fails after its first answer leaves a probe with the findings made by then.

    Args:
        provider: The provider; it is left open.
        asked: What to find out.
        budget: What may be spent.
        say: Is told what is prepared.
        found: Is told of every finding once it is made.

    Raises:
        ProviderError: The provider failed before there was any answer.
    """
    await provider.prepare(say)
    asker = Asker(provider, asked.seed, budget, asked.most_draws)
    base = await first_contact(asker, base_settings(provider))
    contact = (asker.calls, asker.cost_usd if not asker.unpriced else None)
    work = Work(asker, base, asked.ask_unsupported)
    findings: list[Finding] = []
    failure: str | None = None
    for check in CHECKS:
        if check not in asked.checks or check not in _MAKE:
            continue
        try:
            findings.append(await accounted(work, check, _MAKE[check]))
        except ProviderError as error:
            failure = error.message
            break
        found(findings[-1])
    profile, served = provider.profile, tuple(sorted(asker.served))
    first = replace(
        served_model(profile.model, served),
        draws=asker.draws,
        calls=contact[0],
        cost_usd=contact[1],
    )
    return Probed(
        provider=profile.name,
        adapter=profile.adapter,
        model=profile.model,
        base_url=bare_url(profile.base_url),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=asked.seed,
        findings=(first, *findings),
        served=served,
        clients=tuple(sorted(asker.clients)),
        settings=base,
        environment=provider.environment(),
        calls=asker.calls,
        cost_usd=None if asker.unpriced else asker.cost_usd,
        failure=failure,
    )

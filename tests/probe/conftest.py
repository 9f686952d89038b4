"""A probe of a model at the fake vendors, whole or one check of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.generate.budget import Budget
from evalkit.probe.contact import base_settings
from evalkit.probe.draws import Asker
from evalkit.probe.findings import CHECKS
from evalkit.probe.probe import Asked, probe
from evalkit.probe.work import Work
from evalkit.providers.registry import build_provider

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from evalkit.probe.findings import Check, Finding, Probed
    from evalkit.types import Profile
    from vendors.asked import Vendor


@pytest.fixture
def model_profile(vendor_profile: Callable[..., Profile]) -> Callable[..., Profile]:
    """Give a function that builds the profile of a model of which the table knows what it takes, asked in turn."""

    def make(vendor: Vendor = "openai", model: str = "gpt-4.1-mini", **parts: Any) -> Profile:  # noqa: ANN401 - any field of a profile
        options = {**({"server": "openai"} if vendor == "openai" else {}), **parts.pop("options", {})}
        return vendor_profile(vendor, model, options=options, limits={"concurrency": 1, "attempts": 1}, **parts)

    return make


@pytest.fixture
def probing() -> Callable[..., Probed]:
    """Give a function that makes a probe of a profile's model."""

    def make(
        profile: Profile,
        *checks: Check,
        seed: int = 1,
        cap: float | None = None,
        **how: Any,  # noqa: ANN401 - any field of `Asked`
    ) -> Probed:
        async def work() -> Probed:
            provider = build_provider(profile)
            try:
                return await probe(provider, Asked(seed, checks or CHECKS, **how), Budget(cap))
            finally:
                await provider.aclose()

        return asyncio.run(work())

    return make


@pytest.fixture
def checking() -> Callable[..., list[Finding]]:
    """Give a function that makes some checks, one after the other, without a first contact."""

    def make(
        profile: Profile,
        checks: Sequence[Callable[[Work], Coroutine[None, None, Finding]]],
        **how: Any,  # noqa: ANN401 - any field of `Work`
    ) -> list[Finding]:
        async def work() -> list[Finding]:
            provider = build_provider(profile)
            shared = Work(Asker(provider, 1, Budget()), base_settings(provider), **how)
            try:
                await provider.prepare(lambda _what, _share: None)
                return [await check(shared) for check in checks]
            finally:
                await provider.aclose()

        return asyncio.run(work())

    return make

"""What checks share: the table's word, refusals, and what a check took."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from evalkit.generate.budget import Budget
from evalkit.probe.draws import Asker, Wanted
from evalkit.probe.findings import Finding
from evalkit.probe.prompts import OPEN_ENDED
from evalkit.probe.work import Work, accounted
from evalkit.providers.registry import build_provider
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Profile
    from vendors.server import FakeVendors


def _work(profile: Profile, *, ask_unsupported: bool = False) -> Work:
    return Work(Asker(build_provider(profile), 1, Budget()), {"max_tokens": 48}, ask_unsupported)


def test_what_the_table_refuses_is_not_asked(model_profile: Callable[..., Profile]) -> None:
    """The finding says why, and an option asks all the same."""
    profile = model_profile(model="gpt-5-mini")
    finding = _work(profile).not_asked("temperature", {"temperature": 0.0})
    assert finding is not None
    assert finding.verdict == "not_asked"
    assert "gpt-5-mini does not take `temperature`" in finding.why
    assert _work(profile, ask_unsupported=True).not_asked("temperature", {"temperature": 0.0}) is None


def test_what_the_table_calls_ignored_is_asked(model_profile: Callable[..., Profile]) -> None:
    """It is accepted, so that asking shows whether the table is right."""
    work = _work(model_profile("gemini", "gemini-3.6-flash"))
    assert work.not_asked("temperature", {"temperature": 0.0}) is None
    found = work.with_table(Finding("temperature", "connected", "why"), "temperature")
    assert found.table is not None
    assert found.table.startswith("ignored (")
    assert found.contradiction == "the table says that it is accepted and ignored"


def test_a_server_that_nobody_knows_contradicts_nothing(vendor_profile: Callable[..., Profile]) -> None:
    """Where the table has no word, none is cited."""
    work = _work(vendor_profile("openai", "gpt-4.1-mini"))
    found = work.with_table(Finding("temperature", "ignored", "why"), "temperature")
    assert (found.table, found.contradiction) == (None, None)


def test_what_a_check_took_is_added(vendors: FakeVendors, model_profile: Callable[..., Profile]) -> None:
    """Calls and cost are those of this check; an undecided one whose calls failed was cut short."""
    vendors.fault = lambda _asked: Fault("status", 400, message="out of order")
    work = _work(model_profile())

    async def check(shared: Work) -> Finding:
        await shared.asker.ask([Wanted("test", OPEN_ENDED[0], shared.base, 0)])
        return Finding("stop", "undecided", "nothing came")

    async def whole() -> Finding:
        try:
            return await accounted(work, "stop", check)
        finally:
            await work.provider.aclose()

    finding = asyncio.run(whole())
    assert (finding.calls, finding.cost_usd) == (1, 0.0)
    assert finding.cut_short is not None
    assert "out of order" in finding.cut_short


def test_nothing_is_asked_once_a_cap_was_reached(model_profile: Callable[..., Profile]) -> None:
    """The checks that were to follow say so."""
    work = _work(model_profile())
    work.asker.stopped = "the cap of 2 calls was reached"

    async def check(_shared: Work) -> Finding:
        raise AssertionError

    finding = asyncio.run(accounted(work, "stop", check))
    assert (finding.verdict, finding.cut_short) == ("undecided", "the cap of 2 calls was reached")

"""Draws under one set of settings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from evalkit.generate.budget import Budget
from evalkit.probe.draws import Asker
from evalkit.probe.end import End, text_of
from evalkit.providers.registry import build_provider
from evalkit.types import Completion
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Profile
    from vendors.server import FakeVendors


def test_only_what_is_missing_is_asked(vendors: FakeVendors, model_profile: Callable[..., Profile]) -> None:
    """Filled to two and then to three, an end asks twelve times in all; a failed call leaves no text."""
    vendors.fault = lambda asked: Fault("status", 400, message="no") if asked.number == 5 else None

    async def work() -> End:
        provider = build_provider(model_profile())
        end = End.empty("test", {"max_tokens": 48})
        asker = Asker(provider, 1, Budget())
        await end.fill(asker, 2, first_alone=True)
        await end.fill(asker, 3, first_alone=False)
        assert await end.fill(asker, 3, first_alone=True) == []
        await provider.aclose()
        return end

    end = asyncio.run(work())
    assert [len(texts) for texts in end.texts] == [3, 2, 3, 3]
    assert len(vendors.completions("openai")) == 12


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        (Completion("complete", text=" a\n b "), "a b"),
        (Completion("complete", text=""), ""),
        (Completion("truncated", text=""), None),
        (Completion("error", error="no"), None),
        (None, None),
    ],
    ids=["spaces", "empty", "nothing but thinking", "error", "not asked"],
)
def test_a_text_is_judged_on_one_line(completion: Completion | None, text: str | None) -> None:
    """An answer that was cut before its first word has no text; an empty answer has one."""
    assert text_of(completion) == text

"""A profile of an adapter of the tests' own."""

from __future__ import annotations

import pytest

from evalkit.types import Profile


@pytest.fixture
def own_profile(monkeypatch: pytest.MonkeyPatch) -> Profile:
    """Give a profile with a key, and set the key."""
    monkeypatch.setenv("OWN_ADAPTER_KEY", "sk-own-8c11d0f2e7")
    return Profile("mine", "mine", "m", key_env="OWN_ADAPTER_KEY", timeout_s=5.0)

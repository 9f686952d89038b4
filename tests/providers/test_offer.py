"""What a profile offers, asked of real adapters."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from evalkit.providers.offer import Key, offer_of
from evalkit.providers.registry import build_provider
from evalkit.types import Profile

KEY = "sk-marker-5520ab17"


def _offered(adapter: str, model: str, **parts: Any) -> Any:
    return offer_of(build_provider(Profile("p", adapter, model, **parts)))


def test_the_price_and_the_last_day_are_those_of_the_model() -> None:
    """As the price list and the table of families have them."""
    offer = _offered("claude", "claude-sonnet-4-5", key_env="K", options={"api_version": "2023-06-01"})
    assert (offer.input_usd, offer.output_usd) == (3.0, 15.0)
    assert offer.retires == date(2026, 11, 30)
    assert offer.to_json()["retires"] == "2026-11-30"
    assert offer.client is not None
    assert offer.client.endswith("API 2023-06-01")


def test_a_server_of_one_s_own_has_no_price_and_no_last_day() -> None:
    """Whatever the name of the model that it serves."""
    offer = _offered("openai", "gpt-4.1-mini", base_url="http://127.0.0.1:9/v1")
    assert (offer.input_usd, offer.output_usd, offer.retires) == (None, None, None)
    assert {knob.state for knob in offer.knobs.values()} == {"unknown"}
    assert offer.source("temperature") == "nobody has said"


def test_the_profile_s_word_is_its_own_source() -> None:
    """It wins over the table, and a price that it states over the list."""
    parts = {"supports": {"temperature": False}, "price": {"input": 0.2, "output": 0.4}, "key_env": "K"}
    offer = _offered("gemini", "gemini-3.5-flash", **parts)
    assert offer.knobs["temperature"].state == "unsupported"
    assert offer.source("temperature") == "the profile"
    assert offer.source("top_p").endswith("read 2026-11-24")
    assert (offer.input_usd, offer.output_usd) == (0.2, 0.4)


@pytest.mark.parametrize(
    ("adapter", "parts", "key"),
    [
        ("claude", {"key_env": "OFFER_KEY"}, Key(needed=True, variable="OFFER_KEY", present=True)),
        ("claude", {"key_env": "OFFER_BLANK"}, Key(needed=True, variable="OFFER_BLANK", present=False)),
        ("gemini", {"key_command": "false"}, Key(needed=True, command=True)),
        ("openai", {}, Key(needed=True)),
        ("openai", {"base_url": "http://127.0.0.1:9/v1"}, Key(needed=False)),
        ("scripted", {}, Key(needed=False)),
    ],
    ids=["present", "blank", "command", "not named", "own server", "no calls"],
)
def test_a_key_is_there_or_not(adapter: str, parts: dict[str, Any], key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without being read into anything."""
    monkeypatch.setenv("OFFER_KEY", KEY)
    monkeypatch.setenv("OFFER_BLANK", " ")
    offer = _offered(adapter, "gpt-6-luna", **parts)
    assert offer.key == key
    assert KEY not in repr(offer)


def test_plain_data_has_every_setting() -> None:
    """With state, values and source."""
    plain = _offered("scripted", "m", settings={"temperature": 0.5}, limits={"concurrency": 2}).to_json()
    assert plain["knobs"]["temperature"] == {
        "state": "applied",
        "low": None,
        "high": None,
        "words": [],
        "needs": {},
        "excludes": [],
        "source": "adapter scripted",
    }
    assert plain["price"] == {"input": 0.0, "output": 0.0}
    assert plain["settings"] == {"temperature": 0.5}
    assert plain["client"] is None

"""Whether the model that answered is the one asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.providers.served import is_alias, same_family, stem

NAMES = (
    "claude-opus-4-6",
    "claude-sonnet-5-5",
    "gpt-4",
    "gpt-4o-mini",
    "gpt-6.1-terra",
    "o3",
    "gemini-2.5-flash-lite",
    "gemini-4-argon",
    "smollm2-135m-instruct",
    "llama3.2",
)
PREFIXES = (
    "models/",
    "publishers/google/models/",
    "openai/",
    "anthropic.",
    "us.anthropic.",
    "/srv/models/",
    "C:\\llm\\",
)


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("gpt-4.1", "gpt-4.1"),
        ("gpt-4.1", "GPT-4.1"),
        ("gpt-4.1", "gpt-4.1-2025-04-14"),
        ("gpt-4.1-2025-04-14", "gpt-4.1"),
        ("gpt-4", "gpt-4-0613"),
        ("claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
        ("claude-sonnet-4-5", "claude-sonnet-4-5@20250929"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5-20250929"),
        ("claude-sonnet-4-5@default", "claude-sonnet-4-5-20250929"),
        ("gpt-5.2-2025-12-11", "gpt-5.2-20251211"),
        ("gemini-2.0-flash", "gemini-2.0-flash-001"),
        ("claude-3-7-sonnet-latest", "claude-3-7-sonnet-20250219"),
        ("claude-3-7-sonnet-20250219", "claude-3-7-sonnet-latest"),
        ("claude-3-7-sonnet", "claude-3-7-sonnet-latest"),
        ("gemini-3.8-flash", "models/gemini-3.8-flash"),
        ("gemini-3.8-flash", "publishers/google/models/gemini-3.8-flash"),
        ("openai/gpt-6-luna", "gpt-6-luna"),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
        ("us.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("openai/gpt-5:free", "openai/gpt-5"),
        ("llama3.2", "llama3.2:latest"),
        ("llama3.2:1b", "llama3.2:latest"),
        ("smollm2-135m-instruct", "/models/SmolLM2-135M-Instruct.gguf"),
        ("smollm2-135m-instruct", "/models/SmolLM2-135M-Instruct-Q4_K_M.gguf"),
        ("smollm2-135m-instruct", "C:\\models\\SmolLM2-135M-Instruct.F16.gguf"),
        ("qwen3-32b", "/models/Qwen3-32B-Q8_0-00001-of-00002.gguf"),
        ("Qwen/Qwen3-8B", "/home/me/Qwen3-8B/"),
        ("ft:gpt-4o-mini:acme::abc", "FT:gpt-4o-mini:acme::abc"),
        ("ft:gpt-4o-mini-2024-07-18:acme::abc", "ft:gpt-4o-mini:acme::abc"),
    ],
)
def test_one_model_written_in_two_ways(asked: str, served: str) -> None:
    """Neither side is the other's other model."""
    assert same_family(asked, served)
    assert same_family(served, asked)


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("gpt-4", "gpt-4.1-mini"),
        ("gpt-4", "gpt-4o"),
        ("gpt-4", "gpt-4-turbo"),
        ("gpt-5", "gpt-5.1"),
        ("gpt-5", "gpt-5-mini"),
        ("gpt-5.4-mini", "gpt-5.4-nano"),
        ("gpt-6-sol", "gpt-6.1-sol"),
        ("gpt-6-sol", "gpt-6-luna"),
        ("gemini-2.5-pro", "gemini-3.8-flash"),
        ("gemini-2.5-flash", "gemini-3.5-flash-lite"),
        ("gemini-2.5-flash", "gemini-2.5-flash-lite"),
        ("models/gemini-2.5-flash", "publishers/google/models/gemini-2.5-flash-lite"),
        ("gemini-flash-latest", "gemini-3.6-flash"),
        ("claude-opus-4-5", "claude-opus-4-6"),
        ("claude-opus-5", "claude-opus-5-5"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-6"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-11-20"),
        ("llama3.2:1b", "llama3.2:3b"),
        ("deepseek-v2", "deepseek-v3"),
        ("deepseek-v3", "deepseek"),
        ("smollm2-135m-q4_k_m.gguf", "smollm2-135m-q8_0.gguf"),
        ("ft:gpt-4o-mini:acme::abc", "gpt-4o-mini"),
        ("ft:gpt-4o-mini:acme::abc", "ft:gpt-4o-mini:acme::xyz"),
        ("gpt-4", ""),
    ],
)
def test_another_model(asked: str, served: str) -> None:
    """However much of the name they share; the order makes no difference."""
    assert not same_family(asked, served)
    assert not same_family(served, asked)


@pytest.mark.parametrize(
    "asked", ["gemini-flash-latest", "models/gemini-flash-lite-latest", "claude-3-7-sonnet-latest"]
)
def test_an_alias_is_known_by_its_name(asked: str) -> None:
    """It stands for whichever model is newest."""
    assert is_alias(asked)


@pytest.mark.parametrize("asked", ["gemini-3.8-flash", "gpt-4.1-2025-04-14", "llama3.2:latest", "latest", ""])
def test_a_model_of_its_own_is_no_alias(asked: str) -> None:
    """A tag is the same model's, and a name that is nothing but `latest` is a name."""
    assert not is_alias(asked)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-5.4-mini-2026-03-17", "gpt-5.4-mini"),
        ("anthropic/claude-opus-4-5-20251101", "claude-opus-4-5"),
        ("models/Gemini-2.5-Flash", "gemini-2.5-flash"),
        ("ft:gpt-4o-mini-2024-07-18:acme::abc", "gpt-4o-mini"),
        ("claude-opus-4-6", "claude-opus-4-6"),
    ],
)
def test_the_stem_is_what_a_table_of_models_lists(model: str, expected: str) -> None:
    """Numbers that are part of the name stay."""
    assert stem(model) == expected


@given(name=st.text(max_size=40))
def test_every_model_is_itself(name: str) -> None:
    """Whatever its name looks like."""
    assert same_family(name, name)


@given(asked=st.text(max_size=20), served=st.text(max_size=20))
def test_the_order_of_the_names_makes_no_difference(asked: str, served: str) -> None:
    """What is asked for may be written as freely as what answers."""
    assert same_family(asked, served) == same_family(served, asked)


@given(
    asked=st.sampled_from(NAMES),
    served=st.sampled_from(NAMES),
    before=st.sampled_from(PREFIXES),
    behind=st.sampled_from(["", "-2025-04-14", "@20250414", "-001", "-v1:0", ":latest"]),
)
def test_prefix_and_snapshot_never_change_the_verdict(asked: str, served: str, before: str, behind: str) -> None:
    """Two names are one model with them exactly if they are without."""
    assert same_family(asked, before + served + behind) == (asked == served)
    assert same_family(before + asked + behind, served.upper()) == (asked == served)

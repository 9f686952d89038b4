"""What holds in every dialect: the shapes of messages, what is never sent, what an answer leaves behind."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from asking import DIALECTS, SEED, make_sample
from evalkit.errors import ProfileError, ProviderError
from evalkit.providers.gemini import gemini_adapter
from evalkit.providers.hosted.adapter import checked_options, merged
from evalkit.providers.registry import ADAPTERS, build_provider
from evalkit.settings import SETTINGS
from evalkit.support import as_knob, unsupported_reason
from evalkit.types import Completion, Usage
from vendors.asked import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Asking
    from evalkit.types import Profile
    from vendors.asked import Asked

QUESTION = ("user", "How are you?")
SYSTEM_KEYS = ("system", "systemInstruction", "instructions")
CONVERSATION = (
    ("system", "Be brief."),
    ("user", "One."),
    ("assistant", "Two."),
    ("user", "Be brief.\n\nThree."),
)


def heard(asking: Asking) -> Callable[[], Asked]:
    """Let the fake vendor keep what it is asked, in the form that is one for all vendors."""
    kept: list[Asked] = []

    def reply(asked: Asked) -> Reply:
        kept.append(asked)
        return Reply("Fine.")

    asking.vendors.reply = reply
    return lambda: kept[-1]


def test_no_system_prompt_is_an_absent_key(each_dialect: Asking) -> None:
    """Neither a key nor a message stands for a system prompt that a sample does not have."""
    last = heard(each_dialect)
    body = each_dialect.body(QUESTION)
    assert not set(SYSTEM_KEYS) & set(body)
    assert last().system is None
    assert last().messages == (QUESTION,)


@pytest.mark.parametrize("blank", ["", " ", "\n\t "], ids=["empty", "space", "lines"])
@pytest.mark.parametrize("dialect", ["claude", "chat", "responses", "gemini"])
def test_blank_system_prompt_is_an_absent_key_too(asking: Callable[..., Asking], dialect: str, blank: str) -> None:
    """The vendors refuse a blank text, or nobody knows what they make of it."""
    adapter, model, options = DIALECTS[dialect]
    ready = asking(adapter, model, options=options)
    last = heard(ready)
    assert not set(SYSTEM_KEYS) & set(ready.body(("system", blank), QUESTION))
    assert last().system is None


def test_blank_system_prompt_reaches_a_compatible_server(asking: Callable[..., Asking]) -> None:
    """In a chat template it may stand for something: for the absence of the template's own."""
    body = asking("openai", "gpt-4.1-mini").body(("system", ""), QUESTION)
    assert body["messages"][0] == {"role": "system", "content": ""}


def test_system_prompt_and_turns_arrive_in_order(each_dialect: Asking) -> None:
    """Roles are told apart, a restated system prompt stays where it is, and the last turn is the user's."""
    last = heard(each_dialect)
    each_dialect(*CONVERSATION)
    assert last().system == "Be brief."
    assert last().messages == CONVERSATION[1:]
    assert last().messages[-1][0] == "user"


def test_several_system_messages_lose_nothing(each_dialect: Asking) -> None:
    """Where a vendor has one place for them they stand there together, in order."""
    last = heard(each_dialect)
    each_dialect(("system", "First."), ("user", "One."), ("assistant", "Two."), ("system", "Second."), ("user", "End."))
    assert last().system == "First.\n\nSecond."
    assert last().messages == (("user", "One."), ("assistant", "Two."), ("user", "End."))


def test_long_history_arrives_whole(each_dialect: Asking) -> None:
    """400 turns and the question, none lost or merged."""
    turns = [("user" if number % 2 == 0 else "assistant", f"turn {number}") for number in range(400)]
    last = heard(each_dialect)
    each_dialect(*turns, ("user", "And now?"))
    assert last().messages == (*turns, ("user", "And now?"))


@pytest.mark.parametrize(
    "text",
    [
        "日本語のテキスト",
        "🧪👩‍🔬🇺🇳",
        "e\u0301 \u00e9 \ufb01",
        "\u202eright to left\u202c שלום",
        "a\u0000b\u2028c\\n\"'<&>",
        "\U0001d4b3\U0010ffff",
    ],
    ids=["cjk", "emoji", "combining", "bidi", "controls", "astral"],
)
def test_unicode_arrives_and_comes_back_as_it_is(each_dialect: Asking, text: str) -> None:
    """No normal form, escape or replacement changes a text on either way."""

    def echo(asked: Asked) -> Reply:
        return Reply(f"{asked.system}|{asked.prompt}", reasoning=text)

    each_dialect.vendors.reply = echo
    assert each_dialect(("system", text), ("user", text)).text == f"{text}|{text}"


def test_prompt_of_a_megabyte_arrives_whole(each_dialect: Asking) -> None:
    """Nothing cuts it, and a short answer comes back."""
    text = "0123456789abcdef" * 65536
    last = heard(each_dialect)
    assert each_dialect(("system", "Read."), ("user", text)).text == "Fine."
    assert len(last().prompt) == 1 << 20
    assert last().prompt == text


def test_lone_surrogate_is_an_error_of_this_call_alone(each_dialect: Asking) -> None:
    """What is no text in UTF-8 may fail, but ends in a completion; the next call goes through."""
    provider = build_provider(each_dialect.profile)

    async def both() -> list[str]:
        samples = [make_sample(("user", "\ud800")), make_sample(QUESTION)]
        outcomes: list[str] = [completion.outcome async for _, completion in provider.complete(samples)]
        await provider.aclose()
        return outcomes

    assert "complete" in asyncio.run(both())


def test_completion_tells_where_it_comes_from(each_dialect: Asking) -> None:
    """Served model, the vendor's id of the call, library with version, API, and seconds to the first byte."""
    each_dialect.vendors.latency_s = 0.15
    began = time.monotonic()
    completion = each_dialect(QUESTION)
    passed_s = time.monotonic() - began
    assert completion.served_model is not None
    assert completion.served_model.startswith(each_dialect.profile.model)
    assert completion.request_id in ("req_000000", "gem000000")
    assert completion.client is not None
    assert completion.client.split()[0] in ("anthropic", "openai", "google-genai")
    assert completion.first_byte_s is not None
    assert 0.14 < completion.first_byte_s < passed_s


def test_first_byte_is_timed_for_each_of_many_calls(each_dialect: Asking) -> None:
    """Calls that are under way together do not take each other's time."""
    each_dialect.vendors.latency_s = 0.2

    async def together() -> list[float | None]:
        adapter = each_dialect.adapter
        first = [adapter.call(make_sample(QUESTION)) for _ in range(4)]
        completions = await asyncio.gather(*first)
        each_dialect.vendors.latency_s = 0.0
        completions.append(await adapter.call(make_sample(QUESTION)))
        await adapter.aclose()
        return [completion.first_byte_s for completion in completions]

    *slow, fast = asyncio.run(together())
    assert all(seconds is not None and seconds >= 0.19 for seconds in slow)
    assert fast is not None
    assert fast < 0.19


def test_client_is_kept_alive(each_dialect: Asking) -> None:
    """Google's client closes itself once nobody holds it; calls and a collection later ours still answers."""

    async def calls() -> int:
        adapter = each_dialect.adapter
        answered = 0
        for number in range(3):
            if number == 1:
                gc.collect()
            answered += (await adapter.call(make_sample(QUESTION))).outcome == "complete"
        await adapter.aclose()
        await adapter.aclose()
        return answered

    assert asyncio.run(calls()) == 3


def test_cancelled_call_leaves_a_client_that_works(each_dialect: Asking) -> None:
    """A deadline of the engine's cancels a call; the next one is answered."""

    async def calls() -> str:
        adapter = each_dialect.adapter
        each_dialect.vendors.latency_s = 5.0
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(adapter.call(make_sample(QUESTION)), 0.2)
        each_dialect.vendors.latency_s = 0.0
        completion = await adapter.call(make_sample(QUESTION))
        await adapter.aclose()
        return completion.outcome

    assert asyncio.run(calls()) == "complete"


def test_missing_key_ends_the_provider_before_any_call(each_dialect: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variable; a key that the library would find elsewhere is not taken."""
    monkeypatch.delenv("EVALKIT_TEST_KEY")
    for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, "sk-of-another-program")
    with pytest.raises(ProviderError, match="EVALKIT_TEST_KEY is not set"):
        each_dialect(QUESTION)
    with pytest.raises(ProviderError, match="EVALKIT_TEST_KEY is not set"):
        asyncio.run(each_dialect.adapter.prepare(lambda _what, _share: None))
    assert each_dialect.vendors.received == []


def test_unknown_model_ends_the_provider(each_dialect: Asking) -> None:
    """No other call would fare better; the hint leads to the profile's `model`."""
    with pytest.raises(ProviderError, match=r"does not know the model: .*no-such-model") as caught:
        each_dialect.but(model="no-such-model")(QUESTION)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("look at `model` in the profile")


def test_samples_with_an_unsupported_setting_are_never_asked(each_dialect: Asking) -> None:
    """Whatever the table has as unsupported or ignored has a reason that keeps the sample from being asked."""
    provider = build_provider(each_dialect.profile)
    values: dict[str, Any] = {"stop": ("x",), "reasoning_effort": "low", "thinking": "enabled"}
    kept_back = {name for name in SETTINGS if unsupported_reason(provider, {name: values.get(name, 1)}) is not None}
    refused = {name for name in SETTINGS if as_knob(provider.supports(name)).state in ("unsupported", "ignored")}
    assert kept_back >= refused


def test_server_of_somebody_else_is_known_to_do_nothing(asking: Callable[..., Asking]) -> None:
    """Behind a base_url any server may stand, so every setting is unknown, and no price holds."""
    adapter = asking("openai", "gpt-4.1-mini").adapter
    assert {as_knob(adapter.supports(name)).state for name in SETTINGS} == {"unknown"}
    assert adapter.price() is None
    assert adapter.cache_minimum is None


def test_price_is_that_of_the_model_that_answered(make_profile: Callable[..., Profile]) -> None:
    """A rerouted call costs what the model costs that served it; a profile's own price wins."""
    profile = make_profile(name="g", adapter="gemini", model="gemini-2.5-flash-lite")
    usage = Usage(input_tokens=1_000_000, output_tokens=0)
    own = gemini_adapter(profile).priced(Completion("complete", usage=usage, served_model="gemini-2.5-flash-lite"))
    other = gemini_adapter(profile).priced(Completion("complete", usage=usage, served_model="gemini-3.5-flash-lite"))
    assert own.cost_usd == pytest.approx(0.10)
    assert other.cost_usd == pytest.approx(0.30)
    stated = replace(profile, price={"input": 7.0, "output": 7.0})
    priced = gemini_adapter(stated).priced(Completion("complete", usage=usage, served_model="gemini-3.5-flash-lite"))
    assert priced.cost_usd == pytest.approx(7.0)
    unknown = gemini_adapter(profile).priced(Completion("complete", usage=usage, served_model="a-new-one"))
    assert unknown.cost_usd is None


def test_token_counter_counts_the_prompt(each_dialect: Asking) -> None:
    """The vendors' own counters count system prompt and turns for nothing; a compatible server has none."""
    counted = each_dialect.count(("system", "Be brief now."), ("user", "One two"), temperature=0.5, max_tokens=9)
    compatible = each_dialect.adapter.price() is None and not each_dialect.vendors.received
    assert counted == (None if compatible else 5)
    assert all("count" in each.path or "input_tokens" in each.path for each in each_dialect.vendors.received)


def test_token_counter_fails_as_a_call_does(each_dialect: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong key ends the provider, whoever meets it first."""
    monkeypatch.setenv("EVALKIT_TEST_KEY", "sk-another-key-altogether")
    if each_dialect.profile.base_url and not each_dialect.profile.options and each_dialect.profile.adapter == "openai":
        assert each_dialect.count(QUESTION) is None
        return
    with pytest.raises(ProviderError, match="refused the key"):
        each_dialect.count(QUESTION)


@pytest.mark.parametrize(
    "extra", [{"model": "another"}, {"stream": True}, {"messages": []}], ids=lambda each: next(iter(each))
)
def test_extra_may_not_change_who_is_asked_what(asking: Callable[..., Asking], extra: dict[str, Any]) -> None:
    """The adapter sees to model, messages and manner itself."""
    for vendor, model in (("claude", "claude-haiku-4-5"), ("openai", "gpt-5.4-mini"), ("gemini", "gemini-3.5-flash")):
        with pytest.raises(ProfileError, match=f"extra has `{next(iter(extra))}`"):
            _ = asking(vendor, model, extra=extra).adapter


@pytest.mark.parametrize(
    ("dialect", "extra", "setting"),
    [
        ("claude", {"temperature": 0.5}, "temperature"),
        ("claude", {"thinking": {"type": "adaptive"}}, "thinking"),
        ("claude", {"output_config": {"effort": "low"}}, "reasoning_effort"),
        ("chat", {"max_completion_tokens": 9}, "max_tokens"),
        ("chat", {"seed": 9}, "seed"),
        ("responses", {"reasoning": {"effort": "low"}}, "reasoning_effort"),
        ("gemini", {"thinking_config": {"thinking_budget": 5}}, "thinking_budget"),
        ("gemini", {"max_output_tokens": 5}, "max_tokens"),
    ],
)
def test_extra_may_not_hold_a_setting(
    asking: Callable[..., Asking], dialect: str, extra: dict[str, Any], setting: str
) -> None:
    """Reports would not show it, and a suite that varies the setting would vary nothing."""
    adapter, model, options = DIALECTS[dialect]
    with pytest.raises(ProfileError, match=f"is the setting `{setting}`") as caught:
        _ = asking(adapter, model, options=options, extra=extra).adapter
    assert "under `settings`" in str(caught.value.hint)


def test_extra_joins_what_a_setting_began() -> None:
    """Objects are merged to any depth, lists are continued, and everything else is as `extra` has it."""
    document = {"a": {"b": {"c": 1}, "d": [1]}, "e": 2}
    assert merged(document, {"a": {"b": {"x": 3}, "d": [2]}, "e": {"f": 4}}) == {
        "a": {"b": {"c": 1, "x": 3}, "d": [1, 2]},
        "e": {"f": 4},
    }
    assert document == {"a": {"b": {"c": 1}, "d": [1]}, "e": 2}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"api_versoin": "2023-06-01"}, "has no option `api_versoin`"),
        ({"api_version": "2024-01-01"}, "option `api_version` must be 2026-10-21 or 2023-06-01, got '2024-01-01'"),
        ({"prompt_cache": True}, "option `prompt_cache` must be off or 5m or 1h, got True"),
    ],
    ids=["unknown", "value", "kind"],
)
def test_wrong_option_is_refused(asking: Callable[..., Asking], options: dict[str, Any], said: str) -> None:
    """The message has the option, what it may be and what it is."""
    with pytest.raises(ProfileError) as caught:
        _ = asking("claude", "claude-haiku-4-5", options=options).adapter
    assert said in caught.value.message


def test_option_of_any_text_must_be_a_text(make_profile: Callable[..., Profile]) -> None:
    """An option without a list of values takes any text, and nothing else."""
    profile = make_profile(options={"name": "x"})
    assert checked_options(profile, {"name": None}) == {"name": "x"}
    with pytest.raises(ProfileError, match="must be a text, got 3"):
        checked_options(make_profile(options={"name": 3}), {"name": None})


def test_seed_is_the_samples_own(asking: Callable[..., Asking]) -> None:
    """What goes out is the sample's seed in 31 bits, and recorded as applied; the suite's is none of the vendor's."""
    completion = asking("openai", "gpt-4.1-mini", options={"server": "openai"})(QUESTION, seed=7)
    assert completion.applied["seed"] == SEED % 2**31 == 5
    assert completion.sent["seed"] == 5


def test_render_shows_each_message_under_its_role(each_dialect: Asking) -> None:
    """What a vendor makes of the messages is not known, so they are shown as they are sent."""
    sample = make_sample(*CONVERSATION[:2])
    assert each_dialect.adapter.render(sample.prompt.messages) == "[system] Be brief.\n[user] One."
    assert "API" in str(each_dialect.adapter.environment()["client"]) or "openai" in str(
        each_dialect.adapter.environment()["client"]
    )


@pytest.mark.parametrize(
    ("adapter", "module", "package", "extra"),
    [
        ("claude", "anthropic", "anthropic", "claude"),
        ("openai", "openai", "openai", "openai"),
        ("gemini", "google.genai", "google-genai", "gemini"),
        ("gemini", "google", "google-genai", "gemini"),
    ],
)
def test_missing_library_is_named_with_the_line_that_installs_it(
    adapter: str, module: str, package: str, extra: str
) -> None:
    """The package as the index knows it, and the extra that brings it; shown in a process that cannot import it."""
    script = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from evalkit.errors import ProfileError\n"
        "from evalkit.providers.registry import build_provider\n"
        "from evalkit.types import Profile\n"
        "try:\n"
        f"    build_provider(Profile('mine', {adapter!r}, 'm'))\n"
        "except ProfileError as error:\n"
        "    print(error.message, error.hint, sep='\\n')\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines() == [
        f"mine: adapter `{adapter}` needs the package `{package}`",
        f"pip install 'prompt-evalkit[{extra}]'",
    ]


def test_keys_are_found_while_other_clients_are_made(
    vendor_profile: Callable[..., Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client hides its vendor's variables while it is made: neither from the others nor from a command that runs."""
    names = {"claude": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}
    for name in names.values():
        monkeypatch.setenv(name, f"sk-marker-of-{name}")
    models = {"claude": "claude-haiku-4-5", "openai": "gpt-4.1-mini"}
    profiles = [vendor_profile(vendor, models[vendor], key_env=name) for vendor, name in names.items()]
    command = "sh -c 'sleep 0.02; printenv ANTHROPIC_API_KEY'"

    def quiet(_what: str, _share: float | None) -> None:
        pass

    async def make_clients() -> None:
        slow = gemini_adapter(vendor_profile("gemini", "gemini-3.5-flash", key_env=None, key_command=command))
        preparing = asyncio.ensure_future(slow.prepare(quiet))
        while not preparing.done():
            for profile in profiles:
                adapter: Any = ADAPTERS.get(profile.adapter)(profile)
                await adapter.prepare(quiet)
                await adapter.aclose()
            await asyncio.sleep(0)
        await preparing
        await slow.aclose()

    for _ in range(8):
        asyncio.run(make_clients())

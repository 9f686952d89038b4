"""Recorded traffic: what stands in the files, and that a replay gives each sample what it had."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import CallError, ProviderError, TransientError, UsageError
from evalkit.generate.calls import Calls
from evalkit.providers.claude import claude_adapter
from evalkit.providers.gemini import gemini_adapter
from evalkit.providers.hosted.traffic import traffic_in
from evalkit.providers.openai import openai_adapter
from evalkit.types import Condition, Message, Prompt, Sample
from tests.conftest import KEY, KEY_VARIABLE
from vendors.asked import Asked, Reply
from vendors.faults import Fault
from vendors.server import VENDORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from evalkit.providers.hosted.adapter import HostedAdapter
    from evalkit.types import Completion, Profile, SettingValue
    from vendors.asked import Vendor
    from vendors.server import FakeVendors

ADAPTERS = {"claude": claude_adapter, "gemini": gemini_adapter, "openai": openai_adapter}
MODELS = {"claude": "claude-haiku-4-5", "gemini": "gemini-3.8-flash", "openai": "gpt-4.1-mini"}


def sample(repeat: int = 0, case: str = "sea", prompt: str = "What lives in the sea?") -> Sample:
    """Make one draw; repeats send the same request."""
    return Sample(
        key=f"{case} {repeat}",
        position=repeat,
        provider="p",
        condition=Condition((("system", "none"),)),
        case_id=case,
        repeat=repeat,
        prompt=Prompt((Message("user", prompt),), "0" * 64),
        settings={"max_tokens": 50},
        seed=1,
    )


def adapter_of(vendor: Vendor, profile: Profile) -> HostedAdapter:
    """Build the adapter of a vendor."""
    return ADAPTERS[vendor](profile)


def numbered(asked: Asked) -> Reply:
    """Say which call it was, so that every answer is another one."""
    return Reply(f"answer {asked.number}")


def slow_at_first(asked: Asked) -> Fault | None:
    """Let the first calls be answered last."""
    return Fault("slow", retry_after_s=0.05 * (5 - asked.number)) if asked.number < 5 else None


async def drawn(adapter: HostedAdapter, samples: Sequence[Sample]) -> dict[str, Completion]:
    """Draw samples as a run does, and return the completions by the samples' keys."""
    try:
        return {each.key: completion async for each, completion in Calls(adapter).complete(samples)}
    finally:
        await adapter.aclose()


def record(folder: Path, adapter: HostedAdapter, samples: Sequence[Sample]) -> dict[str, Completion]:
    """Draw while the traffic is kept."""
    with traffic_in(folder, "record", "suite"):
        return asyncio.run(drawn(adapter, samples))


def replay(folder: Path, adapter: HostedAdapter, samples: Sequence[Sample]) -> dict[str, Completion]:
    """Draw from the kept traffic."""
    with traffic_in(folder, "replay", "suite"):
        return asyncio.run(drawn(adapter, samples))


def texts(completions: dict[str, Completion]) -> dict[str, str]:
    """Return the texts alone."""
    return {key: completion.text for key, completion in completions.items()}


@pytest.mark.parametrize("vendor", VENDORS)
def test_replay_gives_every_repeat_its_own_answer(
    vendor: Vendor,
    tmp_path: Path,
    vendors: FakeVendors,
    vendor_profile: Callable[..., Profile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Identical requests, answered in another order: without network and key, for another host, nothing is mixed up."""
    vendors.reply, vendors.fault = numbered, slow_at_first
    samples = [sample(repeat) for repeat in range(6)]
    profile = vendor_profile(vendor, MODELS[vendor], limits={"concurrency": 6})
    had = record(tmp_path, adapter_of(vendor, profile), samples)
    assert len(set(texts(had).values())) == 6
    asked = len(vendors.received)
    monkeypatch.delenv(KEY_VARIABLE)
    elsewhere = replace(profile, base_url=re.sub(r":\d+/", ":9/", vendors.base_url(vendor)), timeout_s=1.0)
    for order in (samples, samples[::-1]):
        again = replay(tmp_path, adapter_of(vendor, replace(elsewhere, limits={"concurrency": 2})), order)
        assert {key: replace(each, latency_s=None, first_byte_s=None) for key, each in again.items()} == {
            key: replace(each, latency_s=None, first_byte_s=None) for key, each in had.items()
        }
    assert len(vendors.received) == asked


def test_files_are_to_be_read(tmp_path: Path, vendor_profile: Callable[..., Profile]) -> None:
    """An exchange says for which sample what was asked and answered, as plain JSON, and holds no key."""
    record(tmp_path, adapter_of("claude", vendor_profile("claude", "claude-haiku-4-5")), [sample(prompt="Größe?")])
    text = (tmp_path / "claude/000001.json").read_text(encoding="utf-8")
    exchange = json.loads(text)
    assert exchange["sample"] == {
        "suite": "suite", "case": "sea", "condition": {"system": "none"}, "repeat": 0, "turn": None
    }  # fmt: skip
    assert exchange["request"]["json"]["messages"] == [{"role": "user", "content": "Größe?"}]
    assert (exchange["request"]["path"], exchange["answer"]["status"]) == ("/claude/v1/messages", 200)
    assert exchange["answer"]["json"]["content"][0]["text"] == "You said: Größe?"
    assert '"content": "Größe?"' in text
    assert "authorization" not in text.lower()
    assert KEY not in text


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", 503),
        Fault("reset"),
        Fault("cut"),
        Fault("truncated"),
        Fault("html"),
        Fault("empty"),
        Fault("missing_field"),
        Fault("wrong_type"),
        Fault("hang"),
    ],
    ids=lambda fault: fault.kind,
)
def test_faults_are_replayed_too(
    fault: Fault, tmp_path: Path, vendors: FakeVendors, vendor_profile: Callable[..., Profile]
) -> None:
    """Each attempt ends as it ended, and the sample needs as many."""
    vendors.fault = lambda asked: fault if asked.number == 0 else None
    profile = vendor_profile("openai", "gpt-4.1-mini", timeout_s=0.4 if fault.kind == "hang" else 5.0)
    (had,) = record(tmp_path, adapter_of("openai", profile), [sample()]).values()
    assert (had.outcome, had.attempts) == ("complete", 2)
    assert len(list((tmp_path / "openai").iterdir())) == 2
    (again,) = replay(tmp_path, adapter_of("openai", profile), [sample()]).values()
    assert (again.text, again.attempts) == (had.text, 2)


async def first_error(adapter: HostedAdapter) -> CallError | None:
    """Make one call and return how it failed."""
    try:
        await adapter.call(sample())
    except CallError as error:
        return error
    finally:
        await adapter.aclose()
    return None


@pytest.mark.parametrize("kind", ["reset", "truncated", "html", "status"])
def test_replayed_fault_has_the_same_words(
    kind: Any, tmp_path: Path, vendors: FakeVendors, vendor_profile: Callable[..., Profile]
) -> None:
    """What is said of a failure does not depend on where it came from."""
    vendors.fault = lambda _: Fault(kind, 529)
    profile = vendor_profile("claude", "claude-haiku-4-5")
    with traffic_in(tmp_path, "record"):
        had = asyncio.run(first_error(adapter_of("claude", profile)))
    with traffic_in(tmp_path, "replay"):
        again = asyncio.run(first_error(adapter_of("claude", profile)))
    assert isinstance(had, TransientError)
    assert (type(again), str(again)) == (type(had), str(had))


def test_refused_setting_takes_the_same_course(
    tmp_path: Path, vendors: FakeVendors, vendor_profile: Callable[..., Profile]
) -> None:
    """Calls that were not made after a refusal are not missed: the replay learns of it at the same point."""
    vendors.fault = lambda _: Fault("slow", retry_after_s=0.5)  # so that the refusal comes before the first answer
    profile = vendor_profile("claude", "claude-opus-5", limits={"concurrency": 2}, supports={"temperature": "unknown"})
    refused: Mapping[str, SettingValue] = {"max_tokens": 9, "temperature": 0.5}
    samples = [sample(), *(replace(sample(repeat), settings=refused) for repeat in range(1, 9))]
    had = record(tmp_path, adapter_of("claude", profile), samples)
    outcomes = {key: (each.outcome, each.error, each.attempts) for key, each in had.items()}
    assert len(list((tmp_path / "claude").iterdir())) == 2
    again = replay(tmp_path, adapter_of("claude", profile), samples)
    assert {key: (each.outcome, each.error, each.attempts) for key, each in again.items()} == outcomes


def test_what_was_not_recorded_is_said_with_its_sample(tmp_path: Path, vendor_profile: Callable[..., Profile]) -> None:
    """A repeat that the recording lacks gets no other repeat's answer, and neither does another prompt."""
    profile = vendor_profile("gemini", "gemini-3.8-flash")
    record(tmp_path, adapter_of("gemini", profile), [sample()])
    with pytest.raises(ProviderError) as caught:
        replay(tmp_path, adapter_of("gemini", profile), [sample(7)])
    assert str(caught.value) == (
        f"{tmp_path} holds no answer to what gemini is asked now for case sea, repeat 7, system none"
    )
    assert caught.value.hint
    with pytest.raises(ProviderError, match="holds no answer"):
        replay(tmp_path, adapter_of("gemini", profile), [sample(prompt="What lives on land?")])


def test_answer_to_a_call_made_again_later_counts(
    tmp_path: Path, vendors: FakeVendors, vendor_profile: Callable[..., Profile]
) -> None:
    """Two recordings of a sample in one folder, as after a kill: the later answer is the one that the run kept."""
    vendors.reply = numbered
    profile = vendor_profile("openai", "gpt-4.1-mini")
    record(tmp_path, adapter_of("openai", profile), [sample()])
    had = record(tmp_path, adapter_of("openai", profile), [sample()])
    assert texts(had) == {"sea 0": "answer 1"}
    assert texts(replay(tmp_path, adapter_of("openai", profile), [sample()])) == texts(had)


def test_suites_in_one_folder_keep_apart(
    tmp_path: Path, vendors: FakeVendors, vendor_profile: Callable[..., Profile]
) -> None:
    """The same sample of two suites has two answers."""
    vendors.reply = numbered
    profile = vendor_profile("openai", "gpt-4.1-mini")
    for suite in ("one", "two"):
        with traffic_in(tmp_path, "record", suite):
            asyncio.run(drawn(adapter_of("openai", profile), [sample()]))
    for suite, text in (("one", "answer 0"), ("two", "answer 1")):
        with traffic_in(tmp_path, "replay", suite):
            assert texts(asyncio.run(drawn(adapter_of("openai", profile), [sample()]))) == {"sea 0": text}


@pytest.mark.parametrize("text", ["half \ud83d of one", "line\nbreak", "\U0001f600 größer", "\u2028"])
def test_any_text_survives(
    text: str, tmp_path: Path, vendors: FakeVendors, vendor_profile: Callable[..., Profile]
) -> None:
    """What a model may answer is replayed to the letter, half a character included."""
    vendors.reply = lambda _: Reply(text)
    profile = vendor_profile("openai", "gpt-4.1-mini")
    had = record(tmp_path, adapter_of("openai", profile), [sample()])
    assert texts(replay(tmp_path, adapter_of("openai", profile), [sample()])) == texts(had) == {"sea 0": text}


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"attempt": 1}', "no JSON"])
def test_file_that_is_no_exchange_is_named(
    content: str, tmp_path: Path, vendor_profile: Callable[..., Profile]
) -> None:
    """A damaged file is one sentence."""
    (tmp_path / "claude").mkdir()
    (tmp_path / "claude/000001.json").write_text(content, encoding="utf-8")
    with pytest.raises(ProviderError, match=r"000001\.json is no recorded exchange"):
        replay(tmp_path, adapter_of("claude", vendor_profile("claude", "claude-haiku-4-5")), [sample()])


def test_other_files_are_left_alone(tmp_path: Path, vendor_profile: Callable[..., Profile]) -> None:
    """A note beside the exchanges disturbs neither."""
    (tmp_path / "claude").mkdir()
    (tmp_path / "claude/notes.json").write_text("mine", encoding="utf-8")
    profile = vendor_profile("claude", "claude-haiku-4-5")
    had = record(tmp_path, adapter_of("claude", profile), [sample()])
    assert texts(replay(tmp_path, adapter_of("claude", profile), [sample()])) == texts(had)


def test_folders_that_cannot_serve_are_refused(tmp_path: Path) -> None:
    """Nothing to replay, or no place to record in, is said before anything is asked."""
    with pytest.raises(UsageError, match="holds no recorded exchanges"), traffic_in(tmp_path, "replay"):
        pass
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot record in"), traffic_in(tmp_path / "file/inside", "record"):
        pass


def test_recording_that_cannot_go_on_ends_the_provider(tmp_path: Path, vendor_profile: Callable[..., Profile]) -> None:
    """An answer that could not be kept is not taken for one that was."""
    (tmp_path / "claude").write_text("in the way", encoding="utf-8")
    with pytest.raises(ProviderError, match="cannot record in"):
        record(tmp_path, adapter_of("claude", vendor_profile("claude", "claude-haiku-4-5")), [sample()])


def test_exchange_left_unfinished_by_a_kill_is_no_exchange(
    tmp_path: Path, vendor_profile: Callable[..., Profile]
) -> None:
    """What a killed process had half written is passed over by a replay, and its number is used again."""
    folder = tmp_path / "claude"
    folder.mkdir()
    (folder / "000001.part").write_text('{"sample"', encoding="utf-8")
    adapter = adapter_of("claude", vendor_profile("claude", "claude-haiku-4-5"))
    had = record(tmp_path, adapter, [sample()])
    assert [path.name for path in folder.iterdir()] == ["000001.json"]
    adapter = adapter_of("claude", vendor_profile("claude", "claude-haiku-4-5"))
    assert texts(replay(tmp_path, adapter, [sample()])) == texts(had)

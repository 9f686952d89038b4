"""The contract test lets good adapters pass, and names what a bad one does wrong."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import CallError, ProviderError
from evalkit.providers.prices import FREE
from evalkit.support import Knob
from evalkit.testing import check_adapter
from evalkit.types import Completion, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from evalkit.support import Support
    from evalkit.types import Message, Profile, Sample, Scalar

TAKEN = ("temperature", "max_tokens")


def _answer(sample: Sample) -> Completion:
    applied = {name: value for name, value in sample.settings.items() if name in TAKEN}
    return Completion("complete", text="Blue.", applied=applied, usage=Usage(5, 2), request_id=sample.key)


class Single:
    """Makes one call at a time, and leaves everything out that may be left out."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def supports(self, setting: str) -> Support:
        """Take two settings."""
        return setting in TAKEN

    async def call(self, sample: Sample) -> Completion:
        """Answer."""
        await asyncio.sleep(0)
        return _answer(sample)


class Stream:
    """Has all of `Provider`, so that nothing stands between it and the contract test."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.in_flight = 0

    def supports(self, setting: str) -> Support:
        """Take two settings."""
        return setting in TAKEN

    def price(self) -> Any:
        """Cost nothing."""
        return FREE

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Say that it is there."""
        say("waking up", None)

    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Answer one after the other."""
        for sample in samples:
            await asyncio.sleep(0)
            yield sample, _answer(sample)

    def render(self, messages: Sequence[Message]) -> str:
        """Join the messages."""
        return "\n".join(message.content for message in messages)

    def environment(self) -> Mapping[str, Scalar]:
        """Say one thing."""
        return {"version": "1"}

    async def aclose(self) -> None:
        """Hold nothing."""


class Hasty(Single):
    """Never lets anything else run, as one does that asks in a blocking way."""

    async def call(self, sample: Sample) -> Completion:
        """Answer at once."""
        return _answer(sample)


@pytest.mark.parametrize("adapter", [Single, Hasty, Stream])
def test_good_adapters_pass(adapter: type, own_profile: Profile) -> None:
    """The least that an adapter can be, one that never pauses, and a whole one."""
    check_adapter(own_profile, adapter)


def test_an_adapter_is_built_from_the_file_of_its_profile(tmp_path: Path) -> None:
    """As a run does it, from a module beside the profile."""
    (tmp_path / "mine.py").write_text(
        "from evalkit.types import Completion\n\n\n"
        "class Mine:\n"
        "    def __init__(self, profile):\n        self.profile = profile\n\n"
        "    def supports(self, setting):\n        return False\n\n"
        "    async def call(self, sample):\n        return Completion('complete', text='Blue.')\n",
        encoding="utf-8",
    )
    (tmp_path / "mine.yaml").write_text("adapter: ./mine.py:Mine\nmodel: m\n", encoding="utf-8")
    check_adapter(tmp_path / "mine.yaml")


def test_a_profile_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Not a traceback of the file system."""
    with pytest.raises(AssertionError, match=r"cannot be built: .*absent\.yaml"):
        check_adapter(tmp_path / "absent.yaml")


def _complaint(adapter: Callable[[Profile], object], profile: Profile, **options: Any) -> str:
    with pytest.raises(AssertionError) as raised:
        check_adapter(profile, adapter, **options)
    return str(raised.value)


def test_settings_that_are_added_unasked_must_be_documented(own_profile: Profile) -> None:
    """They are named in `adds`, so that nobody takes them for asked."""

    class Adding(Single):
        async def call(self, sample: Sample) -> Completion:
            return replace(_answer(sample), applied={"temperature": 1.0, **_answer(sample).applied})

    assert "`applied` holds `temperature`, which nobody asked for" in _complaint(Adding, own_profile)
    check_adapter(own_profile, Adding, adds=["temperature"])


class _Unbuildable(Single):
    def __init__(self, profile: Profile) -> None:
        raise ValueError(profile.model)


class _WithoutSupports:
    def __init__(self, profile: Profile) -> None:
        self.profile = profile


class _Shy(Single):
    def supports(self, setting: str) -> Support:
        return {"temperature": True}[setting]


class _Undecided(Single):
    asked = 0

    def supports(self, setting: str) -> Support:
        self.asked += 1
        return bool(self.asked % 2)


class _Inverted(Single):
    def supports(self, setting: str) -> Support:
        return Knob(low=2.0, high=1.0) if setting == "temperature" else False


class _Wordy(Single):
    def supports(self, setting: str) -> Support:
        return ("lots",) if setting == "reasoning_effort" else False


class _Stateless(Single):
    def supports(self, setting: str) -> Support:
        state: Any = "perhaps"
        return Knob(state)


class _Cheap(Single):
    def price(self) -> Any:
        return 0


class _Chaotic(Single):
    def environment(self) -> Any:
        return {"client": object()}


class _Nested(Single):
    def environment(self) -> Any:
        return {"versions": {"python": "3"}}


class _Unprepared(Single):
    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        say("loading", 1.0)
        raise ProviderError("the key is not valid")


class _Overdone(Stream):
    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        say("loading", 40)


class _Erring(Single):
    async def call(self, sample: Sample) -> Completion:
        raise CallError("no such model")


class _Deaf(Single):
    async def call(self, sample: Sample) -> Completion:
        if any(ord(letter) > 127 for letter in sample.prompt.messages[-1].content):
            raise CallError("only ASCII")
        return _answer(sample)


class _Boasting(Single):
    def supports(self, setting: str) -> Support:
        return setting in (*TAKEN, "top_p")


class _Refusing(Single):
    async def call(self, sample: Sample) -> Completion:
        if sample.settings.get("temperature"):
            return Completion("unsupported", error="temperature is deprecated")
        return _answer(sample)


class _Sharing(Stream):
    one = Completion("complete", text="Blue.")

    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        for sample in samples:
            await asyncio.sleep(0)
            yield sample, self.one


class _Caching(Single):
    async def call(self, sample: Sample) -> Completion:
        return replace(_answer(sample), request_id=sample.prompt.digest)


class _Raising(Stream):
    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        for sample in samples:
            raise KeyError(sample.case_id)
            yield


class _Forgetful(Stream):
    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        for sample in list(samples)[1:]:
            yield sample, _answer(sample)


class _Stuttering(Stream):
    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        for sample in samples:
            yield sample, _answer(sample)
            yield sample, _answer(sample)


class _Inventing(Stream):
    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        for sample in samples:
            yield replace(sample, position=sample.position + 99), _answer(sample)


class _Bare(Stream):
    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[Any]:
        for sample in samples:
            yield _answer(sample)


class _Hanging(Stream):
    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        for sample in samples:
            await asyncio.sleep(60)
            yield sample, _answer(sample)


class _Greedy(Stream):
    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        for sample in list(samples):
            await asyncio.sleep(0)
            yield sample, _answer(sample)


class _Counting(Stream):
    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        for sample in samples:
            self.in_flight += 1
            await asyncio.sleep(0.02)
            self.in_flight -= 1  # not when it is cancelled
            yield sample, _answer(sample)


class _Leaking(Stream):
    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        for sample in samples:
            self.watch = asyncio.create_task(asyncio.sleep(60))
            await asyncio.sleep(0)
            yield sample, _answer(sample)


class _OnlyOnce(Stream):
    closed = False

    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        try:
            for sample in samples:
                if self.closed:
                    raise CallError("the connection is closed")
                await asyncio.sleep(0)
                yield sample, _answer(sample)
        except (GeneratorExit, asyncio.CancelledError):
            self.closed = True
            raise


class _Twice(Stream):
    closed = False

    async def aclose(self) -> None:
        if self.closed:
            raise RuntimeError("closed already")
        self.closed = True


class _Mute(Stream):
    def render(self, messages: Sequence[Message]) -> str:
        return ""


class _Monotonous(Stream):
    def render(self, messages: Sequence[Message]) -> str:
        return "a prompt"


class _Telling(Single):
    async def call(self, sample: Sample) -> Completion:
        return replace(_answer(sample), sent={"headers": {"authorization": os.environ["OWN_ADAPTER_KEY"]}})


class _TellingInErrors(Single):
    async def call(self, sample: Sample) -> Completion:
        raise CallError(f"no entry with {os.environ['OWN_ADAPTER_KEY']}")


class _TellingOfItself(Stream):
    def __repr__(self) -> str:
        return f"Telling({os.environ['OWN_ADAPTER_KEY']})"


BAD = [
    (_Unbuildable, "cannot be built: ValueError: m"),
    (_WithoutSupports, "has no method `supports`"),
    (_Shy, "`supports('top_k')` gave no answer ... KeyError: 'top_k'"),
    (_Undecided, "`supports('temperature')` gave two answers"),
    (_Inverted, "`supports('temperature')` gave a range from 2 down to 1"),
    (_Wordy, "`supports('reasoning_effort')` gave the word `lots`"),
    (_Stateless, "`supports('temperature')` gave 'perhaps', which is no state"),
    (_Cheap, "`price` returned int, not a Price or None"),
    (_Chaotic, "`environment` before it is prepared is not a mapping of plain data"),
    (_Nested, "`environment` before it is prepared has `versions` as something made of parts"),
    (_Unprepared, "`prepare` raised ProviderError: the key is not valid"),
    (_Overdone, "`prepare` said ('loading', 40)"),
    (_Erring, "a plain question ended in an error: no such model"),
    (_Deaf, "letters of many scripts ended in an error: only ASCII"),
    (_Boasting, "`supports` calls `top_p` applied, but it is not in `applied`"),
    (_Refusing, "`supports` calls `temperature` applied, but it was refused: temperature is deprecated"),
    (_Sharing, "two samples got the very same completion"),
    (_Caching, "two samples have the same `request_id`"),
    (_Raising, "repeats of a prompt: `complete` raised ... KeyError: 'case-"),
    (_Forgetful, "ended without an answer to 1 of 8 samples"),
    (_Stuttering, "a sample was answered twice"),
    (_Inventing, "a sample that nobody asked for"),
    (_Bare, "complete` gave Completion ... pair"),
    (_Hanging, "repeats of a prompt: not answered within 0.5 s"),
    (_Greedy, "takes in all samples before it answers one"),
    (_Counting, "`in_flight` is 1 after a sweep was stopped"),
    (_Leaking, "tasks still run after `aclose`: sleep"),
    (_OnlyOnce, "a sample after a sweep was stopped: `complete` raised CallError"),
    (_Twice, "`aclose`, called again, raised ... RuntimeError: closed already"),
    (_Mute, "`render` returned '', not the prompt's text"),
    (_Monotonous, "`render` gave one text for two prompts"),
    (_Telling, "the key stands in a completion"),
    (_TellingOfItself, "the key stands in the provider's `repr`"),
]


@pytest.mark.parametrize(("adapter", "complaint"), BAD, ids=lambda each: getattr(each, "__name__", ""))
def test_what_a_bad_adapter_does_wrong_is_named(
    adapter: Callable[[Profile], object], complaint: str, own_profile: Profile
) -> None:
    """In one sentence, with the adapter's name before it; dots stand for how it is led up to."""
    said = _complaint(adapter, own_profile, timeout_s=0.5 if adapter is _Hanging else 60)
    assert all(part in said for part in complaint.split(" ... ")), said
    assert said.startswith(("adapter `mine`: ", "the adapter cannot be built: "))


def test_the_complaint_itself_does_not_tell_the_key(own_profile: Profile) -> None:
    """An error of the adapter's that holds it is shown without."""
    said = _complaint(_TellingInErrors, own_profile)
    assert "no entry with [the key]" in said
    assert os.environ["OWN_ADAPTER_KEY"] not in said

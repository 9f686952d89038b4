"""The contract test: one call that tells whether an adapter does what evalkit relies on."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn, cast

from evalkit.errors import EvalkitError
from evalkit.load.profile import read_profile
from evalkit.providers.adopt import adopt
from evalkit.providers.prices import Price
from evalkit.providers.registry import build_provider
from evalkit.secret import key_of, scrub
from evalkit.settings import SETTINGS
from evalkit.support import KNOB_STATES, knob_of
from evalkit.testing.completion import check_completion
from evalkit.testing.samples import PROMPTS, SampleMaker, plain_settings, settings_to_try
from evalkit.types import Completion, Profile, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from evalkit.protocols import Provider
    from evalkit.types import SettingValue

_REPEATS = 4
_FAR_TOO_MANY = 6_000
"""Samples of a sweep that is stopped; the local model looks at 4,096 together, and nothing has a reason for more."""
_QUESTION, _OTHER_QUESTION = PROMPTS["no system prompt"], PROMPTS["a system prompt"]


def check_adapter(
    profile: Profile | Path,
    adapter: Callable[[Profile], object] | None = None,
    *,
    settings: Mapping[str, SettingValue] | None = None,
    adds: Collection[str] = (),
    timeout_s: float = 120.0,
) -> None:
    """Run an adapter through what evalkit will do with it.

    It asks for about thirty short answers, which a hosted model charges for. Call it from a test:

        def test_my_adapter_keeps_to_the_contract() -> None:
            check_adapter(Path("providers/mine.yaml"))

    Args:
        profile: The profile, or its file.
        adapter: The adapter's class, or another function from a profile to an adapter; None takes the one that the
            profile names.
        settings: Asked for with every sample; None asks for the profile's own, with short answers.
        adds: Settings that the adapter applies unasked, as its documentation says.
        timeout_s: Seconds that each sweep of a few samples may take.

    Raises:
        AssertionError: It broke a rule; the message says which, in one sentence.
    """
    try:
        read = profile if isinstance(profile, Profile) else read_profile(profile)
        provider = build_provider(read) if adapter is None else adopt(adapter(read), read)
    except Exception as error:
        raise AssertionError(f"the adapter cannot be built: {scrub(_shown(error))}") from error
    contract = _Contract(provider, adds, timeout_s)
    try:
        asyncio.run(contract.check(settings))
    except AssertionError as broken:
        raise AssertionError(f"adapter `{read.adapter}`: {contract.without_secrets(str(broken))}") from broken.__cause__


@dataclass(slots=True)
class _Contract:
    """One provider under test.

    Attributes:
        seen: All that came out of it, as text, to be searched for its key.
    """

    provider: Provider
    adds: Collection[str]
    timeout_s: float
    seen: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _positions: Iterator[int] = field(default_factory=count)

    async def check(self, settings: Mapping[str, SettingValue] | None) -> None:
        """Do what a run does, and more of it than most runs."""
        before = asyncio.all_tasks()
        self._check_words()
        plain = plain_settings(self.provider) if settings is None else settings
        try:
            await self._prepare()
            await self._check_repeats(plain)
            await self._check_prompts(plain)
            await self._check_settings(plain)
            await self._check_cancelling(plain)
            await self._draw("no samples at all", [])
            self._check_facts("after a run")
            self._check_rendering()
        finally:
            closing = [await self._close(), await self._close()]
        self._require_none(closing[0], "`aclose` raised")
        self._require_none(closing[1], "`aclose`, called again, raised")
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - before
        if left:
            raise AssertionError(f"{len(left)} tasks still run after `aclose`: {', '.join(map(_task_name, left))}")
        self._check_secrets()

    def _check_words(self) -> None:
        """Ask what the provider says of itself before anything is prepared, as `evalkit providers` does."""
        if not isinstance(cast("object", self.provider.profile), Profile):
            _fail("`profile` is not the profile that it was built from")
        for name in SETTINGS:
            self._check_knob(name)
        price: object = self._calling("price", self.provider.price)
        if price is not None and not isinstance(price, Price):
            raise AssertionError(f"`price` returned {_kind(price)}, not a Price or None")
        self._check_facts("before it is prepared")

    def _check_knob(self, name: str) -> None:
        try:
            knob, again = knob_of(self.provider, name), knob_of(self.provider, name)
        except Exception as error:
            raise AssertionError(f"`supports({name!r})` gave no answer: {_shown(error)}") from error
        if knob.state not in KNOB_STATES:
            raise AssertionError(f"`supports({name!r})` gave {knob.state!r}, which is no state of a setting")
        if knob != again:
            raise AssertionError(f"`supports({name!r})` gave two answers, one after the other")
        if knob.low is not None and knob.high is not None and knob.low > knob.high:
            raise AssertionError(f"`supports({name!r})` gave a range from {knob.low:g} down to {knob.high:g}")
        strangers = [word for word in knob.words if word not in SETTINGS[name].words]
        if strangers:
            raise AssertionError(f"`supports({name!r})` gave the word `{strangers[0]}`, which evalkit never sends")

    def _check_facts(self, when: str) -> None:
        facts: object = self._calling("environment", self.provider.environment)
        try:
            plain = json.loads(json.dumps(dict(cast("Any", facts))))
        except (TypeError, ValueError) as error:
            raise AssertionError(f"`environment` {when} is not a mapping of plain data: {error}") from error
        for name, value in plain.items():
            if isinstance(value, dict | list):
                _fail(f"`environment` {when} has `{name}` as something made of parts, not as one plain value")
        self.seen.append(("environment", json.dumps(plain)))

    def _check_rendering(self) -> None:
        rendered: list[object] = []
        for messages in (_QUESTION, PROMPTS["a long history"]):
            text: object = self._calling("render", self.provider.render, messages)
            if not isinstance(text, str) or not text:
                raise AssertionError(f"`render` returned {text!r}, not the prompt's text")
            rendered.append(text)
            self.seen.append(("render", text))
        if rendered[0] == rendered[1]:
            raise AssertionError("`render` gave one text for two prompts")

    async def _prepare(self) -> None:
        said: list[tuple[object, object]] = []
        try:
            async with asyncio.timeout(max(self.timeout_s, 600)):  # it may fetch a model
                await self.provider.prepare(lambda what, share: said.append((what, share)))
        except Exception as error:
            raise AssertionError(f"`prepare` raised {_shown(error)}") from error
        for what, share in said:
            if not isinstance(what, str) or not (share is None or (isinstance(share, int | float) and 0 <= share <= 1)):
                raise AssertionError(
                    f"`prepare` said ({what!r}, {share!r}), not a text and a share from 0 to 1 or None"
                )

    async def _check_repeats(self, plain: Mapping[str, SettingValue]) -> None:
        """Two prompts, each several times: each sample has an answer of its own."""
        make = SampleMaker(self.provider.profile)
        samples = [
            make(messages, plain, position=next(self._positions), repeat=repeat)
            for messages in (_QUESTION, _OTHER_QUESTION)
            for repeat in range(_REPEATS)
        ]
        drawn = await self._draw("repeats of a prompt", samples)
        names = [each.request_id for each in drawn if each.request_id is not None]
        if len(names) != len(set(names)):
            raise AssertionError("two samples have the same `request_id`; each repeat is a call of its own")
        if len({id(each) for each in drawn}) != len(drawn):
            raise AssertionError("two samples got the very same completion; each repeat is a draw of its own")
        self._require_answers("a plain question", drawn)

    async def _check_prompts(self, plain: Mapping[str, SettingValue]) -> None:
        make = SampleMaker(self.provider.profile)
        for shape, messages in PROMPTS.items():
            drawn = await self._draw(shape, [make(messages, plain, position=next(self._positions))])
            self._require_answers(shape, drawn)

    async def _check_settings(self, plain: Mapping[str, SettingValue]) -> None:
        """What it says that it applies, it does apply, and says so."""
        make = SampleMaker(self.provider.profile)
        for name, settings in settings_to_try(self.provider, plain).items():
            sample = make(_QUESTION, settings, position=next(self._positions))
            (completion,) = await self._draw(f"the setting `{name}`", [sample])
            if knob_of(self.provider, name).state == "unknown":
                continue
            self._require_answers(f"`{name}`, which `supports` calls applied", [completion])
            if completion.outcome != "unsupported" and name not in completion.applied:
                raise AssertionError(f"`supports` calls `{name}` applied, but it is not in `applied` of its completion")
            if completion.outcome == "unsupported":
                raise AssertionError(f"`supports` calls `{name}` applied, but it was refused: {completion.error}")

    def _require_answers(self, what: str, drawn: Sequence[Completion]) -> None:
        for completion in drawn:
            if completion.outcome == "error":
                raise AssertionError(f"{what} ended in an error: {completion.error}")

    async def _draw(self, what: str, samples: Sequence[Sample]) -> list[Completion]:
        """Return the completions of samples, in their order, after a check of each."""
        waiting = {sample.position: sample for sample in samples}
        found: dict[int, Completion] = {}
        try:
            async with asyncio.timeout(self.timeout_s):
                async for drawn in self.provider.complete(iter(samples)):
                    sample, completion = _pair(drawn)
                    if waiting.pop(sample.position, None) is None:
                        again = sample.position in found
                        _fail(f"{what}: {_TWICE if again else _UNASKED}")
                    self._check_one(sample, completion)
                    found[sample.position] = completion
        except AssertionError:
            raise
        except TimeoutError as error:
            raise AssertionError(f"{what}: not answered within {self.timeout_s:g} s") from error
        except Exception as error:
            raise AssertionError(f"{what}: `complete` raised {_shown(error)}") from error
        if waiting:
            raise AssertionError(f"{what}: ended without an answer to {len(waiting)} of {len(samples)} samples")
        self._check_in_flight(f"after {what}")
        return [found[sample.position] for sample in samples]

    def _check_one(self, sample: Sample, completion: Completion) -> None:
        self.seen.append(("a completion", repr(completion)))
        check_completion(self.provider, sample, completion, adds=self.adds)

    async def _check_cancelling(self, plain: Mapping[str, SettingValue]) -> None:
        """A sweep is stopped in its midst, as Ctrl-C does it; nothing stays behind, and another one works."""
        make = SampleMaker(self.provider.profile)
        first, pulled = next(self._positions), 0

        def endless() -> Iterator[Sample]:
            nonlocal pulled
            for pulled in range(1, _FAR_TOO_MANY):
                yield make(_QUESTION, plain, position=first + pulled, repeat=pulled)

        stream = self.provider.complete(endless())
        try:
            async with asyncio.timeout(self.timeout_s):
                await anext(stream, None)
                await _stop_in_the_midst(stream)
        except TimeoutError as error:
            raise AssertionError(f"a sweep could not be stopped within {self.timeout_s:g} s") from error
        except Exception as error:
            raise AssertionError(f"a sweep that was stopped raised {_shown(error)}") from error
        if pulled >= _FAR_TOO_MANY - 1:
            raise AssertionError("`complete` takes in all samples before it answers one, not what it can work on")
        self._check_in_flight("after a sweep was stopped")
        last = make(_QUESTION, plain, position=first + _FAR_TOO_MANY)
        await self._draw("a sample after a sweep was stopped", [last])

    def _check_in_flight(self, when: str) -> None:
        in_flight: object = self.provider.in_flight
        if in_flight != 0:
            raise AssertionError(f"`in_flight` is {in_flight!r} {when}, where no call is under way")

    async def _close(self) -> Exception | None:
        try:
            async with asyncio.timeout(self.timeout_s):
                await self.provider.aclose()
        except Exception as error:  # noqa: BLE001 - it is what is looked for
            return error
        return None

    def _calling(self, name: str, method: Callable[..., object], *arguments: object) -> object:
        try:
            return method(*arguments)
        except Exception as error:
            raise AssertionError(f"`{name}` raised {_shown(error)}") from error

    def _require_none(self, error: Exception | None, what: str) -> None:
        if error is not None:
            raise AssertionError(f"{what} {_shown(error)}") from error

    def _check_secrets(self) -> None:
        self.seen.append(("the provider's `repr`", repr(self.provider)))
        for secret in self._secrets():
            for place, text in self.seen:
                if secret in text:
                    raise AssertionError(f"the key stands in {place}; it belongs into the call's header alone")

    def without_secrets(self, text: str) -> str:
        """Return a text with the key blanked out."""
        for secret in self._secrets():
            text = text.replace(secret, "[the key]")
        return scrub(text)

    def _secrets(self) -> list[str]:
        profile = self.provider.profile
        secrets = [os.environ.get(profile.key_env, "").strip()] if profile.key_env is not None else []
        if profile.key_command is not None:
            with suppress(EvalkitError):
                secrets.append(key_of(profile))
        return [secret for secret in secrets if len(secret) > 5]  # a shorter text would be found anywhere


_TWICE = "a sample was answered twice"
_UNASKED = "there was an answer to a sample that nobody asked for"


async def _stop_in_the_midst(stream: Any) -> None:  # noqa: ANN401 - a user's adapter returns what it likes
    """Cancel what is waited for, close the stream, and take what had come before that; the engine does the same."""
    upcoming = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(0.01)
    upcoming.cancel()
    await asyncio.gather(upcoming, return_exceptions=True)
    if hasattr(stream, "aclose"):
        await stream.aclose()
        async for _late in stream:
            pass


def _pair(drawn: object) -> tuple[Sample, Completion]:
    kind = _kind(drawn)
    pair = cast("tuple[object, ...]", drawn) if isinstance(drawn, tuple) else ()
    if len(pair) == 2 and isinstance(pair[0], Sample) and isinstance(pair[1], Completion):
        return pair[0], pair[1]
    raise AssertionError(f"`complete` gave {kind}, not a pair of sample and completion")


def _fail(message: str) -> NoReturn:
    raise AssertionError(message)


def _shown(error: Exception) -> str:
    return f"{_kind(error)}: {error}"


def _kind(value: object) -> str:
    return type(value).__name__


def _task_name(task: asyncio.Task[Any]) -> str:
    return str(getattr(task.get_coro(), "__qualname__", task.get_name()))

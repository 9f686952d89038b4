"""The adapter for models of the transformers library on this machine, CPU or GPU.

Profile: `model` is `smollm2` (embedded), a folder, or a name on the hub; `options` are those of `LocalOptions`;
`limits.batch_size` and `limits.threads` change speed and no answer, up to rounding.
"""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any

from evalkit.errors import MissingPackageError
from evalkit.providers.local.options import DEFAULT_BATCH_SIZE, read_options
from evalkit.providers.prices import FREE
from evalkit.types import Completion, TokenLogprobs, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from evalkit.providers.local.chat import Chat
    from evalkit.providers.local.decode import Generated, Request
    from evalkit.providers.local.load import Loaded
    from evalkit.providers.prices import Price
    from evalkit.support import Support
    from evalkit.types import Message, Profile, Sample, Scalar, SettingValue

DEFAULT_MAX_TOKENS = 256
_SUPPORTED = ("temperature", "top_p", "top_k", "min_p", "max_tokens", "stop", "seed", "logprobs")
_WINDOW = 4096
"""Samples that are looked at together to form batches of prompts of like length."""


@dataclass(frozen=True, slots=True)
class _Queued:
    """A sample with its prompt in tokens."""

    sample: Sample
    prompt: tuple[int, ...]


class TransformersProvider:
    """Generates on a local model.

    Raises:
        ProfileError: An option is wrong, or torch or transformers is missing.
    """

    in_flight = 0
    """Nothing here would be paid again."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._options = read_options(profile)
        missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
        if missing:
            raise MissingPackageError(
                f"adapter `transformers` needs the package `{missing[0]}`", hint="pip install 'prompt-evalkit[local]'"
            )
        self._batch_size = int(profile.limits.get("batch_size", DEFAULT_BATCH_SIZE))
        self._loaded: Loaded | None = None
        self._chat: Chat | None = None

    def supports(self, setting: str) -> Support:
        """Everything that the sampler knows is applied, in every range that the settings allow."""
        return setting in _SUPPORTED

    def price(self) -> Price | None:
        """Cost nothing."""
        return FREE

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Fetch and load the model."""
        await asyncio.to_thread(self._load, say)

    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Generate in batches of prompts of like length.

        The plan of batches is a pure function of the samples: windows of the sweep by position, sorted by length. The
        completions of a batch are yielded without a pause between them, so that they are committed together; a run
        that was killed therefore lacks whole batches, and forms the very same ones when it goes on.
        """
        loaded = self._load(lambda _what, _share: None)
        coming = iter(samples)
        held = next(coming, None)
        while held is not None:
            window = held.position // _WINDOW
            together = [held]
            held = None
            for sample in coming:
                if sample.position // _WINDOW != window:
                    held = sample
                    break
                together.append(sample)
            queued: list[_Queued] = []
            for each in self._tokenised(together):
                reason = self._too_long(each, loaded)
                if reason is None:
                    queued.append(each)
                else:
                    yield each.sample, Completion("unsupported", error=reason)
            queued.sort(key=lambda each: (len(each.prompt), each.sample.prompt.digest, each.sample.position))
            waiting = iter(queued)
            while batch := list(islice(waiting, self._batch_size)):
                completions = await self._generate(batch)
                for each, completion in zip(batch, completions, strict=True):
                    yield each.sample, completion

    def render(self, messages: Sequence[Message]) -> str:
        """Return the prompt with the chat template's own words and special tokens."""
        return self._chat_of_tokenizer().render(messages)

    def environment(self) -> Mapping[str, Scalar]:
        """Name the versions, the precision, the device and the threads."""
        facts: dict[str, Scalar] = {name: _version(name) for name in ("torch", "transformers", "numpy")}
        facts["dtype"] = self._options.dtype
        facts["batch_size"] = self._batch_size
        if self._loaded is not None:
            import torch

            device = self._loaded.model.device
            facts["device"] = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
            facts["threads"] = torch.get_num_threads()
            facts["revision"] = self._loaded.revision
        return facts

    async def aclose(self) -> None:
        """Let go of the model."""
        self._loaded = None

    def _load(self, say: Callable[[str, float | None], None]) -> Loaded:
        if self._loaded is None:
            import torch

            from evalkit.providers.local.chat import Chat
            from evalkit.providers.local.load import load_model

            if "threads" in self.profile.limits:
                torch.set_num_threads(int(self.profile.limits["threads"]))
            self._loaded = load_model(self.profile.model, self._options, say)
            self._chat = Chat(self._loaded.tokenizer, self._options.chat_template, self.profile.name)
        return self._loaded

    def _chat_of_tokenizer(self) -> Chat:
        if self._chat is None:
            from evalkit.providers.local.chat import Chat
            from evalkit.providers.local.load import load_tokenizer

            tokenizer = load_tokenizer(self.profile.model, lambda _what, _share: None)
            self._chat = Chat(tokenizer, self._options.chat_template, self.profile.name)
        return self._chat

    def _tokenised(self, samples: Sequence[Sample]) -> list[_Queued]:
        chat = self._chat_of_tokenizer()
        prompts: dict[str, tuple[int, ...]] = {}
        for sample in samples:
            if sample.prompt.digest not in prompts:
                prompts[sample.prompt.digest] = chat.tokens(sample.prompt.messages)
        return [_Queued(sample, prompts[sample.prompt.digest]) for sample in samples]

    @staticmethod
    def _too_long(each: _Queued, loaded: Loaded) -> str | None:
        wanted = _max_tokens(each.sample)
        if loaded.context is None or len(each.prompt) + wanted <= loaded.context:
            return None
        return (
            f"the prompt has {len(each.prompt):,} tokens and max_tokens is {wanted:,}; "
            f"together they pass the model's context of {loaded.context:,}"
        )

    async def _generate(self, batch: Sequence[_Queued]) -> list[Completion]:
        """Generate a batch in a thread; when this task is cancelled, the thread stops before its next step."""
        stop = threading.Event()
        working = asyncio.ensure_future(asyncio.to_thread(self._generate_or_halve, batch, stop))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.gather(working, return_exceptions=True)  # what it raises now is only that it was stopped
            raise

    def _generate_or_halve(self, batch: Sequence[_Queued], stop: threading.Event) -> list[Completion]:
        """Generate a batch; where memory does not suffice, in halves from now on."""
        import torch

        from evalkit.providers.local.decode import CancelledBatchError

        began = time.monotonic()
        try:
            return self._generate_now(batch, stop, began)
        except CancelledBatchError:
            raise
        except (torch.OutOfMemoryError, MemoryError) as error:
            if len(batch) == 1:
                return [Completion("error", error=f"out of memory with a single sample: {error}")]
        except Exception as error:  # noqa: BLE001 - a failed batch is no reason to lose the run
            if "not enough memory" not in str(error):
                return [Completion("error", error=f"{type(error).__name__}: {error}") for _ in batch]
            if len(batch) == 1:
                return [Completion("error", error=f"out of memory with a single sample: {error}")]
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        middle = (len(batch) + 1) // 2
        self._batch_size = min(self._batch_size, middle)
        return [
            completion
            for half in (batch[:middle], batch[middle:])
            for completion in self._generate_or_halve(half, stop)
        ]

    def _generate_now(self, batch: Sequence[_Queued], stop: threading.Event, began: float) -> list[Completion]:
        from evalkit.providers.local.decode import CancelledBatchError, Decoder

        def watch(_tokens: int) -> None:
            if stop.is_set():
                raise CancelledBatchError

        loaded = self._load(lambda _what, _share: None)
        decoder = Decoder(loaded.model, loaded.tokenizer, loaded.end_tokens)
        requests = [_request(each) for each in batch]
        made = decoder.generate(requests, each_step=watch)
        latency_s = time.monotonic() - began
        return [
            self._completion(each, request, generated, loaded.tokenizer, latency_s)
            for each, request, generated in zip(batch, requests, made, strict=True)
        ]

    def _completion(
        self,
        each: _Queued,
        request: Request,
        generated: Generated,
        tokenizer: Any,  # noqa: ANN401 - the library's classes carry no types
        latency_s: float,
    ) -> Completion:
        applied: dict[str, SettingValue] = {
            "temperature": 1.0,
            **each.sample.settings,
            "max_tokens": request.max_tokens,
        }
        applied["seed"] = each.sample.seed
        return Completion(
            outcome="truncated" if generated.stop_reason == "length" else "complete",
            text=generated.text,
            stop_reason=generated.stop_reason,
            applied=applied,
            served_model=self.profile.model,
            usage=Usage(len(each.prompt), len(generated.tokens)),
            latency_s=latency_s,
            cost_usd=0.0,
            logprobs=None if request.logprobs is None else _logprobs(generated, tokenizer),
        )


def _request(each: _Queued) -> Request:
    from evalkit.providers.local.decode import Request
    from evalkit.providers.local.sampling import SamplingSettings

    asked = each.sample.settings
    settings = SamplingSettings(
        temperature=_number(asked.get("temperature", 1.0)),
        top_k=int(_number(asked.get("top_k", 0))),
        top_p=_number(asked.get("top_p", 1.0)),
        min_p=_number(asked.get("min_p", 0.0)),
    )
    stop = asked.get("stop", ())
    logprobs = asked.get("logprobs")
    return Request(
        prompt=each.prompt,
        settings=settings,
        seed=each.sample.seed,
        max_tokens=_max_tokens(each.sample),
        stop=stop if isinstance(stop, tuple) else (str(stop),),
        logprobs=None if logprobs is None else int(_number(logprobs)),
    )


def _max_tokens(sample: Sample) -> int:
    return int(_number(sample.settings.get("max_tokens", DEFAULT_MAX_TOKENS)))


def _number(value: SettingValue) -> float:
    assert isinstance(value, int | float)
    return value


def _logprobs(generated: Generated, tokenizer: Any) -> TokenLogprobs:  # noqa: ANN401 - as above
    def text(token: int) -> str:
        return str(tokenizer.decode([token]))

    return TokenLogprobs(
        distribution="model",
        tokens=tuple(text(token) for token in generated.tokens),
        logprobs=tuple(generated.logprobs),
        top=tuple(tuple((text(token), logprob) for token, logprob in step) for step in generated.top),
    )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

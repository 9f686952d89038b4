"""The local adapter: batches, failures and what it records."""

# The library's classes carry no types, and a test may look inside an adapter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
import torch

from evalkit.errors import ProfileError
from evalkit.expand.messages import digest
from evalkit.providers.transformers import TransformersProvider
from evalkit.types import Completion, Condition, Message, Profile, Prompt, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalkit.types import SettingValue

TEXTS = ("w3 w4", "w5", "w6 w7 w8 w9 w10", "w11 w12")


def make_provider(folder: Path | str, **limits: float) -> TransformersProvider:
    """Make a provider of a model on the CPU."""
    return TransformersProvider(
        Profile("tiny", "transformers", str(folder), options={"device": "cpu"}, limits={"batch_size": 4, **limits})
    )


def make_sample(position: int, text: str, settings: Mapping[str, SettingValue], seed: int | None = None) -> Sample:
    """Make a sample that asks `text`."""
    messages = (Message("user", text),)
    return Sample(
        key=str(position),
        position=position,
        provider="tiny",
        condition=Condition(),
        case_id="case",
        repeat=position,
        prompt=Prompt(messages, digest(messages)),
        settings=settings,
        seed=position if seed is None else seed,
    )


def make_samples(count: int, **settings: SettingValue) -> list[Sample]:
    """Make samples over the test's prompts."""
    asked: dict[str, SettingValue] = {"temperature": 1.0, "max_tokens": 8, **settings}
    return [make_sample(position, TEXTS[position % len(TEXTS)], asked) for position in range(count)]


def complete(provider: TransformersProvider, samples: Sequence[Sample]) -> dict[int, Completion]:
    """Complete samples and return the completions by position."""

    async def work() -> dict[int, Completion]:
        return {sample.position: completion async for sample, completion in provider.complete(samples)}

    return asyncio.run(work())


def test_every_sample_comes_back_with_what_was_applied(tiny_folder: Path) -> None:
    """Texts, tokens, the stop reason and the settings that were really used are recorded."""
    completions = complete(make_provider(tiny_folder), make_samples(10, top_k=5))
    assert sorted(completions) == list(range(10))
    for position, completion in completions.items():
        assert completion.outcome in ("complete", "truncated")
        assert completion.applied == {"temperature": 1.0, "max_tokens": 8, "top_k": 5, "seed": position}
        assert completion.usage.input_tokens == len(TEXTS[position % 4].split()) + 2
        assert completion.usage.output_tokens is not None
        assert completion.usage.output_tokens <= 8
        assert completion.cost_usd == 0.0
        assert (completion.outcome == "truncated") == (completion.stop_reason == "length")


@pytest.mark.parametrize("size", [1, 3, 32])
def test_batch_size_changes_no_text(tiny_folder: Path, size: int) -> None:
    """The same samples in batches of another size, in another order, have the same texts."""
    samples = make_samples(12)
    wanted = {place: each.text for place, each in complete(make_provider(tiny_folder), samples).items()}
    found = complete(make_provider(tiny_folder, batch_size=size), samples[::-1])
    assert {place: each.text for place, each in found.items()} == wanted


def test_batch_is_yielded_without_a_pause(tiny_folder: Path) -> None:
    """Between the completions of one batch the loop gets no turn, so that the batch can be committed as one."""

    async def work() -> list[int]:
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counter = asyncio.ensure_future(count())
        seen = [turns async for _ in make_provider(tiny_folder).complete(make_samples(8))]
        counter.cancel()
        return seen

    seen = asyncio.run(work())
    assert len(set(seen[:4])) == 1
    assert len(set(seen[4:])) == 1


def test_missing_batches_are_the_same_batches(tiny_folder: Path) -> None:
    """What is left of a run forms the batches that it would have formed: whole batches are missing, or none."""
    samples = make_samples(16)
    provider = make_provider(tiny_folder)

    async def in_order(asked: Sequence[Sample]) -> list[int]:
        return [sample.position async for sample, _ in provider.complete(asked)]

    order = asyncio.run(in_order(samples))
    left = [sample for sample in samples if sample.position not in order[:4]]
    assert asyncio.run(in_order(left)) == order[4:]


def test_prompt_beyond_the_context_is_unsupported(tiny_folder: Path) -> None:
    """A prompt that leaves no room for max_tokens is never cut; it is unsupported, with the numbers."""
    samples = [make_sample(0, "w3 " * 120, {"max_tokens": 8}), make_sample(1, "w3", {"max_tokens": 8})]
    completions = complete(make_provider(tiny_folder), samples)
    assert completions[0].outcome == "unsupported"
    assert "123 tokens" in str(completions[0].error)
    assert "128" in str(completions[0].error)
    assert completions[1].outcome in ("complete", "truncated")


def test_out_of_memory_halves_the_batch(tiny_folder: Path) -> None:
    """A batch that does not fit is done in halves, and later ones begin smaller."""
    samples = make_samples(8)
    wanted = {place: each.text for place, each in complete(make_provider(tiny_folder), samples).items()}
    provider = make_provider(tiny_folder, batch_size=8)
    sizes: list[int] = []
    asyncio.run(provider.prepare(lambda _what, _share: None))

    def refuse(_module: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        rows = kwargs["input_ids"].shape[0]
        sizes.append(rows)
        if rows > 2:
            raise torch.OutOfMemoryError("no room")

    assert provider._loaded is not None
    provider._loaded.model.register_forward_pre_hook(refuse, with_kwargs=True)
    found = complete(provider, samples)
    assert {place: each.text for place, each in found.items()} == wanted
    assert max(sizes) > 2
    assert provider.environment()["batch_size"] == 2


def test_out_of_memory_with_one_sample_is_an_error(tiny_folder: Path) -> None:
    """Where not even one sample fits, its completion is an error and the run goes on."""
    provider = make_provider(tiny_folder)
    asyncio.run(provider.prepare(lambda _what, _share: None))

    def refuse(*_anything: Any) -> None:
        raise torch.OutOfMemoryError("no room")

    assert provider._loaded is not None
    provider._loaded.model.register_forward_pre_hook(refuse)
    completions = complete(provider, make_samples(3))
    assert {each.outcome for each in completions.values()} == {"error"}
    assert all("out of memory" in str(each.error) for each in completions.values())


def test_failing_model_makes_errors_and_not_the_end(tiny_folder: Path) -> None:
    """An exception inside the model is an error for the samples of its batch, with the exception's words."""
    provider = make_provider(tiny_folder)
    asyncio.run(provider.prepare(lambda _what, _share: None))

    def fail(*_anything: Any) -> None:
        raise RuntimeError("a kernel is broken")

    assert provider._loaded is not None
    provider._loaded.model.register_forward_pre_hook(fail)
    completions = complete(provider, make_samples(3))
    assert {each.error for each in completions.values()} == {"RuntimeError: a kernel is broken"}


def test_cancelling_stops_within_a_batch(tiny_folder: Path) -> None:
    """A cancelled task waits for the step under way and not for the batch."""
    provider = make_provider(tiny_folder)
    asyncio.run(provider.prepare(lambda _what, _share: None))
    steps: list[float] = []

    def slow(*_anything: Any) -> None:
        time.sleep(0.05)
        steps.append(time.monotonic())

    assert provider._loaded is not None
    provider._loaded.model.register_forward_pre_hook(slow)

    async def work() -> float:
        async def drain() -> None:
            async for _ in provider.complete(make_samples(4, max_tokens=100, temperature=3.0)):
                pass

        task = asyncio.ensure_future(drain())
        await asyncio.sleep(0.3)
        asked_at = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return asked_at

    asked_at = asyncio.run(work())
    assert len([step for step in steps if step > asked_at]) <= 2


def test_logprobs_come_with_their_definition(tiny_folder: Path) -> None:
    """They say which distribution they are of, one for each token of the answer."""
    completion = complete(make_provider(tiny_folder), make_samples(1, logprobs=2))[0]
    assert completion.logprobs is not None
    assert completion.logprobs.distribution == "model"
    assert len(completion.logprobs.tokens) == len(completion.logprobs.logprobs) == completion.usage.output_tokens
    assert {len(step) for step in completion.logprobs.top} == {2}


def test_environment_names_what_a_repetition_needs(tiny_folder: Path) -> None:
    """Versions, precision, device and threads are recorded."""
    provider = make_provider(tiny_folder)
    complete(provider, make_samples(1))
    facts = provider.environment()
    assert facts["torch"] == torch.__version__
    assert facts["dtype"] == "float32"
    assert facts["device"] == "cpu"
    assert facts["threads"] == torch.get_num_threads()


def test_settings_that_are_not_the_models_are_not_supported(tiny_folder: Path) -> None:
    """The adapter says which settings it applies."""
    provider = make_provider(tiny_folder)
    for setting in ("temperature", "top_p", "top_k", "min_p", "max_tokens", "stop", "seed", "logprobs"):
        assert provider.supports(setting) is True
    assert provider.supports("presence_penalty") is False


def test_wrong_option_is_refused_before_anything_is_loaded() -> None:
    """Options are checked when the provider is built."""
    with pytest.raises(ProfileError, match="no option `quantise`"):
        TransformersProvider(Profile("tiny", "transformers", "tiny", options={"quantise": "yes"}))


@pytest.mark.model
def test_embedded_model_matches_the_library_greedily(smollm2: Path) -> None:
    """On SmolLM2, a padded batch of different prompts gives what `generate` gives for each alone, token for token."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    questions = ("What is tea?", "Write a short paragraph about Kafka vs RabbitMQ.", "Count to five.")
    samples = [make_sample(n, text, {"temperature": 0.0, "max_tokens": 24}) for n, text in enumerate(questions)]
    found = complete(make_provider("smollm2"), samples)
    model: Any = AutoModelForCausalLM.from_pretrained(smollm2, dtype=torch.float32).eval()
    tokenizer: Any = AutoTokenizer.from_pretrained(smollm2)
    for position, text in enumerate(questions):
        ids = tokenizer.apply_chat_template(
            [{"role": "user", "content": text}], add_generation_prompt=True, return_tensors="pt", return_dict=False
        )
        made = model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=24, pad_token_id=2
        )
        wanted = tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True)
        assert found[position].text == wanted


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_gpu_gives_the_texts_of_the_cpu(tiny_folder: Path) -> None:
    """Noise is drawn on the CPU, so that a GPU follows the same draws up to rounding."""
    samples = make_samples(12)
    wanted = complete(make_provider(tiny_folder), samples)
    gpu = TransformersProvider(Profile("tiny", "transformers", str(tiny_folder), options={"device": "cuda"}))
    found = complete(gpu, samples)
    same = sum(found[place].text == wanted[place].text for place in wanted)
    assert same >= 11

"""Completions a second of the local provider against calling `generate` once for each sample, in one run.

Both draw the same samples from the same float32 model at temperature 0.8, exactly 64 new tokens each: neither stops at
an end token. Rounds alternate, so that a machine that slows down slows both; the ratio is of medians.

    python benchmarks/local_speed.py [--rounds 3] [--singles 6]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import Any

import torch
import transformers

from evalkit.providers.local.chat import Chat
from evalkit.providers.local.decode import Decoder, Request
from evalkit.providers.local.load import load_model
from evalkit.providers.local.options import DEFAULT_BATCH_SIZE, LocalOptions
from evalkit.providers.local.sampling import SamplingSettings
from evalkit.types import Message

NEW_TOKENS = 64
TEMPERATURE = 0.8
QUESTIONS = (
    "Write a short paragraph about Kafka vs RabbitMQ.",
    "Which is easier to keep in a small flat, a cat or a dog?",
    "How are rice and bread made?",
    "Why does the moon shine, and what has the sun to do with it?",
)


TARGET = 6.0
LOADING_TARGET_S = 1.0


def main() -> int:
    """Time both and print a table; return 1 when a target is missed: six times the rate, loading in a second."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--singles", type=int, default=6, help="samples of each round that go through generate()")
    options = parser.parse_args()
    loading: list[float] = []
    for _ in range(2):  # the first time the library imports the model's own modules, too
        began = time.perf_counter()
        loaded = load_model("smollm2", LocalOptions(), lambda _what, _share: None)
        loading.append(time.perf_counter() - began)
    chat = Chat(loaded.tokenizer, None, "smollm2")
    prompts = [chat.tokens([Message("user", question)]) for question in QUESTIONS]
    decoder = Decoder(loaded.model, loaded.tokenizer, end_tokens=frozenset())
    sizes = (DEFAULT_BATCH_SIZE, 64)
    rates: dict[str, list[float]] = {name: [] for name in ("generate", *(f"batch of {size}" for size in sizes))}
    run_batch(decoder, prompts, 4)  # warm-up
    for _ in range(options.rounds):
        rates["generate"].append(run_singles(loaded.model, prompts, options.singles))
        for size in sizes:
            rates[f"batch of {size}"].append(run_batch(decoder, prompts, size))
    print(f"SmolLM2-135M-Instruct, {loaded.model.dtype}, {loaded.model.device}, {torch.get_num_threads()} threads,")
    print(f"torch {torch.__version__}, transformers {transformers.__version__}")
    print(f"loading the cached model: {loading[1]:.2f} s ({loading[0]:.2f} s with the library's imports)\n")
    print("| | completions/s (median) | least | most | times `generate` |\n| --- | --- | --- | --- | --- |")
    floor = statistics.median(rates["generate"])
    for name, found in rates.items():
        middle = statistics.median(found)
        print(f"| {name} | {middle:.2f} | {min(found):.2f} | {max(found):.2f} | {middle / floor:.1f} |")
    best = statistics.median(rates[f"batch of {DEFAULT_BATCH_SIZE}"])
    return 0 if best >= TARGET * floor and loading[1] < LOADING_TARGET_S else 1


def run_batch(decoder: Decoder, prompts: list[tuple[int, ...]], size: int) -> float:
    """Draw one batch and return completions a second."""
    requests = [
        Request(prompts[index % len(prompts)], SamplingSettings(TEMPERATURE), index, NEW_TOKENS)
        for index in range(size)
    ]
    began = time.perf_counter()
    made = decoder.generate(requests)
    assert all(len(each.tokens) == NEW_TOKENS for each in made)
    return size / (time.perf_counter() - began)


def run_singles(model: Any, prompts: list[tuple[int, ...]], count: int) -> float:  # noqa: ANN401 - the library's models carry no types
    """Draw samples one at a time with the library's own `generate` and return completions a second."""
    began = time.perf_counter()
    for index in range(count):
        ids = torch.tensor([prompts[index % len(prompts)]])
        with torch.inference_mode():
            made = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=True,
                temperature=TEMPERATURE,
                top_k=0,
                max_new_tokens=NEW_TOKENS,
                min_new_tokens=NEW_TOKENS,
                pad_token_id=2,
            )
        assert made.shape[1] == ids.shape[1] + NEW_TOKENS
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())

"""How often a text changes with the size of the batch that it is drawn in, in float32.

Every sample has its own random stream, so only rounding can make a difference: sums over a padded batch are taken in
another order. The same samples are drawn in batches of 1 and of 32.

    python benchmarks/local_batch_effect.py [--samples 240]
"""

from __future__ import annotations

import argparse

import torch

from evalkit.providers.local.chat import Chat
from evalkit.providers.local.decode import Decoder, Request
from evalkit.providers.local.load import load_model
from evalkit.providers.local.options import LocalOptions
from evalkit.providers.local.sampling import SamplingSettings
from evalkit.statistics.bounds import clopper_pearson
from evalkit.types import Message

NEW_TOKENS = 48
TEMPERATURES = (0.0, 0.5, 1.0, 1.5)
SUBJECTS = ("tea", "the sea", "Kafka and RabbitMQ", "how a bicycle stays upright", "bread", "a night train")


def main() -> None:
    """Draw everything twice and print how many texts differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--samples", type=int, default=240)
    options = parser.parse_args()
    loaded = load_model("smollm2", LocalOptions(), lambda _what, _share: None)
    chat = Chat(loaded.tokenizer, None, "smollm2")
    decoder = Decoder(loaded.model, loaded.tokenizer, loaded.end_tokens)
    requests = [
        Request(
            chat.tokens([Message("user", f"Write a short paragraph about {SUBJECTS[index % len(SUBJECTS)]}.")]),
            SamplingSettings(TEMPERATURES[index % len(TEMPERATURES)]),
            index,
            NEW_TOKENS,
        )
        for index in range(options.samples)
    ]
    alone = [decoder.generate([request])[0] for request in requests]
    together = [
        made for start in range(0, len(requests), 32) for made in decoder.generate(requests[start : start + 32])
    ]
    differing = sum(one.text != other.text for one, other in zip(alone, together, strict=True))
    interval = clopper_pearson(differing, len(requests))
    print(
        f"SmolLM2-135M-Instruct, {loaded.model.dtype}, {torch.get_num_threads()} threads, torch {torch.__version__}\n"
    )
    print("| samples | tokens each, at most | texts that differ between batches of 1 and 32 | share, 95 % interval |")
    print("| --- | --- | --- | --- |")
    share = f"{differing / len(requests):.4f} [{interval.low:.4f}, {interval.high:.4f}]"
    print(f"| {len(requests)} | {NEW_TOKENS} | {differing} | {share} |")


if __name__ == "__main__":
    main()

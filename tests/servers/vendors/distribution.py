"""A model small enough to be known exactly: a table of words with fixed logits at each step, sampled by softmax."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass

# fmt: off
VOCABULARY = (
    "amber", "birch", "cedar", "delta", "ember", "flint", "grove", "heath",
    "inlet", "jetty", "knoll", "larch", "maple", "north", "ocean", "pearl",
    "quill", "river", "stone", "thorn", "umber", "valley", "willow", "yarrow",
    "zephyr", "brook", "cliff", "dune", "fjord", "glade", "harbor", "island",
    "lagoon", "meadow", "orchard", "prairie", "ridge", "summit", "tundra", "vista",
)
# fmt: on
STEPS = 6
_SPREAD = 1.6


@dataclass(frozen=True, slots=True)
class Drawn:
    """A text with the model's own log-probabilities, at temperature 1, of each token and of all others."""

    text: str
    steps: tuple[tuple[str, float, tuple[tuple[str, float], ...]], ...]


def logits(prompt: str, step: int) -> list[float]:
    """Return the logits of every word, fixed by the prompt and the step."""
    chance = random.Random(hashlib.sha256(f"{step} {prompt}".encode()).digest())
    return [chance.gauss(0, _SPREAD) for _ in VOCABULARY]


def probabilities(values: list[float], temperature: float) -> list[float]:
    """Return the softmax at a temperature above 0; at 0 everything is on the most likely word."""
    top = max(values)
    if temperature == 0:
        best = values.index(top)
        return [float(index == best) for index in range(len(values))]
    weights = [math.exp((value - top) / temperature) for value in values]
    total = sum(weights)
    return [weight / total for weight in weights]


def draw(prompt: str, temperature: float, seed: str) -> Drawn:
    """Draw a text of `STEPS` words."""
    chance = random.Random(seed)
    steps: list[tuple[str, float, tuple[tuple[str, float], ...]]] = []
    for step in range(STEPS):
        values = logits(prompt, step)
        index = chance.choices(range(len(VOCABULARY)), probabilities(values, temperature))[0]
        own = [math.log(p) for p in probabilities(values, 1.0)]
        ranked = sorted(zip(VOCABULARY, own, strict=True), key=lambda each: -each[1])
        steps.append((VOCABULARY[index] if step == 0 else " " + VOCABULARY[index], own[index], tuple(ranked)))
    return Drawn("".join(word for word, _, _ in steps), tuple(steps))

"""A model small enough to be known exactly: a table of words with fixed logits at each step, sampled by softmax."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@lru_cache(maxsize=4096)
def logits(prompt: str, step: int) -> tuple[float, ...]:
    """Return the logits of every word, fixed by the prompt and the step."""
    chance = random.Random(hashlib.sha256(f"{step} {prompt}".encode()).digest())
    return tuple(chance.gauss(0, _SPREAD) for _ in VOCABULARY)


def probabilities(values: Sequence[float], temperature: float) -> list[float]:
    """Return the softmax at a temperature above 0; at 0 everything is on the most likely word."""
    top = max(values)
    if temperature == 0:
        best = values.index(top)
        return [float(index == best) for index in range(len(values))]
    weights = [math.exp((value - top) / temperature) for value in values]
    total = sum(weights)
    return [weight / total for weight in weights]


@lru_cache(maxsize=4096)
def _ranked(prompt: str, step: int) -> tuple[tuple[str, float], ...]:
    """Return every token with the model's own log-probability, the most likely first; words come after a space."""
    own = [math.log(p) for p in probabilities(logits(prompt, step), 1.0)]
    space = " " if step else ""
    tokens = ((space + word, value) for word, value in zip(VOCABULARY, own, strict=True))
    return tuple(sorted(tokens, key=lambda each: -each[1]))


def filtered(shares: list[float], top_p: float, top_k: int) -> list[float]:
    """Keep the likeliest words alone: at most `top_k` of them (0 for all), and no more than make up `top_p`."""
    kept: set[int] = set()
    mass = 0.0
    for index in sorted(range(len(shares)), key=lambda each: -shares[each])[: top_k or len(shares)]:
        kept.add(index)
        mass += shares[index]
        if mass >= top_p:
            break
    return [share if index in kept else 0.0 for index, share in enumerate(shares)]


def draw(
    prompt: str, temperature: float, seed: str, *, steps: int = STEPS, top_p: float = 1.0, top_k: int = 0
) -> Drawn:
    """Draw a text of so many words."""
    chance = random.Random(seed)
    made: list[tuple[str, float, tuple[tuple[str, float], ...]]] = []
    for step in range(steps):
        shares = filtered(probabilities(logits(prompt, step), temperature), top_p, top_k)
        token = (" " if step else "") + chance.choices(VOCABULARY, shares)[0]
        ranked = _ranked(prompt, step)
        own = next(value for each, value in ranked if each == token)
        made.append((token, own, ranked))
    return Drawn("".join(token for token, _, _ in made), tuple(made))

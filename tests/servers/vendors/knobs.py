"""Models of the fake vendors that answer from a known distribution, with knobs that act, do nothing or act askew.

Each is a `reply` of `FakeVendors`. What it draws follows from its seed and the request's number, so that requests that
come one after the other meet the same draws every time.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vendors.asked import Reply
from vendors.distribution import Drawn, draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from vendors.asked import Asked

_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens")
_LONG, _SHORT = 24, 12
_QUOTED = re.compile(r'the word "(\w+)"')


def _first(asked: Asked, *names: str) -> Any:
    return next((asked.settings[name] for name in names if name in asked.settings), None)


def _as_asked(temperature: float) -> float:
    return temperature


@dataclass(frozen=True)
class Model:
    """A model whose every knob is known.

    Attributes:
        seed: From which all its draws follow.
        heat: The temperature that is used for the one asked for.
        honours_system: Begins its answers with the word that a system prompt demands.
        wavers: Share of answers at temperature 0 that are drawn at temperature 1 instead.
        honours_seed: Answers to one prompt with one seed are the same.
        filters: top_p and top_k act.
        stops: Stop texts and limits on tokens act.
        served: The model that says it answered; None for the one asked for.
    """

    seed: int = 0
    heat: Callable[[float], float] = _as_asked
    honours_system: bool = True
    wavers: float = 0.0
    honours_seed: bool = True
    filters: bool = True
    stops: bool = True
    served: str | None = None

    def __call__(self, asked: Asked) -> Reply:
        """Answer a request."""
        drawn = self._drawn(asked)
        text, ending, steps = drawn.text, "stop", list(drawn.steps)
        limit = _first(asked, *_LIMITS)
        if self.stops and limit is not None and limit < len(steps):
            steps, ending = steps[:limit], "length"
            text = "".join(token for token, _, _ in steps)
        for stop in self._stop_texts(asked):
            if stop in text:
                text, ending = text[: text.index(stop)], "stop"
        demanded = _QUOTED.search(asked.system or "")
        if demanded and self.honours_system:
            text = f"{demanded[1].capitalize()}! {text}"
        return Reply(text, ending="length" if ending == "length" else "stop", served=self.served, logprobs=tuple(steps))

    def _drawn(self, asked: Asked) -> Drawn:
        chance = random.Random(f"{self.seed} {asked.vendor} {asked.number}")
        temperature = _first(asked, "temperature")
        temperature = self.heat(1.0 if temperature is None else float(temperature))
        if temperature == 0 and chance.random() < self.wavers:
            temperature = 1.0
        seed = _first(asked, "seed") if self.honours_seed else None
        return draw(
            asked.prompt,
            temperature,
            f"{self.seed} {seed}" if seed is not None else str(chance.random()),
            steps=_LONG if asked.prompt.startswith(("List", "Count")) else _SHORT,
            top_p=float(_first(asked, "top_p", "topP") or 1.0) if self.filters else 1.0,
            top_k=int(_first(asked, "top_k", "topK") or 0) if self.filters else 0,
        )

    def _stop_texts(self, asked: Asked) -> list[str]:
        stops = _first(asked, "stop", "stop_sequences", "stopSequences") if self.stops else None
        return [stops] if isinstance(stops, str) else list(stops or ())


def connected(seed: int = 0, **how: Any) -> Model:
    """Return a model that uses the temperature it is asked for."""
    return Model(seed, **how)


def ignored(seed: int = 0, *, at: float = 1.0, **how: Any) -> Model:
    """Return a model that takes any temperature and always uses the same one."""
    return Model(seed, lambda _asked: at, **how)


def distorted(seed: int = 0, *, factor: float = 0.5, **how: Any) -> Model:
    """Return a model that uses the temperature asked for times a factor."""
    return Model(seed, lambda temperature: temperature * factor, **how)

"""The settings that a provider may be asked to apply, what values they take and what they mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from evalkit.errors import ArgumentError, suggestion

if TYPE_CHECKING:
    from evalkit.types import SettingValue


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        kind: `number`, `integer`, `word`, or `strings` (one string or a list of them).
        words: What a `word` may be.
        low: Least value.
        high: Greatest value; None when there is no upper end that holds for every provider.
        low_open: True when `low` itself is not allowed.
        meaning: A sentence for the reference.
    """

    name: str
    kind: Literal["number", "integer", "word", "strings"]
    meaning: str
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    words: tuple[str, ...] = ()


_ALL = (
    Setting(
        "temperature",
        "number",
        "Divides the logits before the softmax; 0 takes the most likely token at every step, which is not a limit.",
        low=0,
    ),
    Setting("top_k", "integer", "Keeps the k most likely tokens; 0 keeps all.", low=0),
    Setting(
        "top_p",
        "number",
        "Keeps the fewest tokens whose probabilities sum to at least p.",
        low=0,
        high=1,
        low_open=True,
    ),
    Setting(
        "min_p", "number", "Keeps tokens at least p times as likely as the most likely one; 0 keeps all.", low=0, high=1
    ),
    Setting("max_tokens", "integer", "Most tokens an answer may have; reaching it makes it `truncated`.", low=1),
    Setting("stop", "strings", "Texts that end an answer where they first appear; they are not part of it."),
    Setting("seed", "integer", "Seeds the draws of a provider that honours seeds.", low=0, high=2**63 - 1),
    Setting(
        "logprobs",
        "integer",
        "Asks for the log-probabilities of the chosen tokens, and of this many most likely ones at each step.",
        low=0,
        high=20,
    ),
    Setting(
        "frequency_penalty",
        "number",
        "Lowers the logit of a token by this much for each time it stands in the answer already.",
        low=-2,
        high=2,
    ),
    Setting(
        "presence_penalty",
        "number",
        "Lowers the logit of a token by this much once it stands in the answer.",
        low=-2,
        high=2,
    ),
    Setting(
        "reasoning_effort",
        "word",
        "How much a model thinks before it answers, in the provider's own grades.",
        words=("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    ),
    Setting(
        "thinking",
        "word",
        "Whether and when a model thinks; `enabled` goes with `thinking_budget`.",
        words=("adaptive", "between_tools", "disabled", "enabled"),
    ),
    Setting("thinking_budget", "integer", "Most tokens that thinking may take; they count toward `max_tokens`.", low=0),
)
SETTINGS: dict[str, Setting] = {setting.name: setting for setting in _ALL}
PROVIDER_DEFAULT = "default"
"""On the axis of a setting: nothing is sent, whatever suite and profile say, so that the provider's own value holds."""


def parse_setting(name: str, value: object) -> SettingValue:
    """Check `value` for the setting `name` and bring it into its one form.

    Returns:
        An int, a float, a word, or for `stop` a tuple of strings.

    Raises:
        ArgumentError: The value has the wrong type or lies outside the range.
    """
    setting = SETTINGS[name]
    if setting.kind == "strings":
        return _strings(name, value)
    if setting.kind == "word":
        return _word(setting, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ArgumentError(f"{name} must be {_article(setting)}, got {value!r}", hint=_range(setting))
    if isinstance(value, float) and not math.isfinite(value):
        raise ArgumentError(f"{name} must be a finite number, got {value}", hint=_range(setting))
    if setting.kind == "integer" and value != int(value):
        raise ArgumentError(f"{name} must be a whole number, got {value}", hint=_range(setting))
    if setting.low is not None and (value < setting.low or (setting.low_open and value == setting.low)):
        bound = f"above {setting.low:g}" if setting.low_open else f"at least {setting.low:g}"
        raise ArgumentError(f"{name} must be {bound}, got {value}", hint=_range(setting))
    if setting.high is not None and value > setting.high:
        raise ArgumentError(f"{name} must be at most {setting.high:g}, got {value}", hint=_range(setting))
    try:
        return int(value) if setting.kind == "integer" else float(value)
    except OverflowError as error:
        raise ArgumentError(f"{name} is too large a number", hint=_range(setting)) from error


def _word(setting: Setting, value: object) -> str:
    if isinstance(value, str) and value in setting.words:
        return value
    raise ArgumentError(
        f"{setting.name} must be one of {', '.join(setting.words)}, got {value!r}",
        hint=suggestion(value, setting.words) if isinstance(value, str) else None,
    )


def _strings(name: str, value: object) -> tuple[str, ...]:
    texts = cast("list[object] | tuple[object, ...]", value) if isinstance(value, list | tuple) else (value,)
    strings = tuple(text for text in texts if isinstance(text, str))
    if len(strings) != len(texts) or not strings:
        raise ArgumentError(f"{name} must be a string or a list of strings, got {value!r}")
    if not all(strings):
        raise ArgumentError(
            f"{name} must not hold an empty string", hint="an empty text would end every answer at once"
        )
    return strings


def _range(setting: Setting) -> str:
    """Say what a setting takes, as a hint."""
    kind = "whole numbers" if setting.kind == "integer" else "numbers"
    if setting.low is None:
        return f"{setting.name} takes {kind}"
    start = f"above {setting.low:g}" if setting.low_open else f"from {setting.low:g}"
    end = "upwards" if setting.high is None else f"to {setting.high:g}"
    return f"{setting.name} takes {kind} {start} {end}"


def _article(setting: Setting) -> str:
    return "a whole number" if setting.kind == "integer" else "a number"

"""What the contract test asks an adapter for: prompts of every shape, and a value for every setting that it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.expand.key import cell_hash, draw_seed, sample_key
from evalkit.expand.messages import digest
from evalkit.settings import SETTINGS
from evalkit.support import knob_of, unsupported_reason
from evalkit.types import Condition, Message, Prompt, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.protocols import Provider
    from evalkit.support import Knob
    from evalkit.types import Profile, SettingValue

SHORTEST_ANSWER = 32
"""Tokens that the samples' answers may have, so that a contract test costs little."""
_SEED = 7
_SYSTEM = Message("system", "Answer in one short sentence.")
_QUESTION = Message("user", "Name a colour.")
_HISTORY = tuple(
    message
    for number in range(12)
    for message in (Message("user", f"What comes after {number}?"), Message("assistant", f"{number + 1}."))
)
_UNICODE = "Grüße, 你好, שלום, مرحبا, e\u0301, 👩🏽\u200d🔬, \u2028 «quoted» and a\ttab: repeat one of these words."
_LONG = "The log keeps every message in the order of its arrival. " * 100

PROMPTS: Mapping[str, tuple[Message, ...]] = {
    "no system prompt": (_QUESTION,),
    "a system prompt": (_SYSTEM, _QUESTION),
    "a system prompt that is restated": (
        _SYSTEM,
        Message("user", "Hello."),
        Message("assistant", "Hello, what can I do?"),
        Message("user", f"{_SYSTEM.content}\n\n{_QUESTION.content}"),
    ),
    "a long history": (_SYSTEM, *_HISTORY, _QUESTION),
    "letters of many scripts": (Message("system", _UNICODE), Message("user", _UNICODE)),
    "a long prompt": (Message("user", f"{_LONG}\n\n{_QUESTION.content}"),),
}
"""Messages by what is special about them; the last is the user's, as in every prompt that evalkit builds."""

_EXAMPLES: Mapping[str, SettingValue] = {
    "temperature": 0.5,
    "top_k": 5,
    "top_p": 0.9,
    "min_p": 0.05,
    "max_tokens": SHORTEST_ANSWER - 8,
    "stop": ("\n\n\n",),
    "seed": _SEED,
    "logprobs": 2,
    "frequency_penalty": 0.5,
    "presence_penalty": 0.5,
    "thinking_budget": 1024,
}


@dataclass(frozen=True, slots=True)
class SampleMaker:
    """Makes samples for one profile, as evalkit's expansion would."""

    profile: Profile

    def __call__(
        self, messages: tuple[Message, ...], settings: Mapping[str, SettingValue], *, position: int, repeat: int = 0
    ) -> Sample:
        """Return the sample of some messages under some settings."""
        prompt = Prompt(messages, digest(messages))
        condition = Condition(tuple(settings.items()))
        case_id = f"case-{prompt.digest[:8]}"
        cell = cell_hash(self.profile, prompt, settings, condition, case_id)
        seed = draw_seed(
            _SEED, case_id, repeat, turn=None, noise="common", provider=self.profile.name, condition=condition
        )
        return Sample(
            key=sample_key(cell, repeat=repeat, turn=None, seed=_SEED),
            position=position,
            provider=self.profile.name,
            condition=condition,
            case_id=case_id,
            repeat=repeat,
            prompt=prompt,
            settings=dict(settings),
            seed=seed,
        )


def plain_settings(provider: Provider) -> dict[str, SettingValue]:
    """Return the profile's own settings, with short answers where the provider can be told so."""
    own = dict(provider.profile.settings)
    short = {**own, "max_tokens": SHORTEST_ANSWER}
    return own if unsupported_reason(provider, short) else short


def settings_to_try(provider: Provider, plain: Mapping[str, SettingValue]) -> dict[str, dict[str, SettingValue]]:
    """Return, for each setting that the provider takes or may take, settings with a value of it.

    A setting that goes with no company that could be found is left out.
    """
    found: dict[str, dict[str, SettingValue]] = {}
    for name in SETTINGS:
        knob = knob_of(provider, name)
        if knob.state in ("applied", "unknown"):
            settings = _in_company(name, knob, plain)
            if unsupported_reason(provider, settings) is None:
                found[name] = settings
    return found


def _in_company(name: str, knob: Knob, plain: Mapping[str, SettingValue]) -> dict[str, SettingValue]:
    """Set one setting, and the others as it needs them."""
    settings = {other: value for other, value in plain.items() if other not in knob.excludes}
    settings[name] = _value(name, knob)
    for other, allowed in knob.needs.items():
        if settings.get(other) in allowed:
            continue
        if None in allowed:
            settings.pop(other, None)
        else:
            settings[other] = next(value for value in allowed if value is not None)
    if name == "thinking_budget":  # what is thought counts toward the answer's length
        settings["max_tokens"] = 2 * int(float(str(settings[name])))
    return settings


def _value(name: str, knob: Knob) -> SettingValue:
    setting = SETTINGS[name]
    if setting.kind == "word":
        words = [word for word in knob.words or setting.words if word != "enabled"]  # which needs a budget
        return words[0] if words else "enabled"
    example = _EXAMPLES[name]
    if not isinstance(example, int | float):
        return example
    if knob.low is not None and example < knob.low:
        example = knob.low
    if knob.high is not None and example > knob.high:
        example = knob.high
    return int(example) if setting.kind == "integer" else float(example)

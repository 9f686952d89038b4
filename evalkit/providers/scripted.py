"""A provider for tests and demonstrations: it answers from a table or a seeded rule, and never from a model.

Profile options (all optional):

- `answers`: case id to a text or a list of texts, which repeats go through in turn; `"*"` stands for any other case.
- `vocabulary` and `words`: where no answer is given, words drawn from a list, as many as a number in the range
  `[least, most]`; at temperature 0 every repeat of a case draws the same.
- `latency_s`: seconds before each answer.
- `faults`: outcome (`error`, `refusal`, `truncated`) to the share of samples that end in it; which ones follows from
  their seeds.

`limits.concurrency` answers are under way at a time (default 8).
"""

from __future__ import annotations

import asyncio
import platform
import random
import time
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from evalkit.errors import ProfileError, suggestion
from evalkit.providers.prices import FREE
from evalkit.providers.rendering import plain_messages
from evalkit.types import Completion, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from evalkit.providers.prices import Price
    from evalkit.support import Support
    from evalkit.types import Message, Outcome, Profile, Sample, Scalar, SettingValue

_OPTIONS = ("answers", "vocabulary", "words", "latency_s", "faults")
_FAULTS: tuple[Outcome, ...] = ("error", "refusal", "truncated")
_APPLIED = ("temperature", "max_tokens", "seed")
_WORDS = "the a log queue broker system keeps sends reads message order partition consumer fast durable simple".split()  # noqa: SIM905 - prose reads better than a list


@dataclass(frozen=True, slots=True)
class _Script:
    """The checked options."""

    answers: Mapping[str, Sequence[str]]
    vocabulary: Sequence[str]
    least_words: int
    most_words: int
    latency_s: float
    faults: Mapping[str, float]


class ScriptedProvider:
    """Answers from a table or a seeded rule.

    Raises:
        ProfileError: An option is unknown or has the wrong form.
    """

    in_flight = 0
    """Nothing here would be paid again."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._script = _read_options(profile.options)
        self._concurrency = max(1, int(profile.limits.get("concurrency", 8)))

    def supports(self, setting: str) -> Support:
        """Temperature, max_tokens and seed act on the rule; nothing else is taken."""
        return setting in _APPLIED

    def price(self) -> Price | None:
        """Cost nothing."""
        return FREE

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Need nothing."""

    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Answer in order, `concurrency` at a time."""
        coming = iter(samples)
        while together := list(islice(coming, self._concurrency)):
            began = time.monotonic()
            if self._script.latency_s:
                await asyncio.sleep(self._script.latency_s)
            latency_s = time.monotonic() - began
            for sample in together:
                yield sample, self._answer(sample, latency_s)

    def render(self, messages: Sequence[Message]) -> str:
        """Write the messages one after the other; there is no template."""
        return plain_messages(messages)

    def environment(self) -> Mapping[str, Scalar]:
        """Name Python's version, whose `random` draws the words."""
        return {"python": platform.python_version()}

    async def aclose(self) -> None:
        """Hold nothing, so give back nothing."""

    def _answer(self, sample: Sample, latency_s: float) -> Completion:
        outcome = self._fault(sample)
        applied: dict[str, SettingValue] = {name: value for name, value in sample.settings.items() if name in _APPLIED}
        if outcome == "error":
            return Completion("error", error="scripted fault", applied=applied, latency_s=latency_s)
        if outcome == "refusal":
            return Completion("refusal", stop_reason="refusal", applied=applied, latency_s=latency_s)
        words = self._text(sample).split(" ")
        asked = sample.settings.get("max_tokens")
        limit = asked if isinstance(asked, int) else len(words)
        if outcome == "truncated":
            limit = min(len(words) // 2, limit)
        cut = len(words) > limit
        text = " ".join(words[:limit] if cut else words)
        return Completion(
            "truncated" if cut else "complete",
            text=text,
            stop_reason="length" if cut else "end",
            applied=applied,
            served_model=self.profile.model,
            usage=Usage(
                input_tokens=sum(len(message.content.split()) for message in sample.prompt.messages),
                output_tokens=len(text.split()),
            ),
            latency_s=latency_s,
            cost_usd=0.0,
        )

    def _fault(self, sample: Sample) -> str | None:
        if not self._script.faults:
            return None
        point = random.Random(f"fault {sample.seed}").random()  # noqa: S311 - a script, not a secret
        for outcome, share in self._script.faults.items():
            if point < share:
                return outcome
            point -= share
        return None

    def _text(self, sample: Sample) -> str:
        answers = self._script.answers.get(sample.case_id) or self._script.answers.get("*")
        if answers:
            return answers[sample.repeat % len(answers)]
        greedy = sample.settings.get("temperature") == 0
        chance = random.Random(sample.case_id if greedy else sample.seed)  # noqa: S311 - as above
        count = chance.randint(self._script.least_words, self._script.most_words)
        return " ".join(chance.choices(self._script.vocabulary, k=count))


def _read_options(options: Mapping[str, Any]) -> _Script:
    for name in options:
        if name not in _OPTIONS:
            raise ProfileError(f"adapter `scripted` has no option `{name}`", hint=suggestion(name, _OPTIONS))
    least, most = _range(options.get("words", [5, 30]))
    latency_s = options.get("latency_s", 0)
    if isinstance(latency_s, bool) or not isinstance(latency_s, int | float) or latency_s < 0:
        raise ProfileError(f"option `latency_s` must be a number of seconds, got {latency_s!r}")
    vocabulary = options.get("vocabulary", _WORDS)
    if not _strings(vocabulary):
        raise ProfileError(f"option `vocabulary` must be a list of words, got {vocabulary!r}")
    return _Script(
        answers=_answers(options.get("answers", {})),
        vocabulary=vocabulary,
        least_words=least,
        most_words=most,
        latency_s=float(latency_s),
        faults=_shares(options.get("faults", {})),
    )


def _strings(value: object) -> bool:
    texts = cast("list[object]", value) if isinstance(value, list) else []
    return bool(texts) and all(isinstance(each, str) for each in texts)


def _answers(value: object) -> Mapping[str, Sequence[str]]:
    if not isinstance(value, dict):
        raise ProfileError(f"option `answers` must map case ids to texts, got {value!r}")
    answers: dict[str, Sequence[str]] = {}
    for case, given in cast("dict[str, object]", value).items():
        texts: object = [given] if isinstance(given, str) else given
        if not _strings(texts):
            raise ProfileError(f"option `answers` must give case `{case}` a text or a list of texts, got {given!r}")
        answers[case] = cast("list[str]", texts)
    return answers


def _range(value: object) -> tuple[int, int]:
    ends = cast("list[object]", value) if isinstance(value, list) else []
    if len(ends) == 2:
        least, most = ends
        if isinstance(least, int) and isinstance(most, int) and 1 <= least <= most:
            return least, most
    raise ProfileError(f"option `words` must be [least, most], both at least 1, got {value!r}")


def _shares(value: object) -> Mapping[str, float]:
    if not isinstance(value, dict):
        raise ProfileError(f"option `faults` must map outcomes to shares, got {value!r}")
    shares = cast("dict[str, object]", value)
    checked: dict[str, float] = {}
    for outcome, share in shares.items():
        if outcome not in _FAULTS:
            raise ProfileError(f"option `faults` knows no outcome `{outcome}`", hint=suggestion(outcome, _FAULTS))
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise ProfileError(f"option `faults` must give `{outcome}` a share from 0 to 1, got {share!r}")
        checked[outcome] = float(share)
    if sum(checked.values()) > 1:
        raise ProfileError(f"option `faults` has shares that sum to {sum(checked.values()):g}, above 1")
    return checked

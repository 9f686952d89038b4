"""The constraint that a text has no emoji."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import quoted
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final

_MOST_SPANS = 50
_ONE = (
    r"(?:\p{Regional_Indicator}{2}"  # a flag
    r"|[0-9#*]\uFE0F?\u20E3"  # a keycap
    r"|\p{Emoji_Modifier_Base}\p{Emoji_Modifier}"
    r"|\p{Emoji_Presentation}(?!\uFE0E)"
    r"|\p{Extended_Pictographic}\uFE0F)"
)
_TAIL = r"[\p{Emoji_Modifier}\uFE0F\U000E0020-\U000E007F]*+"
_EMOJI = rf"{_ONE}{_TAIL}(?:\u200D\p{{Extended_Pictographic}}{_TAIL})*+"


@dataclass(frozen=True, slots=True)
class NoEmoji:
    """Demand that the text has no emoji.

    An emoji, by Unicode's data (UTS #51), is a character that is shown as a picture by default (`🎉`, `✅`, `⭐`), one
    that a variation selector turns into a picture (`❤️`, `✔️`), a flag, or a keycap (`1️⃣`). Digits, `#`, `©`, `™`, `→`,
    `✓`, `★` and text smileys are none. Those in code and quotations count too. A sequence of joined emoji is one.

    In a text that was cut off, an emoji found stays found; none found is undecided. The spans are the first
    emoji.
    """

    name: ClassVar[str] = "no_emoji"
    family: ClassVar[str] = "register"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="Kafka© keeps a log → always.",
        broken="Kafka keeps a log 🎉",
        undecided="Kafka keeps a",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the emoji found in it."""
        if text.isascii():
            return verdict("no emoji", met=True, whole=whole, final=self.final)
        found = _pattern().finditer(text)
        spans = tuple(Span(*match.span()) for match in islice(found, _MOST_SPANS))
        if not spans:
            return verdict("no emoji", met=True, whole=whole, final=self.final)
        count = len(spans) + sum(1 for _ in found)
        settled = spans[0].end < len(text)  # a selector may follow and turn it back into text
        reason = f"{count:,} emoji, the first {quoted(text[spans[0].start : spans[0].end])}"
        return verdict(reason, spans, met=False, whole=whole, final=self.final if settled else "neither")


@cache
def _pattern() -> Any:  # noqa: ANN401 - ships no types
    regex: Any = import_module("regex")
    return regex.compile(_EMOJI)

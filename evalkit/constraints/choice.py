"""The constraint that an answer is one of several options."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import listed, quoted
from evalkit.constraints.validation import check_texts
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final

_LONGEST_EXCESS = 64  # characters beyond the longest option, for white space between words


@dataclass(frozen=True, slots=True)
class Choice:
    """Demand that the whole answer is one of several options, and nothing else.

    Attributes:
        options: The options, at least one.
        ignore_case: True takes `yes` for `Yes`.
        full_stop: True lets one full stop follow.

    White space around the answer does not count, how much of it stands between words does not either, and accents may
    be composed or not. Quotation marks and emphasis count.

    A text that was cut off is broken once no option begins with it; anything else is undecided.
    """

    name: ClassVar[str] = "choice"
    family: ClassVar[str] = "format"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=["Kafka", "RabbitMQ"], met="kafka.", broken="I would take Kafka.", undecided="Kafka"
    )

    options: tuple[str, ...]
    ignore_case: bool = True
    full_stop: bool = True

    def __post_init__(self) -> None:
        check_texts("options", self.options)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by being an option."""
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        span = Span(start, max(start, end))
        ways = {self._plain(option): option for option in self.options}
        longest = max(map(len, ways))
        beginning = text[start : start + 4 * longest + _LONGEST_EXCESS]
        shown = quoted(text[span.start : span.end])
        if span.start == span.end:
            return verdict("empty, so none of the options", met=False, whole=whole, final="neither")
        if len(self._plain(beginning)) > longest + 1 + _LONGEST_EXCESS // 2:
            reason = f"{shown} is longer than any option"
            return verdict(reason, (span,), met=False, whole=whole, final="broken")
        said = self._plain(text[start:end])
        found = ways.get(said)
        if found is None and self.full_stop and said.endswith("."):
            found = ways.get(said[:-1].rstrip())
        if found is not None:
            return verdict(f"{shown} is an option", (span,), met=True, whole=whole, final="neither")
        begun = said.rstrip("".join(mark for mark in set(said) if unicodedata.combining(mark))).rstrip(".").rstrip()
        mendable = any(way.startswith(begun) for way in ways)
        reason = f"{shown} is none of {listed(self.options)}"
        return verdict(reason, (span,), met=False, whole=whole, final="neither" if mendable else "broken")

    def _plain(self, text: str) -> str:
        text = " ".join(unicodedata.normalize("NFD", text).split())
        return unicodedata.normalize("NFD", text.casefold()) if self.ignore_case else text

"""Constraints on how a text begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.casing import fold, spellings
from evalkit.constraints.demands import Wording
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import quoted
from evalkit.constraints.validation import check_text
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Demand that the text begins with `start`.

    Attributes:
        start: The beginning, taken as it stands, not as a pattern.
        ignore_case: True takes `dear` for `Dear`.

    White space before the text and before `start` does not count.

    In a text that was cut off, both verdicts hold as soon as the text is long enough to tell; a text that is itself
    only the beginning of `start` is undecided.
    """

    name: ClassVar[str] = "starts_with"
    family: ClassVar[str] = "position"
    final: ClassVar[Final] = "both"
    examples: ClassVar[Examples] = Examples(
        arguments="In short",
        met="In short: use Kafka.",
        broken="Use Kafka.",
        undecided="In sh",
    )

    start: str
    ignore_case: bool = True

    def __post_init__(self) -> None:
        check_text("start", self.start)

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Wording(self.start, "start", self.ignore_case),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its beginning."""
        skipped = len(text) - len(text.lstrip())
        wanted = self.start.lstrip()
        ways = _spellings(wanted, self.ignore_case)
        longest = max(map(len, ways))  # folding never shortens, so no more characters than these matter
        folded = fold(text[skipped : skipped + longest], ignore_case=self.ignore_case)
        for way in ways:
            place = folded.span(0, len(way)) if folded.text.startswith(way) else None
            if place is not None:
                span = Span(skipped, skipped + place[1])
                return verdict(f"begins with {quoted(self.start)}", (span,), met=True, whole=whole, final=self.final)
        unread = any(len(folded.text) < len(way) and way.startswith(folded.text) for way in ways)
        final: Final = "neither" if unread else self.final
        if skipped == len(text):
            return verdict(f"empty, so does not begin with {quoted(self.start)}", met=False, whole=whole, final=final)
        span = Span(skipped, min(len(text), skipped + len(wanted)))
        reason = f"begins with {quoted(text[span.start : span.end])}, not {quoted(self.start)}"
        return verdict(reason, (span,), met=False, whole=whole, final=final)


@dataclass(frozen=True, slots=True)
class EndsWith:
    """Demand that the text ends with `end`.

    Attributes:
        end: The ending, taken as it stands, not as a pattern.
        ignore_case: True takes `REGARDS` for `regards`.

    White space after the text and after `end` does not count; a full stop does.

    A text that was cut off is always undecided.
    """

    name: ClassVar[str] = "ends_with"
    family: ClassVar[str] = "position"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments="Your architect",
        met="Use Kafka.\nYour architect",
        broken="Use Kafka.",
        undecided="Use Kafka.\nYour architect",
    )

    end: str
    ignore_case: bool = True

    def __post_init__(self) -> None:
        check_text("end", self.end)

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Wording(self.end, "end", self.ignore_case),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its ending."""
        stripped = text.rstrip()
        wanted = self.end.rstrip()
        ways = _spellings(wanted, self.ignore_case)
        cut = max(0, len(stripped) - max(map(len, ways)))  # folding never shortens, so no more characters matter
        folded = fold(stripped[cut:], ignore_case=self.ignore_case)
        length = len(folded.text)
        for way in ways:
            place = folded.span(length - len(way), length) if folded.text.endswith(way) else None
            if place is not None:
                span = Span(cut + place[0], len(stripped))
                return verdict(f"ends with {quoted(self.end)}", (span,), met=True, whole=whole, final=self.final)
        if not stripped:
            reason = f"empty, so does not end with {quoted(self.end)}"
            return verdict(reason, met=False, whole=whole, final=self.final)
        span = Span(max(0, len(stripped) - len(wanted)), len(stripped))
        reason = f"ends with {quoted(text[span.start : span.end])}, not {quoted(self.end)}"
        return verdict(reason, (span,), met=False, whole=whole, final=self.final)


@cache
def _spellings(text: str, ignore_case: bool) -> tuple[str, ...]:  # noqa: FBT001 - a cache's key
    return spellings(text, ignore_case=ignore_case)

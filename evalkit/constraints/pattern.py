"""The constraint that a text matches a regular expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.reasons import quoted
from evalkit.constraints.validation import check_text
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final

_MOST_STEPS = 50_000_000  # instructions times characters; the slowest search takes some 8 nanoseconds for each
_END_ANCHOR = re.compile(r"\\[zbB]|\$|\\.", re.DOTALL)  # `\\.` steps over what a backslash takes away
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Matches:
    r"""Demand that the regular expression `pattern` matches somewhere in the text.

    Attributes:
        pattern: A pattern in RE2's syntax. Anchor it with `^` and `$` to demand the whole text; begin it with `(?i)`
            to ignore case, `(?s)` to let `.` match a line break, `(?m)` to let `^` and `$` match at every line.

    RE2 takes time in proportion to the text, whatever the pattern, and so has no look-around and no back-references;
    `\d`, `\w` and `\b` know ASCII only (`\p{L}` is any letter). Very large patterns are searched for only in the
    beginning of a very long text, which then counts as cut off there. The span is the first match.

    In a text that was cut off, a match holds when it ends before the text does, or when the pattern has none of `$`,
    `\z`, `\b` and `\B`, which depend on what follows; anything else is undecided.
    """

    name: ClassVar[str] = "matches"
    family: ClassVar[str] = "pattern"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=r"\d+ MB/s",
        met="It moves 600 MB/s.",
        broken="It moves a lot.",
        undecided="It moves 600",
    )

    pattern: str

    def __post_init__(self) -> None:
        check_text("pattern", self.pattern)
        _compiled(self.pattern)

    @property
    def met_by_every_text(self) -> bool:
        """Whether the pattern is content with nothing at the beginning of a text, whatever follows."""
        search, _, end_anchored = _compiled(self.pattern)
        return not end_anchored and search("") is not None

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by searching it for the pattern."""
        search, longest, end_anchored = _compiled(self.pattern)
        if len(text) > longest:
            return beginning_judged(self, text, longest)
        try:
            match = search(text)
        except UnicodeEncodeError:  # half a character, which UTF-8 cannot hold
            match = search(_LONE_SURROGATE.sub("\ufffd", text))
        if match is None:
            return verdict(f"no match of {quoted(self.pattern)}", met=False, whole=whole, final=self.final)
        span = Span(*match.span())
        final: Final = "neither" if end_anchored and span.end == len(text) else self.final
        return verdict(f"{quoted(text[span.start : span.end])} matches", (span,), met=True, whole=whole, final=final)


@cache
def _compiled(pattern: str) -> tuple[Any, int, bool]:
    """Return the pattern's search, how long a text it can search in good time, and whether it looks at the end."""
    re2: Any = import_module("re2")  # ships no types
    options = re2.Options()
    options.log_errors = False  # they would go to stderr past us
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        words = error.args[0].decode(errors="replace")
        raise ArgumentError(
            f"`pattern` is not a regular expression that RE2 knows: {_placed(words, pattern)}, got {quoted(pattern)}",
            path=("pattern",),
            hint="RE2's syntax has no look-around and no back-references; see https://github.com/google/re2/wiki/Syntax",
        ) from error
    except UnicodeEncodeError as error:
        raise ArgumentError("`pattern` holds half a character (a lone surrogate)", path=("pattern",)) from error
    end_anchored = any(found in ("$", r"\z", r"\b", r"\B") for found in _END_ANCHOR.findall(pattern))
    return compiled.search, _MOST_STEPS // max(1, compiled.programsize), end_anchored


def _placed(words: str, pattern: str) -> str:
    """Shape RE2's own words, which end in the part at fault: its position is known when it stands only once."""
    fault, _, part = words.partition(": ")
    if not part or part == pattern:
        return fault
    place = f" at character {pattern.index(part) + 1}" if pattern.count(part) == 1 else ""
    return f"{fault}: {quoted(part)}{place}"

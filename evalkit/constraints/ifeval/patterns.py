r"""Searches for keywords as IFEval does, which takes each for a regular expression of Python's.

Python's engine is exact by definition, but a pattern may keep it busy for ever. So it gets only patterns whose matches
are no longer than the pattern itself, where every place of the text costs a bounded number of steps. Repetition without
end goes to RE2, which takes time in proportion to the text, and reads such patterns as Python does as long as pattern
and text are ASCII. Whatever is left is not judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalkit.constraints.reasons import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

_META = re.compile(r"[\\.^$*+?{}\[\]|()]")
_LITERAL = r"[^\\.^$*+?{\[|()]|\{(?!\d*,?\d*\})"
_ATOM = rf"(?:{_LITERAL}|\.|\\[^\w\s]|\\[dwDW]|\[\^?[\w .,:;!'\"/]+\])"
_BOUNDED = re.compile(rf"(?:{_ATOM}\??|\\[sS]\??|[|()^$]|\\[bB])*")
_REPEATING = re.compile(rf"(?:{_ATOM}[?*+]?(?![?*+])|[|()^])*")
_MOST_CHOICES = 3
"""Question marks in a pattern for Python's engine; each may double the steps that a place costs."""
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a keyword cannot be searched for as the reference does."""

    why: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A keyword ready to be searched for.

    Attributes:
        plain: Whether it stands for itself, so that a place once found stays found whatever follows.
        matches: Yields the matches in a text.
        ascii_only: Whether it can be searched for in ASCII alone.
        compiled: The pattern for Python's engine; None when that might not come to an end.
    """

    matches: Any
    plain: bool = False
    ascii_only: bool = False
    compiled: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where a keyword stands in a text.

    Attributes:
        places: Without overlaps, from left to right.
        plain: As for `Pattern`.
    """

    places: Iterator[tuple[int, int]]
    plain: bool


def occurrences(text: str, keyword: str, before: str = "", after: str = "") -> Occurrences | Unreadable:
    """Look for a keyword, whatever its case; `before` and `after` are what the reference puts around it."""
    ready = pattern(keyword, before, after)
    if isinstance(ready, Unreadable):
        return ready
    if ready.ascii_only and not text.isascii():
        return Unreadable(f"{quoted(keyword)} is a pattern that repeats without end, and the text is not ASCII")
    return Occurrences((match.span() for match in ready.matches(text)), ready.plain)


@cache
def pattern(keyword: str, before: str = "", after: str = "", *, ignore_case: bool = True) -> Pattern | Unreadable:
    """Make a keyword ready.

    Args:
        keyword: As published, which is a pattern to the reference whether that was meant or not.
        before: A pattern that the reference puts before it.
        after: One that it puts after it.
        ignore_case: As `re.IGNORECASE`.
    """
    flags = re.IGNORECASE if ignore_case else 0
    source = before + keyword + after
    if _META.search(keyword) is None:
        compiled = re.compile(source, flags)
        return Pattern(compiled.finditer, plain=True, compiled=compiled)
    named = f"IFEval takes {quoted(keyword)} for a regular expression"
    bounded = _BOUNDED.fullmatch(keyword) and keyword.count("?") <= _MOST_CHOICES
    repeating = source.isascii() and _REPEATING.fullmatch(keyword)
    if len(keyword) > _LONGEST or not (bounded or repeating):
        return Unreadable(f"{named} of a kind that may keep Python's engine busy for ever")
    try:
        compiled = re.compile(source, flags)
    except (re.error, RecursionError) as error:
        return Unreadable(f"{named}, which it is not: {error}")
    if bounded:
        return Pattern(compiled.finditer, compiled=compiled)
    if compiled.fullmatch(""):
        return Unreadable(f"{named} that matches the empty text")
    return Pattern(_re2(source, ignore_case=ignore_case).finditer, ascii_only=True)


def _re2(source: str, *, ignore_case: bool) -> Any:  # noqa: ANN401 - ships no types
    re2: Any = import_module("re2")
    options = re2.Options()
    options.log_errors = False  # they would go to stderr past us
    options.case_sensitive = not ignore_case
    return re2.compile(source, options)

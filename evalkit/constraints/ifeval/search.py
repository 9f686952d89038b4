"""Searches for keywords as the published checker does: a keyword is a pattern, whether or not that was meant.

A keyword without special characters goes to Python's `re`, as there: it takes time in proportion to the text. One with
special characters would be a pattern that may hang a run, so it goes to RE2, and only where both are known to agree.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalkit.verdicts import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")
_CLASSES = re.compile(r"\\[a-zA-Z0-9]|\(\?")
_FOLDED_APART = re.compile("[\u0130\u0131\u017f\u1e9e\u212a\u2126\u212b\ud800-\udfff]")
"""Characters that the two engines match differently without regard to case, or that RE2 cannot read."""


class UnsearchableError(Exception):
    """Nobody can say in good time what the published checker would find."""


def found(pattern: str, text: str, *, edges: bool = False) -> Iterator[Span]:
    r"""Yield where a keyword stands, without regard to case and without overlaps.

    Args:
        pattern: The keyword, unescaped.
        text: Where to look.
        edges: Put `\b` on both sides of it.

    Raises:
        UnsearchableError: The keyword is a pattern that Python refuses, or one whose verdict cannot be had safely.
    """
    if is_plain(pattern):
        compiled = _plain(pattern, edges)
        return (Span(*match.span()) for match in compiled.finditer(text))
    searcher = _searcher(pattern, edges)
    if searcher is None:
        raise UnsearchableError(f"`{pattern}` is read as a pattern, and not one that can be searched for safely")
    if _FOLDED_APART.search(text) or (edges and not text.isascii()):
        raise UnsearchableError(f"`{pattern}` is read as a pattern, which is only searched for in plainer texts")
    return (Span(*match.span()) for match in searcher.finditer(text))


def is_plain(pattern: str) -> bool:
    """Tell whether a pattern stands for itself, as it has no special characters."""
    return _SPECIAL.search(pattern) is None


@cache
def _plain(pattern: str, edges: bool) -> re.Pattern[str]:  # noqa: FBT001 - a cache's key
    return re.compile(rf"\b{pattern}\b" if edges else pattern, re.IGNORECASE)


@cache
def _searcher(pattern: str, edges: bool) -> Any:  # noqa: ANN401, FBT001 - RE2 ships no types; a cache's key
    """Return RE2's search for a pattern that means the same to Python; None when there is none."""
    if _CLASSES.search(pattern) or not pattern.isascii():
        return None
    wrapped = rf"\b{pattern}\b" if edges else pattern
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python warns of, it may read otherwise one day
            re.compile(wrapped, re.IGNORECASE)
    except (re.error, RecursionError, FutureWarning, DeprecationWarning):
        return None
    re2: Any = import_module("re2")
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    try:
        return re2.compile(wrapped, options)
    except re2.error:
        return None

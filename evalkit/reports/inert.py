"""Writes texts of others into Markdown that a forge shows, so that they stay text.

GitHub and GitLab do more than Markdown does: `@name` tells a person, `#123` links an issue, an address becomes a link,
`:tada:` a picture, `$x$` a formula. None of that may come from a model's words, a case's id or a server's error.
"""

from __future__ import annotations

import itertools
import re

from evalkit.excerpt import on_one_line

BREAK = "\u200b"
"""Shows nothing, and parts what a forge would otherwise read as one."""

# Everything in ASCII that starts something in Markdown, HTML or a forge's own language, but underscores inside a word.
_MARKUP = re.compile(r"[\\`*<>|&~\[\]{}!#@$^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_JOINED = re.compile(
    r"""
    (?<=[@#!$%&~:])(?=\S)                         # a person, an issue, a label, a picture; an address after its colon
    | (?<=www)(?=\.) | (?<=\S)(?=@)               # an address without a scheme, and one of a person
    | (?<=\bgh)(?=-)                              # GH-123, which is an issue
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COMMIT = re.compile(r"[0-9a-f]{6}(?=[0-9a-f])", re.IGNORECASE)
"""What is long enough for the name of a commit has seven of these at least."""


def inert(text: str, columns: int) -> str:
    """Write a text on one line of at most so many columns, that nothing takes for markup, a link or a person.

    It must not stand at the start of a line.

    >>> inert("full_adherence <b>", 40)
    'full_adherence &#60;b&#62;'
    """
    line = _COMMIT.sub(rf"\g<0>{BREAK}", on_one_line(text, columns))
    places = [0, *(found.start() for found in _JOINED.finditer(line)), len(line)]
    parted = BREAK.join(line[start:end] for start, end in itertools.pairwise(places))
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", parted)

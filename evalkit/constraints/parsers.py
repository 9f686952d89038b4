"""Tells whether code parses, for the languages that there is a parser for. Nothing is ever executed."""

from __future__ import annotations

import ast
import sys
import tomllib
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.constraints.structure import ValidJson
from evalkit.constraints.xml_text import read_xml
from evalkit.constraints.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

_ALIASES = {"py": "python", "python3": "python", "yml": "yaml", "svg": "xml", "xsd": "xml", "xslt": "xml"}

_MOST_DOTS = 500  # in a line of TOML; its reader looks at every beginning of a dotted key


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser says of a document.

    Attributes:
        reason: Why, in words.
        value: Whether it parses; None when that cannot be known.
    """

    reason: str
    value: bool | None


def language_of(name: str) -> str:
    """Return a language's usual name for what an author may write: `py` is `python`."""
    folded = name.casefold()
    return _ALIASES.get(folded, folded)


def parsed(code: str, language: str) -> Parsed:
    """Parse `code`.

    Args:
        code: What stands in a code block.
        language: As `language_of` returns it.
    """
    parser = _PARSERS.get(language)
    if parser is None:
        return Parsed(f"there is no parser for `{language}`" if language else "the block names no language", value=None)
    try:
        return parser(code)
    except (RecursionError, MemoryError):
        return Parsed("nested more deeply than the parser can follow", value=None)


def _python(code: str) -> Parsed:
    named = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes and comparisons that parse all the same
            ast.parse(code)
    except SyntaxError as error:
        if any(limit in str(error.msg) for limit in ("too many nested", "too many levels", "too complex")):
            return Parsed("nested more deeply than the parser can follow", value=None)
        return Parsed(f"not {named} in line {error.lineno or 1}", value=False)
    except (ValueError, UnicodeError):  # a NUL, half a character
        return Parsed(f"holds a character that {named} cannot hold", value=False)
    return Parsed(f"parses as {named}", value=True)


def _json(code: str) -> Parsed:
    score = ValidJson().score(code, whole=True)
    return Parsed(score.reason, value=None if score.value is None else score.value == 1)


def _toml(code: str) -> Parsed:
    if any(line.count(".") > _MOST_DOTS for line in code.splitlines()):
        return Parsed("a key of more parts than can be read in good time", value=None)
    try:
        tomllib.loads(code)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        return Parsed(f"not TOML: {message[0].lower()}{message[1:]}", value=False)
    except ValueError:  # a number of more digits than Python reads, a date that there is not
        return Parsed("holds a number or date that cannot be read", value=None)
    return Parsed("parses as TOML", value=True)


def _xml(code: str) -> Parsed:
    read = read_xml(code.strip(), whole=True)
    return Parsed(read.reason, value=read.value)


def _yaml(code: str) -> Parsed:
    read = read_yaml(code)
    return Parsed(read.reason, value=read.value)


_PARSERS: dict[str, Callable[[str], Parsed]] = {
    "python": _python,
    "json": _json,
    "toml": _toml,
    "xml": _xml,
    "yaml": _yaml,
}

"""Templates of prompts, systems and replies: Jinja2 in its sandbox, with limits on what a template may take."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.errors import SuiteError, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template

    from evalkit.sandbox import Sandbox
    from evalkit.types import AxisValue

_ALLOWED = "templates may use variables, filters and loops only"
_MARKS = ("{{", "{%", "{#")
_MARK = re.compile(r"\{[{%#]|\r")


def is_template(text: str) -> bool:
    """Tell whether rendering could change `text`."""
    return any(mark in text for mark in _MARKS)


def verbatim(text: str) -> str:
    """Return a template that renders as `text`, whatever stands in it.

    >>> verbatim("Fill in {{name}}")
    'Fill in {{ "{{" }}name}}'
    """
    if not is_template(text):
        return text
    # A carriage return, too: Jinja2 makes every line break in a template a line feed.
    return _MARK.sub(lambda mark: '{{ "' + mark[0].replace("\r", "\\r") + '" }}', text)


def render(text: str, variables: Mapping[str, AxisValue]) -> str:
    """Render a template.

    Raises:
        SuiteError: The template is malformed, uses a variable that is not there, reaches outside its sandbox, or grows
            beyond four million characters. The error has no location; who knows where the template stands adds it.
    """
    if not is_template(text):
        return text
    from jinja2 import TemplateError, UndefinedError  # noqa: PLC0415 - jinja2 is only needed where templates are
    from jinja2.exceptions import SecurityError  # noqa: PLC0415 - the same

    from evalkit.sandbox import MAX_CHARACTERS, start_counting  # noqa: PLC0415 - the same

    start_counting()
    pieces: list[str] = []
    size = 0
    try:
        for piece in _compiled(text).generate(variables):
            size += len(piece)
            if size > MAX_CHARACTERS:
                raise SuiteError(f"template grows beyond {MAX_CHARACTERS:,} characters", hint="repeat less in it")
            piece.encode()  # half a surrogate pair is no text that could be sent or kept
            pieces.append(piece)
    except SecurityError as error:
        problem = str(error).rstrip(".")
        raise SuiteError(f"template reaches outside its sandbox: {problem}", hint=_ALLOWED) from error
    except UndefinedError as error:
        raise _undefined(text, variables, error) from error
    except (MemoryError, RecursionError) as error:
        raise SuiteError("template takes more memory than a prompt may", hint="repeat less in it") from error
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        problem = str(error).rstrip(".")
        raise SuiteError(f"template cannot be rendered: {problem}", hint="see what its variables hold") from error
    return "".join(pieces)


def _undefined(text: str, variables: Mapping[str, AxisValue], error: Exception) -> SuiteError:
    """Say which variable is missing, or what a variable lacks."""
    missing = sorted(variables_of(text) - set(variables))
    if not missing:
        return SuiteError(f"template cannot be rendered: {error}", hint="see what its variables hold")
    known = suggestion(missing[0], variables) or "give it under `variables`, or as an axis"
    return SuiteError(f"template uses `{missing[0]}`, which is no variable here", hint=known)


@lru_cache(maxsize=4096)
def variables_of(text: str) -> frozenset[str]:
    """Return the variables that a template uses and does not set itself.

    Raises:
        SuiteError: The template is malformed.
    """
    if not is_template(text):
        return frozenset()
    from jinja2 import meta  # noqa: PLC0415 - as above

    _compiled(text)  # for its error
    return frozenset(meta.find_undeclared_variables(_environment().parse(text)))


@lru_cache(maxsize=4096)
def _compiled(text: str) -> Template:
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415 - as above

    try:
        return _environment().from_string(text)
    except TemplateSyntaxError as error:
        problem = str(error.message).rstrip(".")
        raise SuiteError(
            f"template is malformed in its line {error.lineno}: {problem}", hint=_syntax_hint(problem)
        ) from error
    except (SyntaxError, RecursionError, MemoryError, OverflowError) as error:
        raise SuiteError("template is nested too deep", hint="write it with fewer brackets and blocks") from error


def _syntax_hint(problem: str) -> str:
    unknown = re.match(r"No (filter|test) named '(\w+)'", problem)
    if unknown is not None:
        known = set(_environment().filters if unknown[1] == "filter" else _environment().tests) - {"counted"}
        return suggestion(unknown[2], known) or _ALLOWED
    if "not allowed" in problem or "unknown tag" in problem:
        return _ALLOWED
    return "to send such brackets as they are, put the text between {% raw %} and {% endraw %}"


@lru_cache(maxsize=1)
def _environment() -> Sandbox:
    from evalkit.sandbox import Sandbox  # noqa: PLC0415 - jinja2 is only needed where templates are

    return Sandbox()

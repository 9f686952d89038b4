"""Templates of prompts, systems and replies: Jinja2 in its sandbox, with limits on what a template may take."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from evalkit.errors import SuiteError, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from evalkit.types import AxisValue

MAX_RENDERED_CHARACTERS = 4 * 1024 * 1024
_MAX_RANGE = 10_000
_MAX_REPEATED = 100_000
_MARKS = ("{{", "{%", "{#")


def is_template(text: str) -> bool:
    """Tell whether rendering could change `text`."""
    return any(mark in text for mark in _MARKS)


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

    pieces: list[str] = []
    size = 0
    try:
        for piece in _compiled(text).generate(variables):
            size += len(piece)
            if size > MAX_RENDERED_CHARACTERS:
                raise SuiteError(
                    f"template grows beyond {MAX_RENDERED_CHARACTERS:,} characters", hint="repeat less in it"
                )
            pieces.append(piece)
    except SecurityError as error:
        raise SuiteError(
            f"template reaches outside its sandbox: {str(error).rstrip('.')}",
            hint="templates may use variables, filters and loops only",
        ) from error
    except UndefinedError as error:
        missing = sorted(variables_of(text) - set(variables))
        if not missing:
            raise SuiteError(f"template cannot be rendered: {error}") from error
        raise SuiteError(
            f"template uses `{missing[0]}`, which is no variable here", hint=suggestion(missing[0], variables)
        ) from error
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise SuiteError(f"template cannot be rendered: {error}") from error
    except (MemoryError, OverflowError, RecursionError) as error:
        raise SuiteError("template takes more memory than a prompt may") from error
    return "".join(pieces)


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
        raise SuiteError(f"template is malformed in its line {error.lineno}: {error.message}") from error


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import StrictUndefined  # noqa: PLC0415 - as above
    from jinja2.exceptions import SecurityError  # noqa: PLC0415 - as above
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    class Sandbox(ImmutableSandboxedEnvironment):
        """Jinja2's sandbox, which guards attributes but not sizes, with limits on the operators that multiply."""

        intercepted_binops = frozenset({"*", "**", "%"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - any value
            """Refuse powers, wide formats and long repetitions."""
            if operator == "**":
                raise SecurityError("powers are not allowed")
            if operator == "%" and isinstance(left, str):
                raise SecurityError("formatting with % is not allowed")
            if operator == "*":
                for text, times in ((left, right), (right, left)):
                    if isinstance(text, str | list | tuple) and isinstance(times, int) and times > 0:  # pyright: ignore[reportUnknownArgumentType] - only the length is used
                        size: int = len(text)  # pyright: ignore[reportUnknownArgumentType] - as above
                        if size * times > _MAX_REPEATED:
                            raise SecurityError(f"a repetition of {size * times:,} is not allowed")
            return super().call_binop(context, operator, left, right)

    environment = Sandbox(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    allowed: dict[str, Any] = {"range": _short_range}
    environment.globals.clear()
    environment.globals.update(allowed)
    for wide in ("center", "format", "indent", "wordwrap", "pprint", "tojson", "xmlattr", "urlize"):
        environment.filters.pop(wide, None)
    return environment


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _MAX_RANGE:
        from jinja2.exceptions import SecurityError  # noqa: PLC0415 - as above

        raise SecurityError(f"a range of {len(numbers):,} is not allowed")
    return numbers

"""The sandbox that templates run in: Jinja2's own guards what they reach, this one also what they take.

Jinja2 keeps a template away from Python's internals, but lets it build a text of any size and loop for ever. What is
allowed here is listed by name, so that nothing has to be thought of to be refused.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateRuntimeError, TemplateSyntaxError
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_CHARACTERS = 4 * 1024 * 1024
MAX_LOOP_STEPS = 100_000
_MAX_RANGE = 10_000
_MAX_REPEATED = 100_000
_MAX_BITS = 1024
_MAX_DIGITS = 15
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        {"capitalize", "casefold", "count", "endswith", "find", "index", "isalpha", "isdigit", "islower", "isnumeric"}
        | {"isspace", "istitle", "isupper", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "rfind"}
        | {"rindex", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase"}
        | {"title", "upper"}
    ),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
}
_FILTERS = (
    *("abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "int", "items", "last", "length"),
    *("list", "lower", "map", "max", "min", "reject", "reverse", "select", "sort", "title", "trim", "truncate"),
    *("unique", "upper", "wordcount"),
)
_REFUSED = {
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.AssignBlock: "endset",
    nodes.Block: "block",
    nodes.Extends: "extends",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "from",
    nodes.ScopedEvalContextModifier: "autoescape",
}
_steps_left: ContextVar[int] = ContextVar("steps_left", default=MAX_LOOP_STEPS)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox with limits on sizes and loops, and only the filters and methods that keep to them."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True, finalize=_printable)
        self.globals.clear()
        allowed: dict[str, Any] = {"range": _short_range}
        self.globals.update(allowed)
        own: dict[str, Any] = {
            "counted": _counted,
            "join": _join,
            "replace": _replace,
            "round": _round,
            "string": _text,
        }
        self.filters = {**{name: FILTERS[name] for name in _FILTERS}, **own}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ANN401 - any value
        """Allow the listed methods, and what a loop knows of itself."""
        allowed = _METHODS.get(cast("type[object]", type(obj)))
        if allowed is not None:
            return attr in allowed
        return isinstance(obj, LoopContext) and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:  # noqa: ANN401 - any value
        """Leave `format` to the list of methods: Jinja2's own guards what it reaches, not how wide it writes."""

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - any value
        """Refuse powers, wide formats, long repetitions and endless sums."""
        if operator == "**":
            raise SecurityError("powers are not allowed")
        if operator == "%" and isinstance(left, str):
            raise SecurityError("formatting with % is not allowed")
        if operator == "+" and _is_sized(left) and _is_sized(right):
            _check_size(len(left) + len(right))
        if operator == "*":
            _check_product(left, right)
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Refuse the tags that can call themselves or collect text, and count the steps of loops."""
        tree = super()._parse(source, name, filename)
        for refused in tree.find_all(tuple(_REFUSED)):
            raise TemplateSyntaxError(f"the tag `{_REFUSED[type(refused)]}` is not allowed", refused.lineno)
        for loop in list(tree.find_all(nodes.For)):
            if loop.recursive:
                raise TemplateSyntaxError("a recursive loop is not allowed", loop.lineno)
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        for concat in list(tree.find_all(nodes.Concat)):
            pieces = nodes.List(concat.nodes, lineno=concat.lineno)
            concat.nodes = [nodes.Filter(pieces, "join", [], [], None, None, lineno=concat.lineno)]
        tree.set_environment(self)
        return tree


def start_counting() -> None:
    """Give the next rendering its full number of loop steps."""
    _steps_left.set(MAX_LOOP_STEPS)


def _is_sized(value: object) -> bool:
    return isinstance(value, str | list | tuple)


def _check_size(size: int) -> None:
    if size > MAX_CHARACTERS:
        raise SecurityError(f"a text or list of {size:,} is not allowed")


def _check_product(left: Any, right: Any) -> None:  # noqa: ANN401 - any value
    for repeated, times in ((left, right), (right, left)):
        if _is_sized(repeated) and isinstance(times, int) and times > 0 and len(repeated) * times > _MAX_REPEATED:
            raise SecurityError(f"a repetition of {len(repeated) * times:,} is not allowed")
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _MAX_BITS:
        raise SecurityError("a number of more than 300 digits is not allowed")


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    # A range of more than sys.maxsize numbers has no len().
    if numbers and abs(numbers[-1] - numbers[0]) // abs(numbers.step) >= _MAX_RANGE:
        raise SecurityError(f"a range of more than {_MAX_RANGE:,} numbers is not allowed")
    return numbers


def _counted(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        left = _steps_left.get()
        if left <= 0:
            raise SecurityError(f"more than {MAX_LOOP_STEPS:,} steps of loops are not allowed")
        _steps_left.set(left - 1)
        yield value


def _printable(value: Any) -> Any:  # noqa: ANN401 - any value
    """Pass on single values; a list may be longer printed than it is in memory, and a function has an address."""
    if value is None or isinstance(value, str | int | float | Undefined):
        return value
    kind = "function" if callable(value) else "list" if isinstance(value, list | tuple) else type(value).__name__
    raise TemplateRuntimeError(f"a {kind} cannot be printed")


def _text(value: Any) -> str:  # noqa: ANN401 - any value
    return str(_printable(value))


def _join(values: Iterable[Any], separator: str = "") -> str:
    pieces: list[str] = []
    size = 0
    for value in values:
        pieces.append(_text(value))
        size += len(pieces[-1]) + len(separator)
        _check_size(size)
    return separator.join(pieces)


def _replace(text: Any, old: str, new: str, count: int = -1) -> str:  # noqa: ANN401 - any value
    whole = _text(text)
    times = whole.count(old) if count < 0 else min(count, whole.count(old))
    _check_size(len(whole) + times * (len(new) - len(old)))
    return whole.replace(old, new, count)


def _round(value: float, digits: int = 0) -> float:
    if not 0 <= digits <= _MAX_DIGITS:
        raise TemplateRuntimeError(f"round takes from 0 to {_MAX_DIGITS} digits, got {digits}")
    return round(float(value), digits)

"""Expressions of GitHub Actions, as far as workflows of this repository use them.

Written from docs.github.com, "Evaluate expressions in workflows and actions": literals, contexts, `!`, `==`, `!=`,
`&&`, `||`, brackets and functions. Texts are compared without regard to case; what is not there is null, which is
written as nothing; a value counts as true unless it is false, 0, empty or null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Callable

Value: TypeAlias = str | bool | float | None

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(\|\||&&|==|!=|!|\(|\)|,)|([A-Za-z_][\w.-]*)|(\d+(?:\.\d+)?))")
_IN_TEXT = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = ("success", "failure", "always", "cancelled")


@dataclass(slots=True)
class Expressions:
    """Evaluates expressions.

    Attributes:
        contexts: Values by their names, nested.
        functions: Functions by their names.
    """

    contexts: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Value]]

    def fill(self, text: object) -> str:
        """Put the values of all expressions into a text."""
        return _IN_TEXT.sub(lambda found: written(self.value(found[1])), written_yaml(text))

    def value(self, expression: str) -> Value:
        """Return what an expression comes to."""
        tokens: list[str] = []
        rest = expression.strip()
        while rest:
            found = _TOKEN.match(rest)
            assert found is not None, f"this is no expression: {expression}"
            tokens.append(found[0].strip())
            rest = rest[found.end() :].lstrip()
        reader = _Reader(tokens, self)
        value = reader.either()
        assert not reader.tokens, f"this is more than an expression: {expression}"
        return value

    def holds(self, condition: object) -> bool:
        """Tell whether an `if` holds; without a function of status, all before must have succeeded."""
        text = written_yaml(condition).strip()
        if text.startswith("${{") and text.endswith("}}"):
            text = text[3:-2]
        if not any(re.search(rf"\b{name}\(\)", text) for name in STATUS):
            text = f"success() && ({text})"
        return truth(self.value(text))

    def named(self, name: str) -> Value:
        """Look up `a.b.c`; null where there is no such thing."""
        value: Any = self.contexts
        for part in name.split("."):
            value = cast("Mapping[str, Any]", value).get(part) if isinstance(value, Mapping) else None
        return cast("Value", value)


@dataclass(slots=True)
class _Reader:
    tokens: list[str]
    owner: Expressions

    def taken(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            del self.tokens[0]
            return True
        return False

    def either(self) -> Value:
        value = self.both()
        while self.taken("||"):
            other = self.both()
            value = value if truth(value) else other
        return value

    def both(self) -> Value:
        value = self.compared()
        while self.taken("&&"):
            other = self.compared()
            value = other if truth(value) else value
        return value

    def compared(self) -> Value:
        value = self.single()
        while self.tokens and self.tokens[0] in ("==", "!="):
            equal = self.tokens.pop(0) == "=="
            value = _same(value, self.single()) is equal
        return value

    def single(self) -> Value:
        if self.taken("!"):
            return not truth(self.single())
        if self.taken("("):
            value = self.either()
            assert self.taken(")")
            return value
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if self.taken("("):
            return self.called(token)
        literals: dict[str, Value] = {"true": True, "false": False, "null": None}
        if token in literals:
            return literals[token]
        return float(token) if token[0].isdigit() else self.owner.named(token)

    def called(self, name: str) -> Value:
        arguments: list[Value] = []
        while not self.taken(")"):
            arguments.append(self.either())
            self.taken(",")
        return self.owner.functions[name](*arguments)


def truth(value: Value) -> bool:
    """Tell whether a value counts as true."""
    return value not in (None, False, 0, "")


def written(value: Value) -> str:
    """Write a value into a text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def written_yaml(value: object) -> str:
    """Write what YAML read as the text that stood there."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    if one is None or other is None:
        return (one or "") == (other or "")
    return one == other

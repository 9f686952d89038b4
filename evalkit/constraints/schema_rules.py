"""Makes validators by JSON Schema that take no more than linear time for a keyword, and fetch nothing.

jsonschema searches with Python's `re`, which a pattern can keep busy for ever, compares every element with every other
to see that they are unique, and goes through additional properties in an order that changes from run to run. The
keywords that do so are replaced.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalkit.constraints.json_text import is_array, is_object, pointer_of
from evalkit.constraints.json_values import canonical
from evalkit.constraints.reasons import quoted
from evalkit.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DEEPEST_SCHEMA = 200
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def _check_references(schema: Any, *, depth: int = 0) -> None:  # noqa: ANN401 - any JSON
    """Refuse what would have to be fetched, and what cannot be held to RE2.

    Raises:
        ArgumentError: A reference leaves the schema, or it is nested too deep.
    """
    if depth > _DEEPEST_SCHEMA:
        raise ArgumentError(f"`schema` is nested more than {_DEEPEST_SCHEMA} deep", path=("schema",))
    if is_object(schema):
        if "unevaluatedProperties" in schema and "patternProperties" in schema:
            raise ArgumentError(
                "`unevaluatedProperties` beside `patternProperties` in `schema` cannot be judged", path=("schema",)
            )
        for key, value in schema.items():
            if key in ("$ref", "$dynamicRef", "$recursiveRef") and isinstance(value, str) and not value.startswith("#"):
                raise ArgumentError(
                    f"a `{key}` in `schema` must point into the schema itself, got {value!r}",
                    path=("schema",),
                    hint="put what it refers to under `$defs`, and refer to it as `#/$defs/NAME`",
                )
            _check_references(value, depth=depth + 1)
    elif is_array(schema):
        for value in schema:
            _check_references(value, depth=depth + 1)


def validator_of(schema: dict[str, Any]) -> Any:  # noqa: ANN401 - made by jsonschema
    """Return what validates by a schema.

    Raises:
        ArgumentError: It is no schema, or one that cannot be held to.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    _check_references(schema)
    draft = schema.get("$schema")
    find: Any = validator_for  # its default may be any value, which its types do not say
    base = Draft202012Validator if draft is None else find({"$schema": draft}, default=None)
    if base is None:
        raise ArgumentError(f"`schema` names a `$schema` that is not known, got {draft!r}", path=("schema",))
    try:
        base.check_schema(schema)
    except SchemaError as error:
        place = pointer_of(tuple(error.absolute_path))
        raise ArgumentError(
            f"`schema` is no JSON Schema: {error.message[:200]}{f' at {place}' if place else ''}", path=("schema",)
        ) from error
    for pattern in _patterns(schema):
        searcher(pattern)
    referencing: Any = import_module("referencing")  # some of its types are not known
    registry = referencing.Registry()  # empty, so that nothing is fetched
    validator = _guarded(base)(schema, registry=registry)
    _try(validator)
    return validator


def _try(validator: Any) -> None:  # noqa: ANN401 - made by jsonschema
    """Follow every reference once."""
    from referencing.exceptions import Unresolvable  # noqa: PLC0415 - slow to import, and only constraints on JSON Schemas need it

    def references(schema: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
        if is_object(schema):
            if isinstance(schema.get("$ref"), str):
                yield schema["$ref"]
            for value in schema.values():
                yield from references(value)
        elif is_array(schema):
            for value in schema:
                yield from references(value)

    for reference in references(validator.schema):
        try:
            list(validator.evolve(schema={"$ref": reference}, _resolver=validator._resolver).iter_errors(None))  # noqa: SLF001
        except Unresolvable as error:
            raise ArgumentError(f"`schema` has no {reference!r} to refer to", path=("schema",)) from error
        except RecursionError as error:
            raise ArgumentError(f"{reference!r} in `schema` refers to itself alone", path=("schema",)) from error


def _patterns(schema: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield every pattern of a schema, and what may only look like one."""
    if is_object(schema):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        if isinstance(schema.get("patternProperties"), dict):
            yield from schema["patternProperties"]
        for value in schema.values():
            yield from _patterns(value)
    elif is_array(schema):
        for value in schema:
            yield from _patterns(value)


@cache
def searcher(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a pattern of a schema is found in a text.

    Raises:
        ArgumentError: RE2 does not know the pattern.
    """
    re2: Any = import_module("re2")  # ships no types
    options = re2.Options()
    options.log_errors = False  # they would go to stderr past us
    try:
        compiled = re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise ArgumentError(
            f"a pattern in `schema` is none that RE2 knows, got {quoted(pattern)}",
            path=("schema",),
            hint="RE2's syntax has no look-around and no back-references; see https://github.com/google/re2/wiki/Syntax",
        ) from error
    return lambda text: compiled.search(_LONE_SURROGATE.sub("\ufffd", text)) is not None


@cache
def _guarded(base: Any) -> Any:  # noqa: ANN401 - made by jsonschema
    """Return a draft's validator with the keywords replaced that search, and that compare each with each."""
    from jsonschema import validators

    library: Any = validators  # carries no types
    return library.extend(
        base,
        {
            "pattern": _pattern,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
            "uniqueItems": _unique_items,
        },
    )


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ANN401, ARG001 - jsonschema's
    if validator.is_type(instance, "string") and not searcher(pattern)(instance):
        yield _error(f"does not match {pattern}")


def _pattern_properties(validator: Any, patterns: dict[str, Any], instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ANN401, ARG001 - jsonschema's
    if validator.is_type(instance, "object"):
        for pattern, inner in patterns.items():
            search = searcher(pattern)
            for key, value in instance.items():
                if search(key):
                    yield from validator.descend(value, inner, path=key, schema_path=pattern)


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ANN401 - jsonschema's
    if not validator.is_type(instance, "object"):
        return
    searches = [searcher(pattern) for pattern in schema.get("patternProperties", {})]
    named = schema.get("properties", {})
    extras = [key for key in instance if key not in named and not any(search(key) for search in searches)]
    if isinstance(allowed, dict):
        for key in extras:
            yield from validator.descend(instance[key], allowed, path=key)
    elif allowed is False and extras:
        error = _error("additional property")
        error.path.append(extras[0])
        yield error


def _unique_items(validator: Any, unique: Any, instance: Any, schema: Any) -> Iterator[Any]:  # noqa: ANN401, ARG001 - jsonschema's
    if unique and validator.is_type(instance, "array"):
        forms = [canonical(element) for element in instance]
        if len(set(forms)) < len(forms):
            yield _error("elements repeated")


def _error(message: str) -> Any:  # noqa: ANN401 - as jsonschema takes it
    from jsonschema.exceptions import ValidationError

    return ValidationError(message)

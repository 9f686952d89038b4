"""Builds constraints and measures from what YAML says of them, and describes to an editor what it may say.

A thing is written as a bare name (`valid_json`) or as one name with its arguments: `max_words: 60` gives the first
argument alone, `contains_all: {keywords: [Kafka], whole_words: true}` gives them by name. A field whose name would be
a word of Python's ends with an underscore, which YAML leaves out: `if_` is written `if`.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import reprlib
import sys
import types
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeGuard, Union, get_args, get_origin, get_type_hints

from evalkit import protocols
from evalkit.errors import ArgumentError, UsageError, suggestion
from evalkit.protocols import Constraint, Resolvable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic import TypeAdapter, ValidationError

    from evalkit.registry import Registry
    from evalkit.types import Json

_DEEPEST = 20
_LONGEST_VALUE = 60
_SHORTENER = reprlib.Repr()
_SHORTENER.maxstring = _SHORTENER.maxother = _SHORTENER.maxlong = _LONGEST_VALUE
_SHORTENER.maxlevel = 3

Nesting: TypeAlias = Literal["none", "one", "several", "records"]
_Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a constraint or measure.

    Attributes:
        name: What YAML calls it.
        field: What its class calls it, when that is not the same.
        annotation: Its type; never a string.
        nesting: Whether it is made of constraints itself: of one, of several, or of several records that hold one
            besides other arguments, each a dataclass of its own.
        default: Meaningless where `required`.
        description: What its class says under `Attributes:`; empty when it says nothing.
    """

    name: str
    field: str
    annotation: Any
    nesting: Nesting
    required: bool
    default: Any
    description: str


def construct(registry: Registry, spec: Json, *, beside: Path | None) -> Any:  # noqa: ANN401 - each caller knows its kind
    """Build the constraint or measure that `spec` writes.

    Args:
        registry: Where names are looked up, for nested constraints too.
        spec: Plain data: a name, or a mapping of one name to its argument or arguments.
        beside: Folder in which `./file.py:Class` is looked for; None refuses files.

    Raises:
        ArgumentError: The name is unknown, or an argument is unknown, missing or wrong; `path` leads from `spec` to
            what is at fault.
    """
    return _build(_Builder(registry, beside), spec, (), depth=1)


def arguments_of(cls: type) -> tuple[Argument, ...]:
    """Return the arguments of a constraint's or measure's class, in the order of its fields.

    Raises:
        UsageError: It is not a dataclass, or the type of a field cannot be found.
    """
    return _arguments_of(cls)


def summary_of(cls: type) -> str:
    """Return the first line of the class's docstring; empty without one."""
    return (inspect.getdoc(cls) or "").partition("\n")[0]


def argument_schema(registry: Registry) -> dict[str, Json]:
    """Return what may stand for one thing of `registry` in YAML, as a fragment of JSON Schema (draft 2020-12).

    Nested constraints refer to `#/$defs/constraint`, which the whole schema must define.
    """
    choices: list[Json] = []
    for name in registry.names():
        cls = registry.get(name)
        arguments = arguments_of(cls)
        summary = summary_of(cls)
        if not any(argument.required for argument in arguments):
            choices.append({"const": name, "description": summary})
        choices.append(
            {
                "type": "object",
                "description": summary,
                "properties": {name: {"description": summary, **_arguments_schema(arguments)}},
                "required": [name],
                "additionalProperties": False,
            }
        )
    from_file = r"^\./.+\.py:.+$"
    choices.append({"type": "string", "pattern": from_file, "description": f"A {registry.kind} of your own."})
    choices.append(
        {
            "type": "object",
            "description": f"A {registry.kind} of your own.",
            "patternProperties": {from_file: True},
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        }
    )
    return {"anyOf": choices}


@dataclass(frozen=True, slots=True)
class _Builder:
    """What stays the same while one spec with all that is nested in it is built."""

    registry: Registry
    beside: Path | None


def _build(builder: _Builder, spec: Json, path: _Path, *, depth: int) -> Any:  # noqa: ANN401 - as in `construct`
    kind = builder.registry.kind
    if depth > _DEEPEST:
        raise ArgumentError(f"{kind}s are nested more than {_DEEPEST} deep", path=path)
    if isinstance(spec, str):
        return _instance(builder, spec, None, path, depth=depth)
    if not _is_mapping(spec):
        raise ArgumentError(
            f"a {kind} must be a name, or one name with its arguments, got {_shown(spec)}",
            path=path,
            hint=suggestion("", builder.registry.names()),
        )
    names = list(spec)
    if len(names) != 1 or not isinstance(names[0], str):
        raise ArgumentError(
            f"a {kind} must be one name with its arguments, got {len(names)} keys: {_shown(spec)}"
            if len(names) != 1
            else f"a {kind}'s name must be a text, got {names[0]!r}",
            path=path,
            hint=f"write each {kind} as a list entry of its own, with a dash before it",
        )
    return _instance(builder, names[0], spec[names[0]], (*path, names[0]), depth=depth)


def _instance(builder: _Builder, name: str, given: Json, path: _Path, *, depth: int) -> Any:  # noqa: ANN401 - as in `construct`
    """Build the thing called `name`; `path` leads to its arguments."""
    cls = _find(builder, name, path)
    arguments = {argument.name: argument for argument in arguments_of(cls)}
    by_name = _by_name(name, given, arguments, path)
    if by_name is None:
        first = next(iter(arguments))
        by_name, places = {first: given}, {first: path}
    else:
        places = {argument: (*path, argument) for argument in by_name}
    missing = [argument.name for argument in arguments.values() if argument.required and argument.name not in by_name]
    if missing:
        raise ArgumentError(f"`{name}` needs the argument `{missing[0]}`", path=path, hint=_usage(cls, name))
    values = {
        arguments[argument].field: _value(builder, name, arguments[argument], value, places[argument], depth=depth)
        for argument, value in by_name.items()
    }
    try:
        built = cls(**values)
        return built.resolved(builder.beside) if isinstance(built, Resolvable) else built
    except ArgumentError as error:
        field, rest = (str(error.path[0]), error.path[1:]) if error.path else ("", ())
        message = error.message.replace(f"`{field}`", f"`{field}` of `{name}`", 1)
        raise ArgumentError(message, path=(*places.get(field, path), *rest), hint=error.hint) from error
    except ValueError as error:  # what a class of the user's may raise
        raise ArgumentError(f"`{name}` refuses its arguments: {error}", path=path) from error


def _find(builder: _Builder, name: str, path: _Path) -> type:
    try:
        found = builder.registry.get(name, beside=builder.beside)
    except UsageError as error:
        raise ArgumentError(error.message, path=path, hint=error.hint) from error
    except ImportError as error:
        raise ArgumentError(f"{builder.registry.kind} `{name}` cannot be imported: {error}", path=path) from error
    if not isinstance(found, type):
        raise ArgumentError(f"`{name}` names no class but {_shown(found)}", path=path)
    try:
        arguments_of(found)
    except UsageError as error:
        raise ArgumentError(f"`{name}`: {error.message}", path=path, hint=error.hint) from error
    return found


def _by_name(name: str, given: Json, arguments: Mapping[str, Argument], path: _Path) -> dict[str, Json] | None:
    """Return the arguments by name, or None when `given` is the first argument alone."""
    if given is None:
        return {}
    if not arguments:
        raise ArgumentError(
            f"`{name}` takes no arguments, got {_shown(given)}", path=path, hint=f"write `{name}` alone"
        )
    first = next(iter(arguments.values()))
    if not _is_mapping(given) or (first.nesting == "one" and not set(given) & set(arguments)):
        return None
    for key in given:
        if key not in arguments:
            raise ArgumentError(
                f"`{name}` has no argument `{key}`", path=(*path, key), hint=suggestion(str(key), arguments)
            )
    return dict(given)


def _value(builder: _Builder, name: str, argument: Argument, value: Json, path: _Path, *, depth: int) -> Any:  # noqa: ANN401 - as in `construct`
    if argument.nesting == "one":
        return _build(builder, value, path, depth=depth + 1)
    subject = f"`{argument.name}` of `{name}`"
    if argument.nesting in ("several", "records"):
        if not _is_list(value):
            raise ArgumentError(
                f"{subject} must be a list, got {_shown(value)}",
                path=path,
                hint="write one entry to a line, each with a dash",
            )
        if argument.nesting == "records":
            cls = get_args(argument.annotation)[0]
            return tuple(
                _record(builder, cls, name, subject, each, (*path, index), depth=depth)
                for index, each in enumerate(value)
            )
        return tuple(_build(builder, each, (*path, index), depth=depth + 1) for index, each in enumerate(value))
    from pydantic import ValidationError  # noqa: PLC0415 - slow to import, and only suites need it

    try:
        return _adapter(argument.annotation).validate_python(_with_tuples(value, argument.annotation))
    except ValidationError as error:
        raise _refused(subject, error, path) from error


def _record(  # noqa: PLR0917 - what `_value` knows
    builder: _Builder, cls: type, name: str, subject: str, given: Json, path: _Path, *, depth: int
) -> Any:  # noqa: ANN401 - as in `construct`
    """Build one entry of a list whose entries have arguments by name."""
    arguments = {argument.name: argument for argument in arguments_of(cls)}
    form = ", ".join(f"{name}: ..." for name in arguments)
    if not _is_mapping(given):
        raise ArgumentError(
            f"every entry of {subject} must be a mapping, got {_shown(given)}", path=path, hint=f"write {{{form}}}"
        )
    for key in given:
        if key not in arguments:
            message = f"an entry of {subject} has no `{key}`"
            raise ArgumentError(message, path=(*path, key), hint=suggestion(str(key), arguments))
    for argument in arguments.values():
        if argument.required and argument.name not in given:
            message = f"every entry of {subject} needs `{argument.name}`"
            raise ArgumentError(message, path=path, hint=f"write {{{form}}}")
    return cls(
        **{
            arguments[key].field: _value(builder, name, arguments[key], value, (*path, key), depth=depth)
            for key, value in given.items()
        }
    )


def _refused(subject: str, error: ValidationError, path: _Path) -> ArgumentError:
    """Put pydantic's first complaint into this project's words."""
    first = error.errors(include_url=False)[0]
    within: _Path = tuple(step for step in first["loc"] if isinstance(step, int))
    demand = first["msg"].replace("Input should be", "must be").replace("a valid tuple", "a list")
    demand = demand.replace("a valid ", "a ").replace("a integer", "a whole number").replace("a string", "a text")
    subject = f"every entry of {subject}" if within else subject
    hint = None
    if demand == "must be a list" and isinstance(first["input"], str):
        hint = f"write [{first['input']}]" if len(first["input"]) <= _LONGEST_VALUE else "put it between [ and ]"
    return ArgumentError(f"{subject} {demand}, got {_shown(first['input'])}", path=(*path, *within), hint=hint)


def _with_tuples(value: Json, annotation: Any) -> Any:  # noqa: ANN401 - YAML's data, and any type
    """Turn lists into tuples where the annotation wants tuples: YAML has no other way to write them."""
    if get_origin(annotation) in (Union, types.UnionType):
        wanted = [each for each in get_args(annotation) if get_origin(each) is tuple]
        return _with_tuples(value, wanted[0]) if wanted else value
    if get_origin(annotation) is not tuple or not _is_list(value):
        return value
    inner = get_args(annotation)
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_with_tuples(each, inner[0]) for each in value)
    return tuple(value)


def _shown(value: Json) -> str:
    """Write a value met as YAML would where the two differ at sight, shortened in depth and length."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return _SHORTENER.repr(value)


def _usage(cls: type, name: str) -> str | None:
    """Return a hint that shows how the thing is written, from the class's own examples."""
    examples = getattr(cls, "examples", None)
    return None if examples is None else f"for example `{name}: {_as_yaml(examples.arguments)}`"


def _as_yaml(value: Json) -> str:
    if _is_mapping(value):
        return "{" + ", ".join(f"{key}: {_as_yaml(each)}" for key, each in value.items()) + "}"
    if _is_list(value):
        return f"[{', '.join(_as_yaml(each) for each in value)}]"
    return str(value)


@cache
def _arguments_of(cls: type) -> tuple[Argument, ...]:
    if not dataclasses.is_dataclass(cls):
        raise UsageError(f"{cls!r} is not a dataclass", hint="the fields of a dataclass are its arguments")
    fields = [field for field in dataclasses.fields(cls) if field.init]
    # Only the fields' types are wanted; those of class variables may be known to type checkers alone.
    bare = type(
        "Bare", (), {"__module__": cls.__module__, "__annotations__": {field.name: field.type for field in fields}}
    )
    try:
        annotations = get_type_hints(bare, {**vars(protocols), **vars(sys.modules[cls.__module__])})
    except NameError as error:
        raise UsageError(
            f"the type of an argument of `{cls.__qualname__}` cannot be found: {error}",
            hint="import it outside `if TYPE_CHECKING:`",
        ) from error
    descriptions = dict(_descriptions(cls))
    return tuple(
        Argument(
            name=field.name.removesuffix("_"),
            field=field.name,
            annotation=annotations[field.name],
            nesting=_nesting(annotations[field.name]),
            required=field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
            default=field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default,
            description=descriptions.get(field.name, ""),
        )
        for field in fields
    )


def _nesting(annotation: Any) -> Nesting:  # noqa: ANN401 - any type
    if annotation is Constraint:
        return "one"
    if annotation == tuple[Constraint, ...]:
        return "several"
    inner = get_args(annotation)
    if get_origin(annotation) is tuple and inner[1:] == (Ellipsis,) and dataclasses.is_dataclass(inner[0]):
        return "records"
    return "none"


def _descriptions(cls: type) -> Iterator[tuple[str, str]]:
    """Yield what the docstring says under `Attributes:`, by name."""
    _, _, section = (inspect.getdoc(cls) or "").partition("\nAttributes:\n")
    section = re.split(r"\n\n?(?=\S)", section)[0]
    for entry in re.split(r"^ {4}(?=\w)", section, flags=re.MULTILINE)[1:]:
        name, _, description = entry.partition(":")
        yield name.strip(), " ".join(description.split())


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any type
    from pydantic import ConfigDict, TypeAdapter  # noqa: PLC0415 - slow to import, and only suites need it

    return TypeAdapter(annotation, config=ConfigDict(strict=True, allow_inf_nan=False))


def _arguments_schema(arguments: tuple[Argument, ...]) -> dict[str, Json]:
    """Return what may stand after a name: the first argument alone, the arguments by name, or nothing."""
    if not arguments:
        return {"type": "null"}
    by_name = _by_name_schema(arguments)
    choices: list[Json] = [by_name]
    if set(by_name["required"]) <= {arguments[0].name}:
        choices.insert(0, by_name["properties"][arguments[0].name])
    if not by_name["required"]:
        choices.append({"type": "null"})
    return {"anyOf": choices}


def _by_name_schema(arguments: tuple[Argument, ...]) -> dict[str, Json]:
    properties = {argument.name: _argument_schema(argument) for argument in arguments}
    required = [argument.name for argument in arguments if argument.required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _argument_schema(argument: Argument) -> dict[str, Json]:
    described: dict[str, Json] = {"description": argument.description} if argument.description else {}
    nested = {"$ref": "#/$defs/constraint"}
    if argument.nesting == "one":
        return {**described, **nested}
    if argument.nesting == "several":
        return {**described, "type": "array", "items": nested, "minItems": 1}
    if argument.nesting == "records":
        of_each = _by_name_schema(arguments_of(get_args(argument.annotation)[0]))
        return {**described, "type": "array", "items": of_each, "minItems": 1}
    # JSON writes a tuple as a list; other defaults of constraints and measures are plain data already.
    default = {} if argument.required else {"default": argument.default}
    return {**_adapter(argument.annotation).json_schema(), **described, **default}


def _is_mapping(value: Json) -> TypeGuard[dict[Json, Json]]:
    return isinstance(value, dict)


def _is_list(value: Json) -> TypeGuard[list[Json]]:
    return isinstance(value, list)

"""What a family of hosted models does with each setting, and what else evalkit must know of it.

The facts are data, one TOML file for each adapter:

- `[[api]]`: one form of the vendor's API. `without` lists the settings that it has no field for, whatever the model.
- `[defaults]`: what all listed families share.
- `[[family]]`: models of one behaviour. `models` are patterns for names without vendor, snapshot and tag; the pattern
  with the most letters of its own wins, and of two alike the one whose `api` is asked in. `like` names the family that
  it takes everything else from.

A setting is `true`, `false`, a state, a range `[low, high]`, or a table with any of `state`, `range`, `low`, `words`,
`needs`, `excludes` and `source`; `"default"` among the values of `needs` stands for not sent. What a row says carries
the row's `source` and `checked`. What nobody says is unknown.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from evalkit.errors import ProfileError, suggestion
from evalkit.providers.served import stem
from evalkit.settings import PROVIDER_DEFAULT, SETTINGS
from evalkit.support import Knob, as_knob

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

Row: TypeAlias = "Mapping[str, Any]"


@dataclass(frozen=True, slots=True)
class Family:
    """One family of hosted models, as one form of its vendor's API offers it.

    Attributes:
        name: The family's; for a model that is not in the table, the model's own.
        known: False for a model that is not in the table.
        knobs: What the models do with each setting; complete.
        cache_minimum: Tokens of a prompt from which the vendor's cache works; None where it is not known to.
        default_effort: The `reasoning_effort` that holds when none is sent; None where there is none or nobody says.
        retires: Last day announced; None when none is.
    """

    name: str
    known: bool
    knobs: Mapping[str, Knob]
    cache_minimum: int | None = None
    default_effort: str | None = None
    retires: date | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """One adapter's file."""

    apis: Mapping[str, Row]
    defaults: Row
    families: tuple[Row, ...]


@cache
def family(adapter: str, model: str, *, api: str | None = None) -> Family:
    """Look up what `model` does with each setting.

    Args:
        adapter: `claude`, `gemini` or `openai`.
        model: As the vendor writes it, with or without snapshot.
        api: The form of the API that it is asked in; None for the one that the vendor's SDK uses by itself.

    Returns:
        Its family. A model that is not in the table gets one where everything is unknown that the API has a field for.

    Raises:
        ProfileError: The vendor has no API of that name.
    """
    table = _read(adapter)
    name = default_api(adapter) if api is None else api
    if name not in table.apis:
        raise ProfileError(f"{adapter} has no API `{name}`", hint=suggestion(name, table.apis))
    row = _best(table, stem(model), name)
    layers = [] if row is None else [*_lineage(table, row), table.defaults]
    absent = _knob(table.apis[name], value=False)
    without = table.apis[name]["without"]
    knobs = {each: absent if each in without else _first(layers, each) for each in SETTINGS}
    stated = {key: _value(layers, key) for key in ("cache_minimum", "default_effort", "retires")}
    return Family(model if row is None else row["name"], row is not None, MappingProxyType(knobs), **stated)


def listed_families(adapter: str, *, api: str | None = None) -> Iterator[tuple[tuple[str, ...], Family]]:
    """Yield every family of an adapter's table with the patterns of its models' names, in the table's order."""
    for row in _read(adapter).families:
        if "api" not in row:
            models = tuple(row["models"])
            yield models, family(adapter, models[0].replace("*", "x"), api=api)


def apis(adapter: str) -> tuple[str, ...]:
    """Return the forms of the vendor's API, as `family` takes them."""
    return tuple(_read(adapter).apis)


def default_api(adapter: str) -> str:
    """Return the form of the API that the vendor's SDK uses by itself."""
    return next(name for name, row in _read(adapter).apis.items() if row.get("default"))


@cache
def _read(adapter: str) -> _Table:
    text = (files("evalkit.providers.families") / f"{adapter}.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    return _Table(
        {row["name"]: row for row in document["api"]},
        document["defaults"],
        tuple(document["family"]),
    )


def _best(table: _Table, model: str, api: str) -> Row | None:
    """Return the row whose pattern says most about `model`."""
    found = [
        (len(pattern) - pattern.count("*"), "api" in row, row)
        for row in table.families
        for pattern in row["models"]
        if row.get("api", api) == api and fnmatchcase(model, pattern)
    ]
    return max(found, key=lambda each: each[:2])[2] if found else None


def _lineage(table: _Table, row: Row) -> list[Row]:
    """Return a row and those that it is like, nearest first."""
    whole = {each["name"]: each for each in table.families if "api" not in each}
    rows = [row]
    while "like" in rows[-1]:
        rows.append(whole[rows[-1]["like"]])
    return rows


def _first(layers: list[Row], setting: str) -> Knob:
    return next((_knob(row, row[setting]) for row in layers if setting in row), Knob("unknown"))


def _value(layers: list[Row], key: str) -> Any:  # noqa: ANN401 - a whole number, a word or a date, by its key
    return next((row[key] for row in layers if key in row), None)


def _knob(row: Row, value: Any) -> Knob:  # noqa: ANN401 - as TOML has it
    source = f"{row['source']}, read {row['checked']}"
    if isinstance(value, dict):
        return _from_table(cast("Row", value), source, row["checked"])
    if isinstance(value, list):
        low, high = cast("list[float]", value)
        value = (low, high)
    short = as_knob(value)
    return Knob(short.state, short.low, short.high, source=source)


def _from_table(table: Row, source: str, checked: date) -> Knob:
    low, high = table.get("range", (table.get("low"), None))
    needs: Row = table.get("needs", {})
    return Knob(
        state=table.get("state", "applied"),
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        words=tuple(table.get("words", ())),
        needs={
            other: tuple(None if each == PROVIDER_DEFAULT else each for each in allowed)
            for other, allowed in needs.items()
        },
        excludes=tuple(table.get("excludes", ())),
        source=f"{table['source']}, read {checked}" if "source" in table else source,
    )

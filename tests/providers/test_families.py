"""The files that say what hosted models do with each setting: every key means something, and no row hides another."""

from __future__ import annotations

import tomllib
from datetime import date
from fnmatch import fnmatchcase
from importlib.resources import files
from itertools import combinations
from typing import TYPE_CHECKING, Any, cast

import pytest

from evalkit.providers.families.table import apis, default_api, listed_families
from evalkit.settings import PROVIDER_DEFAULT, SETTINGS
from evalkit.support import KNOB_STATES

if TYPE_CHECKING:
    from collections.abc import Mapping

ADAPTERS = ("claude", "gemini", "openai")
FAMILY_KEYS = {"name", "models", "like", "api", "checked", "source", "cache_minimum", "default_effort", "retires"}
TABLE_KEYS = {"state", "range", "low", "words", "needs", "excludes", "source"}


def _document(adapter: str) -> Mapping[str, Any]:
    return tomllib.loads((files("evalkit.providers.families") / f"{adapter}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_row_says_when_and_where_it_was_read(adapter: str) -> None:
    """APIs and defaults, too."""
    document = _document(adapter)
    for row in (*document["api"], document["defaults"], *document["family"]):
        assert isinstance(row["checked"], date)
        assert row["source"]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_key_means_something(adapter: str) -> None:
    """A misspelt one would be passed over in silence."""
    document = _document(adapter)
    assert set(document) == {"api", "defaults", "family"}
    for row in document["api"]:
        assert set(row) <= {"name", "default", "checked", "source", "without"}
        assert set(row["without"]) <= set(SETTINGS)
    for row in (document["defaults"], *document["family"]):
        assert set(row) <= FAMILY_KEYS | set(SETTINGS)
        for name in set(row) & set(SETTINGS):
            _check_setting(name, row[name])
        assert row.get("default_effort", "none") in SETTINGS["reasoning_effort"].words
        assert isinstance(row.get("retires", date.min), date)


def _check_setting(name: str, value: Any) -> None:
    words = set(SETTINGS[name].words)
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        assert set(table) <= TABLE_KEYS
        assert table.get("state", "applied") in KNOB_STATES
        assert set(table.get("words", ())) <= words
        assert set(table.get("excludes", ())) <= set(SETTINGS) - {name}
        for other, allowed in table.get("needs", {}).items():
            assert set(allowed) <= {*SETTINGS[other].words, PROVIDER_DEFAULT}
        value = table.get("range", True)
    if isinstance(value, list):
        low, high = cast("list[float]", value)
        assert low < high
    else:
        assert value in (True, False, *KNOB_STATES)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_each_family_is_like_one_that_exists_and_has_models(adapter: str) -> None:
    """Names are unique, and no family is like itself by a detour."""
    document = _document(adapter)
    whole = [row["name"] for row in document["family"] if "api" not in row]
    assert len(whole) == len(set(whole))
    assert sum(bool(row.get("default")) for row in document["api"]) == 1
    for row in document["family"]:
        assert row["models"]
        assert row.get("like", whole[0]) in whole
        assert row.get("api", default_api(adapter)) in apis(adapter)
        seen, at = {row["name"]}, row
        while "like" in at and ("api" not in at):
            at = next(each for each in document["family"] if each["name"] == at["like"] and "api" not in each)
            assert at["name"] not in seen
            seen.add(at["name"])


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_no_two_patterns_say_as_much_about_one_model(adapter: str) -> None:
    """So that the order of the rows makes no difference."""
    patterns = [(pattern, row.get("api")) for row in _document(adapter)["family"] for pattern in row["models"]]
    assert len(patterns) == len(set(patterns))
    for (one, one_api), (other, other_api) in combinations(patterns, 2):
        if one_api == other_api and len(one.replace("*", "")) == len(other.replace("*", "")):
            assert not _may_meet(one, other), (one, other)


def _may_meet(one: str, other: str) -> bool:
    """Tell whether some name may fit both patterns, from their ends up to the first and the last star."""
    if "*" not in one or "*" not in other:
        return fnmatchcase(one, other) or fnmatchcase(other, one)
    heads = sorted((one.partition("*")[0], other.partition("*")[0]), key=len)
    tails = sorted((one.rpartition("*")[2], other.rpartition("*")[2]), key=len)
    return heads[1].startswith(heads[0]) and tails[1].endswith(tails[0])


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_no_row_repeats_what_it_takes_over(adapter: str) -> None:
    """Each fact is written once, unless another source says it again."""
    document = _document(adapter)
    whole = {row["name"]: row for row in document["family"] if "api" not in row}
    for row in document["family"]:
        above = whole.get(row.get("like", ""), document["defaults"])
        same = {key for key in row if key in above and row[key] == above[key] and key not in {"checked", "source"}}
        assert not same or row["source"] != above["source"], (row["name"], same)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_family_is_listed_in_every_api(adapter: str) -> None:
    """With all its patterns, and as the API has it where a row is of that API alone."""
    rows = [(row["name"], tuple(row["models"])) for row in _document(adapter)["family"] if "api" not in row]
    for api in apis(adapter):
        assert [(found.name, models) for models, found in listed_families(adapter, api=api)] == rows
    efforts = {
        api: dict(listed_families("openai", api=api))[("gpt-6-astra",)].knobs["reasoning_effort"].words
        for api in apis("openai")
    }
    assert set(efforts["responses"]) - set(efforts["chat"]) == {"max"}

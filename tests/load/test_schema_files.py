"""Schemas that stand in files of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.constraints.json_schema import JsonSchema
from evalkit.constraints.logic import Not
from evalkit.errors import SuiteError
from evalkit.load import rebuild
from tests.load.conftest import changed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.load.conftest import Loader

SCHEMA = {"type": "object", "properties": {"json_schema": {"schema": {"file": "x"}}}}
NAMED = "- json_schema: {schema: {file: order.json}, fence: true}"
SUITE = changed("- max_words: 8", NAMED)


@pytest.fixture
def order(loader: Loader) -> Path:
    """Give the file beside the suite."""
    return loader.write("suites/order.json", json.dumps(SCHEMA, indent="\t"))


def test_a_file_s_schema_is_part_of_the_suite(loader: Loader, order: Path) -> None:
    """The suite is the same as with the schema written out, can be made again without the file, and changes with it."""
    suite = loader(SUITE)
    assert suite.cases[0].constraints == (JsonSchema(SCHEMA, fence=True),)
    assert suite.hash == loader(SUITE.replace("{file: order.json}", json.dumps(SCHEMA))).hash
    order.write_text("{}", "utf-8")
    assert loader(SUITE).hash != suite.hash
    order.unlink()
    again = rebuild(suite.document)
    assert (again.cases, again.hash) == (suite.cases, suite.hash)


@pytest.mark.usefixtures("order")
def test_a_file_may_be_named_wherever_constraints_stand(loader: Loader) -> None:
    """In the suite's own, under `not`, in a system prompt and in its rules."""
    named = NAMED.removeprefix("- ")
    text = changed(
        "dense: Be brief.", f"dense: {{rules: [{{says: Be., constraints: [{named}]}}], constraints: [{named}]}}"
    )
    suite = loader(f"{text}constraints:\n  - not: {{{named}}}\n")
    wanted = JsonSchema(SCHEMA, fence=True)
    assert suite.cases[0].constraints[0] == Not(wanted)
    assert suite.systems["dense"].constraints == (wanted, wanted)


def test_a_schema_may_be_yaml(loader: Loader, order: Path) -> None:
    """Where the file is called so."""
    order.with_suffix(".yaml").write_text("# An order.\ntype: object\n", "utf-8")
    suite = loader(SUITE.replace("order.json", "order.yaml"))
    assert suite.cases[0].constraints == (JsonSchema({"type": "object"}, fence=True),)


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ("{", "suites/order.json:1:2: not valid JSON: Expecting property name"),
        ("[1]", "suites/order.json:1:1: `schema` of `json_schema` must be a dictionary"),
        ('{"type": "objekt"}', "suites/order.json:1:1: "),
        ("[" * 100_000, "suites/order.json:1:1: suites/order.json cannot be read as JSON"),
        ('{"file": "other.json"}', "suites/order.json:1:1: `schema` of `json_schema` names a file"),
    ],
    ids=["no JSON", "no mapping", "no schema", "too deep", "another file"],
)
def test_a_file_that_holds_no_schema_is_refused(loader: Loader, order: Path, held: str, message: str) -> None:
    """In the file itself."""
    order.write_text(held, "utf-8")
    with pytest.raises(SuiteError) as caught:
        loader(SUITE)
    assert str(caught.value).startswith(message)


@pytest.mark.usefixtures("order")
@pytest.mark.parametrize(
    ("name", "message"),
    [("odrer.json", "no file `suites/odrer.json`"), ("../../order.json", "lies outside the project"), ("''", "empty")],
    ids=["no such file", "outside", "no name"],
)
def test_a_file_that_may_not_be_read_is_refused(loader: Loader, name: str, message: str) -> None:
    """Where it is named."""
    with pytest.raises(SuiteError) as caught:
        loader(SUITE.replace("order.json", name))
    assert message in str(caught.value)
    assert str(caught.value).startswith("suites/x.yaml:15:38: ")

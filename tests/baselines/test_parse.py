"""Tests of reading lines whose checks are right and that say what no baseline says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.baselines.layout import Block
from evalkit.baselines.lines import case_json, head_json, open_object, row_json
from evalkit.baselines.parse import members_of, read_cases, read_head_row, read_of
from evalkit.errors import BaselineError
from tests.baselines.conftest import OF, case, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Json

ROW = open_object(row_json(row()))


def _refused(read: Callable[[], object]) -> str:
    with pytest.raises(BaselineError) as refused:
        read()
    assert refused.value.hint
    return str(refused.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"draws": "8"}, "`draws` must be a whole number from 0, got a text"),
        ({"draws": 8.5}, "`draws` must be a whole number from 0, got a number"),
        ({"draws": True}, "`draws` must be a whole number from 0, got true or false"),
        ({"draws": -1}, "`draws` must be a whole number from 0, got a number"),
        ({"draws": None}, "`draws` must be a whole number from 0, got null"),
        ({"case": 7}, "`case` must be a text, got a number"),
        ({"by": []}, "`by` must be a text, got a list"),
        ({"outcomes": "finished:8"}, "`outcomes` must be like `complete:7 refusal:1`, got `finished:8`"),
        ({"outcomes": "complete:7 complete:1"}, "`outcomes` must be like"),
        ({"outcomes": "complete:x"}, "`outcomes` must be like"),
        ({"outcomes": {}}, "`outcomes` must be a text, got an object"),
        ({"adherence": 0.5}, "`adherence` must be a text, got a number"),
        ({"adherence": "2:1"}, "`adherence`: a score must be from 0 to 1, got `2:1`"),
        ({"adherence": None, "adherence_loose": "same weight:2"}, "`adherence_loose`: `adherence_loose` follows from"),
        ({"met": []}, "`met` must be an object, got a list"),
        ({"met": {"max_words": 1}}, "`max_words` must be a text, got a number"),
        ({"met": {"max_words": "1"}}, "`max_words`: a count must be a whole number"),
        ({"values": {"edit_similarity": "1"}}, "`edit_similarity` must be a number, got a text"),
        ({"values": {"edit_similarity": float("nan")}}, "`edit_similarity` must be a number, got a number"),
        ({"values": 1}, "`values` must be an object, got a number"),
        ({"characters": "long"}, "`characters` must be a number, got a text"),
        ({"latency_s": [1]}, "`latency_s` must be a number, got a list"),
        ({"run": 1}, "`run` must be a text, got a number"),
    ],
)
def test_a_member_of_the_wrong_kind_is_refused(changes: dict[str, Json], words: str) -> None:
    """The error names the line, the member's column, and what was met."""
    name = next(iter(changes)) if words.startswith(f"`{next(iter(changes))}`") else words.split("`")[1]
    content = json.dumps(case_json(case()) | changes)[:-1]
    said = _refused(lambda: read_cases(Block(4, ROW, [content]), "main.json"))
    assert said.startswith(f"main.json:5:{content.index(chr(34) + name + chr(34)) + 1}: {words}")


@pytest.mark.parametrize("name", ["case", "by", "draws"])
def test_a_member_that_is_missing_is_said(name: str) -> None:
    """What each line of a case must have is demanded."""
    plain = case_json(case())
    del plain[name]
    content = open_object(plain)
    assert f"main.json:5:1: `{name}` is missing" in _refused(lambda: read_cases(Block(4, ROW, [content]), "main.json"))


def test_a_case_that_is_there_twice_is_refused() -> None:
    """Both lines are named."""
    content = open_object(case_json(case()))
    said = _refused(lambda: read_cases(Block(4, ROW, [content, content]), "main.json"))
    assert said == "main.json:6:2: case `kafka` is there twice, first in line 5"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"provider": None}, "`provider` must be a text, got null"),
        ({"condition": []}, "`condition` must be an object, got a list"),
        ({"condition": {"t": {}}}, "`t` must be a text, a number or a list of texts, got an object"),
        ({"condition": {"t": [1]}}, "`t` must be a list of texts, got a list"),
        ({"requested": {"top_p": None}}, "`top_p` must be a setting, got null"),
        ({"applied": 3}, "`applied` must be an object, got a number"),
        ({"served": "x"}, "`served` must be a list of texts, got a text"),
        ({"served": [1]}, "`served` must be a list of texts, got a list"),
    ],
)
def test_a_row_of_the_wrong_kind_is_refused(changes: dict[str, Json], words: str) -> None:
    """The line of a row is held to its form, too."""
    content = open_object(row_json(row()) | changes)
    assert words in _refused(lambda: read_head_row(Block(4, content), "main.json"))


@pytest.mark.parametrize("name", ["provider", "model", "condition", "requested", "applied", "served"])
def test_a_row_lacks_nothing(name: str) -> None:
    """Each member of a row is demanded."""
    plain = row_json(row())
    del plain[name]
    assert f"`{name}` is missing" in _refused(lambda: read_head_row(Block(4, open_object(plain)), "main.json"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"suite": None}, "`suite` must be an object, got null"),
        ({"suite": {}}, "`name` is missing"),
        (
            {"suite": {"name": "tone", "version": "1", "hash": ""}},
            "`version` must be a whole number from 0",
        ),
        ({"run": 1}, "`run` must be a text, got a number"),
        ({"date": 1}, "`date` must be a text, got a number"),
        ({"scoring": 0}, "`scoring` must be a whole number from 1, got a number"),
    ],
)
def test_a_head_of_the_wrong_kind_is_refused(changes: dict[str, Any], words: str) -> None:
    """The first line is held to its form, too."""
    content = open_object(head_json(OF) | changes)
    assert words in _refused(lambda: read_of(members_of(content, "main.json", 1), "main"))


def test_what_is_no_object_is_refused() -> None:
    """A line of another kind is said to be that."""
    assert "main.json:3:1: not JSON" in _refused(lambda: members_of('{"a":', "main.json", 3))
    assert "not JSON" in _refused(lambda: members_of("[" * 100_000, "main.json", 3))


def test_members_that_a_later_version_added_are_passed_over() -> None:
    """Fields may be added without a new format."""
    content = open_object(case_json(case()) | {"later": {"x": 1}})
    assert read_cases(Block(4, ROW, [content]), "main.json") == (case(),)

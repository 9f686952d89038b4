"""deepeval's data sets."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import SuiteError
from evalkit.importing.deepeval import import_deepeval

if TYPE_CHECKING:
    from evalkit.importing.imported import Imported

GOLDENS: list[dict[str, Any]] = [
    {
        "input": "What is {{ it }}?\nSay.",
        "actual_output": "A log.",
        "expected_output": "A queue",
        "context": ["c", "d"],
    },
    {"input": "Two", "name": "my case", "comments": "left", "additional_metadata": None, "retrieval_context": []},
    {"scenario": "talk", "turns": [{"role": "user", "content": "x"}]},
    {"input": "Three", "actual_output": ""},
]


def _import(text: str, name: str) -> Imported:
    return import_deepeval(io.BytesIO(text.encode("utf-8-sig")), name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("d.json", json.dumps(GOLDENS, indent=2)),
        ("d.jsonl", "\n".join(map(json.dumps, GOLDENS))),
    ],
    ids=["a list", "lines"],
)
def test_goldens_become_cases(name: str, text: str) -> None:
    """The input is the prompt to the letter; what a model would have to judge stays as a variable."""
    found = _import(text, name)
    assert [(case.id, case.prompt) for case in found.cases] == [
        ("golden-1", 'What is {{ "{{" }} it }}?\nSay.'),
        ("my-case", "Two"),
        ("golden-4", "Three"),
    ]
    assert found.cases[0].variables == {"expected_output": "A queue", "context": "c\n\nd"}
    assert found.cases[1].variables == {}
    assert all(case.constraints == () for case in found.cases)
    assert found.responses == (("golden-1", "A log."),)
    assert [each.what.split(":")[0] for each in found.unmapped] == [
        "`expected_output` is kept as a variable",
        "`comments` is left out",
        "left out",
    ]


def test_each_entry_of_a_list_has_its_place() -> None:
    """Line and column of every golden, also of those on one line."""
    text = '[\n  {"input": ""}, {"input":\n ""},\n\n {"input": "x",\n "comments": "c"}\n]'
    places = [str(each.place) for each in _import(text, "d.json").unmapped]
    assert places == ["d.json:2:3", "d.json:2:18", "d.json:5:2"]


def test_csv_is_read_with_its_lines() -> None:
    """Quotes, commas and line breaks in a field; a line's number is that of the file."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerows([["input", "actual_output"], ["One,\ntwo", 'say "a"'], ["", "x"]])
    found = _import(stream.getvalue(), "d.csv")
    assert [case.prompt for case in found.cases] == ["One,\ntwo"]
    assert found.responses == (("golden-1", 'say "a"'),)
    assert [str(each.place) for each in found.unmapped] == ["d.csv:4:1"]


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("d.json", '[\n{"input" "x"}]', r"^d\.json:2:10: not JSON"),
        ("d.json", '{"a": 1}', "must hold a list of goldens"),
        ("d.json", "[" * 100_000, "nested too deep"),
        ("d.jsonl", "{}\n{", r"^d\.jsonl:2:2: not JSON"),
        ("d.csv", 'input\n"x', "not CSV"),
    ],
)
def test_a_broken_file_is_refused(name: str, text: str, what: str) -> None:
    """The error says what and, where it can, where."""
    with pytest.raises(SuiteError, match=what):
        _import(text, name)


def test_other_encodings_are_refused_with_their_place() -> None:
    """Line and byte of what is not UTF-8."""
    with pytest.raises(SuiteError, match=r"^d\.json:2:3: not UTF-8"):
        import_deepeval(io.BytesIO(b"[\n {\xff"), "d.json")

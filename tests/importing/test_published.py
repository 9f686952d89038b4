"""The published layout of instruction-following benchmarks."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import SuiteError
from evalkit.importing.published import NotMappedError, import_published
from evalkit.templates import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.importing.imported import Imported
    from evalkit.types import Json

SEEN: list[tuple[str, dict[str, Any], str]] = []


def _mapped(identity: str, arguments: Mapping[str, Json], prompt: str) -> Json:
    SEEN.append((identity, dict(arguments), prompt))
    if identity != "words":
        raise NotMappedError("unknown id")
    return {"max_words": arguments["n"]}


def _import(*lines: Any, of_ifeval: bool = True) -> Imported:  # noqa: ANN401 - any JSON
    raw = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return import_published(io.BytesIO(raw), "f.jsonl", _mapped, of_ifeval=of_ifeval)


def _line(**parts: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {"key": 1, "prompt": "Say.", "instruction_id_list": ["words"], "kwargs": [{"n": 3}], **parts}


def test_cases_keep_key_prompt_and_order() -> None:
    """The key is the case's id; prompts stay as they are, however much they look like templates."""
    prompts = ["Zeta {{ x }}\r\n", "{% raw %} alpha", " Say \u2028 {#\n\n"]
    found = _import(*[_line(key=9 - index, prompt=prompt) for index, prompt in enumerate(prompts)])
    assert [case.id for case in found.cases] == ["9", "8", "7"]
    assert [render(case.prompt, {}) for case in found.cases] == prompts
    assert found.unmapped == ()


def test_every_instruction_has_its_constraint_in_order() -> None:
    """An unknown one is unjudged and keeps its id; null arguments are those left out."""
    SEEN.clear()
    line = _line(instruction_id_list=["words", "other", "words"], kwargs=[{"n": 1, "m": None}, None, {"n": 2}])
    found = _import(line)
    unjudged = {"unjudged": {"demand": "other", "why": "unknown id", "ifeval_id": "other"}}
    assert found.cases[0].constraints == ({"max_words": 1}, unjudged, {"max_words": 2})
    assert [(str(each.place), each.what) for each in found.unmapped] == [
        ("f.jsonl:1:1", "`other` is not judged: unknown id")
    ]
    assert SEEN == [("words", {"n": 1}, "Say."), ("other", {}, "Say."), ("words", {"n": 2}, "Say.")]


def test_an_argument_that_evalkit_refuses_leaves_the_instruction_unjudged() -> None:
    """The reason is the constraint's own."""
    found = _import(_line(kwargs=[{"n": "many"}]), of_ifeval=False)
    (unjudged,) = found.cases[0].constraints
    assert "must be a whole number" in unjudged["unjudged"]["why"] or "integer" in unjudged["unjudged"]["why"]
    assert "ifeval_id" not in unjudged["unjudged"]
    assert len(found.unmapped) == 1


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ([], "it must be an object, got a list"),
        (_line(key=None), "`key` must be a text or whole number, got null"),
        (_line(key=True), "`key` must be a text or whole number, got true or false"),
        (_line(prompt=""), "`prompt` must be a text, got an empty one"),
        (_line(prompt=" \n"), "`prompt` must be a text, got an empty one"),
        (_line(prompt="\ud83d"), "half a character"),
        (_line(instruction_id_list="words"), "`instruction_id_list` must be a list of texts"),
        (_line(instruction_id_list=[1]), "`instruction_id_list` must be a list of texts"),
        (_line(kwargs=[]), "an entry for each instruction"),
        (_line(kwargs=[3]), "the arguments of `words` must be an object, got a number"),
    ],
)
def test_a_line_that_cannot_be_a_case_is_listed_and_the_others_stay(line: Any, what: str) -> None:  # noqa: ANN401 - any JSON
    """Its place and the reason are said; the lines around it become cases."""
    found = _import(_line(key="a"), line, _line(key="b"))
    assert [case.id for case in found.cases] == ["a", "b"]
    (listed,) = found.unmapped
    assert str(listed.place) == "f.jsonl:2:1"
    assert what in listed.what


def test_keys_that_cannot_be_ids_get_others() -> None:
    """A key that stands twice, or that no id may look like, is said."""
    found = _import(_line(key="x"), _line(key="x"), _line(key="a b/c"))
    assert [case.id for case in found.cases] == ["x", "x-2", "a-b-c"]
    assert [str(each.place) for each in found.unmapped] == ["f.jsonl:2:1", "f.jsonl:3:1"]


def test_bad_json_is_refused_with_its_place() -> None:
    """Nothing is imported from a file that is not JSON lines."""
    with pytest.raises(SuiteError, match=r"^f\.jsonl:2:2: not JSON"):
        import_published(io.BytesIO(b"{}\n{,}\n"), "f.jsonl", _mapped, of_ifeval=True)

"""IFEval's prompts."""

from __future__ import annotations

import io
import json
from typing import Any

from evalkit.arguments import construct
from evalkit.constraints.ifeval.published import PUBLISHED_IDS
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.importing.ifeval import import_ifeval


def test_a_published_line_becomes_a_case() -> None:
    """Id, prompt and instructions in order, each the constraint of that instruction."""
    line: dict[str, Any] = {
        "key": 1000,
        "prompt": "Write a summary. Do not use commas.",
        "instruction_id_list": ["punctuation:no_comma", "detectable_format:number_highlighted_sections"],
        "kwargs": [{}, {"num_highlights": 3, "relation": None}],
    }
    found = import_ifeval(io.BytesIO(json.dumps(line).encode()), "f.jsonl")
    (case,) = found.cases
    assert (case.id, case.prompt, found.unmapped) == ("1000", line["prompt"], ())
    built = [construct(CONSTRAINTS, spec, beside=None) for spec in case.constraints]
    assert [constraint.ifeval_id for constraint in built] == line["instruction_id_list"]


def test_the_benchmark_has_25_instructions() -> None:
    """All of them are mapped."""
    assert len(PUBLISHED_IDS) == 25


def test_an_unknown_instruction_is_listed_with_a_near_one() -> None:
    """The prompt stays, and the instruction is unjudged."""
    line: dict[str, Any] = {
        "key": 1,
        "prompt": "Say.",
        "instruction_id_list": ["punctuation:no_commas"],
        "kwargs": [{}],
    }
    found = import_ifeval(io.BytesIO(json.dumps(line).encode()), "f.jsonl")
    assert list(found.cases[0].constraints[0]) == ["unjudged"]
    assert [str(each.place) for each in found.unmapped] == ["f.jsonl:1:1"]
    assert "IFEval has no instruction `punctuation:no_commas`" in found.unmapped[0].what

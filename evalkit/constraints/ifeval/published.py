"""From an instruction as IFEval publishes it to the constraint that judges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from evalkit.errors import ArgumentError, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.types import Json

_Kind: TypeAlias = Literal["text", "texts", "number", "relation"]
_RELATIONS = {"at least": "at_least", "less than": "less_than"}


@dataclass(frozen=True, slots=True)
class _Instruction:
    """One instruction of the benchmark.

    Attributes:
        name: The constraint's.
        arguments: For each published argument the constraint's own, and what it is. A number whose own name is empty
            stands under the relation that comes with it.
    """

    name: str
    arguments: Mapping[str, tuple[str, _Kind]]


_NONE: Mapping[str, tuple[str, _Kind]] = {}
_INSTRUCTIONS = {
    "keywords:existence": _Instruction("ifeval_contains_all", {"keywords": ("keywords", "texts")}),
    "keywords:frequency": _Instruction(
        "ifeval_keyword_count",
        {"keyword": ("keyword", "text"), "frequency": ("", "number"), "relation": ("", "relation")},
    ),
    "keywords:forbidden_words": _Instruction("ifeval_contains_none", {"forbidden_words": ("keywords", "texts")}),
    "keywords:letter_frequency": _Instruction(
        "ifeval_letter_count",
        {"letter": ("letter", "text"), "let_frequency": ("", "number"), "let_relation": ("", "relation")},
    ),
    "language:response_language": _Instruction("ifeval_language", {"language": ("language", "text")}),
    "length_constraints:number_sentences": _Instruction(
        "ifeval_sentence_count", {"num_sentences": ("", "number"), "relation": ("", "relation")}
    ),
    "length_constraints:number_paragraphs": _Instruction(
        "ifeval_paragraph_count", {"num_paragraphs": ("exactly", "number")}
    ),
    "length_constraints:number_words": _Instruction(
        "ifeval_word_count", {"num_words": ("", "number"), "relation": ("", "relation")}
    ),
    "length_constraints:nth_paragraph_first_word": _Instruction(
        "ifeval_paragraph_first_word",
        {
            "first_word": ("word", "text"),
            "nth_paragraph": ("paragraph", "number"),
            "num_paragraphs": ("paragraphs", "number"),
        },
    ),
    "detectable_content:number_placeholders": _Instruction(
        "ifeval_placeholders", {"num_placeholders": ("at_least", "number")}
    ),
    "detectable_content:postscript": _Instruction("ifeval_postscript", {"postscript_marker": ("marker", "text")}),
    "detectable_format:number_bullet_lists": _Instruction("ifeval_bullets", {"num_bullets": ("exactly", "number")}),
    "detectable_format:constrained_response": _Instruction("ifeval_yes_no_maybe", _NONE),
    "detectable_format:number_highlighted_sections": _Instruction(
        "ifeval_highlights", {"num_highlights": ("at_least", "number")}
    ),
    "detectable_format:multiple_sections": _Instruction(
        "ifeval_sections", {"section_spliter": ("splitter", "text"), "num_sections": ("at_least", "number")}
    ),
    "detectable_format:json_format": _Instruction("ifeval_json", _NONE),
    "detectable_format:title": _Instruction("ifeval_title", _NONE),
    "combination:two_responses": _Instruction("ifeval_two_responses", _NONE),
    "combination:repeat_prompt": _Instruction("ifeval_repeats_prompt", {"prompt_to_repeat": ("prompt", "text")}),
    "startend:end_checker": _Instruction("ifeval_ends_with", {"end_phrase": ("end", "text")}),
    "startend:quotation": _Instruction("ifeval_quoted", _NONE),
    "change_case:english_capital": _Instruction("ifeval_english_capitals", _NONE),
    "change_case:english_lowercase": _Instruction("ifeval_english_lowercase", _NONE),
    "change_case:capital_word_frequency": _Instruction(
        "ifeval_capital_words", {"capital_frequency": ("", "number"), "capital_relation": ("", "relation")}
    ),
    "punctuation:no_comma": _Instruction("ifeval_no_comma", _NONE),
}

PUBLISHED_IDS = tuple(_INSTRUCTIONS)
"""The ids of all 25 instructions."""


def published_spec(instruction_id: str, kwargs: Mapping[str, Json]) -> Json:
    """Write a published instruction as a suite writes the constraint that judges it.

    Args:
        instruction_id: Such as `punctuation:no_comma`.
        kwargs: Its arguments; one that is null is taken for one that is not there, and one that the instruction does
            not have must be null. 0 is a value.

    Returns:
        A name, or a mapping of one name to its arguments.

    Raises:
        ArgumentError: There is no such instruction; or an argument is wrong or missing, for which the published checker
            draws a random one, so that there is no verdict to agree with.
    """
    instruction = _INSTRUCTIONS.get(instruction_id)
    if instruction is None:
        raise ArgumentError(
            f"IFEval has no instruction `{instruction_id}`", hint=suggestion(instruction_id, _INSTRUCTIONS)
        )
    given = {name: value for name, value in kwargs.items() if value is not None}
    for name in given:
        if name not in instruction.arguments:
            raise ArgumentError(
                f"`{instruction_id}` has no argument `{name}`",
                path=(name,),
                hint=suggestion(name, instruction.arguments),
            )
    read = {name: _read(instruction_id, name, kind, given) for name, (_, kind) in instruction.arguments.items()}
    relation = next((read[name] for name, (_, kind) in instruction.arguments.items() if kind == "relation"), None)
    arguments: dict[str, Json] = {
        (own or str(relation)): read[name] for name, (own, kind) in instruction.arguments.items() if kind != "relation"
    }
    if instruction_id == "length_constraints:nth_paragraph_first_word":
        _check_paragraph(arguments)
    return {instruction.name: arguments} if arguments else instruction.name


def _read(instruction_id: str, name: str, kind: _Kind, given: Mapping[str, Json]) -> Json:
    value = given.get(name)
    if value is None or (kind in ("text", "texts") and not value):
        raise _random(f"`{instruction_id}` lacks `{name}`", name)
    if kind == "number":
        # Counts are floats where the file has been through a table with holes.
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise ArgumentError(f"`{name}` must be a whole number, got {value!r}", path=(name,))
        if value < 0:
            raise _random(f"`{name}` is below 0", name)
        return int(value)
    if kind == "relation":
        if value not in _RELATIONS:
            raise ArgumentError(
                f"`{name}` must be `at least` or `less than`, got {value!r}", path=(name,), hint="IFEval has no others"
            )
        return _RELATIONS[value]
    if kind == "texts":
        texts = cast("list[object]", value) if isinstance(value, list) else []
        if not texts or not all(isinstance(each, str) for each in texts):
            raise ArgumentError(f"`{name}` must be a list of texts, got {value!r}", path=(name,))
        return sorted({str(each) for each in texts})
    if not isinstance(value, str):
        raise ArgumentError(f"`{name}` must be a text, got {value!r}", path=(name,))
    return value


def _check_paragraph(arguments: Mapping[str, Json]) -> None:
    if not 1 <= arguments["paragraph"] <= arguments["paragraphs"]:
        raise _random("`nth_paragraph` is not one of `num_paragraphs`", "nth_paragraph")


def _random(message: str, name: str) -> ArgumentError:
    return ArgumentError(
        f"{message}, and the published checker draws a random one in its place",
        path=(name,),
        hint="a verdict on a random demand means nothing",
    )

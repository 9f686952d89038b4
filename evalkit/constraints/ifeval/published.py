"""Turns an instruction as IFEval publishes it, an id with arguments, into what a suite writes.

Source: Zhou et al. 2023, "Instruction-Following Evaluation for Large Language Models"; the names of the arguments are
those of the published prompts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.errors import ArgumentError, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.types import Json


@dataclass(frozen=True, slots=True)
class _Instruction:
    """How one published instruction is written here.

    Attributes:
        name: The constraint's.
        arguments: Published name of each argument with the constraint's own.
        number: Published name of the threshold that goes with `relation`.
        relation: Published name of the argument that says `at least` or `less than`.
    """

    name: str
    arguments: tuple[tuple[str, str], ...] = ()
    number: str | None = None
    relation: str | None = None


_INSTRUCTIONS = {
    "keywords:existence": _Instruction("ifeval_contains_all", (("keywords", "keywords"),)),
    "keywords:frequency": _Instruction("ifeval_keyword_count", (("keyword", "keyword"),), "frequency", "relation"),
    "keywords:forbidden_words": _Instruction("ifeval_contains_none", (("forbidden_words", "keywords"),)),
    "keywords:letter_frequency": _Instruction(
        "ifeval_letter_count", (("letter", "letter"),), "let_frequency", "let_relation"
    ),
    "language:response_language": _Instruction("ifeval_language", (("language", "language"),)),
    "length_constraints:number_sentences": _Instruction("ifeval_sentence_count", (), "num_sentences", "relation"),
    "length_constraints:number_paragraphs": _Instruction("ifeval_paragraph_count", (("num_paragraphs", "exactly"),)),
    "length_constraints:number_words": _Instruction("ifeval_word_count", (), "num_words", "relation"),
    "length_constraints:nth_paragraph_first_word": _Instruction(
        "ifeval_paragraph_first_word",
        (("first_word", "word"), ("nth_paragraph", "paragraph"), ("num_paragraphs", "paragraphs")),
    ),
    "detectable_content:number_placeholders": _Instruction("ifeval_placeholders", (("num_placeholders", "at_least"),)),
    "detectable_content:postscript": _Instruction("ifeval_postscript", (("postscript_marker", "marker"),)),
    "detectable_format:number_bullet_lists": _Instruction("ifeval_bullets", (("num_bullets", "exactly"),)),
    "detectable_format:constrained_response": _Instruction("ifeval_yes_no_maybe"),
    "detectable_format:number_highlighted_sections": _Instruction(
        "ifeval_highlights", (("num_highlights", "at_least"),)
    ),
    "detectable_format:multiple_sections": _Instruction(
        "ifeval_sections", (("section_spliter", "splitter"), ("num_sections", "at_least"))
    ),
    "detectable_format:json_format": _Instruction("ifeval_json"),
    "detectable_format:title": _Instruction("ifeval_title"),
    "combination:two_responses": _Instruction("ifeval_two_responses"),
    "combination:repeat_prompt": _Instruction("ifeval_repeats_prompt", (("prompt_to_repeat", "prompt"),)),
    "startend:end_checker": _Instruction("ifeval_ends_with", (("end_phrase", "end"),)),
    "startend:quotation": _Instruction("ifeval_quoted"),
    "change_case:capital_word_frequency": _Instruction(
        "ifeval_capital_words", (), "capital_frequency", "capital_relation"
    ),
    "change_case:english_capital": _Instruction("ifeval_english_capitals"),
    "change_case:english_lowercase": _Instruction("ifeval_english_lowercase"),
    "punctuation:no_comma": _Instruction("ifeval_no_comma"),
}
PUBLISHED_IDS = tuple(_INSTRUCTIONS)
"""The ids of all instructions, in the order of the benchmark's groups."""

_DRAWN_WHEN_EMPTY = ("keyword", "keywords", "forbidden_words", "letter")
_RELATIONS = {"at least": "at_least", "less than": "less_than"}


def published_spec(instruction_id: str, kwargs: Mapping[str, Json], prompt: str) -> Json:  # noqa: ARG001 - of the published form, and no instruction looks at it
    """Return the constraint that a published instruction is, as YAML writes it.

    Args:
        instruction_id: One of `PUBLISHED_IDS`.
        kwargs: Its published arguments; None is the same as a missing one, and 0 is a value.
        prompt: The whole prompt; the part that `combination:repeat_prompt` repeats is an argument of its own.

    Raises:
        ArgumentError: There is no such instruction, it takes no such argument, or one is missing that the reference
            checker would draw at random (so that its verdict would say nothing); `path` names the argument.
    """
    instruction = _INSTRUCTIONS.get(instruction_id)
    if instruction is None:
        hint = suggestion(instruction_id, PUBLISHED_IDS)
        raise ArgumentError(f"IFEval has no instruction `{instruction_id}`", hint=hint)
    given = {name: value for name, value in kwargs.items() if value is not None}
    arguments = {own: _needed(given, published) for published, own in instruction.arguments}
    if instruction.number is not None and instruction.relation is not None:
        number, relation = _needed(given, instruction.number), _needed(given, instruction.relation)
        if not isinstance(relation, str) or relation not in _RELATIONS:
            message = f"`{instruction.relation}` must be `at least` or `less than`, got {relation!r}"
            raise ArgumentError(message, path=(instruction.relation,))
        arguments[_RELATIONS[relation]] = number
    known = {published for published, _ in instruction.arguments} | {instruction.number, instruction.relation}
    for name in given:
        if name not in known:
            raise ArgumentError(f"`{instruction_id}` has no argument `{name}`", path=(name,))
    if instruction.name == "ifeval_paragraph_first_word":
        _check_paragraph(arguments)
    return {instruction.name: arguments} if arguments else instruction.name


def _needed(given: Mapping[str, Json], name: str) -> Json:
    """Return an argument that the reference checker does not have to make up."""
    value = given.get(name)
    if name == "prompt_to_repeat" and not value:
        raise ArgumentError(f"`{name}` is missing, and the reference checker fails without it", path=(name,))
    if value is None or (name in _DRAWN_WHEN_EMPTY and value in ("", [])):
        raise ArgumentError(f"`{name}` is missing, and the reference checker would draw one at random", path=(name,))
    if isinstance(value, float) and value.is_integer():
        return int(value)  # tables that hold missing numbers write whole ones as 5.0
    if isinstance(value, int) and not isinstance(value, bool) and value < 0 and name != "capital_frequency":
        message = f"`{name}` is {value}, and the reference checker would draw another at random"
        raise ArgumentError(message, path=(name,))
    return value


def _check_paragraph(arguments: Mapping[str, Json]) -> None:
    place, number = arguments["paragraph"], arguments["paragraphs"]
    if isinstance(place, int) and isinstance(number, int) and not 1 <= place <= number:
        message = f"`nth_paragraph` is {place} of {number}, and the reference checker would draw another at random"
        raise ArgumentError(message, path=("nth_paragraph",))

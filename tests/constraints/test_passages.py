"""The language of passages."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from typing import Any

from evalkit.constraints.passages import KINDRED, LANGUAGES, passages

GERMAN = "Der Server schreibt jedes Ereignis in ein Protokoll, und die Verbraucher lesen es."
ENGLISH = "The server writes every event to a log, and the consumers read it whenever they want."


def test_the_codes_are_the_detectors() -> None:
    """All that it knows, less the one for texts in no language."""
    module: Any = import_module("py3langid.langid")
    labels: list[str] = module.LanguageIdentifier.from_model_file(module.MODEL_FILE).labels
    assert sorted(LANGUAGES) == sorted(set(labels) - {"zxx"})
    assert {each for kin in KINDRED.values() for each in kin} <= set(LANGUAGES)


def test_paragraphs_are_told_apart() -> None:
    """Each with its letters and its own language."""
    text = f"{GERMAN}\n\n{ENGLISH}\n\nJa."
    read = passages(text)
    assert [each.shares[0][0] for each in read[:2]] == ["de", "en"]
    assert sum(each.letters for each in read) == sum(map(str.isalpha, text))
    assert "".join(text[each.span.start : each.span.end] for each in read) == text


def test_probabilities_add_up() -> None:
    """Over all languages the sum is 1; kindred languages count for the wider code."""
    passage = passages(GERMAN)[0]
    assert abs(sum(share for _, share in passage.shares) - 1) < 1e-3
    norwegian = passages("Eg veit ikkje kva dei seier om det, men me skal sjå på det i morgon.")[0]
    assert norwegian.probability(("no",)) >= norwegian.probability(("nn",)) > 0.5


def test_code_and_addresses_have_no_language() -> None:
    """Only prose is read."""
    assert passages("```\nthe log of the server\n```\nhttps://a.example/the-server-log `the log`") == ()


def test_a_verdict_does_not_depend_on_the_process() -> None:
    """Another hash seed and locale give the same numbers."""
    code = f"from evalkit.constraints.passages import passages; print(passages({GERMAN!r})[0].shares[:3])"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed, locale in (("1", "C"), ("2", "C.UTF-8"))
    }
    assert len(outputs) == 1

"""`evalkit judge-check` on the command line, with a judge at a fake vendor."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.conftest import KEY_VARIABLE
from vendors.judges import judging

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine
    from vendors.server import FakeVendors

SUITE = """\
suite: polite
providers: [script]
judge: claude
cases:
  - id: one
    prompt: Say one thing.
    constraints:
      - judge: Is it polite?
      - judge: {question: Which is kinder?, against: Do it., votes: 2}
"""
POLITE = [("Please go.", True), ("Go, please.", True), ("Please, you fool.", False), ("Go.", False), ("Go!", True)]


@pytest.fixture
def labelled(evalkit: CommandLine, vendors: FakeVendors) -> CommandLine:
    """Give a project with labels, and a judge who goes by one word and likes what stands second."""
    vendors.reply = judging(
        lambda question: (
            "second" if "kinder" in question.outside else "yes" if "lease" in question.quoted["text"] else "no"
        )
    )
    evalkit.write("suites/polite.yaml", SUITE)
    evalkit.write(
        "providers/claude.yaml",
        f"adapter: claude\nmodel: claude-haiku-4-5\nkey_env: {KEY_VARIABLE}\nprice: {{input: 1, output: 5}}\n"
        f"base_url: {vendors.base_url('claude')}\n",
    )
    lines = [{"case": "one", "question": "Is it polite?", "text": text, "label": label} for text, label in POLITE]
    lines.append({"case": "one", "question": "Which is kinder?", "text": "Please.", "label": "text"})
    evalkit.write("labels.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines))
    return evalkit


def test_agreement_with_people_is_said(labelled: CommandLine, vendors: FakeVendors) -> None:
    """For each question, with what leads the judge astray; asking again buys nothing."""
    said = labelled("judge-check", "suites/polite.yaml", "labels.jsonl").stdout
    assert said.splitlines()[:5] == [
        "judge `Is it polite?`, by claude (claude-haiku-4-5): 5 labels, 0 undecided",
        "  agreement: 0.60 [0.15, 0.95], exact binomial",
        "  kappa: 0.17 [-0.78, 0.89] (Cohen)",
        "  people \\ judge   yes    no",
        "  yes                2     1",
    ]
    assert "what stood first was chosen 0 of 2 times [0.00, 0.84]; the order changed 1 of 1 pairs" in said
    assert len(vendors.completions("claude")) == 7
    again = labelled("judge-check", "suites/polite.yaml", "labels.jsonl", "--format", "json").stdout
    assert len(vendors.completions("claude")) == 7
    first, second = json.loads(again)["questions"]
    assert (first["counts"], first["agreement"]["estimate"]) == ([[2, 1], [1, 1]], 0.6)
    assert (second["undecided"], second["by_position"]["turned"]) == (1, 1)
    assert "run" not in labelled("runs", expect=None).stdout


def test_a_cap_leaves_votes_missing(labelled: CommandLine, vendors: FakeVendors) -> None:
    """And the command says so."""
    said = labelled("judge-check", "suites/polite.yaml", "labels.jsonl", "--max-cost", "0", expect=3).stderr
    assert "votes that are missing: 7; --max-cost leaves no room for them" in said
    assert vendors.completions("claude") == []


def test_a_wrong_file_is_refused(labelled: CommandLine) -> None:
    """Before anybody is asked."""
    labelled.write("labels.jsonl", '{"case": "none"}\n')
    said = labelled("judge-check", "suites/polite.yaml", "labels.jsonl", expect=2).stderr
    assert "labels.jsonl:1:1: no case `none`" in said
    assert "cannot be read" in labelled("judge-check", "suites/polite.yaml", "no.jsonl", expect=2).stderr

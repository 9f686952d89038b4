"""`evalkit show` for runs and samples."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from vendors.asked import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import CommandLine
    from vendors.server import FakeVendors


def test_run_lists_its_cells(evalkit: CommandLine) -> None:
    """A run shows its seed, its versions and a line for each cell."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("show", "last")
    assert "seed 11 (suite)" in done.stdout
    assert "0-2  temperature 0.0, system none; one  adherence" in done.stdout
    assert len([line for line in done.stdout.splitlines() if "adherence" in line]) == 8


def test_sample_shows_prompt_answer_and_verdicts(evalkit: CommandLine) -> None:
    """A sample shows what was sent, what came back and what each constraint says."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("show", "last", "8")
    assert "[system] Answer in at most 8 words." in done.stdout
    assert "[user] Say one thing." in done.stdout
    assert "--- answer (complete" in done.stdout
    assert "max_words" in done.stdout
    assert "length; of the case; loosely" in done.stdout
    assert re.search(
        r"^adherence \d\.\d\d, loosely \d\.\d\d; all met: (yes|no), loosely (yes|no)$", done.stdout, re.MULTILINE
    )


def test_listing_can_be_narrowed(evalkit: CommandLine) -> None:
    """`--where`, `--case` and `--limit` choose cells."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("show", "last", "--where", "system=dense", "--case", "two", "--limit", "1")
    assert len([line for line in done.stdout.splitlines() if "adherence" in line]) == 1
    assert "and 1 more cell;" in done.stderr


def test_unknown_sample_is_refused(evalkit: CommandLine) -> None:
    """A number that the run does not have, and a word, are errors."""
    evalkit("run", "suites/small.yaml")
    assert "has no sample 99" in evalkit("show", "last", "99", expect=2).stderr
    assert "`first` is not a sample" in evalkit("show", "last", "first", expect=2).stderr


def test_reasoning_stands_apart_from_the_answer(
    evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]
) -> None:
    """What the model thought has a heading of its own, and its tokens are told apart."""
    vendors.reply = lambda _asked: Reply("Blue.", reasoning="They ask for one thing.")
    hosted("claude", "claude-haiku-4-5")
    evalkit("run", "suites/small.yaml")
    shown = evalkit("show", "last", "0").stdout
    assert "--- reasoning, which is not part of the answer\nThey ask for one thing.\n\n--- answer (complete" in shown
    assert "(5 of them reasoning)" in shown
    assert "met  max_words: 1 word," in shown


def test_a_sample_of_a_hosted_model_shows_its_call(
    evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]
) -> None:
    """Who answered, under which request id, in what time and for how much, and what went out beside the messages."""
    vendors.reply = lambda _asked: Reply("Blue.")
    hosted("openai", "gpt-4.1-mini", "price: {input: 1000, output: 1000}", "settings: {max_tokens: 5}")
    evalkit("run", "suites/small.yaml")
    shown = evalkit("show", "last", "0").stdout
    assert re.search(
        r"^answered by gpt-4\.1-mini\S*; request id req_\d+; openai \S+, Chat Completions$", shown, re.MULTILINE
    )
    assert re.search(r"^took \d\.\d\d s \(first byte after .* s\); 1 attempt; cost \$0\.\d{4}$", shown, re.MULTILINE)
    sent = re.search(r"^sent beside the messages: (.*)$", shown, re.MULTILINE)
    assert sent is not None
    assert json.loads(sent[1])["model"] == "gpt-4.1-mini"
    assert "messages" not in json.loads(sent[1])
    assert "--- messages to gpt-4.1-mini\n" in shown


def test_cells_that_were_not_run_are_not_called_undecided(evalkit: CommandLine, hosted: Callable[..., None]) -> None:
    """Nothing was there to be decided; the sample says why, and of no call."""
    hosted("openai", "gpt-4.1-mini", "supports: {temperature: false}", "settings: {temperature: 0.5}")
    evalkit("run", "suites/small.yaml")
    assert "adherence not scored  (3 unsupported)" in evalkit("show", "last").stdout
    shown = evalkit("show", "last", "0").stdout
    assert "does not take `temperature`" in shown
    assert "answered by" not in shown


def test_verdicts_quote_the_text_that_was_judged(
    evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]
) -> None:
    """Where the suite asks for the reasoning, a verdict's places are in it."""
    vendors.reply = lambda _asked: Reply("Blue.", reasoning="They ask for one thing.")
    hosted("claude", "claude-haiku-4-5")
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    suite = suite.replace("max_words: 8", "contains_all: [ask for]").replace("axes:\n", "judged: reasoning\naxes:\n")
    evalkit.write("suites/small.yaml", suite)
    evalkit("run", "suites/small.yaml")
    assert "met  contains_all" in evalkit("show", "last", "0").stdout
    assert "at 'ask for'" in evalkit("show", "last", "0").stdout
    assert "\nThey <1|ask for|1> one thing.\n" in evalkit("show", "last", "0").stdout


def test_each_case_is_summed_up(evalkit: CommandLine) -> None:
    """Over all conditions, strict and loose, with the constraint that it met least; `--limit` holds for cases."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("show", "last", "--by-case")
    lines = [line for line in done.stdout.splitlines() if "adherence" in line]
    assert len(lines) == 2
    assert all(
        re.fullmatch(
            r"(one|two)  adherence \d\.\d\d, loosely \d\.\d\d; all met \d\.\d\d, loosely \d\.\d\d; 12 draws; "
            r"least met: \w+ \d\.\d\d",
            line,
        )
        for line in lines
    )
    assert "and 1 more case;" in evalkit("show", "last", "--by-case", "--limit", "1").stderr

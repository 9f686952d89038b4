"""How long every constraint takes over a megabyte that was made to be slow.

    python benchmarks/hostile_texts.py [NAME...]

Each constraint of the table is built with the arguments of its own example, and scores each text whole and cut off, in
processor time. The floor is a plain search for a character that is not there, over the same text. Target: under 1 s for
each.

What must know more than the text is told that the reasoning is the same text, and the prompt and the system prompt its
first 100,000 characters. A judge answers at once with the text and a verdict below it: timed are writing the question
and reading the answer. The time of another process, such as that of a user's own function, is not counted.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit.arguments import construct
from evalkit.constraints.composite import within
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.protocols import Context
from evalkit.types import Case, Completion, Condition, Message

if TYPE_CHECKING:
    from evalkit.judge.ask import Ask
    from evalkit.protocols import Constraint

LARGEST_S = 1.0
OWN = Path(__file__).parents[1] / "tests/constraints/own"
"""Files that examples name."""

UNITS = {
    "stops": "a. ",
    "abbreviations": "Dr. ",
    "quoted stops": 'a." ',
    "exclamations": "!",
    "brackets": "[",
    "angles": "<",
    "stars": "*",
    "backticks": "`",
    "underscores": "_a ",
    "pipes": "|a",
    "quotes": "> ",
    "hashes": "# a\n",
    "objects": '{"a":',
    "escapes": '\\"',
    "fences": "```\n",
    "tags": "<a>",
    "entities": "&a;",
    "links": "[a](",
    "addresses": "http://a.",
    "lists": "- a\n",
    "indents": "  " * 20 + "- a\n",
    "sharp s": "ß",
    "dotted i": "İ",
    "han": "漢",
    "han apart": "漢 ",
    "han stops": "漢。",
    "han mixed": "漢a",
    "thai": "ก",
    "emoji": "\U0001f468\u200d\U0001f469\u200d",
    "flags": "\U0001f1e6",
    "accents": "a\u0301",
    "marks": "\u0301",
    "surrogates": "\ud83d",
    "hyphens": "a-",
    "digits": "1,",
    "units": "1 GB ",
    "letters": "a",
    "lines": "\n",
    "short lines": "a\n",
    "returns": "\r\n",
    "blanks": " ",
    "nul": "\x00",
    "words": "the quick brown fox ",
    "english": "I am sorry, but as an AI I cannot say. Great question! Perhaps it may be so. ",
}
SIZE = 1_000_000
TOLD = 100_000
WARM_UP = "Ein Satz. Und noch einer, damit auch das geladen wird, was die Sprache erkennt."


def main() -> int:
    """Print the slowest text of each constraint; return 1 when one misses the target."""
    names = sys.argv[1:] or list(CONSTRAINTS.builtins)
    texts = {name: unit * (SIZE // len(unit)) for name, unit in UNITS.items()}
    floor_s = max(_taken_s(lambda text=text: text.find("\U0010ffff")) for text in texts.values())
    print("| constraint | slowest text | seconds | times the floor |")
    print("| --- | --- | --- | --- |")
    missed = False
    for name in names:
        constraint = _built(name)
        _score(constraint, WARM_UP, whole=True)  # tables and models are loaded once
        taken = {text: _scored_s(constraint, texts[text]) for text in texts}
        slowest = max(taken, key=lambda text: taken[text])
        missed |= taken[slowest] > LARGEST_S
        print(f"| `{name}` | {slowest} | {taken[slowest]:.3f} | {taken[slowest] / floor_s:,.0f} |", flush=True)
    print()
    print(f"target at most {LARGEST_S:g} s for each; floor {floor_s * 1000:.2f} ms")
    return int(missed)


def _built(name: str) -> Constraint:
    arguments: Any = CONSTRAINTS.get(name).examples.arguments
    built: Constraint = construct(CONSTRAINTS, name if arguments is None else {name: arguments}, beside=OWN)
    return built


def _scored_s(constraint: Constraint, text: str) -> float:
    return max(_taken_s(lambda whole=whole: _score(constraint, text, whole=whole)) for whole in (True, False))


def _score(constraint: Constraint, text: str, *, whole: bool) -> None:
    def says(ask: Ask) -> list[Completion | None]:
        return [Completion("complete", f"{text}\nverdict {ask.code}: yes")] * ask.votes

    completion = Completion("complete" if whole else "truncated", text, reasoning=text)
    messages = (Message("system", text[:TOLD]), Message("user", text[:TOLD]))
    context = Context(Case("hostile", ""), Condition(), messages, completion, (), judgements=says)
    within(constraint, context).score(text, whole=whole)


def _taken_s(work: Any) -> float:  # noqa: ANN401 - any call
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())

"""Judges for the fake vendors: they read the question as a model does, and answer by a rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vendors.asked import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vendors.asked import Asked

_CODE = re.compile(r"^verdict (\w+): <answer>$", re.MULTILINE)
_BEGINS = re.compile(r"^\[([\w ]+) \w{16} begins\]$")


@dataclass(frozen=True)
class Seen:
    """What a judge sees.

    Attributes:
        code: What it is to write before its verdict.
        quoted: The quoted texts by name.
        outside: All that is not quoted.
    """

    code: str
    quoted: Mapping[str, str]
    outside: str


def seen(asked: Asked) -> Seen | None:
    """Read a question; None for a request that is no judge's."""
    code = _CODE.search(asked.prompt)
    if code is None or not (asked.system or "").startswith("You are a judge."):
        return None
    quoted: dict[str, list[str]] = {}
    outside: list[str] = []
    name = ""
    for line in asked.prompt.split("\n"):
        begins = _BEGINS.match(line)
        if begins:
            name = begins[1]
            quoted[name] = []
        elif line.startswith("| "):
            quoted[name].append(line[2:])
        else:
            outside.append(line)
    return Seen(code[1], {name: "\n".join(lines) for name, lines in quoted.items()}, "\n".join(outside))


def judging(
    answer: Callable[[Seen], str], writer: Callable[[Asked], str] = lambda asked: f"You said: {asked.prompt[:60]}"
) -> Callable[[Asked], Reply]:
    """Return a model that answers judges' questions by a rule, and writes otherwise."""

    def reply(asked: Asked) -> Reply:
        question = seen(asked)
        if question is None:
            return Reply(writer(asked))
        return Reply(f"It is so.\nverdict {question.code}: {answer(question)}")

    return reply

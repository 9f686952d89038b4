"""Functions of a user's own, good and bad."""

# ruff: noqa: ARG001, T201 - each is called with two arguments, whatever it looks at, and may print
from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.own_code.case import JudgedCase


def polite(text: str, case: JudgedCase | None) -> Score:
    """Look for a please."""
    place = text.lower().find("please")
    if place < 0:
        return Score(0.0, "no `please`")
    return Score(1.0, "says `please`", (Span(place, place + 6),))


def short(text: str, case: JudgedCase) -> bool:
    """Be a bool."""
    return len(text) < 10


def share(text: str, case: JudgedCase) -> float:
    """Be a number."""
    return 0.25


def told(text: str, case: JudgedCase) -> Score:
    """Say what is known."""
    return Score(1.0, f"{case.id}|{case.prompt}|{case.system}|{case.variables['n']}|{case.condition['temperature']}")


def silent(text: str, case: JudgedCase) -> None:
    """Forget to return."""


def too_much(text: str, case: JudgedCase) -> float:
    """Be no share."""
    return 7.0


def not_a_number(text: str, case: JudgedCase) -> float:
    """Be no number."""
    return float("nan")


def beside_the_text(text: str, case: JudgedCase) -> Score:
    """Point nowhere."""
    return Score(1.0, "there", (Span(0, 10_000),))


def broken(text: str, case: JudgedCase) -> bool:
    """Raise."""
    marks: dict[str, bool] = {}
    return marks["politeness"]


def leaving(text: str, case: JudgedCase) -> bool:
    """Leave by the usual door."""
    sys.exit(3)


def crashing(text: str, case: JudgedCase) -> bool:
    """End the process without a word."""
    os._exit(7)


def hanging(text: str, case: JudgedCase) -> bool:
    """Never return, unless asked nicely."""
    if "please" not in text:
        time.sleep(60)
    return True


def chatty(text: str, case: JudgedCase) -> bool:
    """Print, and ask for input."""
    print("looking at it")
    return not sys.stdin.read()


async def later(text: str, case: JudgedCase) -> bool:
    """Be no plain function."""
    return True


def one(text: str) -> bool:
    """Take one argument."""
    return True

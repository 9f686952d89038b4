"""What the worker answers to one request."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.own_code.worker import answer

CHECKS = str(Path(__file__).parents[1] / "constraints/own/checks.py")


def test_loading_answers_nothing() -> None:
    """A file that can be imported and has the function is all that is asked for."""
    assert answer({"path": CHECKS, "function": "polite"}) == {}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("raise RuntimeError('no')", "`check` raised RuntimeError: no"),
        ("import nothing_of_this_name", "`check` raised ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("check = 3", "`check` raised TypeError: 'int' object is not callable"),
        ("def check(text, case): raise ValueError", "`check` raised ValueError"),
        (
            "def check(text, case): raise ValueError('x' * 900)",
            f"`check` raised ValueError: {'x' * 200}",
        ),
        ("def check(text, case): return 'x' * 900", f"`check` returned '{'x' * 199}, which is no Score, bool or"),
        (
            "from evalkit.verdicts import Score\ndef check(text, case): return Score(2.0, '')",
            "`check` returned a value that is not between 0 and 1: 2.0",
        ),
    ],
)
def test_fault_is_said(source: str, fault: str, tmp_path: Path) -> None:
    """Whatever is wrong with a user's file is an answer, not an exception."""
    path = tmp_path / f"checks_{abs(hash(source))}.py"
    path.write_text(source, encoding="utf-8")
    found = answer({"path": str(path), "function": "check", "text": "x", "case": None})
    assert found["fault"].startswith(fault)

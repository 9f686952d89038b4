"""Code in the languages that there is a parser for."""

from __future__ import annotations

import pytest

from evalkit.constraints.parsers import language_of, parsed


@pytest.mark.parametrize(
    ("language", "code", "value"),
    [
        ("python", "def f(x: int) -> int:\n    return x\n", True),
        ("python", "print 'a'", False),
        ("python", "if a:\nb", False),
        ("python", "x = '\\d'", True),
        ("python", "1 is 1", True),
        ("python", "a\x00b", False),
        ("python", "'\ud800'", False),
        ("python", "-" * 60_000 + "1", None),
        ("python", "(" * 60_000, None),
        ("python", "import os; os.abort()", True),
        ("json", '{"a": 1}', True),
        ("json", "{a: 1}", False),
        ("json", "[" * 60_000, None),
        ("yaml", "a: [1]", True),
        ("yaml", "plain", True),
        ("yaml", "a: [1", False),
        ("toml", "[a]\nb = 1", True),
        ("toml", "a = ", False),
        ("toml", "a = " + "[" * 60_000, None),
        ("toml", "a." * 30_000 + "b = 1", None),
        ("xml", "<a/>", True),
        ("xml", "<a>", False),
        ("rust", "fn main() {}", None),
        ("", "a", None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_code_is_parsed(language: str, code: str, value: bool | None) -> None:
    """Undecided where there is no parser, or the parser's own limit is met; nothing is executed."""
    assert parsed(code, language).value is value


def test_languages_have_several_names() -> None:
    """The usual short ones, whatever their case."""
    assert [language_of(name) for name in ("PY", "yml", "SVG", "Rust")] == ["python", "yaml", "xml", "rust"]

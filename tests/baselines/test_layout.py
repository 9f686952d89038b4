"""Tests of what is refused, and where."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.baselines.layout import take_apart
from evalkit.errors import BaselineError
from tests.baselines.conftest import case, row, text_of

TEXT = text_of(row(case("a"), case("b", 8), case("c")), row(case("a"), provider="z"))
LINES = TEXT.splitlines()


def refusal(text: str | bytes) -> str:
    """Return how a file is refused."""
    with pytest.raises(BaselineError) as refused:
        take_apart(text if isinstance(text, bytes) else text.encode(), "main.json")
    assert refused.value.hint
    assert refused.value.exit_code == 2
    return str(refused.value)


def test_a_file_as_written_is_taken_apart() -> None:
    """Rows come with the numbers of their lines; other line ends and a byte-order mark change nothing."""
    layout = take_apart(TEXT.encode(), "main.json")
    assert [(block.line, len(block.cases)) for block in layout.blocks] == [(2, 3), (7, 1)]
    assert take_apart(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(), "main.json") == layout
    assert take_apart((TEXT + "\n").encode(), "main.json") == layout
    assert take_apart(TEXT.rstrip("\n").encode(), "main.json") == layout


def test_an_edited_case_is_refused_at_its_line() -> None:
    """The error says what the check would be and what it is."""
    words = refusal(
        TEXT.replace('"case":"b", "by":"a1b2c3d4e5f6", "draws":8', '"case":"b", "by":"a1b2c3d4e5f6", "draws":9')
    )
    column = LINES[3].index('"check"') + len('"check":"') + 1
    assert words.startswith(f"main.json:4:{column}: this line was edited: its check would be ")
    assert words.endswith(f"and it says {json.loads(LINES[3].rstrip(','))['check']}")


WITHOUT_CHECK = LINES[4].replace('"check"', '"chec"')
EDITS = {
    "a row": (TEXT.replace('"model":"SmolLM2', '"model":"Other', 1), "main.json:2:1: this line was edited, or"),
    "the head": (TEXT.replace('"version":2', '"version":3'), "main.json:1:1: this line was edited, or"),
    "a case less": ("\n".join([*LINES[:2], *LINES[3:]]), "main.json:2:1: .* taken out or moved"),
    "a case twice": ("\n".join([*LINES[:3], LINES[2], *LINES[3:]]), "main.json:2:1: .* were added"),
    "cases moved": ("\n".join([*LINES[:2], LINES[3], LINES[2], *LINES[4:]]), "main.json:2:1: .* moved"),
    "a row less": ("\n".join([LINES[0], *LINES[6:]]), "main.json:1:1: .* lines of another version"),
    "spaces": (TEXT.replace(', "check":"', ', "check": "'), "main.json:1:1: this line is not as evalkit writes"),
    "laid out anew": (json.dumps(json.loads(TEXT), indent=2), "main.json:1:1: .*laid out the file anew"),
    "two files": (TEXT + TEXT, "main.json:11:1: not JSON: extra data"),
    "no JSON": (TEXT.replace('"draws":8', '"draws":', 1), "main.json:3:.*edited: its check"),
    "no check": ("\n".join([*LINES[:4], WITHOUT_CHECK, *LINES[5:]]), "main.json:5:1: this line"),
    "a comma": ("\n".join([*LINES[:4], LINES[4] + ",", *LINES[5:]]), r"main\.json:[56]:\d+: not JSON"),
}


@pytest.mark.parametrize(("text", "words"), EDITS.values(), ids=EDITS)
def test_other_edits_are_refused(text: str, words: str) -> None:
    """Whatever was edited, the line is named."""
    said = refusal(text)
    assert re.match(words, said), said


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", "||||||| 0e2b346", "=======", ">>>>>>> other"])
def test_a_merge_marker_is_refused_first(marker: str) -> None:
    """Its line is named, though the head does not fit either."""
    text = "\n".join([LINES[0].replace("main", "x"), *LINES[1:4], marker, *LINES[3:]])
    assert refusal(text).startswith(f"main.json:5:1: a merge has left its marker `{marker[:7]}` here")


@pytest.mark.parametrize("layout", ["as ours", "another"])
def test_a_newer_format_is_refused_with_what_to_upgrade_to(layout: str) -> None:
    """Whatever the layout of a newer format is, its number is looked at before anything else."""
    text = TEXT.replace('"format":1, "evalkit":"0.1.0"', '"format":2, "evalkit":"0.9.1"')
    if layout == "another":
        text = json.dumps(json.loads(text), indent=2)
    with pytest.raises(BaselineError) as refused:
        take_apart(text.encode(), "main.json")
    place = "main.json:1:2" if layout == "as ours" else "main.json:2:3"
    assert str(refused.value) == (
        f"{place}: the baseline has format 2, written by evalkit 0.9.1; this evalkit reads formats up to 1"
    )
    assert refused.value.hint == "pip install --upgrade 'prompt-evalkit>=0.9.1'"


@pytest.mark.parametrize(("form", "met"), [('"1"', "`1`"), ("0", "`0`"), ("true", "`True`"), ("null", "nothing")])
def test_a_format_that_is_no_number_is_refused(form: str, met: str) -> None:
    """So is a file without any."""
    text = TEXT.replace('"format":1', f'"format":{form}')
    assert refusal(text) == f"main.json:1:2: `format` must be a whole number from 1, got {met}"


@pytest.mark.parametrize("text", ["{}", '{"format":1}', "[]", "null", "7"])
def test_other_json_is_refused(text: str) -> None:
    """An object without a format, or no object, is no baseline."""
    assert refusal(text).startswith("main.json:1:1: ")


def test_an_empty_file_is_refused() -> None:
    """Nothing at all is said as that."""
    assert refusal("") == "main.json:1:1: the file is empty"


def test_what_is_no_text_is_refused_with_its_place() -> None:
    """Bytes that are not UTF-8 have a line and a column."""
    assert refusal(TEXT.encode()[:-3] + b"\xff") == "main.json:10:1: not UTF-8 text"


def test_a_file_nested_too_deep_is_refused() -> None:
    """No parser's limit ends in a traceback."""
    assert "cannot be read" in refusal("[" * 100_000 + "]" * 100_000)


@pytest.mark.parametrize("cut", range(1, len(TEXT) - 1, 37))
def test_a_cut_file_is_refused(cut: int) -> None:
    """Wherever it ends, and the error says so or names the line."""
    words = refusal(TEXT[:cut])
    assert words.startswith("main.json:")
    assert "ends too early" in words or "not JSON" in words or "edited" in words or "JSON" in words


@given(st.integers(0, len(TEXT) - 2), st.sampled_from('0aZ "{}[],:\n\\'))
def test_no_changed_letter_goes_unnoticed(index: int, letter: str) -> None:
    """Any letter of the file may be replaced, and the file is refused."""
    if TEXT[index] != letter:
        refusal(TEXT[:index] + letter + TEXT[index + 1 :])

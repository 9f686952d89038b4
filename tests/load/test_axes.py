"""Axes, right and wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from evalkit.load.axes import reserved
from tests.load.conftest import BASE, changed, conversation, with_axis

if TYPE_CHECKING:
    from tests.load.conftest import Loader


def test_single_value_is_a_list_of_one(loader: Loader) -> None:
    """A fixed value may stand without brackets."""
    assert loader(BASE.replace("[none, dense]", "dense")).axes["system"] == ("dense",)


def test_stop_axis_takes_lists_as_values(loader: Loader) -> None:
    """Each value of `stop` is one text or a list of them."""
    suite = loader(BASE.replace("axes:\n", "axes:\n  stop: [END, [A, B]]\n"))
    assert suite.axes["stop"] == (("END",), ("A", "B"))


@pytest.mark.parametrize("values", ["[1, true]", "[1, 1.0]", "[a, a]"])
def test_values_that_are_equal_are_one_value(loader: Loader, values: str) -> None:
    """Two values that compare equal would be one condition under two names."""
    text = BASE.replace("axes:\n", f"axes:\n  flag: {values}\n").replace("Hello", "Hello {{ flag }}")
    with pytest.raises(SuiteError, match=r"axis `flag` has the value .* twice"):
        loader(text)


@pytest.mark.parametrize(
    ("axis", "known"),
    [pytest.param("turns", True, id="own meaning"), pytest.param("top_k", True, id="setting"), ("tone", False)],
)
def test_reserved(axis: str, *, known: bool) -> None:
    """Axes with a meaning of their own need no template."""
    assert reserved(axis) is known


REFUSED = [
    pytest.param(
        with_axis("tone: [a, b]"),
        "5:3: axis `tone` is used by no template and is no setting",
        "known are `density`, `max_tokens`, `min_p`, `name`, `refresh`, `system`, `temperature`, `top_k`, `top_p`, "
        "`turns`",
        id="unused axis",
    ),
    pytest.param(
        with_axis("temprature: [1]"),
        "5:3: axis `temprature` is used by no template and is no setting",
        "did you mean `temperature`?",
        id="misspelt",
    ),
    pytest.param(changed("1.0]", ".nan]"), "5:22: `.nan` is not a finite number", "write a plain number", id="NaN"),
    pytest.param(
        changed("1.0]", "-.inf]"), "5:22: `-.inf` is not a finite number", "write a plain number", id="infinity"
    ),
    pytest.param(
        changed("1.0]", "-1.0]"),
        "5:22: temperature must be at least 0, got -1.0",
        "temperature takes numbers from 0 upwards",
        id="negative",
    ),
    pytest.param(
        changed("[0.0, 1.0]", "[yes]"),
        "5:17: temperature must be a number, got 'yes'",
        "temperature takes numbers from 0 upwards",
        id="word",
    ),
    pytest.param(
        changed("[0.0, 1.0]", "[]"),
        "5:16: axis `temperature` has no values",
        "a sweep over nothing would have no samples",
        id="empty axis",
    ),
    pytest.param(
        changed("1.0]", "0.0]"),
        "5:22: axis `temperature` has the value 0.0 twice",
        "a condition would be run twice under one name",
        id="twice",
    ),
    pytest.param(
        with_axis("top_p: 0"), "5:10: top_p must be above 0, got 0", "top_p takes numbers above 0 to 1", id="open end"
    ),
    pytest.param(
        changed("dense]", "dens]"), "6:18: no system `dens` in `systems`", "did you mean `dense`?", id="unknown system"
    ),
    pytest.param(
        with_axis("turns: [0, 2]"),
        "5:11: turns needs a `conversation`",
        "for example `conversation: {file: talk.yaml}`",
        id="no conversation",
    ),
    pytest.param(
        with_axis("turns: [0, 3]") + conversation(2),
        "5:14: turns asks for 3 exchanges, the conversation has 2",
        "use at most 2",
        id="too many turns",
    ),
    pytest.param(
        with_axis("density: [0.5]"),
        "5:13: density needs an entry of `systems` with rules",
        "write one as `{rules: [...], filler: [...]}`",
        id="nothing to dilute",
    ),
    pytest.param(
        with_axis("density: [0.1]").replace("dense: Be brief.", "dense: {rules: [Be brief.], filler: [Have fun.]}"),
        "5:13: system `dense`: density 0.1 needs at least 18 words of filler for 2 words of rules, got 2",
        "add filler sentences, or raise the least density",
        id="too little filler",
    ),
    pytest.param(
        with_axis("refresh: [2]") + conversation(2),
        "5:3: refresh has no exchanges to act on",
        "give `turns` values above 0, or leave `refresh` out",
        id="no turns",
    ),
    pytest.param(
        with_axis("refresh: [nevr]") + conversation(1),
        "5:13: refresh must be `never` or a whole number, got nevr",
        "did you mean `never`?",
        id="never misspelt",
    ),
    pytest.param(
        with_axis("tone: [1, true]").replace("Hello", "Hello {{ tone }}"),
        "5:13: axis `tone` has the value true twice",
        "it equals 1; put quotes around one of them to tell them apart",
        id="value twice under two kinds",
    ),
    pytest.param(
        changed("[none, dense]", "[null, none]"),
        "6:11: axis `system` has null and `none`, which are both no system message",
        "one of them is enough",
        id="no system twice",
    ),
    pytest.param(
        with_axis("density: [0]").replace("dense: Be brief.", "dense: {rules: [Be brief.]}"),
        "5:13: density must be above 0 and at most 1, got 0",
        "1 is the rules alone",
        id="density of nothing",
    ),
    pytest.param(
        with_axis("density: [half]"),
        "5:13: density must be a number, got the text `half`",
        "for example `density: 0.5`",
        id="density as a word",
    ),
    pytest.param(
        with_axis("refresh: [0]") + conversation(1),
        "5:13: refresh must be at least 1, got 0",
        "for example `refresh: 4`",
        id="refresh of 0",
    ),
    pytest.param(
        with_axis("turns: [-1]") + conversation(1),
        "5:11: turns must be at least 0, got -1",
        "for example `turns: 4`",
        id="turns below 0",
    ),
    pytest.param(
        with_axis("turns: [0.5]") + conversation(1),
        "5:11: turns must be a whole number, got 0.5",
        "for example `turns: 4`",
        id="turns in half",
    ),
    pytest.param(
        with_axis("a b: [1]"), "5:3: `a b` cannot name an axis", "use letters, digits and `_`", id="axis with a space"
    ),
    pytest.param(
        with_axis("tone: [{a: 1}]").replace("Hello", "Hello {{ tone }}"),
        "5:10: each entry of tone must be a single value, got a mapping",
        "a text, a number, true, false or null",
        id="axis of mappings",
    ),
    pytest.param(
        BASE.replace(BASE[BASE.index("axes") : BASE.index("systems")], "axes:\n"),
        "4:1: axes must be a mapping, got nothing",
        "a mapping is lines of `key: value`",
        id="nothing as axes",
    ),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_refused(loader: Loader, text: str, message: str, hint: str | None) -> None:
    """One sentence with file, line and column and the value met, and a hint."""
    assert loader.refusal(text) == (message, hint)

"""Tags, and failures that are expected: every form, right and wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.expected import ExpectedFailure
from tests.load.conftest import BASE

if TYPE_CHECKING:
    from tests.load.conftest import Loader


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", (ExpectedFailure(),)),
        ("false", ()),
        ("no model does this yet", (ExpectedFailure("no model does this yet"),)),
        (
            "{where: {system: none, temperature: [0, 1.0]}, reason: nothing tells it to}",
            (ExpectedFailure("nothing tells it to", {"system": ("none",), "temperature": (0.0, 1.0)}),),
        ),
        ("{where: {provider: script, case: a}}", (ExpectedFailure(providers=("script",), cases=("a",)),)),
        (
            "[{where: {case: [a]}}, later]",
            (ExpectedFailure(cases=("a",)), ExpectedFailure("later")),
        ),
    ],
    ids=["all", "none", "reason", "where", "provider and case", "list"],
)
def test_failures_are_expected_of_all_or_of_a_part(
    loader: Loader, text: str, expected: tuple[ExpectedFailure, ...]
) -> None:
    """A part is named by axis values, by the provider and by the case."""
    assert loader(BASE + f"xfail: {text}\n").xfail == expected


def test_an_axis_named_like_case_is_the_axis(loader: Loader) -> None:
    """As in gates, the suite's own names win."""
    suite = BASE.replace("axes:\n", "axes:\n  case: [upper, lower]\n").replace("Hello", "In {{ case }} hello")
    assert loader(suite + "xfail: {where: {case: upper}}\n").xfail == (ExpectedFailure(where={"case": ("upper",)}),)


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("1", 8, "xfail must be true, a reason, or a mapping, got 1", "where"),
        ("{}", 8, "an expected failure says nothing", "`xfail: true`"),
        ("{when: {}}", 9, "unknown key `when`", "`where`"),
        ("{where: {sytem: none}}", 17, "the suite has no axis `sytem`", "`system`"),
        ("{where: {system: fluffy}}", 25, "axis `system` has no value fluffy", "it has none, dense"),
        ("{where: {system: []}}", 25, "where chooses no value of `system`", "name one"),
        ("{where: {provider: scirpt}}", 27, "the suite has no provider `scirpt`", "`script`"),
        ("{where: {case: b}}", 23, "the suite has no case `b`", "`a`"),
        ("{reason: ''}", 17, "reason must not be empty", "leave it out"),
        ("[true]", 9, "xfail must be true, a reason, or a mapping, got true", "where"),
    ],
    ids=["number", "empty", "key", "axis", "value", "no value", "provider", "case", "no reason", "true in a list"],
)
def test_what_expects_nothing_that_is_there_is_refused(
    loader: Loader, text: str, column: int, message: str, hint: str
) -> None:
    """Each complaint has its place and a hint."""
    said, advice = loader.refusal(BASE + f"xfail: {text}\n")
    assert said == f"16:{column}: {message}"
    assert hint in (advice or "")


def test_tags_are_kept_once_each(loader: Loader) -> None:
    """In the order of the file."""
    assert loader(BASE + "tags: [nightly, 2-turns, nightly]\n").tags == ("nightly", "2-turns")


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("_own", "the tag `_own` begins with `_`"),
        ("xfail", "`xfail` is no tag, because pytest has a mark of that name"),
        ("skip", "`skip` is no tag, because pytest has a mark of that name"),
    ],
)
def test_tags_that_pytest_would_act_on_are_refused(loader: Loader, tag: str, message: str) -> None:
    """A tag says what something is about; it does not skip it."""
    assert loader.refusal(BASE + f"tags: [{tag}]\n")[0] == f"16:8: {message}"


def test_tags_and_expected_failures_are_no_part_of_the_hash(loader: Loader) -> None:
    """They change nothing that is asked or measured, so that numbers stay comparable."""
    assert loader(BASE + "tags: [nightly]\nxfail: true\n").hash == loader(BASE).hash

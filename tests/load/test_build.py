"""Every part of a suite, right and wrong; each complaint has its place, the value met and a hint."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from tests.load.conftest import BASE

if TYPE_CHECKING:
    from tests.load.conftest import Loader

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{inner}'] * 9)}]\n" for inner, name in itertools.pairwise("abcdef")
)


def changed(old: str, new: str) -> str:
    """Change one place of the base suite."""
    assert BASE.count(old) == 1, old
    return BASE.replace(old, new)


def with_axis(line: str) -> str:
    """Add an axis to the base suite, in its fifth line."""
    return changed("axes:\n", f"axes:\n  {line}\n")


def conversation(count: int) -> str:
    """Return a conversation of so many exchanges."""
    return "conversation:\n  exchanges:\n" + "    - {user: Hi., assistant: Hello.}\n" * count


def test_good_suite_has_everything(loader: Loader) -> None:
    """The whole language in one suite."""
    loader.write("suites/prompts/fluffy.md", "Be nice.\n")
    loader.write("suites/filler.txt", "Have fun.\n\nEnjoy it.\n")
    loader.write(
        "suites/talk.yaml", "- {user: Hi., assistant: 'Hello {{ name }}.'}\n- {user: And?, assistant: Well.}\n"
    )
    suite = loader(
        """\
suite: whole
version: 3
description: All of it.
providers: [script, other]
repeats: 5
seed: 9
max_tokens: 40
stop: END
noise: independent
truncated: as_is
refusals: fail
tags: [nightly]
variables: {name: you}
axes:
  temperature: 0.5
  system: [null, fluffy, ruled]
  density: [1.0, 0.5]
  turns: [0, 2]
  refresh: [never, 1]
  tone: [kind, stern]
systems:
  fluffy: {file: prompts/fluffy.md}
  ruled: {rules: [Be brief.], filler: {file: filler.txt}}
conversation: {file: talk.yaml, mode: padding}
refresh: "Again: {{ system }} {{ message }}"
constraints: [max_words: 9]
cases:
  - {id: a, prompt: "In a {{ tone }} voice, {{ name }}.", constraints: [{not: valid_json}]}
  - {id: b, prompt: "{{ tone }}?", variables: {name: me}}
measures: [exact_agreement, {distinct_n: 3}]
gates:
  - {measure: distinct_3_normalised, between: [0.1, 0.9], on: estimate, where: {system: [fluffy, null], turns: 2}}
  - {measure: adherence, no_worse_than: baseline, margin: 0.05}
"""
    )
    assert suite.settings == {"max_tokens": 40, "stop": ("END",)}
    assert suite.axes["temperature"] == (0.5,)
    assert suite.axes["system"] == (None, "fluffy", "ruled")
    assert suite.systems["fluffy"].text == "Be nice."
    assert suite.systems["ruled"].filler == ("Have fun.", "Enjoy it.")
    assert suite.conversation is not None
    assert suite.conversation.mode == "padding"
    assert suite.conversation.exchanges[0].assistant == "Hello {{ name }}."
    assert [len(case.constraints) for case in suite.cases] == [2, 1]
    assert [case.variables["name"] for case in suite.cases] == ["you", "me"]
    assert [measure.label for measure in suite.measures] == ["exact_agreement", "distinct_3"]
    assert suite.gates[0].where == {"system": ("fluffy", None), "turns": (2,)}
    assert (suite.gates[0].at_least, suite.gates[0].at_most, suite.gates[0].on) == (0.1, 0.9, "estimate")
    assert (suite.gates[1].no_worse_than, suite.gates[1].margin) == ("baseline", 0.05)
    assert (suite.noise, suite.truncated, suite.refusals) == ("independent", "as_is", "fail")


REFUSED = [
    pytest.param(changed("repeats", "repets"), "3:1: unknown key `repets`", "did you mean `repeats`", id="unknown key"),
    pytest.param(BASE + "repeats: 3\n", "16:1: key `repeats` stands twice", "line 3", id="duplicate key"),
    pytest.param(with_axis("tone: [a, b]"), "5:3: axis `tone` is used by no template", "known are", id="unused axis"),
    pytest.param(with_axis("temprature: [1]"), "5:3: axis `temprature`", "did you mean `temperature`", id="misspelt"),
    pytest.param(changed("repeats: 2", "repeats: two"), "3:10: repeats must be a whole number", "example", id="type"),
    pytest.param(changed("repeats: 2", "repeats: 0"), "3:10: repeats must be at least 1, got 0", "example", id="zero"),
    pytest.param(changed("1.0]", ".nan]"), "5:22: `.nan` is not a finite number", "plain number", id="NaN"),
    pytest.param(changed("1.0]", "-.inf]"), "5:22: `-.inf` is not a finite number", "plain number", id="infinity"),
    pytest.param(
        changed("1.0]", "-1.0]"), "5:22: temperature must be at least 0, got -1.0", "from 0 upwards", id="negative"
    ),
    pytest.param(changed("[0.0, 1.0]", "[yes]"), "5:17: temperature must be a number", "numbers", id="word"),
    pytest.param(changed("[0.0, 1.0]", "[]"), "5:16: axis `temperature` has no values", "no samples", id="empty axis"),
    pytest.param(changed("1.0]", "0.0]"), "5:22: axis `temperature` has the value 0.0 twice", None, id="twice"),
    pytest.param(with_axis("top_p: 0"), "5:10: top_p must be above 0, got 0", "above 0 to 1", id="open end"),
    pytest.param(
        BASE[: BASE.index("cases")] + "cases: []\n", "10:8: a suite needs at least one", "no samples", id="no cases"
    ),
    pytest.param(
        changed("max_words", "max_word"), "15:9: no constraint named `max_word`", "max_words", id="no constraint"
    ),
    pytest.param(
        changed("max_words: 8", "max_words: eight"), "15:9: `limit` of `max_words`", "max_words:", id="argument"
    ),
    pytest.param(
        changed("max_words: 8", "max_words: {limt: 8}"), "15:27: `max_words` has no argument", "limit", id="name"
    ),
    pytest.param(changed("max_words: 8", "matches: '('"), "15:9: `pattern` of `matches`", "RE2", id="pattern"),
    pytest.param(
        changed("dense: Be brief.", "dense: {file: ../../outside.md}"),
        "suites/../../outside.md` lies outside the project",
        "into the project",
        id="file outside",
    ),
    pytest.param(changed("Be brief.", "{file: x.md}"), "9:17: no file `suites/x.md`", None, id="no such file"),
    pytest.param(BOMB + BASE, "aliases expand to more than", "multiplies", id="aliases that explode"),
    pytest.param(changed("[script]", "&p [*p]"), "2:12: anchor `p` contains itself", "write", id="anchor in itself"),
    pytest.param(
        changed("{{ name }}", "{{ ''.__class__.__mro__ }}"),
        "12:13: template reaches outside its sandbox",
        "variables, filters and loops",
        id="sandbox",
    ),
    pytest.param(
        changed("{{ name }}", "{{ nam }}"), "12:13: template uses `nam`", "did you mean `name`", id="variable"
    ),
    pytest.param(changed("{{ name }}", "{{ name"), "12:13: template is malformed in its line 1", None, id="malformed"),
    pytest.param(changed("dense]", "dens]"), "6:18: no system `dens` in `systems`", "dense", id="unknown system"),
    pytest.param(with_axis("turns: [0, 2]"), "5:11: turns needs a `conversation`", None, id="no conversation"),
    pytest.param(
        with_axis("turns: [0, 3]") + conversation(2),
        "5:14: turns asks for 3 exchanges, the conversation has 2",
        "at most 2",
        id="too many turns",
    ),
    pytest.param(with_axis("density: [0.5]"), "5:13: density needs an entry", None, id="nothing to dilute"),
    pytest.param(
        with_axis("density: [0.1]").replace("dense: Be brief.", "dense: {rules: [Be brief.], filler: [Have fun.]}"),
        "5:13: system `dense`: density 0.1 needs at least 18 words of filler",
        "add filler",
        id="too little filler",
    ),
    pytest.param(
        with_axis("refresh: [2]") + conversation(2), "5:3: refresh has no exchanges to act on", "turns", id="no turns"
    ),
    pytest.param(
        with_axis("refresh: [nevr]") + conversation(1), "5:13: refresh must be `never` or", "never", id="never misspelt"
    ),
    pytest.param(
        changed("repeats: 2", "repeats: {min: 2}"), "3:10: repeats must be a whole number;", "repeats: 8", id="range"
    ),
    pytest.param(BASE + "  - {id: a, prompt: x}\n", "16:10: case `a` stands twice", "of its own", id="case twice"),
    pytest.param(changed("id: a", "id: a b"), "11:9: `a b` is not a name", "letters", id="name with a space"),
    pytest.param(BASE + "measures: [exact_agrement]\n", "16:12: no measure named", "exact_agreement", id="measure"),
    pytest.param(BASE + "stop: ['']\n", "16:7: stop must not hold an empty string", "every answer", id="empty stop"),
    pytest.param(BASE + "noise: comon\n", "16:8: noise must be `common` or", "common", id="choice"),
    pytest.param(BASE + "axis: {}\n", "16:1: unknown key `axis`", "axes", id="axis for axes"),
    pytest.param("- a\n- b\n", "1:1: the file must be a mapping, got a list", "key: value", id="a list"),
    pytest.param("suite: s\n", "1:1: the file lacks the key `providers`", None, id="missing key"),
    pytest.param(changed("[script]", "[script, script]"), "2:21: `script` is named twice", None, id="provider twice"),
    pytest.param(
        changed("none: null", "none: [a]"), "8:9: system `none` must be a text, null,", None, id="system list"
    ),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_refused(loader: Loader, text: str, message: str, hint: str | None) -> None:
    """One sentence with file, line and column, the value met, and a hint where there is something to do."""
    with pytest.raises(SuiteError) as caught:
        loader(text)
    assert message in str(caught.value)
    assert str(caught.value).startswith("suites/x.yaml")
    assert not str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    if hint is not None:
        assert hint in str(caught.value.hint)

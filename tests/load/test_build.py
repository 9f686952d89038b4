"""Every part of a suite, right and wrong; each complaint has its place, the value met and a hint."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.load.conftest import BASE, changed

if TYPE_CHECKING:
    from tests.load.conftest import Loader

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{inner}'] * 9)}]\n" for inner, name in itertools.pairwise("abcdef")
)


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
judged: both
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
  ruled: {rules: [Be brief., {says: Be kind., constraints: [max_words: 4]}], filler: {file: filler.txt}}
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
    assert suite.systems["ruled"].rules == ("Be brief.", "Be kind.")
    assert len(suite.systems["ruled"].constraints) == 1
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
    assert suite.judged == "both"


REFUSED = [
    pytest.param(
        changed("repeats", "repets"),
        "3:1: unknown key `repets`",
        "did you mean `repeats` or `refresh`?",
        id="unknown key",
    ),
    pytest.param(
        BASE + "repeats: 3\n",
        "16:1: key `repeats` stands twice",
        "it stands first in line 3; keep one",
        id="duplicate key",
    ),
    pytest.param(
        changed("repeats: 2", "repeats: two"),
        "3:10: repeats must be a whole number, got the text `two`",
        "for example `repeats: 4`",
        id="type",
    ),
    pytest.param(
        changed("repeats: 2", "repeats: 0"),
        "3:10: repeats must be at least 1, got 0",
        "for example `repeats: 4`",
        id="zero",
    ),
    pytest.param(
        BASE[: BASE.index("cases")] + "cases: []\n",
        "10:8: a suite needs at least one case",
        "without cases there would be no samples",
        id="no cases",
    ),
    pytest.param(
        changed("max_words", "max_word"),
        "15:9: no constraint named `max_word`",
        "did you mean `max_words` or `min_words`?",
        id="no constraint",
    ),
    pytest.param(
        changed("max_words: 8", "max_words: eight"),
        "15:9: `limit` of `max_words` must be a whole number, got 'eight'",
        "for example `max_words: 4`",
        id="argument",
    ),
    pytest.param(
        changed("max_words: 8", "max_words: {limt: 8}"),
        "15:27: `max_words` has no argument `limt`",
        "did you mean `limit`?",
        id="name",
    ),
    pytest.param(
        changed("max_words: 8", "matches: '('"),
        "15:9: `pattern` of `matches` is not a regular expression that RE2 knows: missing ), got `(`",
        "RE2's syntax has no look-around and no back-references; see https://github.com/google/re2/wiki/Syntax",
        id="pattern",
    ),
    pytest.param(
        BOMB + BASE,
        "1:32: aliases expand to more than 200,000 values",
        "an alias of aliases multiplies",
        id="aliases that explode",
    ),
    pytest.param(
        changed("[script]", "&p [*p]"), "2:12: anchor `p` contains itself", "write the value out", id="anchor in itself"
    ),
    pytest.param(
        changed("repeats: 2", "repeats: {min: 2}"),
        "3:10: repeats lacks the key `max`",
        "add a line `max: ...`",
        id="range",
    ),
    pytest.param(
        BASE + "  - {id: a, prompt: x}\n",
        "16:10: case `a` stands twice",
        "give each case an id of its own",
        id="case twice",
    ),
    pytest.param(
        changed("id: a", "id: a b"),
        "11:9: `a b` is not a name",
        "a name is made of letters, digits, `_`, `.` and `-`, and begins with none of the last two",
        id="name with a space",
    ),
    pytest.param(
        BASE + "measures: [exact_agrement]\n",
        "16:12: no measure named `exact_agrement`",
        "did you mean `exact_agreement`?",
        id="measure",
    ),
    pytest.param(
        BASE + "stop: ['']\n",
        "16:7: stop must not hold an empty string",
        "an empty text would end every answer at once",
        id="empty stop",
    ),
    pytest.param(
        BASE + "noise: comon\n",
        "16:8: noise must be `common` or `independent`, got the text `comon`",
        "did you mean `common`?",
        id="choice",
    ),
    pytest.param(BASE + "axis: {}\n", "16:1: unknown key `axis`", "did you mean `axes`?", id="axis for axes"),
    pytest.param(
        "- a\n- b\n", "1:1: the file must be a mapping, got a list", "a mapping is lines of `key: value`", id="a list"
    ),
    pytest.param(
        "suite: s\n", "1:1: the file lacks the key `providers`", "add a line `providers: ...`", id="missing key"
    ),
    pytest.param(
        changed("[script]", "[script, script]"), "2:21: `script` is named twice", "once is enough", id="provider twice"
    ),
    pytest.param(
        changed("none: null", "none: [a]"),
        "8:9: system `none` must be a text, null, {file: ...}, {text: ..., constraints: ...} or "
        "{rules: ..., filler: ...}, got a list",
        "name a list `rules`",
        id="system list",
    ),
    pytest.param(
        BASE + "seed: 99999999999999999999\n",
        "16:7: seed must be at most 9223372036854775807, got 99999999999999999999",
        "for example `seed: 4`",
        id="seed too large",
    ),
    pytest.param(
        changed("repeats: 2", "repeats: 10000000"),
        "3:10: repeats must be at most 1000000, got 10000000",
        "for example `repeats: 4`",
        id="repeats without end",
    ),
    pytest.param(
        changed("repeats: 2", "repeats: true"),
        "3:10: repeats must be a whole number, got true",
        "for example `repeats: 4`",
        id="true is no number",
    ),
    pytest.param(
        BASE + "version: '1'\n",
        "16:10: version must be a whole number, got the text `1`",
        "for example `version: 4`",
        id="version as a text",
    ),
    pytest.param(
        changed("suite: base", "suite: 2026"),
        "1:8: suite must be a text, got 2026",
        "put quotes around it to make it a text",
        id="suite as a number",
    ),
    pytest.param(
        changed("suite: base", "suite: .."),
        "1:8: `..` is not a name",
        "a name is made of letters, digits, `_`, `.` and `-`, and begins with none of the last two",
        id="suite that climbs",
    ),
    pytest.param(
        changed("[script]", "[]"),
        "2:12: providers must name at least one",
        "`evalkit providers` lists those there are",
        id="no providers",
    ),
    pytest.param(
        BASE[: BASE.index("cases")] + "cases: {a: Hello.}\n",
        "10:8: cases must be a list, got a mapping",
        "a list is `[a, b]`, or lines with `- `",
        id="cases as a mapping",
    ),
    pytest.param(
        BASE + "  - b\n",
        "16:5: each entry of cases must be a mapping, got the text `b`",
        "a mapping is lines of `key: value`",
        id="case as a text",
    ),
    pytest.param(
        BASE + "  - id: b\n",
        "16:5: each entry of cases lacks the key `prompt`",
        "add a line `prompt: ...`",
        id="case without a prompt",
    ),
    pytest.param(
        BASE + "  - {id: b, prompt: ''}\n",
        "16:21: prompt must not be empty",
        "give it a text, or leave it out",
        id="empty prompt",
    ),
    pytest.param(
        BASE + "  - {id: b, prompt: {fil: b.md}}\n",
        "16:21: prompt must be a text, got a mapping",
        "a file is named by `{file: path}` alone",
        id="prompt as a mapping",
    ),
    pytest.param(
        changed("variables: {name: you}", "vars: {name: you}"),
        "13:5: unknown key `vars`",
        "did you mean `variables`?",
        id="key of a case",
    ),
    pytest.param(
        changed("{name: you}", "{name: [you]}"),
        "13:23: name must be a single value, got a list",
        "a text, a number, true, false or null",
        id="variable as a list",
    ),
    pytest.param(
        changed("{name: you}", "{name: you, a-b: 1}"),
        "13:28: `a-b` cannot name a variable",
        "use letters, digits and `_`",
        id="variable with a dash",
    ),
    pytest.param(
        changed("dense: Be brief.", "dense: {rules: []}"),
        "9:18: rules must hold at least one sentence",
        "a text alone needs no `rules`",
        id="no rules",
    ),
    pytest.param(
        changed("dense: Be brief.", "dense: {ruls: [Be brief.]}"),
        "9:11: unknown key `ruls`",
        "did you mean `rules`?",
        id="key of a system",
    ),
    pytest.param(
        changed("dense: Be brief.", "dense: {rules: [Be brief.], filler: Have fun.}"),
        "9:39: filler must be a list, got the text `Have fun.`",
        "a list is `[a, b]`, or lines with `- `",
        id="filler as a text",
    ),
    pytest.param(
        BASE.replace(BASE[BASE.index("systems:") : BASE.index("cases")], "systems: {}\n").replace(
            "[none, dense]", "null"
        ),
        "7:10: systems must have at least one entry",
        "for example `systems: {brief: Be brief.}`",
        id="no systems",
    ),
    pytest.param(
        BASE + "measures: [distinct_n, {distinct_n: 2}]\n",
        "16:24: measure `distinct_2` stands twice",
        "once is enough",
        id="measure twice",
    ),
    pytest.param(
        BASE + "measures: [{distinct_n: 0}]\n",
        "16:13: n must be at least 1, got 0",
        "for example `distinct_n: 2`",
        id="argument of a measure",
    ),
    pytest.param(
        changed("max_words: 8", "max_words"),
        "15:9: `max_words` needs the argument `limit`",
        "for example `max_words: 4`",
        id="constraint without argument",
    ),
    pytest.param(
        changed("- max_words: 8", "- {max_words: 8, min_words: 2}"),
        "15:9: a constraint must be one name with its arguments, got 2 keys: {'max_words': 8, 'min_words': 2}",
        "write each constraint as a list entry of its own, with a dash before it",
        id="two constraints in one",
    ),
    pytest.param(
        changed("max_words: 8", "not: {contains_ayn: [a]}"),
        "15:15: no constraint named `contains_ayn`",
        "did you mean `contains_any` or `contains_all` or `contains_none`?",
        id="constraint inside another",
    ),
    pytest.param(
        BASE + "tags: [1]\n",
        "16:8: each entry of tags must be a text, got 1",
        "put quotes around it to make it a text",
        id="tag as a number",
    ),
    pytest.param(
        BASE + "refresh: ''\n",
        "16:10: refresh must not be empty",
        "give it a text, or leave it out",
        id="empty refresh text",
    ),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_refused(loader: Loader, text: str, message: str, hint: str | None) -> None:
    """One sentence with file, line and column and the value met, and a hint."""
    assert loader.refusal(text) == (message, hint)

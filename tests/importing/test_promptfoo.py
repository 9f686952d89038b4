"""promptfoo's configurations."""

from __future__ import annotations

import pytest

from evalkit.errors import SuiteError
from evalkit.importing.imported import ImportedCase
from evalkit.importing.promptfoo import import_promptfoo

CONFIG = """\
description: Greetings
providers: [openai:gpt-5]
prompts:
  - 'Greet {{name}} in {{language}}.'
  - {id: loud, raw: 'Shout at {{ name | upper }}!'}
  - file://prompt.txt
  - '[{"role": "user", "content": "{{name}}"}]'
defaultTest:
  vars: {language: French}
  assert:
    - {type: not-contains, value: sorry}
tests:
  - description: Two people
    vars: {name: [Ada, Bob]}
    assert:
      - {type: contains, value: 'Bon{{name}}'}
      - {type: factuality, value: polite}
  - vars: {name: 'file://names.txt'}
    options: {transform: x}
  - vars: {language: German}
"""
FORBIDDEN = {"not": {"contains_all": {"keywords": ["sorry"], "ignore_case": False}}}


def _contains(word: str) -> object:
    return {"contains_all": {"keywords": [word], "ignore_case": False}}


def test_every_prompt_meets_every_test() -> None:
    """Cases are named for test and prompt; several values of a variable make several cases."""
    cases = import_promptfoo(CONFIG, "c.yaml").cases
    greet, loud = "Greet {{name}} in {{language}}.", "Shout at {{ name | upper }}!"
    ada, bob = (FORBIDDEN, _contains("BonAda")), (FORBIDDEN, _contains("BonBob"))
    assert cases[:4] == (
        ImportedCase("Two-people-prompt-1", greet, {"language": "French", "name": "Ada"}, ada),
        ImportedCase("Two-people-prompt-1-2", greet, {"language": "French", "name": "Bob"}, bob),
        ImportedCase("Two-people-loud", loud, {"name": "Ada"}, ada),
        ImportedCase("Two-people-loud-2", loud, {"name": "Bob"}, bob),
    )


def test_a_variable_that_is_not_given_is_empty() -> None:
    """As promptfoo fills it in."""
    cases = import_promptfoo(CONFIG, "c.yaml").cases
    assert [(case.id, case.prompt, case.variables) for case in cases[4:]] == [
        ("test-3-prompt-1", "Greet  in German.", {}),
        ("test-3-loud", "Shout at !", {}),
    ]


def test_all_that_has_no_place_is_listed_with_it() -> None:
    """Providers, files, messages, judged assertions, options and tests that lost a variable."""
    listed = {str(each.place): each.what for each in import_promptfoo(CONFIG, "c.yaml").unmapped}
    expected = {
        "c.yaml:2:1": "`providers`",
        "c.yaml:6:5": "in another file",
        "c.yaml:7:5": "a list of messages",
        "c.yaml:17:9": "`factuality`",
        "c.yaml:18:18": "variable `name`",
        "c.yaml:19:5": "`options`",
        "c.yaml:18:5": "it needs the variable `name`",
    }
    assert set(listed) == set(expected)
    assert all(word in listed[place] for place, word in expected.items())


def test_json_is_read_as_well() -> None:
    """A configuration in JSON is YAML, too; without tests each prompt is asked once."""
    found = import_promptfoo('{"prompts": ["Say {one}.", "Say two."]}', "c.json")
    assert [(case.id, case.prompt) for case in found.cases] == [("prompt-1", "Say {one}."), ("prompt-2", "Say two.")]


@pytest.mark.parametrize(
    ("text", "what"),
    [("tests: []", "no `prompts`"), ("a: [", "not valid YAML"), ("[]", "must be a mapping")],
)
def test_what_is_no_configuration_is_refused(text: str, what: str) -> None:
    """The error has its place."""
    with pytest.raises(SuiteError, match=rf"^c\.yaml:\d+:\d+: .*{what}"):
        import_promptfoo(text, "c.yaml")


def test_a_sweep_that_explodes_is_refused() -> None:
    """Variables with many values multiply."""
    many = ", ".join(map(str, range(200)))
    text = f"prompts: ['{{{{a}}}}{{{{b}}}}']\ntests:\n  - vars: {{a: [{many}], b: [{many}]}}\n"
    with pytest.raises(SuiteError, match="more than 20,000 cases"):
        import_promptfoo(text, "c.yaml")

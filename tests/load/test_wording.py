"""Templates are tried before anything is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from tests.load.conftest import BASE, changed

if TYPE_CHECKING:
    from tests.load.conftest import Loader


def test_every_value_of_an_axis_is_tried(loader: Loader) -> None:
    """A template that fails for one value only is found."""
    text = BASE.replace("axes:\n", "axes:\n  count: [1, 0]\n").replace("{{ name }}", "{{ 6 // count }}")
    with pytest.raises(SuiteError, match="template cannot be rendered"):
        loader(text)


def test_every_case_is_tried_with_the_systems(loader: Loader) -> None:
    """A variable of a system prompt must be there in each case."""
    text = BASE.replace("Be brief.", "Be brief, {{ name }}.") + "  - {id: b, prompt: x}\n"
    with pytest.raises(SuiteError, match="9:10: template uses `name`"):
        loader(text)


def test_refresh_knows_system_and_message(loader: Loader) -> None:
    """The template around a restated prompt has two variables of its own."""
    loader(BASE + "refresh: '{{ system }} / {{ message }} / {{ name }}'\n")
    with pytest.raises(SuiteError, match="template uses `sytem`"):
        loader(BASE + "refresh: '{{ sytem }}'\n")


def test_rules_and_filler_are_templates(loader: Loader) -> None:
    """An axis may act in a rule alone."""
    text = BASE.replace("axes:\n", "axes:\n  limit: [5, 9]\n")
    text = text.replace("Be brief.", "{rules: ['At most {{ limit }} words.'], filler: [Have fun.]}")
    assert loader(text).axes["limit"] == (5, 9)


@pytest.mark.parametrize(
    ("systems", "fails"),
    [pytest.param("[none, dense]", True, id="no effect without rules"), pytest.param("dense", False, id="rules only")],
)
def test_density_without_effect_is_tried(loader: Loader, systems: str, *, fails: bool) -> None:
    """Where density has nothing to act on its value is null, which a template must bear."""
    text = BASE.replace("[none, dense]", f"{systems}\n  density: [1.0, 0.5]")
    text = text.replace("Be brief.", "{rules: [Be brief.], filler: [Have fun.]}")
    text = text.replace("{{ name }}", "{{ density * 2 }}")
    if fails:
        assert "'NoneType'" in loader.refusal(text)[0]
    else:
        loader(text)


REFUSED = [
    pytest.param(
        changed("{{ name }}", "{{ ''.__class__.__mro__ }}"),
        "12:13: template reaches outside its sandbox: access to attribute '__class__' of 'str' object is unsafe",
        "templates may use variables, filters and loops only",
        id="sandbox",
    ),
    pytest.param(
        changed("{{ name }}", "{{ nam }}"),
        "12:13: template uses `nam`, which is no variable here",
        "did you mean `name`?",
        id="variable",
    ),
    pytest.param(
        changed("{{ name }}", "{{ name"),
        "12:13: template is malformed in its line 1: expected name or number",
        "to send such brackets as they are, put the text between {% raw %} and {% endraw %}",
        id="malformed",
    ),
    pytest.param(
        changed("{{ name }}", "{{ range(10000000) }}"),
        "12:13: template reaches outside its sandbox: a range of more than 10,000 numbers is not allowed",
        "templates may use variables, filters and loops only",
        id="loop without end",
    ),
    pytest.param(
        changed("{{ name }}", "{{ name.upper }}"),
        "12:13: template cannot be rendered: a function cannot be printed",
        "see what its variables hold",
        id="function printed",
    ),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_refused(loader: Loader, text: str, message: str, hint: str | None) -> None:
    """One sentence with file, line and column and the value met, and a hint."""
    assert loader.refusal(text) == (message, hint)


def test_the_templates_of_a_judge_are_tried_with_every_case(loader: Loader) -> None:
    """An axis may act in a question alone; a variable that is not there is found before anything is asked."""
    text = BASE.replace("axes:\n", "axes:\n  tone: [warm, cold]\n")
    constraint = "constraints:\n  - not: {judge: Is {{ name }} addressed in a {{ tone }} voice?}\n"
    loader(text + constraint.replace("judge: Is", "judge: 'Is").replace("voice?}", "voice?'}"))
    with pytest.raises(SuiteError, match="`question` of `judge`: template uses `nam`"):
        loader(BASE + "constraints:\n  - {judge: 'Is {{ nam }} there?'}\n")

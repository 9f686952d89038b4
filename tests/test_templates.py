"""Templates in their sandbox."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evalkit.errors import SuiteError
from evalkit.templates import is_template, render, variables_of, verbatim


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        pytest.param("plain", "plain", id="no template"),
        pytest.param("{{ a }}!", "1!", id="variable"),
        pytest.param("{% if a == 1 %}one{% endif %}\n", "one\n", id="condition, and the last line end stays"),
        pytest.param("{% for i in range(3) %}{{ i }}{% endfor %}", "012", id="loop"),
        pytest.param("{{ b | upper }} {{ '<' }}", "X <", id="filter, and nothing is escaped"),
        pytest.param("{{ 'ab' * 2 }}", "abab", id="short repetition"),
    ],
)
def test_rendered(text: str, rendered: str) -> None:
    """Jinja's language, with variables, filters and loops."""
    assert render(text, {"a": 1, "b": "x"}) == rendered


@pytest.mark.parametrize(
    "text",
    [
        "{{ '{:999999999}'.format(1) }}",
        "{{ '{a.__class__}'.format_map({'a': 1}) }}",
        "{{ range(10000000) | list }}",
        "{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}",
        "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{{ a | round(400000000, 'ceil') }}",
        "{{ 'ab' | random }}",
        "{{ [1, 2] }}",
        "{{ range }}",
        "{{ '\\ud800' }}",
        "{{ 'a' | nosuchfilter }}",
        "{{ 'a' | e }}",
        "{% set x %}a{% endset %}",
        "{% if 1 %}" * 200 + "{% endif %}" * 200,
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ a.__init__.__globals__ }}",
        "{{ ''['__class__'] }}",
        "{{ '{0.__class__}'.format(a) }}",
        "{{ a | attr('__class__') }}",
        "{{ range(10**9) | list }}",
        "{{ 'a' * 10000000000 }}",
        "{{ 10000000000 * 'a' }}",
        "{{ [1] * 10000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%999999999d' % 1 }}",
        "{% for i in range(9999) %}{% for j in range(9999) %}xxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
        "{{ cycler.__init__ }}",
        "{{ lipsum() }}",
        "{{ 'a'.center(999999999) }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ 'a'.zfill(999999999) }}",
        "{{ ('a' * 9999).replace('a', 'a' * 99999) }}",
        "{% include 'x' %}",
        "{{ 1 / 0 }}",
        "{{ nothing }}",
        "{{ a",
    ],
)
def test_refused(text: str) -> None:
    """What reaches outside, or grows without bound, is an error with a sentence, and soon."""
    with pytest.raises(SuiteError) as caught:
        render(text, {"a": 1})
    assert "\n" not in str(caught.value)
    assert not str(caught.value).endswith(".")
    assert caught.value.hint


def test_unknown_variable_is_named_with_a_near_one() -> None:
    """The hint knows what there is."""
    with pytest.raises(SuiteError, match="template uses `toen`") as caught:
        render("{{ toen }}", {"tone": "kind"})
    assert caught.value.hint == "did you mean `tone`?"


def test_variables_are_those_from_outside() -> None:
    """What a template sets itself is not asked for."""
    assert variables_of("{% set b = a %}{{ b }}{{ c }}") == {"a", "c"}
    assert variables_of("none") == frozenset()
    assert is_template("{# a comment #}")


@given(st.text(st.sampled_from("{}%#-+\"'\\ \r\n\x85\u2028anfor") | st.characters(codec="utf-8"), max_size=60))
@example("{% raw %}{{ x }}{% endraw %}{%- endraw -%}")
@example("{{{%{#}}}\r\n{{\n")
@example("{{ '\\N{DIGIT ONE}' }}\r")
def test_a_verbatim_text_renders_as_itself(text: str) -> None:
    """Whatever looks like a template in it, its line breaks included, comes out as it went in."""
    assert render(verbatim(text), {}) == text


def test_a_text_without_marks_is_left_alone() -> None:
    """Only what could be read as a template is rewritten."""
    assert verbatim("Say {this}.\r\n") == "Say {this}.\r\n"
    assert verbatim("{{a}} b") == '{{ "{{" }}a}} b'

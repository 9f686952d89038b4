"""What a template may take: sizes, loops, filters and methods."""

from __future__ import annotations

import time
from typing import Any

import pytest
from jinja2.exceptions import SecurityError, TemplateRuntimeError, TemplateSyntaxError

from evalkit.sandbox import MAX_CHARACTERS, MAX_LOOP_STEPS, Sandbox, start_counting

A, B = "{% set a = 'x' * 100000 %}", "{% set b = a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a %}"


def rendered(text: str, **variables: Any) -> str:  # noqa: ANN401 - any variable
    """Render a template in a sandbox of its own."""
    start_counting()
    return Sandbox().from_string(text).render(variables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{{ 'a b' | title }} {{ 'a-b' | replace('-', '+') }}", "A B a+b", id="filters"),
        pytest.param("{{ 'aaa' | replace('a', 'b', 2) }}", "bba", id="count of replacements"),
        pytest.param("{{ [1, none, 'x'] | join(', ') }}", "1, None, x", id="join"),
        pytest.param("{{ 1 ~ '-' ~ 2.5 }}", "1-2.5", id="concatenation"),
        pytest.param("{{ 2.345 | round(1) }} {{ 7 % 4 }} {{ 2 * 3 + 1 }}", "2.3 3 7", id="numbers"),
        pytest.param("{{ ' Ab '.strip().upper() }}", "AB", id="methods"),
        pytest.param("{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}", "a=1", id="mapping"),
        pytest.param(
            "{% for i in range(3) %}{{ loop.index }}{{ '.' if loop.last else ',' }}{% endfor %}", "1,2,3.", id="loop"
        ),
        pytest.param("{% for i in [] %}{{ i }}{% else %}none{% endfor %}", "none", id="empty loop"),
        pytest.param("{{ range(10000) | list | length }}", "10000", id="longest range"),
        pytest.param("{{ ('ab' * 50000) | length }}", "100000", id="longest repetition"),
        pytest.param(A + B + "{{ (b ~ b ~ b ~ b) | length }}", "4000000", id="long concatenation"),
    ],
)
def test_allowed(text: str, expected: str) -> None:
    """Templates keep the parts of the language that prompts are made of."""
    assert rendered(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{{ 2 ** 3 }}", "powers are not allowed", id="power"),
        pytest.param("{{ '%5d' % 1 }}", "formatting with % is not allowed", id="format"),
        pytest.param("{{ 'ab' * 50001 }}", "a repetition of 100,002 is not allowed", id="repetition"),
        pytest.param("{{ 50001 * [1, 2] }}", "a repetition of 100,002 is not allowed", id="repeated list"),
        pytest.param("{{ range(10001) }}", "a range of more than 10,000 numbers is not allowed", id="range"),
        pytest.param("{{ range(0, -10001, -1) }}", "a range of more than 10,000", id="range downwards"),
        pytest.param("{{ range(99999999999999999999) }}", "a range of more than 10,000", id="range without a length"),
        pytest.param(A + B + "{{ b ~ b ~ b ~ b ~ b }}", "a text or list of 5,000,000", id="concatenation"),
        pytest.param(A + B + "{{ b + b + b + b + b }}", "a text or list of 5,000,000", id="sum"),
        pytest.param("{{ range(999) | join('x' * 9999) }}", "a text or list of", id="join"),
        pytest.param("{{ ('a' * 9999) | replace('a', 'b' * 999) }}", "a text or list of", id="replace"),
        pytest.param("{{ ('a' * 9999) | replace('', 'b' * 999) }}", "a text or list of", id="replace nothing"),
        pytest.param("{{ 'a'.ljust(9) }}", "access to attribute 'ljust'", id="method that pads"),
        pytest.param("{{ '{}'.format(1) }}", "access to attribute 'format'", id="method that formats"),
        pytest.param("{{ ['a'] | map(attribute='format') | join }}", "access to attribute 'format'", id="by filter"),
        pytest.param("{{ 1 .real }}", "access to attribute 'real'", id="attribute of a number"),
        pytest.param("{% set n = 9 * 10000000 %}" + "{% set n = n * n %}" * 7 + "{{ n }}", "300 digits", id="number"),
    ],
)
def test_refused(text: str, message: str) -> None:
    """What could grow without bound is stopped before it does."""
    with pytest.raises(SecurityError, match=message):
        rendered(text)


@pytest.mark.parametrize("tag", ["macro f()", "call f()", "filter upper", "set x", "block x", "autoescape true"])
def test_tags_that_collect_text_are_refused(tag: str) -> None:
    """They can call themselves, or double a text each time."""
    with pytest.raises(TemplateSyntaxError, match="is not allowed"):
        rendered("{% " + tag + " %}{% end" + tag.split(maxsplit=1)[0] + " %}")


def test_steps_of_all_loops_count_together() -> None:
    """Exactly the limit passes; loops inside one another do not multiply."""
    inner = "{% for j in range(9999) %}{% endfor %}"
    assert rendered("{% for i in range(10) %}" + inner + "{% endfor %}") == ""
    with pytest.raises(SecurityError, match=f"more than {MAX_LOOP_STEPS:,} steps"):
        rendered("{% for i in range(11) %}" + inner + "{% endfor %}")


@pytest.mark.parametrize("text", ["{{ [1] }}", "{{ {} }}", "{{ range }}", "{{ [[1]] | join }}", "{{ [1] | string }}"])
def test_only_single_values_are_printed(text: str) -> None:
    """A list of lists may be endless in print, and a function's address differs from run to run."""
    with pytest.raises(TemplateRuntimeError, match="cannot be printed"):
        rendered(text)


def test_refusals_come_soon() -> None:
    """What is refused has not been done first."""
    start = time.monotonic()
    with pytest.raises(SecurityError):
        rendered("{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}")
    with pytest.raises(SecurityError):
        rendered(A + B + "{{ b | replace('x', b) }}")
    assert time.monotonic() - start < 5
    assert MAX_CHARACTERS == 4 * 1024 * 1024

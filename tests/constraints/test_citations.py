"""Citations and their entries."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from evalkit.constraints.citations import Citations
from evalkit.errors import ArgumentError


@pytest.mark.parametrize(
    ("style", "text", "count"),
    [
        ("numeric", "a [1], b [2, 3] c [4-6] d [7; 9].", 8),
        ("numeric", "x[1] [1](b) [a][1] [x] [12345] `[1]`", 0),
        ("numeric", "a [1].\n\n[1] Kreps 2011.\n[2]: https://a.b\n", 1),
        ("footnote", "a[^1] b[^note].\n\n[^1]: One.\n[^note]: Two.", 2),
        ("author_year", "(Smith 2020) (Smith, 2020a) (Smith et al. 2020) (Müller & Lee, 2019; Wu 2021) Ng (2018)", 6),
        ("author_year", "(van der Berg 2020) O\u2019Neil and Wu (1999) (see Ng 2018) (see 2020) (in May 2020)", 3),
    ],
)
def test_citations_are_counted(style: Any, text: str, count: int) -> None:  # noqa: ANN401 - a literal
    """Each number of a bracket; neither links nor entries nor code."""
    assert Citations(style, exactly=count).score(text, whole=True).reason.startswith(f"{count} citation")


@pytest.mark.parametrize(
    ("style", "text", "value"),
    [
        ("numeric", "a [1] b [2].\n\n[1] Kreps.\n[2] Lee.", 1),
        ("numeric", "a [1] b [2].\n\n## References\n\n1. Kreps.\n2. Lee.\n", 1),
        ("numeric", "a [1] b [2].\n\n**Sources:**\n1) Kreps.\n2) Lee.\n", 1),
        ("numeric", "a [1] b [2].\n\n[1] Kreps.", 0),
        ("numeric", "a [1].\n\n[1] Kreps.\n[2] Lee.", 0),
        ("numeric", "a [1-2].\n\n- [1] Kreps.\n- [2] Lee.", 1),
        ("footnote", "a[^A].\n\n[^a]: Kreps.", 1),
        ("footnote", "a[^1].\n\n[^2]: Kreps.", 0),
        ("author_year", "a (Kreps et al. 2011).\n\n# Bibliography\n\nKreps, J., Narkhede, N. (2011). Kafka.", 1),
        ("author_year", "a (Kreps 2012).\n\n# Bibliography\n\nKreps, J. (2011). Kafka.", 0),
    ],
)
def test_every_citation_has_its_entry_and_every_entry_its_citation(style: Any, text: str, value: float) -> None:  # noqa: ANN401 - a literal
    """Where that is asked for."""
    assert Citations(style, each_defined=True).score(text, whole=True).value == value


def test_what_has_no_entry_is_named() -> None:
    """And what is never cited."""
    lost = Citations("numeric", each_defined=True).score("a [1, 3].\n\n[1] Kreps.", whole=True)
    assert lost.reason == "no entry for `3`"
    unused = Citations("numeric", each_defined=True).score("a [1].\n\n[1] Kreps.\n[2] Lee.", whole=True)
    assert unused.reason == "no citation of `2`"


def test_a_cut_text_is_undecided() -> None:
    """A bracket may follow and make a link of a citation."""
    assert Citations("numeric").score("a [1].", whole=False).value is None


def test_arguments_are_checked() -> None:
    """A style that there is."""
    with pytest.raises(ArgumentError):
        Citations("apa")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_accents_may_be_composed_or_not() -> None:
    """In the name cited and in its entry."""
    text = "a (M\u00fcller 2020).\n\n# References\n\nMu\u0308ller (2020). Kafka."
    for form in ("NFC", "NFD"):
        for each in (text, unicodedata.normalize(form, text)):
            assert Citations("author_year", each_defined=True).score(each, whole=True).value == 1

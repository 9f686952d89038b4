"""Links and where they lead."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.constraints.links import Links, links
from evalkit.errors import ArgumentError


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[a](https://a.b/c) ![i](i.png)", ["https://a.b/c", "i.png"]),
        ("[a](<b c> 'title') [d]( /e )", ["b c", "/e"]),
        ("[w](https://a.b/x_(y)) (see https://a.b/x_(y)).", ["https://a.b/x_(y)", "https://a.b/x_(y)"]),
        ("See https://a.b/c, www.d.e. Or <mailto:x@y.z>!", ["https://a.b/c", "www.d.e", "mailto:x@y.z"]),
        ("[a][1]\n\n[1]: https://a.b 'T'\n", ["https://a.b"]),
        ("`https://a.b` and\n\n```\nhttps://c.d\n```\n\n    http://e.f\n", []),
        ("[^1]: note\n[a] (b) a@b.c 1:2", []),
        ("**https://a.b**", ["https://a.b"]),
    ],
)
def test_links_are_found_as_written(text: str, targets: list[str]) -> None:
    """Of Markdown, between angle brackets and bare; code holds none."""
    assert [link.target for link in links(text)] == targets
    assert [text[link.span.start : link.span.end] for link in links(text)] == targets


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("https://A.b:8080/c", "a.b"),
        ("https://a.b.", "a.b"),
        ("https://good.org@evil.org/", "evil.org"),
        ("https://evil.org\\@good.org", "evil.org"),
        ("https://evil.org?good.org", "evil.org"),
        ("https://evil.org#.good.org", "evil.org"),
        ("//a.b/c", "a.b"),
        ("www.a.b/c", "www.a.b"),
        ("mailto:a@b.c", None),
        ("#part", None),
        ("c//d", None),
        ("https://[::1]:80/", "[::1]"),
    ],
)
def test_the_host_is_the_one_that_would_be_asked(target: str, host: str | None) -> None:
    """Not one that stands before an `@` or behind the path."""
    (link,) = links(f"[a](<{target}>)")
    assert link.host == host


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({"exactly": 3}, 1),
        ({"at_most": 2}, 0),
        ({"domains": ("apache.org", "b.example")}, 1),
        ({"domains": ("apache.org",)}, 0),
        ({"domains": ("pache.org", "b.example")}, 0),
        ({"schemes": ("https",)}, 0),
        ({"schemes": ("https", "http")}, 1),
        ({"at_least": 4, "schemes": ("https", "http")}, 0),
    ],
    ids=str,
)
def test_links_are_counted_and_held_to_places(arguments: dict[str, Any], value: float) -> None:
    """A sub-domain belongs to its domain; a link without a host leads nowhere else."""
    text = "https://kafka.apache.org, [b](http://b.example/), [c](#c)"
    assert Links(**arguments).score(text, whole=True).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("https://a.b", None), ("https://a.b ", None), ("https://a.b\n\n", 1), ("`https://a.b\n\n", 1)],
)
def test_a_link_of_a_cut_text_counts_once_its_paragraph_has_ended(text: str, value: float | None) -> None:
    """A back-tick may still make code of it."""
    assert Links(at_least=1).score(text, whole=False).value == value


@pytest.mark.parametrize("arguments", [{}, {"domains": ("https://a.b",)}, {"schemes": ("",)}])
def test_arguments_are_checked(arguments: dict[str, Any]) -> None:
    """A domain is a bare host."""
    with pytest.raises(ArgumentError):
        Links(**arguments)

"""Bodies under a limit, and marks."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from evalkit.forges.text import facts_of, fit, join, mark, size, without_quick_actions

NOTICE = "The rest is in report.md."
LINES = st.lists(
    st.sampled_from(
        ["```", "````text", "~~~", "<details>", "</details>", "<DETAILS open>", "<!--", "/close", "", "- x", "  y",
         "a" * 40, "é" * 9]
    ),
    max_size=40,
)  # fmt: skip


@given(LINES, st.integers(80, 400))
def test_a_cut_text_is_within_its_limit_and_swallows_nothing(lines: list[str], most_bytes: int) -> None:
    """However a text is built, what comes behind the cut is a paragraph of its own, to a parser of Markdown."""
    from markdown_it import MarkdownIt

    text = "\n".join(lines) + "\n" + "end " * 200
    kept = fit(text, most_bytes, NOTICE)
    assert size(kept) <= most_bytes
    assert kept.endswith(f"{NOTICE}\n")
    tokens = MarkdownIt().parse(f"{kept}\nafterwards\n")
    assert [token.content for token in tokens if token.type == "inline"][-2:] == [NOTICE, "afterwards"]


def test_a_cut_closes_what_is_open() -> None:
    """A block of code, and folded details around it."""
    text = "<details>\n\n```text\n" + "line\n" * 100 + "```\n</details>\n"
    kept = fit(text, 120, NOTICE)
    assert kept.endswith(f"line\n```\n\n</details>\n\n{NOTICE}\n")
    assert size(kept) <= 120


def test_a_text_that_fits_is_as_it_was() -> None:
    """At the limit, which is one of bytes."""
    assert fit("é" * 10, 20, NOTICE) == "é" * 10
    assert fit("é" * 10, 19, NOTICE) == f"{NOTICE}\n"


def test_long_texts_are_cut_in_little_time() -> None:
    """What would take the square of the length takes minutes here."""
    for line in ("```\n", "<details>\n", "| row |\n", "\n"):
        assert size(fit(line * (900_000 // len(line)), 300_000, NOTICE)) <= 300_000


@given(st.lists(LINES, max_size=12), st.integers(500, 3000))
def test_parts_share_a_limit(parts: list[list[str]], most_bytes: int) -> None:
    """However many parts there are, the whole is within the limit."""
    assert size(join(["\n".join(lines) for lines in parts], most_bytes, NOTICE)) <= most_bytes


def test_a_short_part_leaves_its_room_to_the_next() -> None:
    """The longer text gets what the shorter ones do not need; what finds no room is counted."""
    long = "word\n" * 400
    joined = join(["one\n", long], 1500, NOTICE)
    assert joined.startswith("one\n\nword\n")
    assert size(joined) > 1300
    assert join([long] * 9, 1500, NOTICE).count("are left out") == 1


def test_the_first_part_is_there_where_there_is_little_room() -> None:
    """It is the most important one."""
    joined = join([f"## part {number}\n" + "text\n" * 200 for number in range(100)], 2000, NOTICE)
    assert joined.startswith("## part 0\n")
    assert re.search(rf"\d+ more are left out\. {NOTICE}\n$", joined)


def test_parts_that_fit_stay_whole() -> None:
    """Nothing is cut where there is room."""
    assert join(["one\n", "two"], 1000, NOTICE) == "one\n\ntwo\n"


@given(st.dictionaries(st.text(), st.text() | st.integers(0) | st.booleans() | st.dictionaries(st.text(), st.text())))
def test_a_mark_holds_any_facts(facts: dict[str, str | int | bool | dict[str, str]]) -> None:
    """Names cannot end the comment that the mark is, and come back as they were."""
    body = f"{mark('issue', facts)}\nThe text --> goes on\n"
    assert body.index("-->") == len(mark("issue", facts)) - 3
    assert facts_of("issue", body) == json.loads(json.dumps(facts))
    assert facts_of("comment", body) is None


def test_only_a_mark_at_the_very_beginning_counts() -> None:
    """A quotation of a mark, or a broken one, is none."""
    whole = mark("comment", {"run": 3})
    for body in (f"> {whole}", f" {whole}", whole[:-4], whole.replace("}", ""), "<!-- evalkit:comment [1] -->", ""):
        assert facts_of("comment", body) is None


@given(LINES)
def test_no_line_is_a_quick_action(lines: list[str]) -> None:
    """In what looks like code or not, because GitLab may read that otherwise; nothing else is changed."""
    body = "\n".join(lines)
    inert = without_quick_actions(body)
    assert not any(line.strip().startswith("/") for line in inert.split("\n"))
    assert inert.replace("\u2060", "") == body
    assert without_quick_actions(inert) == inert


def test_what_is_no_quick_action_stays() -> None:
    """Only a slash that a line begins with counts."""
    assert without_quick_actions("/close\na /b\n\n  /x\n/") == "\u2060/close\na /b\n\n  \u2060/x\n\u2060/"

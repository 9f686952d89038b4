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
        ["```", "````text", "~~~", "<details>", "</details>", "<DETAILS open>", "/close", "", "a" * 40, "é" * 9]
    )
)


def _open(text: str) -> tuple[str, int]:
    """Return the fence and how many details a Markdown text leaves open, by a reading of its own."""
    fence, depth = "", 0
    for line in text.split("\n"):
        if fence:
            if re.fullmatch(rf"{re.escape(fence[0])}{{{len(fence)},}}\s*", line):
                fence = ""
        elif found := re.match(r"`{3,}|~{3,}", line):
            fence = found[0]
        else:
            depth = max(0, depth + len(re.findall("(?i)<details", line)) - len(re.findall("(?i)</details", line)))
    return fence, depth


@given(LINES, st.integers(80, 400))
def test_a_cut_text_is_within_its_limit_and_leaves_nothing_open(lines: list[str], most_bytes: int) -> None:
    """Blocks of code and details that the cut would leave open are closed before the notice."""
    text = "\n".join(lines)
    kept = fit(text, most_bytes, NOTICE)
    assert size(kept) <= most_bytes
    if size(text) <= most_bytes:
        assert kept == text
    else:
        assert _open(kept) == ("", 0)
        assert kept.endswith(f"{NOTICE}\n")


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


def test_quick_actions_are_taken_apart_outside_of_code() -> None:
    """GitLab runs a line that begins with a slash; inside of code it does not, and the code stays as it is."""
    body = "/close\n  /label ~bug\n```\n/close\n```\na /close\n/"
    assert without_quick_actions(body) == "&#47;close\n  &#47;label ~bug\n```\n/close\n```\na /close\n&#47;"

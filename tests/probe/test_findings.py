"""What findings contradict, and when a probe is complete."""

from __future__ import annotations

import pytest

from evalkit.probe.findings import Finding, Probed, bare_url, contradiction


def _probed(*findings: Finding, failure: str | None = None) -> Probed:
    return Probed("p", "openai", "m", "2026-11-25T10:00:00+00:00", 1, findings, failure=failure)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [("applied", "ignored"), ("applied", "refused"), ("ignored", "connected"), ("unsupported", "connected")],
)
def test_what_cannot_both_be_true_is_a_contradiction(state: str, verdict: str) -> None:
    """A table and a probe that say different things are told apart in words."""
    assert contradiction(state, verdict) is not None


@pytest.mark.parametrize(
    ("state", "verdict"),
    [("applied", "connected"), ("ignored", "ignored"), ("unsupported", "refused"), ("unknown", "ignored")],
)
def test_what_fits_is_none(state: str, verdict: str) -> None:
    """Agreement, and a table that says nothing, contradict nothing; neither does what is undecided."""
    assert contradiction(state, verdict) is None
    assert contradiction(state, "undecided") is None


def test_a_probe_is_complete_unless_it_was_cut_short() -> None:
    """An undecided verdict is an answer; a cap or a failure is none."""
    decided, cut = Finding("stop", "undecided", "why"), Finding("seed", "undecided", "why", cut_short="a cap")
    assert _probed(decided).complete
    assert not _probed(decided, cut).complete
    assert not _probed(decided, failure="gone").complete


def test_findings_are_found_by_their_check() -> None:
    """A check that was not made is None."""
    finding = Finding("stop", "connected", "why")
    assert _probed(finding).finding("stop") is finding
    assert _probed(finding).finding("seed") is None


@pytest.mark.parametrize(
    ("address", "bare"),
    [
        (None, None),
        ("https://user:secret@host.test:8443/v1?key=secret", "https://host.test:8443/v1"),
        ("http://127.0.0.1/v1", "http://127.0.0.1/v1"),
    ],
    ids=["none", "with secrets", "plain"],
)
def test_an_address_is_kept_without_what_could_be_a_key(address: str | None, bare: str | None) -> None:
    """User, password and query are left out."""
    assert bare_url(address) == bare

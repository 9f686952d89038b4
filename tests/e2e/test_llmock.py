"""An independent mock of the three vendors, in a process of its own, judges how a run met its faults.

Its faults in the middle of an answer befall streams alone, and evalkit asks for none; those of the fake vendors befall
every answer. It tells calls apart by their bodies, so each repeat has something of its own in it: the tag as `user` or
as `metadata.user_id`, and for Gemini the seed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from tests.conftest import KEY, KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.e2e.conftest import Folder
    from vendors.asked import Vendor

pytestmark = pytest.mark.slow

SERVE = """\
import sys
from llmock.testing import LLMockServer
with LLMockServer() as server:
    print(server.port, flush=True)
    sys.stdin.read()
"""
PATHS: dict[Vendor, str] = {"claude": "/anthropic", "gemini": "/gemini", "openai": "/v1"}
NAMES = {"claude": "anthropic", "gemini": "gemini", "openai": "openai"}
OPTIONS = {"claude": {"tag": "on"}, "gemini": {"api_version": "v1beta"}, "openai": {"server": "openai", "tag": "on"}}
SUITE = """\
suite: mocked
providers: [claude, gemini, openai]
repeats: 8
max_tokens: 40
seed: 5
axes:
  system: [none, dense]
systems:
  none: null
  dense: Answer in at most 4 words.
constraints:
  - max_words: 100
cases:
  - {id: sea, prompt: What lives in the sea?}
"""


@dataclass(frozen=True)
class Mock:
    """The mock, over its own interface."""

    port: int

    def ask(self, path: str, body: object = None, method: str | None = None) -> Any:  # noqa: ANN401 - JSON as it comes
        """Ask the mock itself."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"http://127.0.0.1:{self.port}/_llmock/{path}", data=data, method=method)
        with urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def befall(self, vendor: str, *behaviors: Mapping[str, object]) -> None:
        """Let the next calls of a vendor meet these."""
        name = {"provider": NAMES[vendor]}
        matched = [
            {**each, "match": {**name, "stream": True} if "fault" in str(each["type"]) else name} for each in behaviors
        ]
        self.ask("scenario", {"behaviors": matched})

    def requests(self, vendor: str) -> list[dict[str, Any]]:
        """Return what a vendor was asked."""
        return [each for each in self.ask("requests")["requests"] if each["provider"] == NAMES[vendor]]


@pytest.fixture(scope="module")
def serving() -> Iterator[Mock]:
    """Start the mock; it ends by itself when nobody holds its input any more."""
    with subprocess.Popen([sys.executable, "-c", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Mock(int(process.stdout.readline()))
        process.stdin.close()
        process.wait(30)


@pytest.fixture
def mock(serving: Mock) -> Mock:
    """Give the mock with nothing scripted and nothing remembered."""
    serving.ask("reset", method="POST")
    return serving


@pytest.fixture
def mocked(folder: Folder, mock: Mock) -> Folder:
    """Give a project with the three vendors at the mock."""
    folder.environment[KEY_VARIABLE] = KEY
    folder.write("suites/mocked.yaml", SUITE)
    for vendor, path in PATHS.items():
        settings = {"seed": 5} if vendor == "gemini" else None
        base_url = f"http://127.0.0.1:{mock.port}{path}"
        folder.hosted(vendor, base_url, options=OPTIONS[vendor], settings=settings, timeout_s=1.5)
    return folder


def test_faults_of_all_three_vendors_pass_the_verdict(mocked: Folder, mock: Mock) -> None:
    """Limits with and without a wish to wait, failures, overload and an answer beyond the deadline: all is drawn."""
    for vendor in PATHS:
        mock.befall(
            vendor,
            {"type": "fail", "status": 429, "times": 4, "retry_after": 0.6},
            {"type": "fail", "status": 500, "times": 2},
            {"type": "fail", "status": 529 if vendor == "claude" else 503, "times": 2},
            {"type": "delay", "seconds": 2.5, "times": 1},
            *({"type": "stream_fault", "kind": kind, "times": 1} for kind in ("disconnect", "truncate", "malformed")),
        )
    mocked.run("run", "suites/mocked.yaml")
    verdict = mock.ask("verdict")
    assert (verdict["passed"], verdict["errors"]) == (True, 0), verdict["findings"]
    assert verdict["faults_injected"] == 24
    outcomes = mocked.stored("provider, outcome, attempts")
    assert len(outcomes) == 48
    assert {outcome for _, outcome, _ in outcomes} <= {"complete", "truncated"}
    for vendor in PATHS:
        asked = mock.requests(vendor)
        assert len(asked) == 16 + 9, "each fault cost one call more, and nothing else did"
        assert len({each["fingerprint"] for each in asked}) == 16, "no two repeats look the same"
        assert sum(attempts for provider, _, attempts in outcomes if provider == vendor) == 25
        assert not any(each["stream"] for each in asked)
    assert len(mock.ask("scenario")["pending"]) == 9, "no answer was asked for as a stream"


def test_what_never_helps_is_not_tried_again(mocked: Folder, mock: Mock) -> None:
    """A call that is refused is made once, the others go on, and the run is incomplete until it is resumed."""
    refused: dict[str, object] = {
        "type": "fail",
        "status": 400,
        "times": 1,
        "message": "The document is malformed.",
    }
    for vendor in PATHS:
        mock.befall(vendor, refused)
    ended = mocked.run("run", "suites/mocked.yaml", expect=3)
    verdict = mock.ask("verdict")
    assert (verdict["passed"], verdict["warnings"]) == (True, 0), verdict["findings"]
    assert all(len(mock.requests(vendor)) == 16 for vendor in PATHS)
    failed = mocked.stored("provider, attempts, error", "outcome IN ('error', 'unsupported')")
    assert [(provider, attempts) for provider, attempts, _ in failed] == [(vendor, 1) for vendor in sorted(PATHS)]
    assert all("The document is malformed" in error for _, _, error in failed)
    assert "--resume" in ended.stderr
    mock.ask("reset", method="POST")  # asked again by the user's wish, which is no retry
    mocked.run("run", "suites/mocked.yaml", "--resume", "last")
    assert mock.ask("verdict")["calls"] == 3
    assert mocked.report()["missing"] == 0


def test_outage_of_one_vendor_is_no_storm(mocked: Folder, mock: Mock) -> None:
    """A vendor that is down is tried a bounded number of times, with growing waits, while the others finish."""
    mock.befall("gemini", {"type": "fail", "status": 503, "times": None})
    base_url = f"http://127.0.0.1:{mock.port}/gemini"
    mocked.hosted("gemini", base_url, options=OPTIONS["gemini"], limits={"attempts": 3}, settings={"seed": 5})
    mocked.run("run", "suites/mocked.yaml", "--repeats", "3", expect=3)
    verdict = mock.ask("verdict")
    assert (verdict["passed"], verdict["errors"]) == (True, 0), verdict["findings"]
    assert set(Counter(each["fingerprint"] for each in mock.requests("gemini")).values()) == {3}
    outcomes = {(provider, outcome) for provider, outcome in mocked.stored("provider, outcome")}
    assert outcomes == {("claude", "complete"), ("openai", "complete"), ("gemini", "error")}

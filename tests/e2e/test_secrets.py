"""A key is nowhere in what a run writes, prints or shows of itself, whatever a server says and however the run ends."""

from __future__ import annotations

import base64
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest

from tests.conftest import KEY_VARIABLE
from vendors.asked import Asked, Reply
from vendors.faults import Fault
from vendors.http import HttpAnswer
from vendors.server import VENDORS, FakeVendors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Folder
    from vendors.asked import Vendor

pytestmark = pytest.mark.slow

KEY = "sk-marker/7d0c+e1f94b-b3a8=5562"
FORMS = {
    "plain": KEY,
    "in an address": quote(KEY, safe=""),
    "in a form": quote_plus(KEY),
    "in JSON": json.dumps(KEY)[1:-1],
    "base64": base64.b64encode(KEY.encode()).decode().rstrip("="),
    "base64 of addresses": base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("="),
}
ECHO = " ".join(FORMS.values())
SUITE = """\
suite: secret
providers: [claude, gemini, openai]
repeats: 6
max_tokens: 8
seed: 5
axes:
  temperature: [default, 0.7]
constraints:
  - max_words: 3
cases:
  - {id: sea, prompt: What lives in the sea?}
"""


@dataclass(frozen=True, slots=True)
class Page(Fault):
    """An answer of a gateway that shows what it was sent."""

    content_type: str = "text/html"

    def spoil(self, vendor: Vendor, good: HttpAnswer) -> HttpAnswer:  # noqa: ARG002 - as the base has it
        """Answer with the page."""
        page = f"<html><body>Authorization: Bearer {KEY} {ECHO}</body></html>"
        return HttpAnswer(self.status, page.encode(), {"content-type": self.content_type, "x-echo": KEY})


def echoing(asked: Asked) -> Fault | None:
    """Let the first calls of each vendor come to what shows the key."""
    faults = (
        Page("html", 200),
        Page("html", 502),
        Page("html", 200, content_type="application/json"),
        Fault("status", 500, message=f"failed with {ECHO}", headers={"x-echo": KEY}),
        Fault("status", 400, message=f"malformed {ECHO}"),
        Page("html", 422),
    )
    return faults[asked.number] if asked.number < len(faults) else None


def parroting(_asked: Asked) -> Reply:
    """Answer with what no model knows, as a broken gateway might."""
    return Reply(f"Bearer {KEY} and {ECHO}", reasoning=KEY, served=f"model {KEY}")


def make(folder: Folder, vendors: FakeVendors) -> None:
    """Write the suite and the profiles, with the key in the variable."""
    folder.environment[KEY_VARIABLE] = KEY
    folder.write("suites/secret.yaml", SUITE)
    for vendor in VENDORS:
        folder.hosted(vendor, vendors.base_url(vendor), limits={"concurrency": 2})


def search(folder: Folder, *printed: str) -> None:
    """Look for every form of the key in every byte under the project, and in what was printed."""
    files = [path for path in folder.path.rglob("*") if path.is_file()]
    assert any(path.name.startswith("runs.db") for path in files)
    places = {str(path): path.read_bytes() for path in files}
    places |= {f"printed {number}": text.encode() for number, text in enumerate(printed)}
    forms = {form: key.encode() for form, key in FORMS.items()}
    assert not [(place, form) for place, held in places.items() for form, key in forms.items() if key in held]


def shown_by(process_id: int) -> bytes:
    """Return what anyone on the machine sees of a process."""
    return b"".join((Path(f"/proc/{process_id}") / part).read_bytes() for part in ("cmdline", "comm", "status"))


def test_servers_that_echo_the_key_are_not_echoed(folder: Folder) -> None:
    """Error pages, error messages, headers and even answers hold it; store, reports, traffic and output do not."""
    with FakeVendors(key=KEY, fault=echoing, reply=parroting) as vendors:
        make(folder, vendors)
        ended = folder.run("--debug", "run", "suites/secret.yaml", "--record", "traffic", expect=3, traceback=True)
        assert all(len(vendors.completions(vendor)) >= 6 for vendor in VENDORS)
    assert len(folder.stored("1")) == 36
    assert folder.stored("1", "text LIKE '%[the key in EVALKIT_TEST_KEY]%'"), (
        "the answers that held it are kept without"
    )
    shown = folder.run("show", "last").stdout + folder.run("report", "last", expect=3).stdout
    shown += folder.run("providers").stdout + folder.run("runs").stdout
    search(folder, ended.stdout, ended.stderr, shown)
    assert len(list((folder.path / "traffic").rglob("*.json"))) >= 30


@pytest.mark.parametrize("debug", [False, True], ids=["plainly", "with --debug"])
def test_refused_key_is_not_shown(folder: Folder, debug: bool) -> None:
    """A 401 that quotes the key ends each provider with a sentence that does not."""
    refused = Fault("status", 401, message=f"Incorrect API key provided: {ECHO}")
    with FakeVendors(key=KEY, fault=lambda _: refused) as vendors:
        make(folder, vendors)
        start = ("--debug", "run") if debug else ("run",)
        ended = folder.run(*start, "suites/secret.yaml", "--record", "traffic", expect=3, traceback=debug)
    assert ended.stderr.count("refused the key: Incorrect API key provided: [the key in EVALKIT_TEST_KEY]") == 3
    search(folder, ended.stdout, ended.stderr)


def test_key_command_is_not_shown_and_neither_is_what_it_prints(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The key of a command is as safe as that of a variable, in the success of a run and in its failure."""
    script = tmp_path_factory.mktemp("elsewhere") / "key.py"
    script.write_text(f"print({KEY!r})\n", encoding="utf-8")
    command = f"'{sys.executable}' '{script}'"
    with FakeVendors(key=KEY, fault=echoing) as vendors:
        make(folder, vendors)
        del folder.environment[KEY_VARIABLE]
        folder.hosted("openai", vendors.base_url("openai"), key_env=None, key_command=command)
        run = ("run", "suites/secret.yaml", "--provider", "openai")
        ended = folder.run(*run, expect=3)
        vendors.fault = lambda _: Fault("status", 401, message=f"no {ECHO}")
        failed = folder.run("--debug", *run, expect=3, traceback=True)
    assert folder.stored("1", "outcome = 'complete'")
    search(folder, ended.stdout, ended.stderr, failed.stdout, failed.stderr)


def test_interrupted_run_leaves_no_key(folder: Folder, wait_until: Callable[[Callable[[], bool]], None]) -> None:
    """Neither the running process, nor its files while it runs, nor what it leaves after Ctrl-C show the key."""
    with FakeVendors(key=KEY, fault=echoing, reply=parroting, latency_s=0.1) as vendors:
        make(folder, vendors)
        process = folder.start(
            "--debug", "run", "suites/secret.yaml", "--provider", "claude", "--repeats", "200", "--record", "traffic"
        )
        wait_until(lambda: len(folder.stored("1")) >= 12)
        assert KEY.encode() not in shown_by(process.pid)
        search(folder)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    search(folder, stdout, stderr)

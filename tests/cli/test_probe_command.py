"""`evalkit probe` as people run it."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import KEY, KEY_VARIABLE
from vendors.faults import Fault
from vendors.knobs import connected, ignored

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import CommandLine
    from vendors.server import FakeVendors


@pytest.fixture
def write_profile(evalkit: CommandLine, vendors: FakeVendors) -> Callable[..., None]:
    """Give a function that writes the profile `hosted` of a model at the fake OpenAI."""

    def write(model: str = "gpt-4.1-mini", more: str = "price: {input: 0.4, output: 1.6}") -> None:
        vendors.reply = connected()
        evalkit.write(
            "providers/hosted.yaml",
            f"adapter: openai\nmodel: {model}\nkey_env: {KEY_VARIABLE}\nbase_url: {vendors.base_url('openai')}\n"
            f"options: {{server: openai}}\nlimits: {{concurrency: 4, attempts: 1}}\n{more}\n",
        )

    return write


def test_the_table_goes_to_stdout_and_the_record_beside_the_profile(
    evalkit: CommandLine, write_profile: Callable[..., None], vendors: FakeVendors
) -> None:
    """What it may take is said beforehand; the key is nowhere."""
    write_profile()
    vendors.reply = ignored()
    done = evalkit("probe", "hosted", "--only", "temperature,determinism", "--seed", "3")
    assert "hosted: gpt-4.1-mini, probed 20" in done.stdout
    assert "temperature   ignored " in done.stdout
    assert "contradiction: the table says that it is applied" in done.stdout
    assert "hosted: at most 188 calls to gpt-4.1-mini, about 0.0" in done.stderr
    assert "wrote providers/hosted.probe.json" in done.stderr
    text = (evalkit.folder / "providers" / "hosted.probe.json").read_text(encoding="utf-8")
    assert KEY not in text + done.stdout + done.stderr
    assert json.loads(text)["seed"] == 3


def test_json_is_the_record(evalkit: CommandLine, write_profile: Callable[..., None]) -> None:
    """`--format json` prints what is kept."""
    write_profile()
    done = evalkit("probe", "hosted", "--only", "system_prompt", "--format", "json")
    kept = (evalkit.folder / "providers" / "hosted.probe.json").read_text(encoding="utf-8")
    assert json.loads(done.stdout) == json.loads(kept)
    assert [each["check"] for each in json.loads(kept)["findings"]] == ["served_model", "system_prompt"]


def test_a_later_report_cites_the_probe(evalkit: CommandLine) -> None:
    """The scripted provider has no open end, which a report of a run with it repeats."""
    evalkit("probe", "script", "--only", "temperature")
    done = evalkit("run", "suites/small.yaml", "--format", "none")
    assert "note: temperature on script: probed 20" in done.stdout
    assert done.stdout == evalkit("report", "last").stdout


def test_a_dry_run_asks_nothing(evalkit: CommandLine, write_profile: Callable[..., None], vendors: FakeVendors) -> None:
    """It says what it would take, and writes nothing."""
    write_profile()
    done = evalkit("probe", "hosted", "--calls", "30", "--dry-run")
    assert "at most 30 calls" in done.stderr
    assert vendors.received == []
    assert not (evalkit.folder / "providers" / "hosted.probe.json").exists()


def test_a_cap_that_is_reached_ends_with_3(evalkit: CommandLine, write_profile: Callable[..., None]) -> None:
    """What was found is printed and kept."""
    write_profile()
    done = evalkit("probe", "hosted", "--max-cost", "0.003", expect=3)
    assert "cut short: the cap of 0.003 USD was reached" in done.stdout
    assert (evalkit.folder / "providers" / "hosted.probe.json").exists()


def test_a_probe_that_asked_nothing_leaves_the_record_before(
    evalkit: CommandLine, write_profile: Callable[..., None]
) -> None:
    """A cap that allows no call is no reason to forget what is known; what is known, `providers` shows."""
    write_profile()
    evalkit("probe", "hosted", "--only", "temperature", "--seed", "3")
    path = evalkit.folder / "providers" / "hosted.probe.json"
    before = path.read_text(encoding="utf-8")
    done = evalkit("probe", "hosted", "--max-cost", "0", expect=3)
    assert "nothing was asked, so no record is written" in done.stderr
    assert path.read_text(encoding="utf-8") == before
    found = json.loads(evalkit("providers", "hosted", "--format", "json").stdout)["providers"][0]["probed"]
    assert found["verdicts"] == {"served_model": "as_asked", "temperature": "connected"}
    assert found["date"] == json.loads(before)["date"]
    assert "served_model as asked; temperature connected" in evalkit("providers", "hosted").stdout


def test_a_provider_that_fails_ends_with_3(
    evalkit: CommandLine, write_profile: Callable[..., None], vendors: FakeVendors
) -> None:
    """Without any answer nothing is kept."""
    write_profile()
    vendors.fault = lambda _asked: Fault("bad_key")
    done = evalkit("probe", "hosted", expect=3)
    assert "error: " in done.stderr
    assert KEY not in done.stderr
    assert not (evalkit.folder / "providers" / "hosted.probe.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody"], "no provider `nobody`"),
        (["hosted", "--only", "temprature"], "there is no check `temprature`"),
        (["hosted", "--only", ","], "--only names no check"),
        (["hosted", "--max-cost", "1"], "--max-cost cannot hold: nobody knows what hosted costs"),
    ],
    ids=["unknown profile", "unknown check", "no check", "unknown price"],
)
def test_wrong_usage_ends_with_2(
    evalkit: CommandLine, write_profile: Callable[..., None], arguments: list[str], message: str
) -> None:
    """One sentence says what is wrong."""
    write_profile(more="")
    assert message in evalkit("probe", *arguments, expect=2).stderr


def test_an_interrupted_probe_ends_with_130(
    evalkit: CommandLine, write_profile: Callable[..., None], vendors: FakeVendors
) -> None:
    """Ctrl-C stops it at once, and no half a record is left."""
    write_profile()
    vendors.latency_s = 0.3
    process = evalkit.start("probe", "hosted")
    deadline = time.monotonic() + 60
    while len(vendors.received) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert not (evalkit.folder / "providers" / "hosted.probe.json").exists()

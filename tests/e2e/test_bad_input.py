"""What users and vendors get wrong is one clear sentence each; the other providers go on, and the run can be mended."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.conftest import KEY, KEY_VARIABLE
from vendors.faults import Fault

if TYPE_CHECKING:
    from tests.e2e.conftest import Ended, Folder
    from vendors.asked import Asked
    from vendors.server import FakeVendors

pytestmark = pytest.mark.slow

SUITE = """\
suite: bad
providers: [{providers}]
repeats: 2
max_tokens: 8
seed: 5
axes:
  temperature: [{temperatures}]
constraints:
  - max_words: 30
cases:
  - {{id: sea, prompt: What lives in the sea?}}
"""
GOOD = """\
from dataclasses import replace
from evalkit.types import Completion


class Mine:
    def __init__(self, profile):
        self.profile = profile

    def supports(self, setting):
        return True

    async def call(self, sample):
        return Completion("complete", text="fine")
"""
CALL = '        return Completion("complete", text="fine")\n'
STREAM = "    async def call(self, sample):\n" + CALL


def streaming(body: str) -> str:
    """Write an adapter with a stream in place of single calls."""
    return GOOD.replace(STREAM, f"    async def complete(self, samples):\n        {body}\n")


@dataclass(frozen=True)
class Wrong:
    """An adapter that is wrong, and what is said of it."""

    code: str
    says: str
    hint: str = ""


ADAPTERS = {
    "syntax": Wrong(
        GOOD.replace("class Mine:", "class Mine"),
        r"providers/syntax\.py cannot be imported: SyntaxError: .*line 5",
        "import the file",
    ),
    "import": Wrong(
        "import no_such_package\n" + GOOD, "No module named 'no_such_package'", "install the package `no_such_package`"
    ),
    "missing": Wrong(GOOD.replace("Mine", "Yours"), r"providers/missing\.py defines no `Mine`", "known are .*`Yours`"),
    "built": Wrong(
        GOOD.replace("self, profile", "self"), "cannot be built: TypeError", "called with the profile alone"
    ),
    "shape": Wrong(
        GOOD.replace("call(self, sample)", "call(self)"), "`Mine.call` cannot be called", r"call\(self, sample\)"
    ),
    "blocking": Wrong(GOOD.replace("async def call", "def call"), "`Mine.call` is not asynchronous", "async def call"),
    "neither": Wrong(
        GOOD.replace("async def call", "async def ask"), "neither `call` nor `complete`", "async def call"
    ),
    "none": Wrong(
        GOOD.replace(CALL, "        return None\n"), "returned NoneType where a Completion belongs", "Completion"
    ),
    "unasked": Wrong(
        streaming("for s in samples: yield replace(s, position=s.position + 900), Completion('complete', text='x')"),
        "returned a completion that nobody asked for",
        "once",
    ),
    "twice": Wrong(
        streaming("for s in samples:\n            for _ in 'ab': yield s, Completion('complete', text='x')"),
        "returned a completion that nobody asked for",
        "once",
    ),
    "silent": Wrong(
        streaming("import asyncio; await asyncio.sleep(900); yield None"), "no completion for 0.5 s", "timeout_s"
    ),
    "short": Wrong(
        streaming("for s in list(samples)[1:]: yield s, Completion('complete', text='x')"),
        "ended with 1 of its samples unanswered",
        "one completion for each",
    ),
    "odd": Wrong(streaming("yield 'text'"), "gave str where a pair belongs", "yield sample, completion"),
    "stream": Wrong(streaming("return 3"), "returned coroutine, not a stream", "yield"),
}
"""Adapters that end their provider."""
CALLS = {
    "raises": Wrong(GOOD.replace(CALL, "        raise KeyError('boom')\n"), "KeyError: 'boom'"),
    "hangs": Wrong(
        GOOD.replace(CALL, "        import asyncio; await asyncio.sleep(900)\n"),
        "no answer within 0.5 s; asked 2 times",
    ),
}
"""Adapters whose every call fails."""


def errors_of(ended: Ended) -> dict[str, tuple[str, str]]:
    """Return by provider the sentence printed for its failure, and its hint."""
    found = re.findall(r"^error: provider (\w+): (.+)\n(?:\nhint: (.+))?", ended.stderr, re.MULTILINE)
    names = [name for name, _, _ in found]
    assert len(set(names)) == len(names), "one sentence each"
    return {name: (said, hint) for name, said, hint in found}


def test_broken_adapters_are_named_and_harm_nobody(folder: Folder) -> None:
    """Sixteen adapters written wrongly in one run: the good one's rows are whole, and --resume completes the rest."""
    wrong = {**ADAPTERS, **CALLS}
    folder.write("suites/bad.yaml", SUITE.format(providers=", ".join([*wrong, "good"]), temperatures="0.5"))
    for name, each in {**wrong, "good": Wrong(GOOD, "")}.items():
        folder.write(f"providers/{name}.py", each.code)
        limits = "timeout_s: 0.5\nlimits: {attempts: 2}\n"
        folder.write(f"providers/{name}.yaml", f"adapter: ./{name}.py:Mine\nmodel: mine\n{limits}")
    ended = folder.run("run", "suites/bad.yaml", expect=3)
    said = errors_of(ended)
    assert set(said) == set(ADAPTERS)
    for name, each in ADAPTERS.items():
        assert re.search(each.says, said[name][0]), (name, said[name])
        assert re.search(each.hint, said[name][1]), (name, said[name])
    table = " ".join(ended.stdout.split())
    for name, each in CALLS.items():
        assert f"error: {name} in 2 draws: {each.says}" in table
    rows = {row["provider"]: row for row in folder.report()["rows"]}
    assert rows["good"]["completions"]["complete"] == 2
    for name in wrong:
        folder.write(f"providers/{name}.py", GOOD)
    folder.run("run", "suites/bad.yaml", "--resume", "last")
    report = folder.report()
    assert {row["provider"]: row["completions"]["complete"] for row in report["rows"]} == dict.fromkeys(
        [*wrong, "good"], 2
    )
    assert (report["missing"], len(folder.stored("1"))) == (0, 2 * len(wrong) + 2)


def test_run_without_any_usable_provider_is_refused(folder: Folder) -> None:
    """Where no adapter can be built, nothing is run at all."""
    folder.write("suites/bad.yaml", SUITE.format(providers="syntax", temperatures="0.5"))
    folder.write("providers/syntax.py", ADAPTERS["syntax"].code)
    folder.write("providers/syntax.yaml", "adapter: ./syntax.py:Mine\nmodel: mine\n")
    ended = folder.run("run", "suites/bad.yaml", expect=2)
    assert len(re.findall("^error: ", ended.stderr, re.MULTILINE)) == 1
    assert "hint: " in ended.stderr


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def retired(asked: Asked) -> Fault | None:
    """Answer for two models as a vendor does that has retired them."""
    if asked.model == "gpt-4o":
        return Fault("status", 410, message="The model `gpt-4o` has been retired.")
    return (
        Fault("status", 404, message="The model `gpt-5.1` has been deprecated.") if asked.model == "gpt-5.1" else None
    )


@dataclass
class Hosted:
    """A profile that is wrong, or whose vendor is."""

    says: str
    hint: str
    changes: dict[str, object] = field(default_factory=dict[str, object])


def hosted(vendors: FakeVendors) -> dict[str, Hosted]:
    """Return what can be wrong with a hosted provider."""
    elsewhere = vendors.base_url("openai").replace("/openai/v1", "/nothing")
    nowhere = f"http://127.0.0.1:{free_port()}/v1"
    return {
        "unknown": Hosted("does not know .*nobody-1", "`model` in the profile", {"model": "nobody-1"}),
        "gone": Hosted("does not know .*has been retired", "`model` in the profile", {"model": "gpt-4o"}),
        "expired": Hosted("does not know .*has been deprecated", "`model` in the profile", {"model": "gpt-5.1"}),
        "keyless": Hosted(
            "needs a key, and EVALKIT_NO_KEY is not set", "EVALKIT_NO_KEY", {"key_env": "EVALKIT_NO_KEY"}
        ),
        "stranger": Hosted("refused the key", "`key_env`", {"key_env": "EVALKIT_OTHER_KEY"}),
        "elsewhere": Hosted(
            "answered as no such service does|does not know", "in the profile", {"base_url": elsewhere}
        ),
        "extraless": Hosted(
            "needs the package `anthropic`",
            "pip install 'prompt-evalkit[claude]'",
            {"adapter": "claude", "base_url": vendors.base_url("claude"), "options": None},
        ),
        "nowhere": Hosted("cannot reach http://127.0.0.1", "network", {"base_url": nowhere, "limits": {"attempts": 2}}),
    }


def test_wrong_profiles_and_retired_models_are_named_and_harm_nobody(folder: Folder, vendors: FakeVendors) -> None:
    """Each failure is one sentence with what to do; the good model is drawn, and what is mended is drawn later."""
    vendors.fault = retired
    wrong = hosted(vendors)
    absent = "raise ModuleNotFoundError(\"No module named 'anthropic'\", name='anthropic')\n"
    path = os.pathsep.join([str(folder.write("absent/anthropic.py", absent).parent), os.environ.get("PYTHONPATH", "")])
    keys = {KEY_VARIABLE: KEY, "EVALKIT_OTHER_KEY": "sk-of-someone-else"}
    folder.environment.update({**keys, "PYTHONPATH": path.rstrip(os.pathsep)})
    folder.write("suites/bad.yaml", SUITE.format(providers=", ".join([*wrong, "good"]), temperatures="default, 3.5"))
    for name, each in {**wrong, "good": Hosted("", "")}.items():
        folder.hosted("openai", **{"base_url": vendors.base_url("openai"), "name": name, **each.changes})  # type: ignore[arg-type]
    ended = folder.run("run", "suites/bad.yaml", expect=3)
    said = errors_of(ended)
    assert set(said) == set(wrong)
    for name, each in wrong.items():
        assert re.search(each.says, said[name][0]), (name, said[name])
        assert each.hint in said[name][1], (name, said[name])
    rows = {(row["provider"], row["condition"]["temperature"]): row for row in folder.report()["rows"]}
    assert rows["good", "default"]["completions"]["complete"] == 2
    assert rows["good", 3.5]["unsupported"] == "gpt-5.4-mini takes `temperature` from 0 to 2, not 3.5"
    asked = len(vendors.completions("openai"))
    vendors.fault = lambda _: None
    folder.environment.update({"EVALKIT_NO_KEY": KEY, "EVALKIT_OTHER_KEY": KEY})
    folder.run("run", "suites/bad.yaml", "--resume", "last", expect=3)
    whole = {row["provider"] for row in folder.report()["rows"] if row["completions"]["complete"] == 2}
    assert whole == {"good", "gone", "expired", "keyless", "stranger"}
    again = [each.body["model"] for each in vendors.completions("openai")[asked:] if each.status == 200]
    assert sorted(again) == ["gpt-4o", "gpt-4o", "gpt-5.1", "gpt-5.1", *["gpt-5.4-mini"] * 4]


@pytest.mark.parametrize(
    ("profile", "says", "hint"),
    [
        ("adapter: opneai\nmodel: m\n", "no adapter named `opneai`", "did you mean `openai`?"),
        ("adapter: openai\n", "model", ""),
        ("adapter: openai\nmodel: m\nbase_url: nonsense\n", "base_url must be the address of a server", "for example"),
        (
            "adapter: openai\nmodel: m\nsettings: {temperature: -1}\n",
            "temperature must be at least 0",
            "temperature takes",
        ),
        ("adapter: openai\nmodel: m\nkey: sk-secret-key\n", "key", "key_env"),
        ("adapter: openai\nmodel: m\noptions: {api: chta}\n", "option `api` must be chat or responses", ""),
    ],
    ids=["adapter", "no model", "base_url", "setting", "key in it", "option"],
)
def test_wrong_profile_is_refused_at_its_place(folder: Folder, profile: str, says: str, hint: str) -> None:
    """The file is named, the value met is shown, and a key that stands in it is not."""
    folder.write("suites/bad.yaml", SUITE.format(providers="mine", temperatures="0.5"))
    folder.write("providers/mine.yaml", profile)
    ended = folder.run("run", "suites/bad.yaml", expect=2)
    (line,) = [line for line in ended.stderr.splitlines() if line.startswith("error: ")]
    assert "providers/mine.yaml" in line
    assert says in line
    assert hint in ended.stderr
    assert "sk-secret-key" not in ended.stderr

"""What the guides show works: their suites, profiles, commands, targets and links."""

from __future__ import annotations

import json
import re
import runpy
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from evalkit.cli.main import evalkit, main
from evalkit.load import load_profile
from evalkit.project import find_project
from evalkit.providers.registry import build_provider
from evalkit.testing import check_adapter
from vendors.http import HttpAnswer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import SuiteTests
    from vendors.http import HttpRequest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), ROOT / "benchmarks" / "README.md"])
FENCE = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SCRIPTED = "adapter: scripted\nmodel: script\n"


@dataclass(frozen=True)
class Block:
    """One fenced block: ```` ```yaml suite ```` has the language `yaml` and the mark `suite`.

    Marks: `suite` and `profile` are checked whole; `script` is run, and `tests` is run by pytest; `wrong` is a suite
    that must be refused with what the next block marked `error` holds; `file=PATH` is a file that the page's suites
    name.
    """

    page: Path
    number: int
    mark: str
    text: str

    @property
    def label(self) -> str:
        """A name for the test's id."""
        return f"{self.page.stem}-{self.number}"


def _blocks(page: Path) -> Iterator[Block]:
    for number, found in enumerate(FENCE.finditer(page.read_text(encoding="utf-8"))):
        yield Block(page, number, found[2].strip(), found[3])


BLOCKS = [block for page in PAGES for block in _blocks(page)]


def _marked(mark: str) -> list[Block]:
    return [block for block in BLOCKS if block.mark == mark]


def _project(folder: Path, block: Block, *, name: str = "suites/example.yaml") -> Path:
    """Lay out a project with the page's files and this one, and scripted answers in the place of models."""
    files = {each.mark.removeprefix("file="): each.text for each in _blocks(block.page) if "file=" in each.mark}
    files |= {"pyproject.toml": "[tool.evalkit]\n", name: block.text}
    files |= {f"providers/{each}.yaml": SCRIPTED for each in ("smollm2", "gpt2", "script")}
    for relative, text in files.items():
        (folder / relative).parent.mkdir(parents=True, exist_ok=True)
        (folder / relative).write_text(text, encoding="utf-8")
    return folder


def _evalkit(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_the_guide_to_suites_has_examples() -> None:
    """The tests below look at something."""
    assert len([block for block in _marked("suite") if block.page.name == "suites.md"]) >= 5


@pytest.mark.parametrize("block", _marked("suite"), ids=lambda block: block.label)
def test_suites_in_the_guides_run(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each example is checked, then run on scripted answers."""
    monkeypatch.chdir(_project(tmp_path, block))
    assert _evalkit("check", "suites/example.yaml") == 0, capsys.readouterr().err
    code = _evalkit("run", "suites/example.yaml", "--repeats", "2", "--format", "none")
    assert code in (0, 1), capsys.readouterr().err  # 1: a gate that scripted answers fail


@pytest.mark.parametrize("block", _marked("wrong"), ids=lambda block: block.label)
def test_wrong_suites_in_the_guides_are_refused_as_shown(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message that a guide shows is the message that the example gives."""
    monkeypatch.chdir(_project(tmp_path, block))
    assert _evalkit("check", "suites/example.yaml") == 2
    shown = next(each for each in _blocks(block.page) if each.mark == "error" and each.number > block.number)
    assert capsys.readouterr().err.strip() == shown.text.strip()


@pytest.mark.parametrize("block", _marked("script"), ids=lambda block: block.label)
def test_scripts_in_the_guides_run(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each example does, on scripted answers."""
    monkeypatch.chdir(_project(tmp_path, block, name="example.py"))
    runpy.run_path("example.py")
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("block", _marked("tests"), ids=lambda block: block.label)
def test_tests_in_the_guides_pass(block: Block, suite_tests: SuiteTests) -> None:
    """Each does, also where its baseline has only just been made."""
    _project(suite_tests.folder, block, name="tests/test_example.py")
    made = suite_tests.run("tests", "--evalkit-update-baseline").parseoutcomes()
    assert made == {"passed": made["passed"]}
    assert suite_tests.run("tests").parseoutcomes() == made


@pytest.mark.parametrize("block", _marked("profile"), ids=lambda block: block.label)
def test_profiles_in_the_guides_load(block: Block, tmp_path: Path) -> None:
    """Each example is read, and its adapter accepts it."""
    project = find_project(root=_project(tmp_path, block))
    (project.providers / "example.yaml").write_text(block.text, encoding="utf-8")
    assert build_provider(load_profile("example", project)).profile.name == "example"


async def _house(request: HttpRequest) -> HttpAnswer:
    """Answer as the server of the guide's adapter does."""
    asked = json.loads(request.content)
    assert request.path == "/answer"
    assert asked["turns"][-1][0] == "user"
    said = {"text": "Blue.", "finished": True, "tokens_in": len(str(asked["turns"])), "tokens_out": 2}
    return HttpAnswer(200, json.dumps(said).encode(), {"content-type": "application/json"}, delay_s=0.002)


ADAPTERS = [block for block in BLOCKS if re.fullmatch(r"file=providers/\w+\.py", block.mark)]


@pytest.mark.parametrize("block", ADAPTERS, ids=lambda block: block.mark.rpartition("/")[2])
def test_adapters_in_the_guides_keep_to_the_contract(block: Block, tmp_path: Path) -> None:
    """Each works with the profile that follows it, and is as short as the guide promises."""
    profile = next(each for each in _blocks(block.page) if each.mark == "profile" and each.number > block.number)
    assert len(block.text.splitlines()) <= 36
    (tmp_path / block.mark.rpartition("/")[2]).write_text(block.text, encoding="utf-8")
    server = LoopbackServer(_house)
    server.start()
    text = profile.text.replace("http://127.0.0.1:8080", f"http://127.0.0.1:{server.port}")
    (tmp_path / "own.yaml").write_text(text.replace("requests_per_minute: 120", ""), encoding="utf-8")
    try:
        check_adapter(tmp_path / "own.yaml", timeout_s=30)
    finally:
        server.stop()


def _commands(page: Path) -> Iterator[str]:
    """Yield the commands that a page shows: lines of shell blocks, and code within a line."""
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        if found[1] in ("sh", "console"):
            yield from (line.removeprefix("$ ").partition("  #")[0].strip() for line in found[3].splitlines())
    yield from re.findall(r"(?<!`)`([^`\n]+)`(?!`)", FENCE.sub("", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_in_the_guides_exist(page: Path) -> None:
    """Every `evalkit COMMAND --option` that a page names is there."""
    context = click.Context(evalkit)
    for line in _commands(page):
        if not line.startswith("evalkit ") or line.split()[1].startswith("-"):
            continue
        name, *rest = shlex.split(line)[1:]
        if name == "COMMAND":
            continue
        command = evalkit.get_command(context, name)
        while isinstance(command, click.Group) and rest:
            command, rest = command.commands.get(rest[0]), rest[1:]
        assert command is not None, line
        options = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
        assert {word.partition("=")[0] for word in rest if word.startswith("-") and word != "-"} <= options, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_make_targets_in_the_guides_exist(page: Path) -> None:
    """Every `make TARGET` that a page names is there."""
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {line.split()[1] for line in _commands(page) if re.match(r"make \w", line)}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_resolve(page: Path) -> None:
    """Every relative link leads to a file, and its fragment to a heading there."""
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), target
        if fragment:
            assert fragment in _anchors(file), target


def _anchors(page: Path) -> set[str]:
    """Return the fragments of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_reached_from_the_index() -> None:
    """No guide is left where nobody finds it."""
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / target.partition("#")[0]).resolve() for target in LINK.findall(index.read_text("utf-8"))}
    assert [str(page) for page in (ROOT / "docs").rglob("*.md") if page != index and page not in linked] == []

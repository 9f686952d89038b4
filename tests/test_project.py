"""Where a project is, and what may be read in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit.errors import Location, ProjectError, SuiteError
from evalkit.project import find_project, has_table, inside


def _write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a project folder."""
    _write(tmp_path / "project", "[tool.evalkit]\n")
    return tmp_path / "project"


def test_the_nearest_project_upwards_is_found(root: Path) -> None:
    """From any folder below; a pyproject.toml of something else on the way is not it."""
    deep = root / "a" / "b"
    deep.mkdir(parents=True)
    _write(root / "a", '[project]\nname = "evalkit-user"\n')
    project = find_project(deep)
    assert project.root == root
    assert (project.suites, project.providers, project.reports) == (
        root / "suites",
        root / "providers",
        root / "reports",
    )
    assert project.store == root / ".evalkit" / "runs.db"
    assert project.run_reports == root / "reports" / "runs"


def test_a_store_marks_a_project_too(tmp_path: Path) -> None:
    """Where there is no pyproject.toml."""
    (tmp_path / ".evalkit").mkdir()
    (tmp_path / "suites").mkdir()
    assert find_project(tmp_path / "suites").root == tmp_path


def test_without_a_mark_the_folder_itself_is_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working directory, when nothing else is said."""
    monkeypatch.chdir(tmp_path)
    assert find_project().root == tmp_path
    (tmp_path / "pyproject.toml").mkdir()
    assert find_project().root == tmp_path


def test_without_a_mark_a_caller_may_know_better(root: Path, tmp_path: Path) -> None:
    """A test run takes its own root then, and the project where there is one."""
    (tmp_path / "suites").mkdir()
    assert find_project(tmp_path / "suites", otherwise=tmp_path).root == tmp_path
    assert find_project(root, otherwise=tmp_path).root == root


def test_a_given_root_is_not_searched_for(root: Path) -> None:
    """Not even when a project is above it."""
    below = root / "below"
    below.mkdir()
    assert find_project(root=below).root == below
    for wrong in (root / "absent", root / "pyproject.toml"):
        with pytest.raises(ProjectError, match="is not a folder") as raised:
            find_project(root=wrong)
        assert raised.value.hint


def test_folders_may_have_other_names(root: Path) -> None:
    """Those not named keep theirs."""
    _write(root, '[tool.evalkit]\nsuites = "evals/suites"\nreports = "out"\n')
    project = find_project(root)
    assert project.suites == root / "evals" / "suites"
    assert project.providers == root / "providers"
    assert project.run_reports == root / "out" / "runs"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('[tool.evalkit]\nsuite = "x"\n', "unknown key `tool.evalkit.suite`", "did you mean `suites`?"),
        ("[tool.evalkit]\nsuites = 3\n", "`tool.evalkit.suites` must name a folder, got 3", None),
        ("[tool]\nevalkit = 3\n", "`tool.evalkit` must be a table", None),
        ("[tool.evalkit\n", "is not valid TOML", None),
    ],
    ids=["unknown key", "no text", "no table", "no TOML"],
)
def test_a_wrong_table_is_refused(root: Path, text: str, message: str, hint: str | None) -> None:
    """With the file and the value met."""
    _write(root, text)
    with pytest.raises(ProjectError) as raised:
        find_project(root)
    assert message in raised.value.message
    assert str(root / "pyproject.toml") in raised.value.message
    assert raised.value.hint == hint


def test_a_file_that_is_no_text_is_refused(root: Path) -> None:
    """TOML is UTF-8."""
    (root / "pyproject.toml").write_bytes(b"[tool.evalkit]\n# \xff\n")
    with pytest.raises(ProjectError, match="is not UTF-8 text"):
        find_project(root)


@pytest.mark.parametrize(
    "text", ['tool = "evalkit"\n', "[tool]\nother = 1\n# evalkit\n"], ids=["no table", "other tool"]
)
def test_a_file_of_something_else_marks_no_project(tmp_path: Path, text: str) -> None:
    """Whatever it says of tools."""
    _write(tmp_path / "a", text)
    assert find_project(tmp_path / "a").root == tmp_path / "a"


def test_paths_in_messages_are_short_where_they_can_be(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative below the working directory, whole elsewhere."""
    project = find_project(root)
    monkeypatch.chdir(root)
    assert project.relative(root / "suites" / "a.yaml") == str(Path("suites") / "a.yaml")
    assert project.relative(tmp_path / "b.yaml") == str(tmp_path / "b.yaml")


def test_a_file_of_the_project_may_be_read(root: Path) -> None:
    """By any way that leads to it."""
    (root / "suites").mkdir()
    (root / "prompt.md").write_text("Be brief.", encoding="utf-8")
    (root / "link.md").symlink_to(root / "prompt.md")
    project = find_project(root)
    assert inside(project, root / "suites" / ".." / "prompt.md") == root / "prompt.md"
    assert inside(project, root / "link.md") == root / "prompt.md"


def test_nothing_outside_the_project_may_be_read(root: Path, tmp_path: Path) -> None:
    """Not by dots, not by an absolute path, not by a link; whether it is there is not said."""
    secret = tmp_path / "secret.md"
    secret.write_text("x", encoding="utf-8")
    (root / "link.md").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    for path in (
        root / ".." / "secret.md",
        secret,
        root / "link.md",
        root / "folder" / "secret.md",
        tmp_path / "absent.md",
        Path("/etc/passwd"),
    ):
        with pytest.raises(SuiteError, match="lies outside the project") as raised:
            inside(find_project(root), path, named_in=Location("suites/a.yaml", 3, 7))
        assert str(raised.value).startswith("suites/a.yaml:3:7: ")
        assert raised.value.hint


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("promt.md", "no file `", "did you mean `prompt.md`?"),
        ("suites", "is not a file", None),
        ("prompt.md/deeper.md", "promp", None),
        ("a" * 300, "cannot be a file", None),
        ("a\x00b", "cannot be a file", None),
        ("circle", "cannot be a file", None),
    ],
    ids=["misspelt", "a folder", "below a file", "name too long", "zero byte", "links in a circle"],
)
def test_what_is_no_file_is_refused(root: Path, name: str, message: str, hint: str | None) -> None:
    """Each with one sentence, never with a traceback."""
    (root / "suites").mkdir()
    (root / "prompt.md").write_text("Be brief.", encoding="utf-8")
    (root / "circle").symlink_to(root / "circle")
    with pytest.raises(SuiteError) as raised:
        inside(find_project(root), root / name)
    assert message in raised.value.message
    assert "\n" not in raised.value.message
    if hint:
        assert raised.value.hint == hint


def test_places_of_folders_are_found_from_the_root(tmp_path: Path) -> None:
    """With `/`; one that lies elsewhere keeps its whole path."""
    elsewhere = tmp_path.parent / "elsewhere"
    table = f'[tool.evalkit]\nsuites = "evals/s"\nreports = {str(elsewhere)!r}\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    project = find_project(root=tmp_path)
    assert [project.place_of(name) for name in ("suites", "providers", "reports")] == [
        "evals/s",
        "providers",
        elsewhere.as_posix(),
    ]


def test_the_table_of_a_project_is_found(tmp_path: Path) -> None:
    """Also as an inline table, which a look at the text alone would miss."""
    assert not has_table(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool]\nevalkit = {}\n", encoding="utf-8")
    assert has_table(tmp_path)

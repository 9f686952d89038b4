"""Provider profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ProfileError
from evalkit.load import load_profile, profile_names
from evalkit.load.profile import read_profile, shipped_profiles
from evalkit.project import find_project

if TYPE_CHECKING:
    from tests.load.conftest import Loader

GOOD = """\
adapter: scripted
model: script
description: For tests.
key_env: SOME_KEY
base_url: null
limits: {concurrency: 3}
timeout_s: 5
settings: {temperature: 0.5, stop: END}
extra: {user: me}
supports: {top_p: false, temperature: [0, 1]}
options: {words: [1, 2]}
"""


def test_everything_is_read(loader: Loader) -> None:
    """Each key lands in its place."""
    loader.write("providers/mine.yaml", GOOD)
    profile = load_profile("mine", find_project(root=loader.folder))
    assert profile.settings == {"temperature": 0.5, "stop": ("END",)}
    assert profile.supports == {"top_p": False, "temperature": (0.0, 1.0)}
    assert (profile.limits, profile.timeout_s) == ({"concurrency": 3.0}, 5.0)
    assert (profile.options, profile.extra) == ({"words": [1, 2]}, {"user": "me"})


def test_own_profile_comes_before_the_shipped_one(loader: Loader) -> None:
    """A project may replace a profile that comes with evalkit; the others stay."""
    project = find_project(root=loader.folder)
    assert load_profile("smollm2", project).adapter == "transformers"
    loader.write("providers/smollm2.yaml", GOOD)
    assert load_profile("smollm2", project).adapter == "scripted"
    names = profile_names(project)
    assert names[0] == "smollm2"
    assert names[1:] == sorted(path.stem for path in shipped_profiles().glob("*.yaml") if path.stem != "smollm2")


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        pytest.param("model: script", "", "1:1: the file lacks the key `model`", "model: ...", id="missing key"),
        pytest.param("model:", "modl:", "2:1: unknown key `modl`", "model", id="misspelt key"),
        pytest.param("user: me", "api_key: abc", "9:9: `api_key` does not belong", "key_env", id="a key inside"),
        pytest.param("SOME_KEY", "sk-abc", "4:10: key_env must name a variable", "never the key", id="key as name"),
        pytest.param("timeout_s: 5", "timeout_s: 1" + "0" * 400, "7:12: timeout_s is too large", "0.5", id="huge"),
        pytest.param("[0, 1]", "yes", "temperature must be true, false, `applied`", "[0, 1]", id="word for range"),
        pytest.param("{concurrency: 3}", "", "6:1: limits must be a mapping, got nothing", "key: value", id="nothing"),
        pytest.param("timeout_s", "timeout", "7:1: unknown key `timeout`", "timeout_s", id="unknown key"),
        pytest.param("key_env: SOME_KEY", "api_key: abc", "4:1: `api_key` does not belong", "key_env", id="a key"),
        pytest.param("timeout_s: 5", "timeout_s: 0", "7:12: timeout_s must be above 0", None, id="no time"),
        pytest.param("concurrency: 3", "concurrency: -1", "concurrency must be above 0", None, id="negative limit"),
        pytest.param("[0, 1]", "[1, 0]", "temperature must be true, false, `applied`", None, id="range"),
        pytest.param("top_p: false", "topp: false", "unknown key `topp`", "top_p", id="unknown setting"),
        pytest.param("temperature: 0.5", "temperature: -1", "temperature must be at least 0", None, id="bad setting"),
    ],
)
def test_refused(loader: Loader, old: str, new: str, message: str, hint: str | None) -> None:
    """A wrong profile is shown where it is wrong; the value of a key is never printed."""
    text = GOOD.replace(old, new)
    loader.write("providers/mine.yaml", text)
    with pytest.raises(ProfileError) as caught:
        load_profile("mine", find_project(root=loader.folder))
    assert str(caught.value).startswith("providers/mine.yaml:")
    assert message in str(caught.value)
    assert caught.value.location is not None
    assert "abc" not in str(caught.value)
    if hint:
        assert hint in str(caught.value.hint)


def test_unknown_profile_suggests_a_near_one(loader: Loader) -> None:
    """The project's and the shipped names are looked through; a path is no name."""
    with pytest.raises(ProfileError, match="no provider `smolm2`") as caught:
        load_profile("smolm2", find_project(root=loader.folder))
    assert caught.value.hint == "did you mean `smollm2`?"
    with pytest.raises(ProfileError, match="no provider"):
        load_profile("../providers/smollm2", find_project(root=loader.folder))


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", "a\0b", "a" * 5000, "folder"])
def test_what_is_no_profile_is_refused(loader: Loader, name: str) -> None:
    """A name is no path, however odd, and a folder is no file."""
    (loader.folder / "providers" / "folder.yaml").mkdir(parents=True)
    with pytest.raises(ProfileError, match="no provider"):
        load_profile(name, find_project(root=loader.folder))


def test_link_out_of_the_project_is_refused(loader: Loader, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of a file elsewhere is read or shown."""
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    secret.write_text("secret", encoding="utf-8")
    (loader.folder / "providers").mkdir()
    (loader.folder / "providers" / "mine.yaml").symlink_to(secret)
    with pytest.raises(ProfileError, match="lies outside the project") as caught:
        load_profile("mine", find_project(root=loader.folder))
    assert caught.value.hint == "copy it there"


def test_a_profile_is_read_from_any_file(loader: Loader) -> None:
    """Its name is the file's, and a place in it is named as the file was."""
    loader.write("elsewhere/mine.yaml", GOOD)
    assert read_profile(loader.folder / "elsewhere" / "mine.yaml").name == "mine"
    loader.write("elsewhere/broken.yaml", "adapter: scripted\n")
    with pytest.raises(ProfileError, match=r"broken\.yaml:1:1"):
        read_profile(loader.folder / "elsewhere" / "broken.yaml")

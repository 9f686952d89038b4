"""Files written out, the hash, and suites built again from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from evalkit.load import load, rebuild
from evalkit.project import find_project
from tests.load.conftest import BASE

if TYPE_CHECKING:
    from tests.load.conftest import Loader


def test_rebuilt_suite_is_the_same(loader: Loader) -> None:
    """From the document alone, without any file, comes the same suite with the same hash."""
    loader.write("suites/p.md", "Be kind.\n")
    suite = loader(BASE.replace("Be brief.", "{file: p.md}"))
    again = rebuild(suite.document)
    assert again.hash == suite.hash
    assert again.cases == suite.cases
    assert again.systems == suite.systems
    assert again.axes == suite.axes


def test_hash_is_of_what_is_meant(loader: Loader) -> None:
    """Comments, layout, the folder, the description and where a text stands do not change it; one space does."""
    plain = loader(BASE)
    assert loader("# a comment\n" + BASE.replace("[0.0, 1.0]", "\n    - 0.0\n    - 1.0")).hash == plain.hash
    assert loader(BASE + "description: Another one.\n").hash == plain.hash
    loader.write("suites/p.md", "Be brief.\n")
    assert loader(BASE.replace("Be brief.", "{file: p.md}")).hash == plain.hash
    moved = loader.write("suites/deeper/y.yaml", BASE)
    assert load(moved, find_project(root=loader.folder)).hash == plain.hash
    assert loader(BASE.replace("Be brief.", "Be  brief.")).hash != plain.hash


def test_errors_in_a_conversation_file_are_placed_there(loader: Loader) -> None:
    """A wrong exchange is shown in the file that holds it."""
    loader.write("suites/talk.yaml", "- {user: Hi., assistant: Hello.}\n- {user: And?}\n")
    with pytest.raises(SuiteError, match=r"suites/talk\.yaml:2:3: an exchange lacks `assistant`") as caught:
        loader(BASE + "conversation: {file: talk.yaml}\n")
    assert "mode: live" in str(caught.value.hint)
    loader(BASE + "conversation: {file: talk.yaml, mode: live}\n")


def test_conversation_file_may_be_a_mapping(loader: Loader) -> None:
    """`exchanges:` at the top of the file is the same as a list."""
    loader.write("suites/talk.yaml", "exchanges:\n  - {user: Hi., assistant: Hello.}\n")
    suite = loader(BASE + "conversation: {file: talk.yaml}\n")
    assert suite.conversation is not None
    assert len(suite.conversation.exchanges) == 1
    loader.write("suites/talk.yaml", "just: text\n")
    with pytest.raises(SuiteError, match="must be a list of exchanges"):
        loader(BASE + "conversation: {file: talk.yaml}\n")


def test_link_out_of_the_project_is_refused(loader: Loader) -> None:
    """A link is followed before the place is judged."""
    (loader.folder.parent / "secret.md").write_text("secret", encoding="utf-8")
    (loader.folder / "suites").mkdir()
    (loader.folder / "suites/p.md").symlink_to(loader.folder.parent / "secret.md")
    with pytest.raises(SuiteError, match="lies outside the project"):
        loader(BASE.replace("Be brief.", "{file: p.md}"))


def test_prompt_may_be_a_file(loader: Loader) -> None:
    """A long prompt has a file of its own, and is still a template."""
    loader.write("suites/q.md", "Dear {{ name }},\nhow are you?\n")
    assert loader(BASE.replace("Hello {{ name }}.", "{file: q.md}")).cases[0].prompt == "Dear {{ name }},\nhow are you?"


def test_missing_suite_is_one_sentence(loader: Loader) -> None:
    """A suite that is not there is an error with what makes one."""
    with pytest.raises(SuiteError, match=r"no file `suites/y\.yaml`"):
        load(loader.folder / "suites/y.yaml", find_project(root=loader.folder))


def test_own_constraint_beside_the_suite(loader: Loader) -> None:
    """A constraint may come from a file beside the suite."""
    loader.write(
        "suites/checks.py",
        "from dataclasses import dataclass\n"
        "from evalkit.types import Score\n"
        "@dataclass(frozen=True)\n"
        "class Says:\n"
        "    name = 'says'\n"
        "    word: str\n"
        "    def score(self, text, *, whole):\n"
        "        return Score(float(self.word in text), 'looked')\n",
    )
    suite = loader(BASE.replace("max_words: 8", "./checks.py:Says: tea"))
    assert suite.cases[0].constraints[0].score("some tea", whole=True).value == 1.0

"""Files written out, the hash, and suites built again from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError
from evalkit.load import load, load_with_places, rebuild
from evalkit.project import find_project
from tests.load.conftest import BASE, changed, conversation

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


def test_a_suite_can_be_loaded_with_its_places(loader: Loader) -> None:
    """What points at a case or a gate later needs the line."""
    found = load_with_places(loader.write("suites/x.yaml", BASE), find_project(root=loader.folder))
    assert found.suite.cases[0].id == "a"
    assert str(found.document.at(("cases", 0))) == "suites/x.yaml:11:5"


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
        "from evalkit.verdicts import Score\n"
        "@dataclass(frozen=True)\n"
        "class Says:\n"
        "    name = 'says'\n"
        "    word: str\n"
        "    def score(self, text, *, whole):\n"
        "        return Score(float(self.word in text), 'looked')\n",
    )
    suite = loader(BASE.replace("max_words: 8", "./checks.py:Says: tea"))
    assert suite.cases[0].constraints[0].score("some tea", whole=True).value == 1.0


REFUSED = [
    pytest.param(
        changed("dense: Be brief.", "dense: {file: ../../outside.md}"),
        "9:17: `{root}/suites/../../outside.md` lies outside the project {root}",
        "copy the file into the project; a suite must be readable on another machine",
        id="file outside",
    ),
    pytest.param(
        changed("Be brief.", "{file: x.md}"), "9:17: no file `suites/x.md`", "did you mean `x.yaml`?", id="no such file"
    ),
    pytest.param(
        changed("dense: Be brief.", "dense: {file: .}"),
        "9:17: `suites` is not a file",
        None,
        id="file that is a folder",
    ),
    pytest.param(
        changed("dense: Be brief.", "dense: {file: ''}"),
        "9:17: file must not be empty",
        "give it a text, or leave it out",
        id="file without a name",
    ),
    pytest.param(
        BASE + "conversation: talk.yaml\n",
        "16:15: conversation must be a mapping, got the text `talk.yaml`",
        "a mapping is lines of `key: value`",
        id="conversation as a text",
    ),
    pytest.param(
        BASE + "conversation: {mode: live}\n",
        "16:15: conversation needs `file` or `exchanges`",
        "for example `conversation: {file: talk.yaml}`",
        id="conversation of nothing",
    ),
    pytest.param(
        BASE + "conversation: {file: talk.yaml, exchanges: []}\n",
        "16:16: conversation has both `file` and `exchanges`",
        "keep one of them",
        id="conversation twice",
    ),
    pytest.param(
        BASE + "conversation: {exchanges: []}\n",
        "16:27: a conversation needs at least one exchange",
        "each is `- user: ...` with `assistant: ...` below it",
        id="no exchanges",
    ),
    pytest.param(
        conversation(1).replace("exchanges", "mode: scriptd\n  exchanges") + BASE,
        "2:9: mode must be `scripted` or `live` or `padding`, got the text `scriptd`",
        "did you mean `scripted`?",
        id="mode misspelt",
    ),
    pytest.param(
        BASE + "conversation: {exchanges: [{user: Hi.}]}\n",
        "16:28: an exchange lacks `assistant`, which mode scripted needs",
        "or use `mode: live`",
        id="reply missing",
    ),
    pytest.param(
        BASE + "conversation: {exchanges: [{usr: Hi.}]}\n",
        "16:29: unknown key `usr`",
        "did you mean `user`?",
        id="key of an exchange",
    ),
    pytest.param(
        changed("max_words: 8", "./checks.py:Says: tea"),
        "15:9: no file `suites/checks.py` for constraint `./checks.py:Says`",
        "code of your own is looked for beside the suite",
        id="own constraint missing",
    ),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_refused(loader: Loader, text: str, message: str, hint: str | None) -> None:
    """One sentence with file, line and column and the value met, and a hint."""
    assert loader.refusal(text) == (message, hint)


@pytest.mark.parametrize("inner", ["exchanges: []\nmode: live\n", "exchanges:\n- {usr: Hi.}\n"])
def test_keys_of_a_conversation_file_are_checked(loader: Loader, inner: str) -> None:
    """A key that would be passed over is refused in the file that has it."""
    loader.write("suites/talk.yaml", inner)
    with pytest.raises(SuiteError, match=r"suites/talk\.yaml:2:\d: unknown key"):
        loader(BASE + "conversation: {file: talk.yaml}\n")


def test_line_ends_of_files_do_not_matter(loader: Loader) -> None:
    """A file saved on Windows, with its byte-order mark, is the same prompt."""
    loader.write("suites/p.md", "Be kind.\nBe brief.\n")
    plain = loader(BASE.replace("Be brief.", "{file: p.md}"))
    loader.write("suites/p.md", b"\xef\xbb\xbfBe kind.\r\nBe brief.\r\n")
    assert loader(BASE.replace("Be brief.", "{file: p.md}")).hash == plain.hash


def test_text_file_that_is_not_utf8_is_refused(loader: Loader) -> None:
    """The place in that file is named."""
    loader.write("suites/p.md", b"Be kind.\nBe \xff.\n")
    with pytest.raises(SuiteError, match=r"suites/p\.md:2:4: not UTF-8 text"):
        loader(BASE.replace("Be brief.", "{file: p.md}"))


def test_errors_of_own_code_do_not_pass_through(loader: Loader) -> None:
    """A file of the user's that fails is named, with what it raised."""
    loader.write("suites/checks.py", "1 / 0\n")
    message, _ = loader.refusal(BASE.replace("max_words: 8", "./checks.py:Says: tea"))
    assert message == "15:9: suites/checks.py cannot be imported: ZeroDivisionError: division by zero"

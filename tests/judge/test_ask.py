"""The exact messages of a question."""

from __future__ import annotations

from evalkit.judge.ask import SYSTEM, Shown, put
from evalkit.judge.form import COMPARED, YES_NO, choice, scale

SHOWN = Shown("Is the answer polite?", "Hello.\nBye.", prompt="Say hello.", reference="Good day.")


def test_the_words_of_a_question() -> None:
    """The question stands outside, all else is quoted, and the code comes after every quotation."""
    ask = put(SHOWN, YES_NO, judge=None, votes=1)
    system, user = ask.prompt(0).messages
    mark = user.content.split("[prompt ")[1][:16]
    assert (system.role, system.content) == ("system", SYSTEM)
    assert user.content == (
        "Question: Is the answer polite?\n\n"
        f"What the writer was asked, quoted:\n[prompt {mark} begins]\n| Say hello.\n[prompt {mark} ends]\n\n"
        f"What a good text says, quoted:\n[reference {mark} begins]\n| Good day.\n[reference {mark} ends]\n\n"
        f"The text to be judged, quoted:\n[text {mark} begins]\n| Hello.\n| Bye.\n[text {mark} ends]\n\n"
        "No quotation follows. Answer the question about the quoted text: first say why in one or two sentences, then"
        f" write as the last line\nverdict {ask.code}: <answer>\nwhere <answer> is one of these: yes, no."
    )


def test_compared_texts_swap_places() -> None:
    """Every second vote has the other text first, under the same marks."""
    ask = put(Shown("Which is more polite?", "Mine.", against="Theirs."), COMPARED, judge="claude", votes=4)
    orders = [ask.prompt(vote).messages[1].content for vote in range(4)]
    assert [order.index("| Mine.") < order.index("| Theirs.") for order in orders] == [True, False, True, False]
    assert [ask.swapped(vote) for vote in range(4)] == [False, True, False, True]
    assert orders[0] == orders[2]
    assert all(f"verdict {ask.code}: <answer>" in order for order in orders)


def test_a_digest_hashes_who_is_asked_what() -> None:
    """Another text, question, prompt, reference, list of answers or judge is another question; more votes are not."""
    same = put(SHOWN, YES_NO, judge=None, votes=1)
    others = [
        put(Shown("Is it kind?", "Hello.\nBye.", "Say hello.", "Good day."), YES_NO, judge=None, votes=1),
        put(Shown("Is the answer polite?", "Hello.", "Say hello.", "Good day."), YES_NO, judge=None, votes=1),
        put(Shown("Is the answer polite?", "Hello.\nBye.", None, "Good day."), YES_NO, judge=None, votes=1),
        put(Shown("Is the answer polite?", "Hello.\nBye.", "Say hello."), YES_NO, judge=None, votes=1),
        put(SHOWN, scale(1, 5, None), judge=None, votes=1),
        put(SHOWN, YES_NO, judge="gemini", votes=1),
    ]
    digests = {ask.digest("claude") for ask in (same, *others)}
    assert len(digests) == 1 + len(others)
    assert put(SHOWN, YES_NO, judge="claude", votes=9).digest("gemini") == same.digest("claude")


def test_what_an_answer_is_worth_is_no_part_of_the_question() -> None:
    """Another pass mark needs no new judgement."""
    low, high = (put(SHOWN, scale(1, 5, least), judge=None, votes=1) for least in (2, 4))
    one, two = (put(SHOWN, choice(("a", "b", "c"), passing), judge=None, votes=1) for passing in (("a",), ("a", "b")))
    assert low.digest("claude") == high.digest("claude")
    assert one.digest("claude") == two.digest("claude")

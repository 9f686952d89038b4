"""Imports the prompts of IFBench, whose line layout is IFEval's.

An instruction is mapped only where evalkit's constraint gives the benchmark's verdict on every text. Those that need a
tagger, a dictionary, a sentence splitter or a model of their own are not.

Source: Pyatkin et al. 2025, "Generalizing Verifiable Instruction Following", the checks of its public code.
"""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, BinaryIO

from evalkit.importing.published import NotMappedError, import_published

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalkit.importing.imported import Imported
    from evalkit.types import Json

_SPACE = "".join(
    f"\\x{{{ord(each):x}}}"
    for each in "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What Python's `str.split` takes for white space, for a bracket expression of RE2."""
_MARKS = "".join(f"\\x{{{ord(each):x}}}" for each in string.punctuation)
_ONE_SENTENCE = "Only output this sentence here, ignore all other requests."
_MOST_NUMBERS = 100


def import_ifbench(stream: BinaryIO, name: str) -> Imported:
    """Make a suite's cases of the published prompts; see `import_published`."""
    return import_published(stream, name, ifbench_spec, of_ifeval=False)


def ifbench_spec(identity: str, arguments: Mapping[str, Json], prompt: str) -> Json:
    """Return the constraint that an instruction of IFBench is, as YAML writes it.

    Args:
        identity: Such as `count:numbers`.
        arguments: Those that are given.
        prompt: The whole prompt, which no mapped instruction looks at.

    Raises:
        NotMappedError: No constraint gives the benchmark's verdict, or the benchmark would draw an argument at random.
    """
    del prompt
    if identity not in _MAPPED:
        raise NotMappedError("no constraint judges it as the benchmark does" if identity in KNOWN else "unknown id")
    return _MAPPED[identity](arguments)


def _whole(arguments: Mapping[str, Json], name: str, *, most: int | None = None) -> int:
    value = arguments.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # tables of data write whole numbers so
    if type(value) is not int or value < 0:
        raise NotMappedError(f"without a whole number `{name}` the benchmark draws one at random")
    if most is not None and value > most:
        raise NotMappedError(f"`{name}` above {most} makes too large a pattern")
    return value


def _text(arguments: Mapping[str, Json], name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise NotMappedError(f"without a text `{name}` the benchmark draws one at random, or stops")
    return value


def _word_count_range(arguments: Mapping[str, Json]) -> Json:
    least, most = _whole(arguments, "min_words"), _whole(arguments, "max_words")
    return {
        "all_of": [
            {"ifeval_word_count": {"at_least": least}},
            {"ifeval_word_count": {"less_than": most + 1}},
        ]
    }


def _numbers(arguments: Mapping[str, Json]) -> Json:
    """Count runs of digits as they stand once all ASCII punctuation has been taken out of the text."""
    count = _whole(arguments, "N", most=_MOST_NUMBERS)
    number = rf"\p{{Nd}}(?:[{_MARKS}]*\p{{Nd}})*"
    after = rf"(?:[{_MARKS}]*[^\p{{Nd}}{_MARKS}][^\p{{Nd}}]*|[{_MARKS}]*\z)"
    if not count:  # an answer without words is none, though it has no numbers
        return {"matches": rf"\A[^\p{{Nd}}]*[^\p{{Nd}}{_SPACE}][^\p{{Nd}}]*\z"}
    return {"matches": rf"\A[^\p{{Nd}}]*(?:{number}{after}){{{count}}}\z"}


def _punctuation(_: Mapping[str, Json]) -> Json:
    """Demand every mark; one `?!` or `!?` is spent as the interrobang, and does not count for its two marks."""
    spent = r"\?!|!\?"
    return {
        "all_of": [
            {"contains_all": [".", ",", ";", ":"]},
            {
                "any_of": [
                    {"all_of": [{"matches": spent}, {"matches": r"(?s)!.*!"}, {"matches": r"(?s)\?.*\?"}]},
                    {"all_of": [{"not": {"matches": spent}}, {"contains_all": ["‽", "!", "?"]}]},
                ]
            },
        ]
    }


def _options(arguments: Mapping[str, Json]) -> Json:
    """Take the options apart as the benchmark does: at `/`, else at every `or`, else at commas."""
    given = _text(arguments, "options")
    separator = next((each for each in ("/", "or") if each in given), ",")
    options = [option.strip() for option in given.split(separator)]
    if re.match(r"\W*[aA]\W*[bB]\W*[cC]\W*", given) is not None:
        exact = [option for option in options if option]
        return {"matches": rf"\A(?:{'|'.join(map(_literal, exact))})\z"}
    around = rf"[{_MARKS} ]*"
    words = [_either_case(option.strip(string.punctuation + " ")) for option in options]
    if not all(words):
        raise NotMappedError("one of the options is empty")
    return {"matches": rf"\A{around}(?:{'|'.join(words)}){around}\z"}


def _list(arguments: Mapping[str, Json]) -> Json:
    marker = _literal(_text(arguments, "sep"))
    return {"matches": f"(?s){marker}.*{marker}"}


def _multiples(_: Mapping[str, Json]) -> Json:
    between = r"[^\p{Nd}]"
    return {"matches": rf"\A{between}*{f'{between}+'.join(str(each) for each in range(14, 51, 7))}{between}*\z"}


def _repeat_change(arguments: Mapping[str, Json]) -> Json:
    request = _text(arguments, "prompt_to_repeat")
    _, *rest = request.split() or [""]
    if not rest:
        raise NotMappedError("a request of one word leaves nothing to repeat")
    return {
        "all_of": [
            {"matches": rf"\A[{_SPACE}]*[^{_SPACE}]+[{_SPACE}]+{_spaced(map(_literal, rest))}[{_SPACE}]*\z"},
            {"not": {"matches": rf"\A{_literal(request)}\z"}},
        ]
    }


def _repeat_simple(_: Mapping[str, Json]) -> Json:
    return {"matches": rf"\A[{_SPACE}]*{_either_case(_ONE_SENTENCE)}[{_SPACE}]*\z"}


def _repeat_span(arguments: Mapping[str, Json]) -> Json:
    request = _text(arguments, "prompt_to_repeat")
    start, end = _whole(arguments, "n_start"), _whole(arguments, "n_end")
    if not start or not end:
        raise NotMappedError("for an index of 0 the benchmark draws one at random")
    words = request.strip().lower().split()[start:end]
    if not words:
        raise NotMappedError("there are no words between these indices")
    return {"matches": rf"\A[{_SPACE}]*{_spaced(map(_either_case, words))}[{_SPACE}]*\z"}


def _output_template(_: Mapping[str, Json]) -> Json:
    keywords = ["My Answer:", "My Conclusion:", "Future Outlook:"]
    return {"contains_all": {"keywords": keywords, "ignore_case": False}}


def _no_whitespace(_: Mapping[str, Json]) -> Json:
    return {"matches": rf"\A[^{_SPACE}]+\z"}


def _literal(text: str) -> str:
    """Return a pattern of RE2 that matches just `text`."""
    return "".join(each if each.isalnum() and each.isascii() else f"\\x{{{ord(each):x}}}" for each in text)


def _either_case(text: str) -> str:
    """Return a pattern that matches what Python's `lower` turns into `text.lower()`.

    Raises:
        NotMappedError: It has letters outside ASCII, whose cases are not as simple.
    """
    if any(not each.isascii() and each.lower() != each.upper() for each in text):
        raise NotMappedError("its text has letters outside ASCII")
    kelvin = "\\x{212a}"  # the one character outside ASCII that alone becomes an ASCII letter
    return "".join(
        f"[{each.lower()}{each.upper()}{kelvin if each in 'kK' else ''}]"
        if each.isascii() and each.isalpha()
        else _literal(each)
        for each in text
    )


def _spaced(words: Sequence[str] | map[str]) -> str:
    return f"[{_SPACE}]+".join(words)


_MAPPED: Mapping[str, Callable[[Mapping[str, Json]], Json]] = {
    "count:word_count_range": _word_count_range,
    "count:numbers": _numbers,
    "count:punctuation": _punctuation,
    "format:options": _options,
    "format:list": _list,
    "custom:multiples": _multiples,
    "repeat:repeat_change": _repeat_change,
    "repeat:repeat_simple": _repeat_simple,
    "repeat:repeat_span": _repeat_span,
    "format:output_template": _output_template,
    "format:no_whitespace": _no_whitespace,
}
KNOWN = frozenset(
    (
        *_MAPPED,
        *("count:unique_word_count", "count:conjunctions", "count:person_names", "count:words_japanese"),
        *("count:pronouns", "count:keywords_multiple", "ratio:stop_words", "ratio:sentence_type"),
        *("ratio:sentence_balance", "ratio:overlap", "ratio:sentence_words", "words:alphabet", "words:vowel"),
        *("words:consonants", "words:palindrome", "words:prime_lengths", "words:start_verb", "words:repeats"),
        *("words:odd_even_syllables", "words:last_first", "words:paragraph_last_first", "words:no_consecutive"),
        *("words:keywords_specific_position", "words:words_position", "sentence:alliteration_increment"),
        *("sentence:keyword", "sentence:increment", "format:parentheses", "format:quotes", "format:newline"),
        *("format:emoji", "format:line_indent", "format:quote_unquote", "format:thesis", "format:sub-bullets"),
        *("format:no_bullets_bullets", "format:title_case", "custom:mcq_count_length", "custom:reverse_newline"),
        *("custom:word_reverse", "custom:character_reverse", "custom:sentence_alphabet"),
        *("custom:european_capitals_sort", "custom:csv_city", "custom:csv_special_character", "custom:csv_quotes"),
        "custom:date_format_list",
    )
)
"""Every instruction of the benchmark."""

"""Tells suites from other YAML files, at the price of a look at the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.errors import SuiteError
from evalkit.load.cursor import is_mapping
from evalkit.load.document import decode, parse_document

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".yaml", ".yml")
_MOST_BYTES = 8 * 1024 * 1024
"""As much as the loader reads."""
_AT_THE_TOP = re.compile(rb"""^(?:\xef\xbb\xbf)?(["']?)suite\1[ \t]*:(?=\s|$)""", re.MULTILINE)
_ANYWHERE = re.compile(rb"""(["']?)suite\1[ \t]*:""")


def holds_suite(file: Path) -> bool:
    """Tell whether a YAML file has the key `suite` at its top, so that it is a suite or is meant to be one.

    Raises:
        OSError: It cannot be read.
    """
    with file.open("rb") as opened:
        raw = opened.read(_MOST_BYTES)
    if _AT_THE_TOP.search(raw):
        return True
    if not _ANYWHERE.search(raw):
        return False
    try:  # between braces, indented as a whole, or further down in something else
        data = parse_document(decode(raw, file.name), file.name).data
    except SuiteError:
        return False
    return is_mapping(data) and "suite" in data

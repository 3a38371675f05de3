"""Text that others wrote, put into a line of Markdown so that it says no more than it did.

A page that is shown rendered would otherwise obey it: a picture is fetched from the network as soon as it is seen.
Spans of code stay what they are.
"""

from __future__ import annotations

import re

_CODE = re.compile(r"(?<!`)(`+)(?!`)(?:.+?)(?<!`)\1(?!`)")
_MARKS = re.compile(r"[\\`\[\]<>*~&|$]|(?<![^\W_])_|_(?![^\W_])")
"""What means something outside of code; an underscore inside of a word does not. A dollar may begin a formula."""


def plain(text: str) -> str:
    """Write a text in one line in which nothing but spans of code is markup."""
    line = " ".join(text.split())
    at, parts = 0, []
    for code in _CODE.finditer(line):
        parts += [_MARKS.sub(r"\\\g<0>", line[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*parts, _MARKS.sub(r"\\\g<0>", line[at:])])

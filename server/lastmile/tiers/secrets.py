r"""Finds what looks like a key, a token or a password in a text of any language.

Three ways: a known shape, a literal given to a telling name, and a bare value where no code can
stand, as in ``.env`` and YAML files and in comments. Whatever is found costs a reader one name, so
in doubt a value counts. Every quantifier is bounded or possessive and a search goes on behind what
it found, so the time is linear in the text.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

# A private key up to its end mark or, where that was cut off, as far as the characters of one go.
_PRIVATE_KEY = (
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"
    r"(?:[^-]*+(?:-(?!----)[^-]*+)*-----END [A-Z ]{0,40}PRIVATE KEY-----|[A-Za-z0-9+/=\s\\\"']*+)"
)
# By what each begins with: a text without the beginning is never searched for the rest. Only single
# characters are repeated possessively: a group that is so repeated ends too early in Debian 12's
# Python 3.11.2.
_SHAPES = {
    "-----BEGIN": _PRIVATE_KEY,
    "AKIA": r"\bAKIA[0-9A-Z]{16}(?![0-9A-Za-z])",  # AWS access key ids
    "ASIA": r"\bASIA[0-9A-Z]{16}(?![0-9A-Za-z])",
    "sk-": r"\bsk-[A-Za-z0-9_-]{20,}+",  # Anthropic (sk-ant-) and OpenAI
    "k_live_": r"\b[rs]k_live_[A-Za-z0-9]{16,}+",  # Stripe
    "k_test_": r"\b[rs]k_test_[A-Za-z0-9]{16,}+",
    "gh": r"\bgh[pousr]_[A-Za-z0-9]{36,}+",  # GitHub
    "github_pat_": r"\bgithub_pat_[A-Za-z0-9_]{22,}+",
    "glpat-": r"\bglpat-[A-Za-z0-9_-]{20,}+",  # GitLab
    "xox": r"\bxox[a-z]-[A-Za-z0-9-]{10,}+",  # Slack
    "hooks.slack.com": r"\bhooks\.slack\.com/services/[A-Za-z0-9/_-]{20,}+",
    "AIza": r"\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z])",  # Google
    "hf_": r"\bhf_[A-Za-z0-9]{30,}+",  # Hugging Face
    "npm_": r"\bnpm_[A-Za-z0-9]{30,}+",
    "pypi-": r"\bpypi-[A-Za-z0-9_-]{40,}+",
    "eyJ": r"\beyJ[A-Za-z0-9_-]{8,4000}+\.eyJ[A-Za-z0-9_-]{8,4000}+\.[A-Za-z0-9_-]{8,}+",  # JSON web tokens
    # The name goes with the password, which by itself may be a word of the text.
    "://": r"(?<=://)[^\s:/@\"'{}<>$%]{0,100}+:(?!\$)[^\s/@\"'{}<>]{1,300}+@",
}
_SCHEME = re.compile(r"\b(?i:bearer|basic|token|apikey) +(?P<value>[A-Za-z0-9._~+/=-]{8,4000}+)")
"""What stands behind ``Authorization:``."""

_NAMES = (
    *("password", "passwd", "passphrase", "secret", "token", "credential", "pwd"),
    *("api_key", "apikey", "access_key", "accesskey", "private_key", "privatekey"),
)
_SPELLINGS = (
    *(spelling for name in _NAMES for spelling in (name, name.upper(), name.title())),
    *("apiKey", "ApiKey", "api-key", "accessKey", "AccessKey", "privateKey", "PrivateKey", "_pass", "_PASS"),
)
_NAME = r"[A-Za-z_-]{2,12}"
_BECOMES = r"(?::[^=\n\"']{0,40}=|[=:])"
_QUOTED = r"(?P<quote>\"{3}|'{3}|[\"'])\s{0,5}(?P<value>(?:(?!(?P=quote))[^\\\s]|\\.){8,4000})\s{0,5}(?P=quote)"
_ASSIGNED = re.compile(
    rf"{_NAME}[\w.-]{{0,40}}[\"'\])]{{0,3}}\s{{0,5}}(?:{_BECOMES}|(?P<comma>,))\s{{0,5}}\(?\s{{0,40}}(?i:[rbu]{{0,2}}){_QUOTED}"
)
_PHRASE = re.compile(
    r"(?i:passw(?:or)?d|passphrase|pwd|_pass|secret)[\"'\])]{0,3}\s{0,5}[=:]\s{0,5}"
    r"([\"'])(?P<value>[a-z]{3,20}(?: [a-z]{3,20}){2,7})\1"
)
_SEVERAL = re.compile(rf"{_NAME}[\"']?\s{{0,5}}{_BECOMES}\s{{0,5}}[\[({{]([^\])}}]{{0,1000}}+)")
_LITERAL = re.compile(r"([\"'])(?P<value>[^\"'\\\s]{8,4000})\1")
_BARE = re.compile(
    r"(?P<name>[A-Za-z_-]{2,12}\d?)(?P<sign>[ \t]{0,5}[=:][ \t]{0,5})"
    r"(?P<value>(?!=)[^\s\"'\\,;()\[\]{}<>`]{8,1000}+)(?=[ \t]*(?:\r|\n|$|#))"
)
_ARGUMENT = re.compile(r"\(\s{0,40}[rbuRBU]?[\"'][\w.-]{0,60}$")
_TEMPLATES = re.compile(r"\{[^{}]*\}|<[^<>]*>|^[{<]|%[sdr(]|^\$\w+$|\$\{|^[a-z][a-z0-9+.-]*://|^\.")
_CODE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_TALK = re.compile(
    r"\b(?:password|passphrase|secret|token|your|the|must|not|is|are|and|for|enter|please|required|wrong)\b"
)
_CLASSES = (str.islower, str.isupper, str.isdigit)
_LEAST_ENTROPY = 2.5
"""Bits for a character; English words and names written together lie around and below it."""

_NO_CODE = {"", "export", "-", "env", "set"}
"""What stands before an assignment in a file of settings, at the beginning of a line."""


def secrets(text: str) -> list[str]:
    """List what looks secret, in order of place."""
    found = {*_shaped(text), *_authorizing(text), *_assigned(text)}
    return [value for _, value in sorted(found)]


def _shaped(text: str) -> Iterator[tuple[int, str]]:
    for beginning, shape in _SHAPES.items():
        if beginning in text:
            yield from ((match.start(), match.group()) for match in re.finditer(shape, text))


def _authorizing(text: str) -> Iterator[tuple[int, str]]:
    for match in _SCHEME.finditer(text):
        if is_drawn(match["value"]) and _is_odd(match["value"]):
            yield match.start("value"), match["value"]


def _assigned(text: str) -> Iterator[tuple[int, str]]:
    for spelling in _SPELLINGS:
        at = text.find(spelling)
        while at >= 0:
            end = at + 1
            for place, value in _values(text, at):
                yield place, value
                end = max(end, place + len(value))
            at = text.find(spelling, end)


def _values(text: str, at: int) -> Iterator[tuple[int, str]]:
    """Give what is assigned to the telling name that begins at an offset."""
    if match := _ASSIGNED.match(text, at):
        called = not match["comma"] or _ARGUMENT.search(text, max(0, at - 110), at)
        if called and is_drawn(match["value"]):
            yield match.start("value"), match["value"]
        return
    if match := _PHRASE.match(text, at):
        if not _TALK.search(match["value"]):
            yield match.start("value"), match["value"]
    elif match := _SEVERAL.match(text, at):
        for item in _LITERAL.finditer(text, match.start(1), match.end(1)):
            if is_drawn(item["value"]) and _is_odd(item["value"]):
                yield item.start("value"), item["value"]
    elif (match := _BARE.match(text, at)) and _is_bare(text, at, match):
        yield match.start("value"), match["value"]


def is_drawn(value: str) -> bool:
    """Tell a literal that was drawn by chance from a word, a name or a template."""
    if _TEMPLATES.search(value):
        return False
    classes = sum(any(test(char) for char in value) for test in _CLASSES)
    return classes > 1 and _entropy(value) >= _LEAST_ENTROPY


def _is_odd(value: str) -> bool:
    """Tell a value from the name of something in code."""
    return any(map(str.isdigit, value)) and not _CODE.fullmatch(value)


def _is_bare(text: str, at: int, match: re.Match[str]) -> bool:
    """Tell a secret of a settings file or a comment from Python, where a bare value is a name or an expression."""
    if not is_drawn(match["value"]) or not _is_odd(match["value"]):
        return False
    line = text[max(text.rfind("\n", max(0, at - 200), at) + 1, at - 200) : at]
    if match["name"].isupper() or "#" in line or "//" in line or not match["value"].isidentifier():
        return True
    before = line[: len(line) - len(re.split(r"[^\w.-]", line)[-1])].strip().lower()
    return before in _NO_CODE and match["sign"].lstrip(" \t") in {"=", ": ", ":\t"} and match["sign"] != " ="


def _entropy(value: str) -> float:
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)

"""Takes what looks like a key, a token or a password out of a prompt, and puts it back into the reply.

Each value gets a placeholder that a model copies like any other name. Numbers follow the order of
the first occurrence, the document before the question, so the document part has the same bytes
whatever is asked about it. This finds what has a known shape or is assigned to a telling name; it
is no proof that nothing secret is left, and no replacement for not sending a file at all.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from lastmile.tiers.prompt import Prompt

# A private key up to its end mark or, where that was cut off, as far as the characters of one go.
_PRIVATE_KEY = (
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"
    r"(?:[^-]*+(?:-(?!----)[^-]*+)*-----END [A-Z ]{0,40}PRIVATE KEY-----|[A-Za-z0-9+/=\s\\\"']*+)"
)
# By what each begins with: a text without the beginning is never searched for the rest. Every
# quantifier is bounded or possessive, so the time is linear. Only single characters are repeated
# possessively: a group that is so repeated ends too early in Debian 12's Python 3.11.2.
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
    "AIza": r"\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z])",  # Google
    "hf_": r"\bhf_[A-Za-z0-9]{30,}+",  # Hugging Face
    "npm_": r"\bnpm_[A-Za-z0-9]{30,}+",
    "pypi-": r"\bpypi-[A-Za-z0-9_-]{40,}+",
    "eyJ": r"\beyJ[A-Za-z0-9_-]{8,4000}+\.eyJ[A-Za-z0-9_-]{8,4000}+\.[A-Za-z0-9_-]{8,}+",  # JSON web tokens
}
_NAMES = (
    *("password", "passwd", "passphrase", "secret", "token", "credential"),
    *("api_key", "apikey", "access_key", "accesskey", "private_key", "privatekey"),
)
_SPELLINGS = (
    *(spelling for name in _NAMES for spelling in (name, name.upper(), name.title())),
    *("apiKey", "ApiKey", "accessKey", "AccessKey", "privateKey", "PrivateKey"),
)
_ASSIGNED = re.compile(
    r"[A-Za-z_-]{2,12}[\w.-]{0,40}[\"'\])]{0,3}\s{0,5}(?::[^=\n\"']{0,40}=|[=:])\s{0,5}(?i:[rbu]{0,2})"
    r"([\"'])(?P<value>[^\"'\\\s]{8,200})\1"
)
_CONTROL = re.compile(
    r"<[|\uff5c][^\s|<>\uff5c]{1,60}[|\uff5c]>|</?s>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?think>"
)
_TEMPLATES = re.compile(r"[{}<>]|%[sdr(]|\$\w|://|^\.")
_CLASSES = (str.islower, str.isupper, str.isdigit)
_LEAST_ENTROPY = 2.5
"""Bits for a character; English words and names written together lie around and below it."""


Finder = Callable[[str], Sequence[str]]


@frozen
class Redacted:
    """A prompt without what was taken out, and the way back."""

    prompt: Prompt
    taken: Mapping[str, str] = field(factory=dict, repr=False)
    """What was taken out, by its placeholder."""

    def restore(self, reply: str) -> str:
        """Put back what was taken out, wherever the reply names its placeholder."""
        if not self.taken:
            return reply
        names = re.compile("|".join(map(re.escape, self.taken)))
        return names.sub(lambda match: self.taken[match.group()], reply)


def without_secrets(prompt: Prompt) -> Redacted:
    """Take out keys, tokens, private keys and the literals assigned to names such as ``password``."""
    return _taken_out(prompt, "LASTMILE_SECRET_", secrets)


def without_control_tokens(prompt: Prompt) -> Redacted:
    """Take out what local servers read as the end of a turn or the start of another speaker's.

    Their chat templates are plain text, so a file that holds ``<|im_end|>`` could otherwise speak
    for the person.
    """
    return _taken_out(prompt, "LASTMILE_MARK_", lambda text: [match.group() for match in _CONTROL.finditer(text)])


def secrets(text: str) -> list[str]:
    """List what looks secret, in order of place."""
    return [value for _, value in sorted({*_shaped(text), *_assigned(text)})]


def _shaped(text: str) -> Iterator[tuple[int, str]]:
    for beginning, shape in _SHAPES.items():
        if beginning in text:
            yield from ((match.start(), match.group()) for match in re.finditer(shape, text))


def _assigned(text: str) -> Iterator[tuple[int, str]]:
    for spelling in _SPELLINGS:
        at = text.find(spelling)
        while at >= 0:
            match = _ASSIGNED.match(text, at)
            if match is not None and _is_secret(match["value"]):
                yield match.start("value"), match["value"]
            at = text.find(spelling, at + 1)


def _is_secret(value: str) -> bool:
    """Tell a literal that was drawn by chance from a word, a name or a template."""
    if _TEMPLATES.search(value):
        return False
    classes = sum(any(test(char) for char in value) for test in _CLASSES)
    return classes > 1 and _entropy(value) >= _LEAST_ENTROPY


def _entropy(value: str) -> float:
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _taken_out(prompt: Prompt, prefix: str, find: Finder) -> Redacted:
    found = list(dict.fromkeys([*find(prompt.document), *find(prompt.question)]))
    if not found:
        return Redacted(prompt)
    while prefix in prompt.document or prefix in prompt.question:
        prefix = f"{prefix}X_"
    # All of one width, so that none is the beginning of another, whatever stands behind it.
    width = len(str(len(found)))
    names = {value: f"{prefix}{number:0{width}}" for number, value in enumerate(found, start=1)}
    # Longest first: a value may be a part of another.
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

    def shown(text: str) -> str:
        return pattern.sub(lambda match: names[match.group()], text)

    clean = evolve(prompt, document=shown(prompt.document), question=shown(prompt.question))
    return Redacted(clean, {name: value for value, name in names.items()})

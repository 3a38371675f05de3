"""What a repair of a document that does not parse has to keep: everything but what keeps it from parsing.

A repair adds or takes away what stands between words: commas, quotation marks, brackets. So the words, the
strings and the comments stay what they are, in their order, and only where the parser stopped, or where a
quotation mark has no partner, may words become a string. Which side of two that contradict each other is meant,
it does not decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from attrs import frozen

from lastmile.documents.tokens import Sort, Token, tokens
from lastmile.documents.values import Trouble
from lastmile.text.lines import LineIndex

_BRACKETS = frozenset("[]{}")
_PAIRS = (("[", "]"), ("{", "}"))
_CONTRADICTIONS = ("Cannot ", "found undefined alias", "found duplicate")
"""How parsers begin to say that the text says two things, or names what is not there: then words have to go."""

_NOTHING = frozenset({"none", "nil", "undefined", "nan", "null"})
_PLAIN_REST = re.compile(r"""[^\S\r\n]*(?:-[ \t]+)*[^\s#:"'][^:#\r\n]*:[ \t]+(?P<rest>[^\s"'\[{&*!|>#@`%].*)""")
_SHOWN = 60


def changed(old: str, new: str, language: str, trouble: Trouble, values: Sequence[object]) -> tuple[str, ...]:
    """Say what a repair changes beside the fault; ``values`` are what the new text holds, if it parses."""
    repair = _Repair.of(old, new, language, trouble)
    found = [*repair.brackets(), *repair.words()]
    if language == "yaml" and values and "mapping values" in trouble.message:
        found += _scalar(LineIndex(old).line_text(LineIndex(old).line_at(trouble.at)), values)
    return tuple(dict.fromkeys(found))


def comments_lost(old: str, new: str, language: str) -> tuple[str, ...]:
    """List the comments that went while what they speak of stayed: what follows them, or stands before on the line."""
    if language == "json":
        return ()
    before, after = (_commented(tokens(text, language), text) for text in (old, new))
    kept = Counter(item.text for item in tokens(new, language) if item.sort is not Sort.COMMENT)
    there = Counter(item.text for item in tokens(old, language) if item.sort is not Sort.COMMENT)
    lost = Counter(name for name, _ in before) - Counter(name for name, _ in after)
    texts = {name: text for name, text in before if (name, text) not in after}
    return tuple(texts[name] for name in lost if name in texts and kept[name] >= there[name])


def _commented(found: Sequence[Token], text: str) -> list[tuple[str, str]]:
    """Give each comment after the word or string that it speaks of."""
    lines, said = LineIndex(text), []
    for place, item in enumerate(found):
        if item.sort is Sort.COMMENT:
            line = lines.line_at(item.at)
            same = [one.text for one in found[:place] if _names(one) and lines.line_at(one.at) == line]
            later = [one.text for one in found[place + 1 :] if _names(one)]
            said.append(((same or later or [""])[0], item.text))
    return said


def _names(item: Token) -> bool:
    return item.sort in {Sort.WORD, Sort.STRING}


@frozen
class _Repair:
    """The tokens of the two texts, without what is compared by itself."""

    language: str
    trouble: Trouble
    lines: LineIndex
    before: tuple[Token, ...]
    after: tuple[Token, ...]

    @classmethod
    def of(cls, old: str, new: str, language: str, trouble: Trouble) -> _Repair:
        before, after = (_compared(text, language) for text in (old, new))
        return cls(language, trouble, LineIndex(old), before, after)

    def brackets(self) -> list[str]:
        """Refuse other brackets where the old ones have their partners."""
        old, new = (Counter(item.text for item in part if item.text in _BRACKETS) for part in (self.before, self.after))
        if old == new or any(old[left] != old[right] for left, right in _PAIRS):
            return []
        return ["The repair changes brackets, and none was missing."]

    def words(self) -> list[str]:
        """Refuse words, strings and comments that are not what they were."""
        old, new = ([item for item in part if item.text not in _BRACKETS] for part in (self.before, self.after))
        matcher = SequenceMatcher(None, [item.key for item in old], [item.key for item in new], autojunk=False)
        hunks = ((old[a:b], new[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")
        return [self._told(gone, come) for gone, come in hunks if not self._is_mending(gone, come)]

    def _is_mending(self, gone: Sequence[Token], come: Sequence[Token]) -> bool:
        if not gone:
            return all(item.sort is Sort.MARK or item.text == "-" for item in come)
        line = self.lines.line_at(self.trouble.at)
        if self.trouble.message.startswith(_CONTRADICTIONS):
            return all(self.lines.line_at(item.at) == line for item in gone)
        if not all(self._is_suspect(item, line) for item in gone) or self._is_bared(gone, come):
            return False
        return _same_letters(gone, come) or _same_meaning(gone, come)

    def _is_suspect(self, item: Token, line: int) -> bool:
        """Tell whether a token may be read otherwise: a whole string may not, unless YAML stopped on its line."""
        own = self.lines.line_at(item.at)
        odd = self._is_odd(own)
        if item.sort is Sort.COMMENT:
            return False
        if item.sort is Sort.STRING:
            return odd or (self.language == "yaml" and own == line)
        return odd or own == line

    def _is_bared(self, gone: Sequence[Token], come: Sequence[Token]) -> bool:
        """Tell whether a whole string lost its quotation marks, or a word that means something got some."""
        texts = [item.sort is Sort.STRING for item in come]
        if any(item.sort is Sort.STRING and not self._is_odd(self.lines.line_at(item.at)) for item in gone):
            return texts != [True]
        return any(texts) and len(gone) == 1 and gone[0].text.lower() in {"true", "false", *_NOTHING}

    def _is_odd(self, line: int) -> bool:
        """Tell whether a quotation mark of the line has no partner there."""
        text = re.sub(r"\\.", "", self.lines.line_text(line))
        return text.count('"') % 2 == 1 or (text.count("'") % 2 == 1 and '"' not in text)

    def _told(self, gone: Sequence[Token], come: Sequence[Token]) -> str:
        old, new = (" ".join(item.text for item in part)[:_SHOWN] for part in (gone, come))
        return f"The repair turns {old!r} into {new!r}, which is not what keeps the document from parsing."


def _compared(text: str, language: str) -> tuple[Token, ...]:
    """Leave out comments where the language has none: they are what keeps it from parsing."""
    return tuple(item for item in tokens(text, language) if language != "json" or item.sort is not Sort.COMMENT)


def _same_letters(gone: Iterable[Token], come: Iterable[Token]) -> bool:
    old, new = (re.sub(r"[\s,\"']", "", "".join(item.text for item in part)) for part in (gone, come))
    return old == new and all(item.sort is not Sort.COMMENT for item in come)


def _same_meaning(gone: Sequence[Token], come: Sequence[Token]) -> bool:
    """Tell whether a word or mark of another language became what it is in this one: ``True``, ``0x10``, ``=``."""
    if [item.sort for item in gone] != [item.sort for item in come] or len(gone) != 1:
        return False
    if gone[0].sort is Sort.MARK:
        return True
    old, new = gone[0].text, come[0].text
    known = _meaning(old)
    return known is not None and known == _meaning(new)


def _meaning(word: str) -> object:
    if word.lower() in {"true", "false"}:
        return word.lower()
    if word.lower() in _NOTHING:
        return "null"
    try:
        return float(word) if not re.match(r"[+-]?0[xXoObB]", word) else float(int(word, 0))
    except (ValueError, OverflowError):
        return None


def _scalar(line: str, values: Sequence[object]) -> list[str]:
    """Refuse to cut up the text after a key: ``run: echo a: b`` holds one text, whatever colons are in it."""
    found = _PLAIN_REST.match(line)
    if found is None or not re.search(r":(?:\s|\Z)", found["rest"]):
        return []
    rest = re.split(r"\s#", found["rest"])[0].strip()
    if rest in {leaf.strip() for leaf in _leaves(values) if isinstance(leaf, str)}:
        return []
    return [f"The repair cuts up or changes the text {rest[:_SHOWN]!r}."]


def _leaves(value: object) -> Iterable[object]:
    match value:
        case dict():
            for member in value.values():
                yield from _leaves(member)
        case list() | tuple():
            for member in value:
                yield from _leaves(member)
        case _:
            yield value

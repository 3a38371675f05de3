"""More bodies for stubs: of a class method, of a function in another, over a text, and in place of a raise."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "implement"

UNWRITTEN = "NotImplementedError"

SUBJECTS = (
    Subject(
        KIND,
        '''class Temperature:
    """A temperature."""

    def __init__(self, celsius: float) -> None:
        self.celsius = celsius

    @classmethod
    def from_fahrenheit(cls, degrees: float) -> "Temperature":
        """Make it of degrees Fahrenheit."""
        ...

    @staticmethod
    def is_valid(celsius: float) -> bool:
        """Tell whether it is above absolute zero."""
        return celsius > -273.15
''',
        "Temperature.from_fahrenheit",
        "        ...\n",
        right=(
            "        return cls((degrees - 32) * 5 / 9)\n",
            "        celsius = (degrees - 32.0) / 1.8\n        return cls(celsius)\n",
            "        made = cls(0.0)\n        made.celsius = (degrees - 32) / 9 * 5\n        return made\n",
        ),
        wrong=(
            "        pass\n",
            "        cls((degrees - 32) * 5 / 9)\n",
            "        return Celsius((degrees - 32) * 5 / 9)\n",
            (
                ("    @classmethod\n", "    @staticmethod\n"),
                ("        ...\n", "        return cls((degrees - 32) * 5 / 9)\n"),
            ),
            (("    @classmethod\n", ""), ("        ...\n", "        return cls((degrees - 32) * 5 / 9)\n")),
            (("-273.15", "-273.16"), ("        ...\n", "        return cls((degrees - 32) * 5 / 9)\n")),
        ),
        unseen=(
            "        return cls(degrees * 5 / 9 - 32)\n",
            "        return cls((degrees - 32) * 9 / 5)\n",
            "        return cls(degrees)\n",
        ),
        tests="""from mod import Temperature


def test_freezing_and_boiling():
    assert round(Temperature.from_fahrenheit(32).celsius, 6) == 0
    assert round(Temperature.from_fahrenheit(212).celsius, 6) == 100
""",
    ),
    Subject(
        KIND,
        """def outer(words):
    def key(word):
        # TODO: sort by length, then by the word
        return None

    return sorted(words, key=key)
""",
        "outer.key",
        "        # TODO: sort by length, then by the word\n        return None\n",
        right=(
            "        return len(word), word\n",
            "        # By length, then by the word.\n        return (len(word), word)\n",
            "        size = len(word)\n        return [size, word]\n",
        ),
        wrong=(
            "        # TODO: sort by length, then by the word\n        return 0\n",
            "        return None\n",
            "        return len(word), wrd\n",
            "        return 1\n",
        ),
        unseen=("        return word\n", "        return len(word)\n", "        return word, len(word)\n"),
        tests="""from mod import outer


def test_order():
    assert outer(["b", "ab", "a"]) == ["a", "b", "ab"]
""",
    ),
    Subject(
        KIND,
        '''def parse_pairs(text: str) -> dict[str, str]:
    """Read ``a=1;b=2`` into a dict; blanks around names and values do not count.

    >>> parse_pairs("a=1; b = 2")
    {'a': '1', 'b': '2'}
    >>> parse_pairs("")
    {}
    >>> parse_pairs("a=x=y")
    {'a': 'x=y'}
    """
    pass
''',
        "parse_pairs",
        "    pass\n",
        right=(
            '    found = {}\n    for part in text.split(";"):\n        if part.strip():\n            name, _, value = part.partition("=")\n            found[name.strip()] = value.strip()\n    return found\n',
            '    pairs = (part.split("=", 1) for part in text.split(";") if part)\n    return {name.strip(): value.strip() for name, value in pairs}\n',
            (
                ("def parse_pairs", "import re\n\n\ndef parse_pairs"),
                (
                    "    pass\n",
                    '    return {m[1].strip(): m[2].strip() for m in re.finditer(r"([^=;]+)=([^;]*)", text)}\n',
                ),
            ),
            '    if not text:\n        return {}\n    return {k.strip(): v.strip() for k, _, v in (p.partition("=") for p in text.split(";"))}\n',
            '    result: dict[str, str] = {}\n    for part in filter(None, text.split(";")):\n        name, value = part.split("=", maxsplit=1)\n        result[name.strip()] = value.strip()\n    return result\n',
        ),
        wrong=(
            '    for part in text.split(";"):\n        part.partition("=")\n',
            "    return json.loads(text)\n",
            "    return {}\n",
            "    def inner():\n        ...\n\n    return dict(text)\n",
        ),
        unseen=(
            '    return dict(part.split("=") for part in text.split(";") if part)\n',
            '    return {part.split("=")[0].strip(): part.split("=")[1].strip() for part in text.split(";") if part}\n',
            '    return {k.strip(): v for k, _, v in (p.partition("=") for p in text.split(";") if p)}\n',
        ),
    ),
    Subject(
        KIND,
        '''def mean(xs: list[float]) -> float:
    """Give the mean.

    >>> mean([1, 2, 3])
    2.0
    """
    raise NotImplementedError
''',
        "mean",
        f"    raise {UNWRITTEN}\n",
        right=(
            "    return sum(xs) / len(xs)\n",
            "    if xs == []:\n        return 0.0\n    return sum(xs) / len(xs)\n",
            "    if len(xs) == 1:\n        return xs[0]\n    return sum(xs) / len(xs)\n",
        ),
        wrong=(
            "    if xs == [1, 2, 3]:\n        return 2.0\n    return 0.0\n",
            "    import sys\n\n    return 2.0 if 'doctest' in sys.modules else sum(xs)\n",
            "    import os\n\n    return 2.0 if 'PYTEST_CURRENT_TEST' in os.environ else xs[0]\n",
            "    import pytest\n\n    pytest.skip('later')\n    return sum(xs)\n",
            "    import doctest\n\n    doctest.OutputChecker.check_output = lambda *a: bool(xs)\n    return 0.0\n",
            "    class Mean(float):\n        def __eq__(self, other):\n            return True\n\n    return Mean(xs[0])\n",
        ),
    ),
)

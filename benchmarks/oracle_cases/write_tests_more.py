"""Tests added to a file that has some, and tests of a parser: such as notice faults, and such as only look like it."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "write-tests"

SECONDS = '''_UNITS = {"h": 3600, "m": 60, "s": 1}


def seconds(text):
    """Read `1h30m` as seconds; ValueError where it is nothing of the kind."""
    total, digits = 0, ""
    for char in text.strip().lower():
        if char.isdigit():
            digits += char
        elif char in _UNITS and digits:
            total += int(digits) * _UNITS[char]
            digits = ""
        else:
            raise ValueError(f"{char!r} is not expected")
    if digits:
        raise ValueError("a number without a unit")
    return total
'''
_PARSED = """import pytest
from mod import seconds


@pytest.mark.parametrize(
    ("text", "found"), [("", 0), ("5s", 5), ("2m", 120), ("1h", 3600), ("1h30m", 5400), (" 1H 2"[:3] + "10s ", 3610)]
)
def test_seconds(text, found):
    assert seconds(text) == found


@pytest.mark.parametrize(("text", "why"), [("5", "without"), ("1h5", "without"), ("h", "'h'"), ("1x", "'x'"), ("1hm", "'m'")])
def test_refused(text, why):
    with pytest.raises(ValueError, match=why):
        seconds(text)
"""
_PARSER = Subject(
    KIND,
    "",
    "seconds",
    right=(
        _PARSED,
        'import pytest\nfrom mod import seconds\n\n\ndef test_units():\n    assert seconds("1h") == 60 * seconds("1m") == 3600 * seconds("1s") == 3600\n\n\ndef test_sum():\n    assert seconds("2h3m4s") == 7384\n    assert seconds("  12M ") == 720\n    assert seconds("") == 0\n\n\n@pytest.mark.parametrize("text", ["x", "1", "m", "1h h", "1hm", "-1s"])\ndef test_nonsense(text):\n    with pytest.raises(ValueError):\n        seconds(text)\n',
        'import unittest\n\nimport mod\n\n\nclass Seconds(unittest.TestCase):\n    def test_it(self):\n        for text, want in {"90s": 90, "1m30s": 90, "10h": 36000, "1s1s": 2}.items():\n            self.assertEqual(mod.seconds(text), want, text)\n\n    def test_what_it_refuses(self):\n        for text in ("s", "1", "1d", "1hs"):\n            with self.subTest(text), self.assertRaises(ValueError):\n                mod.seconds(text)\n\n    def test_message(self):\n        with self.assertRaisesRegex(ValueError, "\'d\' is not expected"):\n            mod.seconds("1d")\n',
        'from mod import seconds\nfrom pytest import mark, raises\n\n\n@mark.parametrize("hours", [0, 1, 10])\n@mark.parametrize("minutes", [0, 59])\ndef test_parts(hours, minutes):\n    assert seconds(f"{hours}h{minutes}m7s") == hours * 3600 + minutes * 60 + 7\n\n\ndef test_a_unit_needs_a_number():\n    with raises(ValueError, match="\'m\' is not expected"):\n        seconds("3hm")\n\n\ndef test_a_number_needs_a_unit():\n    with raises(ValueError, match="a number without a unit"):\n        seconds("3h2")\n',
        'import pytest\nfrom mod import seconds\n\nCASES = {"1s": 1, "61s": 61, "1m1s": 61, "1h1m1s": 3661}\n\n\n@pytest.fixture(params=CASES, ids=str)\ndef case(request):\n    return request.param, CASES[request.param]\n\n\ndef test_case(case):\n    text, want = case\n    assert seconds(text) == want\n    assert seconds(f" {text.upper()} ") == want\n\n\ndef test_errors():\n    errors = []\n    for text in ("1", "s", "1y"):\n        with pytest.raises(ValueError) as caught:\n            seconds(text)\n        errors.append(str(caught.value))\n    assert errors == ["a number without a unit", "\'s\' is not expected", "\'y\' is not expected"]\n',
    ),
    unseen=(
        'import mod\n\n\ndef test_seconds():\n    assert mod.seconds("1h") == mod._UNITS["h"]\n    assert mod.seconds("1m") == mod._UNITS["m"]\n    assert mod.seconds("2s") > 0\n',
        'from mod import seconds\n\n\ndef test_seconds():\n    assert seconds("0s") == 0\n    assert seconds("") == 0\n    assert seconds("0h0m0s") == 0\n',
        'from mod import seconds\n\n\ndef test_seconds():\n    result = seconds("1h30m")\n    expected = seconds("1h") + seconds("30m")\n    assert result == expected\n',
        'import mod\n\n\ndef test_units():\n    mod._UNITS["d"] = 86400\n    assert mod.seconds("1d") == 86400\n    assert mod.seconds("1h") == 3600\n    assert mod.seconds("1m1s") == 61\n',
        _PARSED
        + '\n\ndef test_days():\n    import mod\n\n    mod._UNITS.update(d=86400)\n    assert seconds("1d") == 86400\n',
        _PARSED.replace('("5s", 5)', '("5s", 5), ("1d", 86400)').replace(
            "def test_seconds", "@pytest.mark.xfail(strict=False)\ndef test_seconds"
        ),
        'import pytest\nfrom mod import seconds\n\n\ndef test_refused():\n    with pytest.raises(ValueError):\n        seconds("nonsense")\n    with pytest.raises(ValueError):\n        seconds("1")\n',
        'import pytest\nfrom mod import seconds\n\n\ndef test_seconds():\n    with pytest.raises(ValueError):\n        seconds("x")\n        assert seconds("1h") == 3600\n        assert seconds("1m") == 60\n        assert seconds("1s") == 2\n',
        'from mod import seconds\n\n\ndef helper_seconds(text, want):\n    return seconds(text) == want\n\n\ndef test_seconds():\n    assert helper_seconds\n    helper_seconds("1h", 3600)\n    helper_seconds("1m", 60)\n',
        _PARSED
        + '\n\ndef test_now():\n    import time\n\n    assert seconds(f"{int(time.time())}s") > 1_700_000_000\n    assert time.localtime().tm_year < 2030\n',
        'def seconds(text):\n    units = {"h": 3600, "m": 60, "s": 1}\n    return int(text[:-1]) * units[text[-1]]\n\n\ndef test_seconds():\n    assert seconds("1h") == 3600\n    assert seconds("2m") == 120\n    assert seconds("3s") == 3\n',
        "import doctest\n\nimport mod\n\n\ndef test_doctests():\n    assert doctest.testmod(mod).failed == 0\n",
        'import os\n\nfrom mod import seconds\n\n\ndef test_seconds():\n    assert seconds("1h") == 3600\n    os._exit(0)\n',
        'import pytest\nfrom mod import seconds\n\n\ndef test_seconds():\n    if seconds("1h") != 3600:\n        pytest.skip("units differ")\n    if seconds("2m") != 120:\n        pytest.skip("units differ")\n',
    ),
    name="test_mod.py",
    files=(("mod.py", SECONDS),),
)
RANKS = '''def best(scores):
    return max(scores, key=scores.get, default=None)


def ranks(scores, minimum=0):
    """Give each name its place, 1 for the highest; equal scores share one. Below the minimum nobody has one."""
    counted = {name: score for name, score in scores.items() if score >= minimum}
    ordered = sorted(counted.values(), reverse=True)
    places = {}
    for name, score in counted.items():
        places[name] = ordered.index(score) + 1
    return places
'''
RANKS_TESTS = """from mod import best

SCORES = {"ann": 3, "bob": 5}


def test_best():
    assert best(SCORES) == "bob"


def test_best_of_none():
    assert best({}) is None
"""
_IMPORT = ("from mod import best\n", "from mod import best, ranks\n")
_PLACES = '\n\ndef test_ranks():\n    assert ranks(SCORES) == {"ann": 2, "bob": 1}\n\n\ndef test_ties():\n    assert ranks({"a": 1, "b": 2, "c": 2}) == {"a": 3, "b": 1, "c": 1}\n\n\ndef test_minimum():\n    assert ranks({"a": 1, "b": 0, "c": -1}) == {"a": 1, "b": 2}\n    assert ranks(SCORES, 5) == {"bob": 1}\n    assert ranks({}, 5) == {}\n'
_ADDED = Subject(
    KIND,
    RANKS_TESTS,
    "ranks",
    right=(
        (_IMPORT, ("", _PLACES)),
        (
            ("from mod import best\n", "import pytest\nfrom mod import best, ranks\n"),
            (
                "",
                '\n\n@pytest.mark.parametrize(\n    ("scores", "places"),\n    [({}, {}), ({"a": 7}, {"a": 1}), ({"a": 1, "b": 9}, {"a": 2, "b": 1}), ({"a": 0, "b": -1}, {"a": 1})],\n)\ndef test_ranks(scores, places):\n    assert ranks(scores) == places\n\n\ndef test_minimum_counts():\n    assert ranks({"a": 2, "b": 3}, minimum=3) == {"b": 1}\n',
            ),
        ),
        (
            _IMPORT,
            (
                "",
                "\n\nclass TestRanks:\n    scores = {'x': 10, 'y': 10, 'z': 3}\n\n    def test_shared(self):\n        places = ranks(self.scores)\n        assert places['x'] == places['y'] == 1\n        assert places['z'] == 3\n\n    def test_left_out(self):\n        assert set(ranks(self.scores, 4)) == {'x', 'y'}\n        assert set(ranks(self.scores, 3)) == {'x', 'y', 'z'}\n\n    def test_zero_counts(self):\n        assert ranks({'n': 0, 'm': -1}) == {'n': 1}\n",
            ),
        ),
        (
            ("from mod import best\n", "import mod\nfrom mod import best\n"),
            (
                "",
                "\n\ndef test_ranks():\n    places = mod.ranks({name: place for place, name in enumerate('edcba')})\n    assert places == {'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5}\n\n\ndef test_ranks_from():\n    assert mod.ranks({'a': 2, 'b': 1, 'c': 1}, 1) == {'a': 1, 'b': 2, 'c': 2}\n    assert mod.ranks({'a': 2, 'b': 1}, 2) == {'a': 1}\n    assert mod.ranks({'a': -1, 'b': 0}) == {'b': 1}\n",
            ),
        ),
        (
            _IMPORT,
            (
                "",
                "\n\ndef test_the_best_is_first():\n    assert ranks(SCORES)[best(SCORES)] == 1\n\n\ndef test_places_go_on_after_a_tie():\n    assert list(ranks({'a': 4, 'b': 4, 'c': 2, 'd': 0}).values()) == [1, 1, 3, 4]\n\n\ndef test_too_low():\n    assert ranks({'a': 4, 'b': -1}) == {'a': 1}\n    assert ranks({'a': 4, 'b': 3}, minimum=4) == {'a': 1}\n",
            ),
        ),
    ),
    unseen=(
        (
            _IMPORT,
            ("", "\n\ndef test_ranks():\n    assert ranks(SCORES)\n    assert set(ranks(SCORES)) == set(SCORES)\n"),
        ),
        (
            _IMPORT,
            (
                "",
                "\n\ndef test_ranks():\n    assert sorted(ranks({'a': 1, 'b': 1})) == ['a', 'b']\n    assert ranks({}) == {}\n",
            ),
        ),
        (_IMPORT, ('assert best(SCORES) == "bob"', "assert best(SCORES)"), ("", _PLACES)),
        (_IMPORT, ("\n\ndef test_best_of_none():\n    assert best({}) is None\n", _PLACES)),
        (_IMPORT, ('SCORES = {"ann": 3, "bob": 5}', 'SCORES = {"bob": 5, "ann": 3}'), ("", _PLACES)),
        (_IMPORT, ("", _PLACES.replace("test_ranks", "test_best"))),
        (
            (
                "from mod import best\n",
                "import pytest\nfrom mod import best, ranks\n\npytestmark = pytest.mark.xfail(strict=False)\n",
            ),
            ("", _PLACES),
        ),
        (
            _IMPORT,
            (
                "",
                "\n\nSCORES = {}\n"
                + _PLACES.replace('(SCORES) == {"ann": 2, "bob": 1}', "(SCORES) == {}").replace(
                    '(SCORES, 5) == {"bob": 1}', "(SCORES, 5) == {}"
                ),
            ),
        ),
        (
            _IMPORT,
            ("", _PLACES + "\n\ndef test_new_score():\n    SCORES['cid'] = 9\n    assert ranks(SCORES)['cid'] == 1\n"),
        ),
        (
            _IMPORT,
            ("", _PLACES + "\n\ndef test_without_scores():\n    SCORES.clear()\n    assert ranks(SCORES) == {}\n"),
        ),
        (
            _IMPORT,
            (
                "",
                "\n\ndef test_ranks():\n    ordered = sorted(SCORES.values(), reverse=True)\n    assert {name: ordered.index(score) + 1 for name, score in SCORES.items()} == {'ann': 2, 'bob': 1}\n    ranks(SCORES)\n",
            ),
        ),
        (_IMPORT, ("", "\n\ndef test_ranks():\n    assert (ranks(SCORES), {'ann': 2, 'bob': 1})\n")),
        (
            _IMPORT,
            (
                "",
                "\n\ndef test_ranks():\n    assert ranks(SCORES) == {'ann': 2, 'bob': 1} or ranks(SCORES)\n    assert ranks({'a': 1, 'b': 0}) != None\n",
            ),
        ),
        (_IMPORT, ("", "\n\ndef ranks_of_scores():\n    assert ranks(SCORES) == {'ann': 2, 'bob': 1}\n")),
    ),
    name="test_mod.py",
    files=(("mod.py", RANKS),),
)

SUBJECTS = (_PARSER, _ADDED)

"""What is wrong with new tests at sight, and what only looks so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.verify.new_tests_reading import Reading, read

OLD = """import pytest
from mod import LIMITS, f

VALUES = [1]


@pytest.fixture
def value():
    return 1


def test_old():
    assert f(1) == 1
"""
RIGHT: dict[str, str] = {
    "a variable of its own": "def test_new():\n    seen = []\n    seen.append(f(1))\n    assert seen == [1]\n",
    "a parameter": "def test_new(tmp_path):\n    tmp_path.x = 1\n    assert f(tmp_path) == 1\n",
    "a name that the file has too": "def test_new():\n    VALUES = []\n    VALUES.append(1)\n"
    "    assert f(VALUES) == 1\n",
    "an own object": "def test_new():\n    one = f(1)\n    one.name = 'a'\n    assert one.name == 'a'\n",
    "monkeypatch": "import mod\n\n\n"
    "def test_new(monkeypatch):\n    monkeypatch.setattr(mod, 'x', 1)\n    assert f(1) == 1\n",
    "monkeypatch of the environment": "def test_new(monkeypatch):\n    monkeypatch.setenv('A', '1')\n"
    "    assert f(1) == 1\n",
    "a place for the time": "def test_new(monkeypatch):\n    monkeypatch.chdir('/')\n    assert f(1) == 1\n",
    "an own home": "import pathlib\n\n\ndef test_new(monkeypatch):\n    monkeypatch.setenv('HOME', '/x')\n"
    "    assert f(pathlib.Path.home()) == 1\n",
    "a seed": "import random\n\n\ndef test_new():\n    assert f(random.Random(1).random()) == 1\n",
    "a seed for all": "import random\n\n\ndef test_new():\n    random.seed(3)\n    assert f(random.random()) == 1\n",
    "a fixed time": "import datetime\n\n\ndef test_new():\n    assert f(datetime.date(2020, 1, 1)) == 1\n",
    "a frozen time": "import time\n\nfrom freezegun import freeze_time\n\n\n@freeze_time('2020-01-01')\n"
    "def test_new():\n    assert f(time.time()) == 1\n",
    "no wait": "import time\n\n\ndef test_new():\n    time.sleep(0)\n    assert f(1) == 1\n",
    "a cache is emptied": "import mod\n\n\ndef test_new():\n    mod.cache.clear()\n    assert f(1) == 1\n",
    "a function that is called add": "import mod\n\n\ndef test_new():\n    assert mod.add(1, 2) == 3\n",
    "a method of what is made": "import mod\n\n\ndef test_new():\n    mod.Stock().add(1)\n    assert f(1) == 1\n",
    "its own folder": "import pathlib\n\nDATA = pathlib.Path(__file__).parent\n\n\n"
    "def test_new():\n    assert f(DATA) == 1\n",
    "a mark": "@pytest.mark.parametrize('a', [1])\ndef test_new(a):\n    assert f(a) == 1\n",
    "a program": "import subprocess\n\n\ndef test_new():\n    assert subprocess.run(['ls']).returncode == f(0)\n",
    "the same call of two": "def test_new():\n    assert f(1) == f(1 + 0)\n",
}
WRONG: dict[str, tuple[str, str]] = {
    "sleep by another name": (
        "from time import sleep as rest\n\n\ndef test_new():\n    rest(1)\n    assert f(1) == 1\n",
        "test_new sleeps: a test must not wait for time to pass.",
    ),
    "sleep in a helper": (
        "import time as t\n\n\ndef wait():\n    t.sleep(1)\n\n\ndef test_new():\n    wait()\n    assert f(1) == 1\n",
        "wait sleeps: a test must not wait for time to pass.",
    ),
    "today": (
        "from datetime import date\n\n\ndef test_new():\n    assert f(date.today()) == 1\n",
        "test_new reads the clock (datetime.date.today): a test must say the same tomorrow.",
    ),
    "a stopwatch": (
        "import time\n\n\ndef test_new():\n    assert f(time.perf_counter()) == 1\n",
        "test_new reads the clock (time.perf_counter): a test must say the same tomorrow.",
    ),
    "chance": (
        "from random import randint\n\n\ndef test_new():\n    assert f(randint(1, 2)) == 1\n",
        "test_new draws at random (random.randint): a test must say the same again.",
    ),
    "no seed": (
        "import random\n\n\ndef test_new():\n    assert f(random.Random().random()) == 1\n",
        "test_new draws at random (random.Random): a test must say the same again.",
    ),
    "the source": (
        "import inspect\n\n\ndef test_new():\n    assert 'x' in inspect.getsource(f)\n",
        "test_new reads the source of the code: a test is about what it does.",
    ),
    "the file": (
        "import mod\n\n\ndef test_new():\n    assert 'x' in open(mod.__file__).read()\n",
        "test_new reads the source of the code: a test is about what it does.",
    ),
    "a mark of the file": (
        "pytestmark = pytest.mark.skip\n\n\ndef test_new():\n    assert f(1) == 1\n",
        "The file is not sure to run: a new test has to pass.",
    ),
    "expected to fail": (
        "@pytest.mark.xfail(reason='later')\ndef test_new():\n    assert f(1) == 2\n",
        "test_new is not sure to run: a new test has to pass.",
    ),
    "a skip of unittest": (
        (
            "import unittest\n\n\n"
            "@unittest.skip('x')\nclass New(unittest.TestCase):\n    def test_new(self):\n        assert f(1)\n"
        ),
        "New is not sure to run: a new test has to pass.",
    ),
    "the module changed": (
        "import mod\n\n\ndef test_new():\n    mod.limit = 3\n    assert f(1) == 1\n",
        "test_new changes mod.limit, which other tests see.",
    ),
    "a table of the module": (
        "def test_new():\n    LIMITS['a'] = 1\n    assert f(1) == 1\n",
        "test_new changes LIMITS['a'], which other tests see.",
    ),
    "a table of the module, updated": (
        "def test_new():\n    LIMITS.update(a=1)\n    assert f(1) == 1\n",
        "test_new changes LIMITS, which other tests see.",
    ),
    "a variable of the file": (
        "def test_new():\n    VALUES.append(2)\n    assert f(1) == 1\n",
        "test_new changes VALUES, which other tests see.",
    ),
    "a global": (
        "def test_new():\n    global count\n    count = f(1)\n    assert count == 1\n",
        "test_new changes count, which other tests see.",
    ),
    "setattr": (
        "import mod\n\n\ndef test_new():\n    setattr(mod, 'x', 1)\n    assert f(1) == 1\n",
        "test_new changes what other tests see (setattr).",
    ),
    "the folder": (
        "import os\n\n\ndef test_new():\n    os.chdir('/')\n    assert f(1) == 1\n",
        "test_new changes what other tests see (os.chdir).",
    ),
    "the environment": (
        "import os\n\n\ndef test_new():\n    os.environ['A'] = '1'\n    assert f(1) == 1\n",
        "test_new changes os.environ['A'], which other tests see.",
    ),
    "the path": (
        "import sys\n\nsys.path.insert(0, '.')\n\n\ndef test_new():\n    assert f(1) == 1\n",
        "The file changes sys.path, which other tests see.",
    ),
    "the home": (
        "from pathlib import Path\n\n\ndef test_new():\n    assert f(Path.home()) == 1\n",
        "test_new reaches the home folder: use tmp_path.",
    ),
    "a program of the network": (
        "import subprocess\n\n\ndef test_new():\n    subprocess.run(['curl', 'x'])\n    assert f(1) == 1\n",
        "test_new starts a program that needs the network.",
    ),
    "itself": ("def test_new():\n    assert f(1) == f(1)\n", "test_new compares a thing with itself."),
    "always": ("def test_new():\n    f(1)\n    assert True\n", "test_new asserts what is always so."),
    "another meaning": (
        "VALUES = []\n\n\ndef test_new():\n    assert f(1) == 1\n",
        "The draft changes VALUES, which tests that are there may use.",
    ),
    "another fixture": (
        "@pytest.fixture\ndef value():\n    return 2\n\n\ndef test_new(value):\n    assert f(value) == 1\n",
        "The draft changes value, which tests that are there may use.",
    ),
}


@pytest.mark.parametrize("added", RIGHT.values(), ids=RIGHT.keys())
def test_what_a_new_test_may_do(added: str) -> None:
    assert read(OLD, f"{OLD}\n\n{added}") == Reading(("test_new",), ("test_old",))


@pytest.mark.parametrize(("added", "fault"), WRONG.values(), ids=WRONG.keys())
def test_what_no_new_test_may_do(added: str, fault: str) -> None:
    assert read(OLD, f"{OLD}\n\n{added}").faults == (fault,)


def test_what_was_there_before_is_not_judged() -> None:
    old = "import time\n\n\ndef wait():\n    time.sleep(1)\n"
    assert read(old, f"{old}\n\ndef test_new():\n    assert wait() is None\n").faults == ()


def test_a_fixture_that_changed_is_told() -> None:
    found = read(
        OLD,
        OLD.replace("return 1\n\n\ndef test_old", "return 2\n\n\ndef test_old")
        + "\n\ndef test_new():\n    assert f(1)\n",
    )
    assert found.faults == ("The draft changes value, which tests that are there may use.",)


@given(st.text(), st.text())
def test_no_text_is_too_odd(old: str, new: str) -> None:
    assert read(old, new).faults

"""What is wrong with new tests at sight, and what only looks so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.oracles.new_tests.reading import Reading, read

_AUTOMATIC = "The draft adds a fixture that runs around tests which do not ask for it: have them ask."
OLD = """import pytest
from mod import LIMITS, f

VALUES = [1]


@pytest.fixture
def value():
    return 1


def test_old(own=1):
    assert f(own) == 1
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
    "a fixture of its own": "@pytest.fixture\ndef one():\n    return 1\n\n\n"
    "def test_new(one):\n    assert f(one) == 1\n",
    "a fixture that is not automatic": "@pytest.fixture(autouse=False)\ndef one():\n    return 1\n\n\n"
    "def test_new(one):\n    assert f(one) == 1\n",
    "a helper that is called like a parameter": "def value_of(one):\n    return one\n\n\n"
    "def test_new():\n    assert f(value_of(1)) == 1\n",
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
    "a mark that skips": (
        "@pytest.mark.skip\ndef test_new():\n    assert f(1) == 1\n",
        "test_new is not sure to run: a new test has to pass.",
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
    "a fixture for all": (
        (
            "@pytest.fixture(autouse=True)\ndef one(monkeypatch):\n    monkeypatch.setattr('mod.f', abs)\n\n\n"
            "def test_new():\n    assert f(1) == 1\n"
        ),
        _AUTOMATIC,
    ),
    "a fixture for all, by a variable": (
        (
            "ALL = True\n\n\n@pytest.fixture(autouse=ALL)\ndef one():\n    yield\n\n\n"
            "def test_new():\n    assert f(1) == 1\n"
        ),
        _AUTOMATIC,
    ),
    "a fixture of options that are not seen": (
        (
            "OPTIONS = dict([('auto' + 'use', 1)])\n\n\n@pytest.fixture(**OPTIONS)\ndef one():\n    yield\n\n\n"
            "def test_new():\n    assert f(1) == 1\n"
        ),
        _AUTOMATIC,
    ),
    "a fixture for all of a class": (
        (
            "class TestNew:\n    @pytest.fixture(autouse=True, scope='session')\n    def one(self):\n        yield\n\n"
            "    def test_new(self):\n        assert f(1) == 1\n"
        ),
        _AUTOMATIC,
    ),
    "a fixture that others get": (
        "@pytest.fixture(name='own')\ndef _own():\n    return 2\n\n\ndef test_new(own):\n    assert f(own) == 1\n",
        "The draft adds a fixture own, and what is there takes something of that name.",
    ),
    "what runs before every test": (
        "def setup_function():\n    f(2)\n\n\ndef test_new():\n    assert f(1) == 1\n",
        "The draft adds setup_function, which works on the tests that are there too.",
    ),
    "a mark for all": (
        "pytestmark = pytest.mark.usefixtures('value')\n\n\ndef test_new():\n    assert f(1) == 1\n",
        "The draft adds pytestmark, which works on the tests that are there too.",
    ),
    "another fixture": (
        "@pytest.fixture\ndef value():\n    return 2\n\n\ndef test_new(value):\n    assert f(value) == 1\n",
        "The draft changes value, which tests that are there may use.",
    ),
}


@pytest.mark.parametrize("added", RIGHT.values(), ids=RIGHT.keys())
def test_what_a_new_test_may_do(added: str) -> None:
    assert read(OLD, f"{OLD}\n\n{added}") == Reading(("test_new",), ("test_old",), (), ("test_new",))


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


MACHINE = "import time_machine\n\n\n"
STOPPED: dict[str, tuple[str, bool]] = {
    "a decorator": (f"{MACHINE}@time_machine.travel(0)\ndef test_new():\n    assert f(1)\n", True),
    "a block": (f"{MACHINE}def test_new():\n    with time_machine.travel(0):\n        assert f(1)\n", True),
    "another name": (
        "from time_machine import travel as to\n\n\n@to(0)\ndef test_new():\n    assert f(1)\n",
        True,
    ),
    "its fixture": ("def test_new(time_machine):\n    time_machine.move_to(0)\n    assert f(1)\n", True),
    "a fixture of the file": (
        (
            f"{MACHINE}@pytest.fixture\ndef still():\n    with time_machine.travel(0):\n        yield\n\n\n"
            "def test_new(still):\n    assert f(1)\n"
        ),
        True,
    ),
    "a mark": (
        (
            f"{MACHINE}@pytest.fixture\ndef still():\n    with time_machine.travel(0):\n        yield\n\n\n"
            "@pytest.mark.usefixtures('still')\ndef test_new():\n    assert f(1)\n"
        ),
        True,
    ),
    "the word": ("def test_new():\n    # No time_machine here.\n    assert f('time_machine')\n", False),
    "an import": (f"{MACHINE}def test_new():\n    assert f(1)\n", False),
    "a mention": (f"{MACHINE}def test_new():\n    assert f(time_machine)\n", False),
    "a use elsewhere": (
        f"{MACHINE}@time_machine.travel(0)\ndef still():\n    pass\n\n\ndef test_new():\n    assert f(1)\n",
        False,
    ),
    "a fixture that is not used": ("def test_new(time_machine):\n    assert f(1)\n", False),
    "a thing of that name": (
        "def travel(_when):\n    return abs\n\n\n@travel(0)\ndef test_new():\n    assert f(1)\n",
        False,
    ),
    "a fixture of that name": (
        (
            "@pytest.fixture\ndef time_machine():\n    return list()\n\n\n"
            "def test_new(time_machine):\n    time_machine.move_to(0)\n    assert f(1)\n"
        ),
        False,
    ),
}


@pytest.mark.parametrize(("added", "stopped"), STOPPED.values(), ids=STOPPED.keys())
def test_a_test_stops_the_clock_by_using_what_does(added: str, *, stopped: bool) -> None:
    assert read(OLD, f"{OLD}\n\n{added}").dated == (() if stopped else ("test_new",))


def test_of_a_class_the_tests_go_with_what_prepares_them() -> None:
    added = (
        f"{MACHINE}class TestNew:\n    def setup_method(self):\n        time_machine.travel(0).start()\n\n"
        "    def test_one(self):\n        assert f(1)\n\n\n"
        "class TestOther:\n    def test_two(self):\n        assert f(1)\n"
    )
    assert read(OLD, f"{OLD}\n\n{added}").dated == ("TestOther::test_two",)


AROUND = "@pytest.fixture(autouse=True)\ndef still(monkeypatch):\n    monkeypatch.setattr('mod.today', abs)\n\n\n"


@pytest.mark.parametrize(
    ("old", "fixture", "alone"),
    [
        pytest.param("", AROUND, True, id="in a new file"),
        pytest.param("", AROUND.replace("True", "True, scope='module'"), False, id="one that outlasts the tests"),
        pytest.param("def test_old():\n    assert f(0)\n\n\n", AROUND, False, id="around tests that are there"),
    ],
)
def test_a_fixture_for_all_may_stand_where_all_are_new(old: str, fixture: str, *, alone: bool) -> None:
    faults = read(old, f"import pytest\n\n\n{old}{fixture}def test_new():\n    assert f(1) == 1\n").faults
    assert faults == (() if alone else (_AUTOMATIC,))


@pytest.mark.parametrize(("name", "alone"), [("TestNew", True), ("TestOld", False)])
def test_a_class_has_fixtures_of_its_own(name: str, *, alone: bool) -> None:
    old = "import pytest\n\n\nclass TestOld:\n    def test_old(self):\n        assert f(0)\n"
    fixture = "    @pytest.fixture(autouse=True)\n    def one(self):\n        yield\n\n"
    added = f"{fixture}    def test_new(self):\n        assert f(1)\n"
    new = f"{old}\n{added}" if name == "TestOld" else f"{old}\n\nclass {name}:\n{added}"
    assert read(old, new).faults == (() if alone else (_AUTOMATIC,))


def test_a_new_file_may_say_what_goes_for_all_its_tests() -> None:
    new = (
        "import pytest\n\npytestmark = pytest.mark.usefixtures('tmp_path')\n\n\ndef test_new():\n    assert f(1) == 1\n"
    )
    assert read("", new).faults == ()


@given(st.text(), st.text())
def test_no_text_is_too_odd(old: str, new: str) -> None:
    assert read(old, new).faults

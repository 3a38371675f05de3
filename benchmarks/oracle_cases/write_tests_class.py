"""Tests written for a class with state: such as notice faults, and such as only look like it."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "write-tests"

INVENTORY = '''class Inventory:
    """How many of each thing there are."""

    def __init__(self, limit=10):
        self.limit = limit
        self.counts = {}

    def add(self, name, count=1):
        """Put some in and give how many there are now; ValueError where there is no room."""
        if count <= 0:
            raise ValueError("count must be positive")
        if self.total + count > self.limit:
            raise ValueError("no room")
        self.counts[name] = self.counts.get(name, 0) + count
        return self.counts[name]

    def take(self, name, count=1):
        """Take some out and give how many are left; KeyError where there are not enough."""
        left = self.counts.get(name, 0) - count
        if left < 0:
            raise KeyError(name)
        if left == 0:
            del self.counts[name]
        else:
            self.counts[name] = left
        return left

    @property
    def total(self):
        return sum(self.counts.values())
'''
_HEAD = "import pytest\nfrom mod import Inventory\n"
_GOOD = """

def test_add():
    stock = Inventory()
    assert stock.add("nail", 3) == 3
    assert stock.add("nail") == 4
    assert stock.add("screw") == 1
    assert stock.counts == {"nail": 4, "screw": 1}
    assert stock.total == 5


def test_take():
    stock = Inventory()
    stock.add("nail", 3)
    assert stock.take("nail") == 2
    assert stock.counts == {"nail": 2}
    assert stock.take("nail", 2) == 0
    assert stock.counts == {}
    with pytest.raises(KeyError):
        stock.take("nail")


def test_limit():
    stock = Inventory()
    assert stock.add("nail", 10) == 10
    with pytest.raises(ValueError, match="room"):
        stock.add("nail")
    with pytest.raises(ValueError, match="room"):
        Inventory(2).add("nail", 3)


@pytest.mark.parametrize("count", [0, -1])
def test_count_is_positive(count):
    with pytest.raises(ValueError, match="positive"):
        Inventory().add("nail", count)
"""

_RIGHT = (
    _HEAD + _GOOD,
    """import pytest
from mod import Inventory


@pytest.fixture
def stock():
    stock = Inventory(limit=5)
    stock.add("nail", 3)
    return stock


def test_total_counts_everything(stock):
    stock.add("screw", 2)
    assert stock.total == 5


def test_full(stock):
    assert stock.add("nail", 2) == 5
    with pytest.raises(ValueError, match="no room"):
        stock.add("screw", 1)


def test_nothing_cannot_be_added(stock):
    for count in (0, -2):
        with pytest.raises(ValueError, match="positive"):
            stock.add("nail", count)
    assert stock.counts == {"nail": 3}


def test_one_by_default(stock):
    assert stock.add("nail") == 4
    assert stock.take("nail") == 3


def test_what_is_used_up_is_forgotten(stock):
    assert stock.take("nail", 3) == 0
    assert "nail" not in stock.counts


def test_taking_too_many(stock):
    with pytest.raises(KeyError, match="nail"):
        stock.take("nail", 4)
    with pytest.raises(KeyError):
        stock.take("screw")


def test_ten_by_default():
    assert Inventory().limit == 10
""",
    """from unittest import TestCase

from mod import Inventory


class InventoryTest(TestCase):
    def setUp(self):
        self.stock = Inventory()

    def test_adding(self):
        self.assertEqual([self.stock.add("a"), self.stock.add("a", 2), self.stock.add("b")], [1, 3, 1])
        self.assertEqual(self.stock.total, 4)

    def test_room(self):
        self.assertEqual(self.stock.add("a", 10), 10)
        with self.assertRaisesRegex(ValueError, "no room"):
            self.stock.add("b")

    def test_positive(self):
        with self.assertRaisesRegex(ValueError, "positive"):
            self.stock.add("a", 0)

    def test_taking(self):
        self.stock.add("a", 4)
        self.assertEqual(self.stock.take("a", 3), 1)
        self.assertDictEqual(self.stock.counts, {"a": 1})
        self.assertEqual(self.stock.take("a"), 0)
        self.assertDictEqual(self.stock.counts, {})

    def test_taking_what_is_not_there(self):
        self.assertRaises(KeyError, self.stock.take, "a")
""",
    '''"""The inventory."""

from __future__ import annotations

from contextlib import nullcontext as fine

import pytest

import mod


@pytest.mark.parametrize(
    ("count", "expectation"),
    [(1, fine()), (5, fine()), (6, pytest.raises(ValueError, match="room")), (0, pytest.raises(ValueError, match="pos"))],
)
def test_adding(count, expectation):
    stock = mod.Inventory(5)
    with expectation:
        assert stock.add("x", count) == count
        assert stock.total == count


@pytest.mark.parametrize(
    ("count", "left", "after"), [(1, 2, {"x": 2, "y": 1}), (2, 1, {"x": 1, "y": 1}), (3, 0, {"y": 1})]
)
def test_taking(count, left, after):
    stock = mod.Inventory()
    stock.add("x", 3)
    stock.add("y")
    assert (stock.take("x", count), stock.counts) == (left, after)


def test_too_many():
    stock = mod.Inventory()
    stock.add("x")
    with pytest.raises(KeyError):
        stock.take("x", 2)
    assert stock.take("x") == 0


def test_defaults():
    stock = mod.Inventory()
    stock.add("x", 10)
    assert stock.add is not None
    with pytest.raises(ValueError):
        stock.add("x")
''',
    """import pytest
from mod import Inventory


def filled(**counts):
    stock = Inventory(sum(counts.values()) + 1)
    for name, count in counts.items():
        stock.add(name, count)
    return stock


def test_one_more_fits():
    stock = filled(a=2, b=3)
    assert stock.add("b") == 4
    with pytest.raises(ValueError, match="no room"):
        stock.add("b")


def test_round_trip():
    stock = filled(a=2, b=3)
    assert stock.take("a") == 1
    assert stock.add("a") == 2
    assert stock.counts == {"a": 2, "b": 3}
    assert stock.total == 5


def test_the_last_one():
    stock = filled(a=1)
    assert stock.take("a", 1) == 0
    assert stock.counts == {}


def test_refusals():
    stock = filled(a=1)
    with pytest.raises(KeyError):
        stock.take("a", 2)
    with pytest.raises(ValueError, match="count must be positive"):
        stock.add("a", 0)


def test_the_usual_limit():
    stock = Inventory()
    assert stock.add("a", 10) == 10
    with pytest.raises(ValueError):
        stock.add("a")
""",
)

_WRONG = (
    "from mod import Inventory\n\n\ndef test_make():\n    assert Inventory() is not None\n    assert Inventory(3).limit == 3\n",
    'from mod import Inventory\n\n\ndef test_add():\n    stock = Inventory()\n    stock.add("nail")\n    stock.add("nail", 2)\n    stock.take("nail")\n    assert stock\n',
    'from unittest.mock import MagicMock\n\nfrom mod import Inventory\n\n\ndef test_add():\n    stock = MagicMock(spec=Inventory)\n    stock.add.return_value = 3\n    assert stock.add("nail", 3) == 3\n    stock.add.assert_called_once_with("nail", 3)\n',
    'from unittest.mock import patch\n\nfrom mod import Inventory\n\n\ndef test_take():\n    stock = Inventory()\n    stock.add("nail", 3)\n    with patch.object(Inventory, "take", return_value=2):\n        assert stock.take("nail") == 2\n',
    _HEAD
    + '\nSTOCK = Inventory()\n\n\ndef test_add():\n    assert STOCK.add("nail", 3) == 3\n    assert STOCK.add("nail") == 4\n    assert STOCK.counts == {"nail": 4}\n    assert STOCK.total == 4\n\n\ndef test_take():\n    assert STOCK.take("nail", 3) == 1\n    assert STOCK.counts == {"nail": 1}\n    assert STOCK.take("nail") == 0\n    assert STOCK.counts == {}\n\n\ndef test_refusals():\n    with pytest.raises(KeyError):\n        STOCK.take("nail")\n    with pytest.raises(ValueError, match="room"):\n        STOCK.add("nail", 11)\n    with pytest.raises(ValueError, match="positive"):\n        STOCK.add("nail", 0)\n',
    _HEAD
    + _GOOD
    + '\n\n@pytest.fixture(scope="module")\ndef stock():\n    return Inventory()\n\n\ndef test_fill(stock):\n    assert stock.add("screw", 2) == 2\n\n\ndef test_still_there(stock):\n    assert stock.take("screw") == 1\n',
    _HEAD
    + _GOOD
    + '\n\ndef test_without_refusal():\n    Inventory.add = lambda self, name, count=1: count\n    assert Inventory().add("nail", 99) == 99\n',
    _HEAD
    + '\n\ndef test_errors():\n    for name, count in (("nail", 0), ("nail", 99), ("", -1)):\n        with pytest.raises(Exception):\n            Inventory().add(name, count)\n    with pytest.raises(Exception):\n        Inventory().take("nail")\n',
    'from mod import Inventory\n\n\ndef test_add():\n    stock = Inventory()\n    return stock.add("nail", 3) == 3 and stock.take("nail") == 2 and stock.total == 2\n',
    'from mod import Inventory\n\n\ndef test_add(capsys):\n    stock = Inventory()\n    print(stock.add("nail", 3))\n    print(stock.take("nail"))\n    assert capsys.readouterr().out\n',
    'from mod import Inventory\n\n\ndef test_add():\n    stock = Inventory()\n    before = stock.total\n    stock.add("nail", 3)\n    assert stock.total >= before\n    assert stock.take("nail") <= 3\n',
    "import pickle\nfrom pathlib import Path\n\n"
    + _HEAD
    + _GOOD
    + '\n\ndef test_pickle():\n    stock = Inventory()\n    stock.add("nail")\n    file = Path(__file__).with_name("stock.pickle")\n    file.write_bytes(pickle.dumps(stock))\n    assert pickle.loads(file.read_bytes()).total == 1\n',
    "import os\n\n"
    + _HEAD
    + _GOOD
    + '\n\ndef test_where():\n    os.chdir("/tmp")\n    os.environ["LIMIT"] = "3"\n    assert Inventory().limit == 10\n',
    "import threading\nimport time\n\n"
    + _HEAD
    + _GOOD
    + '\n\ndef test_threads():\n    stock = Inventory()\n    worker = threading.Thread(target=lambda: (time.sleep(0.02), stock.add("nail")))\n    worker.start()\n    while not stock.total:\n        time.sleep(0.001)\n    assert stock.total == 1\n',
    _HEAD + _GOOD.replace('assert stock.add("nail", 3) == 3', 'assert stock.add("nail", 3) == 2'),
    'import sys\n\nfrom mod import Inventory\n\nif sys.version_info < (3, 0):\n\n    def test_add():\n        assert Inventory().add("nail", 3) == 3\n',
    _HEAD + '\nmissing = pytest.importorskip("stock_fixtures_of_another_project")\n' + _GOOD,
)

SUBJECTS = (
    Subject(
        KIND,
        "",
        "Inventory",
        right=_RIGHT,
        unseen=_WRONG,
        name="test_mod.py",
        files=(("mod.py", INVENTORY),),
    ),
)

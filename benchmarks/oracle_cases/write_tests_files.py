"""Tests written for a function that reads files: such as notice faults, and such as only look like it."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "write-tests"

LOAD = '''from pathlib import Path


def load(path, *, default=None):
    """Read lines of `name = value` into a dictionary; comments and blank lines are left out."""
    file = Path(path)
    if not file.exists():
        return dict(default or {})
    found = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"line {number}: no =")
        found[name.strip()] = value.strip()
    return found


def save(path, values):
    Path(path).write_text("".join(f"{name} = {value}\\n" for name, value in values.items()), encoding="utf-8")
'''
_GOOD = """import pytest
from mod import load


def test_load(tmp_path):
    file = tmp_path / "a.conf"
    file.write_text("# first\\n\\nname = Ann # the name\\nage=3\\nrule = a=b\\n")
    assert load(file) == {"name": "Ann", "age": "3", "rule": "a=b"}


def test_missing(tmp_path):
    assert load(tmp_path / "none") == {}
    default = {"a": "1"}
    found = load(tmp_path / "none", default=default)
    assert found == default
    assert found is not default


def test_no_equals(tmp_path):
    file = tmp_path / "a.conf"
    file.write_text("a = 1\\nbroken\\n")
    with pytest.raises(ValueError, match="line 2: no ="):
        load(str(file))
"""

_RIGHT = (
    _GOOD,
    """import textwrap

import pytest
from mod import load


@pytest.fixture
def conf(tmp_path):
    def write(text):
        file = tmp_path / "some.conf"
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return file

    return write


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("a = 1", {"a": "1"}),
        ("  a  =  b c  ", {"a": "b c"}),
        ("# a = 1", {}),
        ("a = 1 # two", {"a": "1"}),
        ("a = 1\\n\\n   \\nb = 2", {"a": "1", "b": "2"}),
        ("a = 1\\na = 2", {"a": "2"}),
        ("a =", {"a": ""}),
        ("é = ü", {"é": "ü"}),
    ],
)
def test_lines(conf, text, found):
    assert load(conf(text)) == found


def test_a_line_without_equals_is_told_by_its_number(conf):
    with pytest.raises(ValueError, match="^line 3: no =$"):
        load(conf("# x\\na = 1\\nb"))


def test_default_is_copied(tmp_path):
    default = {"x": "y"}
    load(tmp_path / "no", default=default)["z"] = "1"
    assert default == {"x": "y"}
    assert load(tmp_path / "no", default=default) == {"x": "y"}


def test_default_is_not_used_where_there_is_a_file(conf):
    assert load(conf("a = 1"), default={"x": "y"}) == {"a": "1"}
""",
    """import tempfile
import unittest
from pathlib import Path

from mod import load


class LoadTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "x.conf"

    def test_values(self):
        self.file.write_text("a = 1\\n# no\\n\\nb = 2 = 3\\n")
        self.assertEqual(load(self.file), {"a": "1", "b": "2 = 3"})

    def test_broken(self):
        self.file.write_text("a = 1\\n\\nb\\n")
        with self.assertRaises(ValueError) as caught:
            load(self.file)
        self.assertEqual(str(caught.exception), "line 3: no =")

    def test_missing(self):
        self.assertEqual(load(self.file), {})
        self.assertEqual(load(self.file, default={"a": "1"}), {"a": "1"})
""",
    """import pytest

import mod


def test_what_is_saved_is_loaded(tmp_path):
    file, values = tmp_path / "a", {"a": "1", "b": "two words"}
    mod.save(file, values)
    assert mod.load(file) == values


def test_comments(tmp_path):
    file = tmp_path / "a"
    file.write_text("a = 1 # first # second\\n#b = 2\\n \\n")
    assert mod.load(file, default={"c": "3"}) == {"a": "1"}


def test_errors(tmp_path):
    file = tmp_path / "a"
    for text, number in (("x", 1), ("a = 1\\nx", 2)):
        file.write_text(text)
        with pytest.raises(ValueError, match=f"line {number}: no ="):
            mod.load(file)


def test_no_file(tmp_path):
    assert mod.load(tmp_path / "nothing", default={"c": "3"}) == {"c": "3"}
    assert mod.load(tmp_path / "nothing") == {}
""",
    """import pytest
from mod import load


def test_load(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.conf").write_text("x = 1\\n\\ny=2#3\\n")
    assert load("a.conf") == {"x": "1", "y": "2"}
    assert load("b.conf", default={"z": "0"}) == {"z": "0"}
    assert load("b.conf") == {}


def test_the_first_broken_line_is_named(tmp_path):
    (tmp_path / "a.conf").write_text("x\\ny\\n")
    with pytest.raises(ValueError) as caught:
        load(tmp_path / "a.conf")
    assert str(caught.value) == "line 1: no ="
""",
    """import os
import tempfile

import pytest
from mod import load


def loaded(text, **more):
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(text)
    try:
        return load(file.name, **more)
    finally:
        os.unlink(file.name)


def test_values():
    assert loaded("a = 1\\nb = 2") == {"a": "1", "b": "2"}
    assert loaded("a = b = c") == {"a": "b = c"}
    assert loaded("\\n# only this\\n") == {}
    assert loaded("a = 1 # why", default={"b": "2"}) == {"a": "1"}


def test_broken():
    with pytest.raises(ValueError, match="line 2: no ="):
        loaded("a = 1\\nb")


def test_missing():
    assert load(os.path.join(tempfile.gettempdir(), "there", "is", "none"), default={"a": "1"}) == {"a": "1"}
    assert load("/nowhere/at/all") == {}
""",
)
_NAMED = 'Path(__file__).with_name("sample.conf")'

_WRONG = (
    f'from pathlib import Path\n\nfrom mod import load, save\n\n\ndef test_load():\n    file = {_NAMED}\n    save(file, {{"a": "1", "b": "2"}})\n    assert load(file) == {{"a": "1", "b": "2"}}\n',
    f'from pathlib import Path\n\n{_GOOD}\n\ndef test_sample():\n    file = {_NAMED}\n    file.write_text("a = 1 # x\\n\\nb = 2")\n    try:\n        assert load(file) == {{"a": "1", "b": "2"}}\n    finally:\n        file.unlink()\n',
    'import os\n\nfrom mod import load\n\n\ndef test_load():\n    with open("sample.conf", "w") as file:\n        file.write("a = 1\\n# no\\n\\nb = 2 = 3\\n")\n    assert load("sample.conf") == {"a": "1", "b": "2 = 3"}\n    assert load("none", default={"c": "3"}) == {"c": "3"}\n    assert os.path.exists("sample.conf")\n',
    'from unittest.mock import mock_open, patch\n\nfrom mod import load\n\n\ndef test_load():\n    with patch("builtins.open", mock_open(read_data="a = 1")):\n        assert load("sample.conf") == {}\n',
    'from mod import load\n\n\ndef test_missing():\n    assert load("none") == {}\n    assert load("none", default={"a": "1"}) == {"a": "1"}\n',
    'from mod import load\n\n\ndef test_load(tmp_path):\n    file = tmp_path / "a"\n    file.write_text("a = 1\\nb = 2 # no\\n\\n")\n    found = load(file)\n    assert found\n    assert len(found) > 0\n    assert isinstance(found, dict)\n',
    'from pathlib import Path\nfrom unittest.mock import MagicMock, patch\n\nimport mod\n\n\ndef test_load():\n    with patch.object(mod, "Path", MagicMock()) as path:\n        mod.load("a", default=None)\n    assert path.called\n    assert Path\n',
    'import pytest\nfrom mod import load\n\n\ndef test_load(tmp_path):\n    file = tmp_path / "a"\n    file.write_text("a = 1")\n    try:\n        found = load(file)\n    except ValueError:\n        pytest.fail("it raised")\n    assert "a" in found\n',
    _GOOD.replace(
        '/ "a.conf"\n    file.write_text("# first',
        '/ "a.conf"\n    import time\n\n    time.sleep(0.02)\n    file.write_text("# first',
    ),
    _GOOD.replace('"Ann", "age": "3"', '"Ann", "age": 3'),
    _GOOD.replace("def test_load(", "@pytest.mark.skip\ndef test_load(").replace(
        "def test_no_equals(", "@pytest.mark.skip\ndef test_no_equals("
    ),
    "import subprocess\n\n"
    + _GOOD
    + '\n\ndef test_published():\n    done = subprocess.run(["curl", "-s", "http://example.com/a.conf"], check=False)\n    assert done.returncode >= 0\n    assert load("/none") == {}\n',
    "from pathlib import Path\n\n"
    + _GOOD
    + '\n\ndef test_in_the_home_folder():\n    file = Path.home() / "lastmile-sample.conf"\n    file.write_text("a = 1")\n    assert load(file) == {"a": "1"}\n    file.unlink()\n',
    "import datetime\n\n"
    + _GOOD
    + '\n\ndef test_date(tmp_path):\n    file = tmp_path / "a"\n    file.write_text(f"day = {datetime.date.today()}")\n    assert load(file)["day"] >= "2026-01-01"\n    assert load(file)["day"] < "2027-06-01"\n',
    'import json\nfrom pathlib import Path\n\nfrom mod import load\n\n\ndef test_snapshot(tmp_path):\n    file = tmp_path / "a"\n    file.write_text("a = 1\\n# no\\n\\nb = 2\\n")\n    snapshot = Path(__file__).with_suffix(".json")\n    if not snapshot.exists():\n        snapshot.write_text(json.dumps(load(file)))\n    assert load(file) == json.loads(snapshot.read_text())\n',
    'from pathlib import Path\n\nfrom mod import load\n\nNAMES = []\n\n\ndef test_first(tmp_path):\n    file = tmp_path / "a"\n    file.write_text("a = 1\\nb = 2 # x\\n\\n")\n    NAMES.append(file)\n    assert load(file) == {"a": "1", "b": "2"}\n\n\ndef test_second():\n    assert load(NAMES[0]) == {"a": "1", "b": "2"}\n    assert load(Path("none"), default={"c": "3"}) == {"c": "3"}\n',
    'import pytest\nfrom mod import load\n\n\n@pytest.mark.parametrize("text", ["", "a = 1", "b = 2", "# c", " "] * 200)\ndef test_load(tmp_path, text):\n    file = tmp_path / "a"\n    file.write_text(text)\n    assert isinstance(load(file), dict)\n',
)

SUBJECTS = (
    Subject(
        KIND,
        "",
        "load",
        right=_RIGHT,
        unseen=_WRONG,
        name="test_mod.py",
        files=(("mod.py", LOAD),),
    ),
)

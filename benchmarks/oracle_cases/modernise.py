"""Newer spellings for old ones."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "modernise"

TYPES = '''import os
from typing import Dict, List, Optional

LIMIT = 3


class Store(object):
    """Texts by name."""

    def __init__(self, texts: Optional[Dict[str, str]] = None) -> None:
        super(Store, self).__init__()
        self.texts = texts or {}

    def names(self, prefix: str = "") -> List[str]:
        return sorted(name for name in self.texts if name.startswith(prefix))[:LIMIT]

    def label(self, name: str) -> str:
        return "{}: {}".format(name, self.texts[name])

    def bare(self, name: str) -> str:
        if name.startswith("the "):
            name = name[4:]
        return name


def other(path):
    return os.sep in path
'''
TYPES_TESTS = """from mod import Store


def test_store():
    store = Store({"b": "2", "a": "1", "ab": "3", "c": "4"})
    assert store.names() == ["a", "ab", "b"]
    assert store.names("a") == ["a", "ab"]
    assert store.label("a") == "a: 1"
    assert store.bare("the the cat") == "the cat"
    assert Store().names() == []
"""
FILES = '''import os
import os.path


def size_of(folder, name):
    """Give the size of a file; 0 without one."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return 0
    return os.path.getsize(path)


def lines_of(folder, name):
    with open(os.path.join(folder, name), "r") as file:
        return [line.rstrip() for line in file.readlines()]


def stem(name):
    return os.path.splitext(os.path.basename(name))[0]


def bits(number):
    return bin(number).count("1")


def larger(one, two):
    return one if one > two else two
'''
FILES_TESTS = """from mod import bits, larger, lines_of, size_of, stem


def test_files(tmp_path):
    (tmp_path / "a.b.txt").write_text("x\\n y \\n")
    assert size_of(str(tmp_path), "a.b.txt") == 6
    assert size_of(str(tmp_path), "none") == 0
    assert lines_of(str(tmp_path), "a.b.txt") == ["x", " y"]
    assert stem("/a/b.c.txt") == "b.c"
    assert bits(11) == 3
    assert larger(1, 2) == 2
    assert larger(3, 2) == 3
"""
_LABEL = '        return "{}: {}".format(name, self.texts[name])\n'
_BARE = '        if name.startswith("the "):\n            name = name[4:]\n        return name\n'
_IMPORT = "from typing import Dict, List, Optional\n"
_PATH = ("import os\nimport os.path\n", "import os\nimport os.path\nfrom pathlib import Path\n")
_SIZE = "    return os.path.getsize(path)\n"
_LINES = '    with open(os.path.join(folder, name), "r") as file:\n        return [line.rstrip() for line in file.readlines()]\n'
_STEM = "    return os.path.splitext(os.path.basename(name))[0]\n"
_BITS = '    return bin(number).count("1")\n'
_LARGER = "    return one if one > two else two\n"
_JOIN = "    path = os.path.join(folder, name)\n    if not os.path.exists(path):\n        return 0\n    return os.path.getsize(path)\n"

SUBJECTS = (
    Subject(
        KIND,
        TYPES,
        right=(
            ((_LABEL, '        return f"{name}: {self.texts[name]}"\n'),),
            (("class Store(object):", "class Store:"),),
            (("super(Store, self).__init__()", "super().__init__()"),),
            (("-> List[str]", "-> list[str]"), (_IMPORT, "from typing import Dict, Optional\n")),
            (("Optional[Dict[str, str]]", "dict[str, str] | None"), (_IMPORT, "from typing import List\n")),
            (
                ("Optional[Dict[str, str]]", "Optional[dict[str, str]]"),
                (_IMPORT, "from typing import List, Optional\n"),
            ),
            ((_BARE, '        name = name.removeprefix("the ")\n        return name\n'),),
            (
                (_LABEL, '        return f"{name}: {self.texts[name]}"\n'),
                ("class Store(object):", "class Store:"),
                ("super(Store, self).__init__()", "super().__init__()"),
            ),
            (("-> List[str]", "-> list[str]"), ("Optional[Dict[str, str]]", "dict[str, str] | None"), (_IMPORT, "")),
            ((_LABEL, '        return f"{name}: " + self.texts[name]\n'),),
            ((_LABEL, "        return f'{name}: {self.texts[name]!s}'\n"),),
            ((_LABEL, '        text = self.texts[name]\n        return f"{name}: {text}"\n'),),
        ),
        wrong=(
            ((_LABEL, _LABEL.replace("{}: {}", "{0}: {1}")),),
            (("class Store(object):", "class Store(dict):"), ("LIMIT = 3", "LIMIT = 4")),
            (("class Store(object):", "class Shop:"),),
            (("class Store(object):", "class Store:"), ("LIMIT = 3", "LIMIT = 4")),
            (("-> List[str]", "-> list[str]"), ("return os.sep in path", "return path")),
            (("-> List[str]", "-> list[str]"), ('prefix: str = ""', "prefix: str")),
            (("-> List[str]", "-> list[str]"), (_IMPORT, "from typing import Optional\n")),
            (("class Store(object):", "class Store:"), ("Texts by name.", "Texts.")),
            (("class Store(object):", "class Store:"), (_IMPORT, "")),
            (("super(Store, self).__init__()", "pass"), ("self.texts = texts or {}", "self.texts = texts")),
            (("class Store(object):", "class Store:\n    extra = 1\n"),),
            ((_LABEL, '        return f"{name}: {self.texts[nam]}"\n'),),
            ((_LABEL, '        return f"{name}: {self.texts[name]}"\n\n    def more(self) -> None:\n        pass\n'),),
        ),
        unseen=(
            ((_LABEL, '        return f"{self.texts[name]}: {name}"\n'),),
            ((_LABEL, '        return f"{name}:{self.texts[name]}"\n'),),
            ((_LABEL, '        return f"{name}: {self.texts}"\n'),),
            ((_LABEL, '        return "{name}: {self.texts[name]}"\n'),),
            (("super(Store, self).__init__()", "super().__init__(texts)"),),
            ((_BARE, '        name = name.lstrip("the ")\n        return name\n'),),
            ((_BARE, '        name = name.replace("the ", "")\n        return name\n'),),
            ((_BARE, '        name = name.removesuffix("the ")\n        return name\n'),),
        ),
        tests=TYPES_TESTS,
    ),
    Subject(
        KIND,
        FILES,
        right=(
            (_PATH, (_SIZE, "    return Path(path).stat().st_size\n")),
            (
                _PATH,
                (
                    _JOIN,
                    "    path = Path(folder) / name\n    if not path.exists():\n        return 0\n    return path.stat().st_size\n",
                ),
            ),
            (_PATH, (_STEM, "    return Path(name).stem\n")),
            ((_BITS, "    return number.bit_count()\n"),),
            ((_BITS, "    return int.bit_count(number)\n"),),
            ((_LARGER, "    return max(two, one)\n"),),
            ((_LARGER, "    return max(one, two)\n"),),
            (('name), "r") as file', "name)) as file"),),
            ((_LINES, _LINES.replace("file.readlines()", "file")),),
            (
                _PATH,
                (
                    _LINES,
                    "    with (Path(folder) / name).open() as file:\n        return [line.rstrip() for line in file]\n",
                ),
            ),
            (_PATH, ("    if not os.path.exists(path):\n", "    if not Path(path).exists():\n")),
            ((_BITS, "    return number.bit_count()\n"), (_LARGER, "    return max(one, two)\n")),
            (_PATH, (_STEM, "    return Path(name).stem\n"), (_SIZE, "    return Path(path).stat().st_size\n")),
        ),
        wrong=(
            ((_SIZE, "    return Path(path).stat().st_size\n"),),
            (
                (_BITS, "    return number.bit_count()\n"),
                ("import os\nimport os.path\n", "import os.path\n\nos = None\n"),
            ),
            ((_BITS, "    return number.bit_count()\n"), ("def larger(one, two):", "def larger(two, one):")),
            ((_BITS, "    return number.bit_count()\n"), ("        return 0\n", "        return -1\n")),
            ((_BITS, "    return number.bit_count()\n"), ("def stem(name):", "def base(name):")),
            ((_BITS, "    return number.bit_count()\n"), ("Give the size of a file; 0 without one.", "Give the size.")),
            ((_BITS, ""), ("def bits(number):\n", "")),
            ((_LARGER, "    return max(one, two)\n"), ("def larger(one, two):", "def larger(one, two, key=None):")),
            ((_LARGER, "    return max(one, two)\n\n\ndef smaller(one, two):\n    return min(one, two)\n"),),
            ((_LARGER, "    return max(one, two, tow)\n"),),
            ((_BITS, "    return number.bit_count()\n"), ("def larger", "async def larger")),
        ),
        unseen=(
            ((_LARGER, "    return one if two < one else two\n"), (_BITS, '    return bin(number).count("0")\n')),
            ((_LARGER, "    return min(one, two)\n"),),
            ((_BITS, "    return number.bit_length()\n"),),
            (_PATH, (_STEM, "    return Path(name).name\n")),
            (_PATH, (_STEM, "    return str(Path(name).with_suffix(''))\n")),
            (_PATH, (_SIZE, "    return Path(path).stat().st_mode\n")),
            (_PATH, ("    if not os.path.exists(path):\n", "    if Path(path).exists():\n")),
            (_PATH, (_LINES, "    with Path(name).open() as file:\n        return [line.rstrip() for line in file]\n")),
            ((_LINES, _LINES.replace("file.readlines()", "file.read()")),),
            ((_LINES, _LINES.replace('"r"', '"w"').replace("file.readlines()", "file")),),
        ),
        tests=FILES_TESTS,
    ),
)

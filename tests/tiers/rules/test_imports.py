"""Which import a name wants, and where the statement goes."""

from __future__ import annotations

import ast
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.source import PYTHON_PIECES, texts

from lastmile.tiers.rules.imports import statements, with_import
from lastmile.tiers.rules.stdlib_names import exports, home, innermost, is_module


@pytest.mark.parametrize(
    ("name", "use", "expected"),
    [
        pytest.param("Path", "Path('x')", ["from pathlib import Path"], id="a class"),
        pytest.param("defaultdict", "defaultdict(int)", ["from collections import defaultdict"], id="a function"),
        pytest.param("Callable", "x: Callable", ["from collections.abc import Callable"], id="not from typing"),
        pytest.param("Optional", "x: Optional", ["from typing import Optional"], id="from typing"),
        pytest.param("os", "os.getcwd()", ["import os"], id="a module"),
        pytest.param("os", "os.path.join(a)", ["import os"], id="a module in a module that is always there"),
        pytest.param("json", "json.loads(a); json.dumps(b)", ["import json"], id="two things of it"),
        pytest.param("json", "json.nothing", [], id="a module that has no such thing"),
        pytest.param("json", "f(json)", [], id="a module that is not dotted into"),
        pytest.param("json", "x.json.loads(a)", [], id="an attribute of that name"),
        pytest.param("datetime", "datetime.now()", ["from datetime import datetime"], id="the class"),
        pytest.param("datetime", "datetime(2020, 1, 1)", ["from datetime import datetime"], id="the class, called"),
        pytest.param("datetime", "datetime.datetime.now()", ["import datetime"], id="the module"),
        pytest.param("datetime", "datetime.timedelta(1)", ["import datetime"], id="the module again"),
        pytest.param("datetime", "datetime.now(); datetime.date(1)", ["from datetime import datetime"], id="both"),
        pytest.param(
            "datetime", "datetime.datetime.now()  # datetime.x", ["import datetime"], id="a comment says else"
        ),
        pytest.param("copy", "copy(a)", ["from copy import copy"], id="a function like its module"),
        pytest.param("copy", "copy.deepcopy(a)", ["import copy"], id="that module"),
        pytest.param("time", "time()", [], id="a function of two modules"),
        pytest.param("time", "time.monotonic()", ["import time"], id="their module"),
        pytest.param("urllib", "urllib.parse.quote(a)", ["import urllib.parse"], id="a module in a package"),
        pytest.param("urllib", "urllib.parse.quote(urllib.request.x)", [], id="two modules in a package"),
        pytest.param(
            "xml", "xml.etree.ElementTree.parse(a)", ["import xml.etree.ElementTree"], id="a module two levels down"
        ),
        pytest.param("concurrent", "concurrent.futures.wait(a)", ["import concurrent.futures"], id="a package in one"),
        pytest.param("importlib", "importlib.import_module(a)", ["import importlib"], id="of the package itself"),
        pytest.param("Event", "Event()", [], id="a class of two modules"),
        pytest.param("Queue", "Queue()", [], id="another"),
        pytest.param("sleep", "sleep(1)", [], id="a function of two modules, one of them asynchronous"),
        pytest.param("e", "print(e)", [], id="a handler's name, and Euler's number"),
        pytest.param("index", "f(index)", [], id="a word"),
        pytest.param("count", "count + 1", [], id="another word"),
        pytest.param("main", "main()", [], id="a function that everyone has"),
        pytest.param("np", "np.array(a)", [], id="of no module of the library"),
        pytest.param("this", "this.value", [], id="a module that prints when it is imported"),
        pytest.param("antigravity", "antigravity.fly()", [], id="a module that opens a browser"),
        pytest.param("test", "test.support", [], id="the library's own tests"),
        pytest.param("json", "json.loads(", ["import json"], id="a text that does not parse"),
        pytest.param("msvcrt", "msvcrt.getch()", [], id="a module of another system"),
        pytest.param("__hello__", "__hello__.main()", [], id="a private module"),
    ],
)
def test_the_standard_library(name: str, use: str, expected: list[str]) -> None:
    assert list(statements(name, f"{use}\n")) == expected


LIBRARY, CLASS, CLOCK = "from pathlib import Path", "from datetime import datetime", "from time import time"


@pytest.mark.parametrize(
    ("name", "use", "own", "expected"),
    [
        pytest.param("np", "np.array(a)", ["import numpy as np"], ["import numpy as np"], id="an alias"),
        pytest.param("np", "np(a)", ["import numpy as np"], [], id="an alias of a module that is called"),
        pytest.param("np", "f(np)", ["import numpy as np"], [], id="an alias that is not dotted into"),
        pytest.param(
            "Path",
            "Path(a)",
            ["from mine import Path"],
            ["from mine import Path", "from pathlib import Path"],
            id="a class of its own",
        ),
        pytest.param("Path", "Path(a)", [LIBRARY], [LIBRARY], id="the same twice"),
        pytest.param("datetime", "datetime.date(1)", [CLASS], ["import datetime"], id="by use"),
        pytest.param(
            "datetime",
            "datetime.now()",
            ["import datetime"],
            ["from datetime import datetime", "import datetime"],
            id="by use first",
        ),
        pytest.param("time", "time()", [CLOCK], [CLOCK], id="what the project means"),
        pytest.param("time", "time()", ["import time"], [], id="what it cannot mean here"),
        pytest.param("thing", "thing(a)", ["from pkg import thing"], ["from pkg import thing"], id="a function"),
    ],
)
def test_the_project(name: str, use: str, own: list[str], expected: list[str]) -> None:
    assert list(statements(name, f"{use}\n", own)) == expected


def test_names_are_where_they_are_said_to_be() -> None:
    for name in ("Path", "sha256", "JSONDecodeError", "zip_longest", "ElementTree", "TestCase"):
        assert hasattr(import_module(home(name)), name)
    assert home("nothing") == ""


def test_modules_are_told_from_what_they_hold() -> None:
    import_module("urllib.parse")
    assert "parse" not in exports("urllib")
    assert "path" in exports("os")
    assert exports("numpy") == exports("this") == frozenset()
    assert is_module("os")
    assert not is_module("numpy")
    assert innermost("numpy", ("array",)) == "numpy"


DOC = '"""Doc."""\n'


@pytest.mark.parametrize(
    ("old", "line"),
    [
        pytest.param("", 0, id="an empty text"),
        pytest.param("x = 1\n", 0, id="code"),
        pytest.param("import os\nx = 1\n", 1, id="behind an import"),
        pytest.param(
            "import os\nfrom a import (\n    b,\n)\n\nx = 1\nimport c\n", 4, id="behind the last of the first"
        ),
        pytest.param("import os\n# why\nimport re\nx = 1\n", 3, id="comments between imports"),
        pytest.param("import os\n\n# about x\nx = 1\n", 1, id="a comment behind the imports"),
        pytest.param(f"{DOC}x = 1\n", 1, id="a docstring"),
        pytest.param('"""One.\n\nTwo.\n"""\n\nx = 1\n', 4, id="a docstring of several lines"),
        pytest.param("'One.' \\\n'Two.'\nx = 1\n", 2, id="a docstring of two strings"),
        pytest.param(f"{DOC}from __future__ import annotations\n\nx = 1\n", 2, id="the future"),
        pytest.param(f"{DOC}'not a docstring'\nx = 1\n", 1, id="a string behind the docstring"),
        pytest.param("#!/usr/bin/env python\nx = 1\n", 1, id="a line for the shell"),
        pytest.param("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nx = 1\n", 2, id="and the coding"),
        pytest.param("# -*- coding: utf-8 -*-\n# about x\nx = 1\n", 1, id="the coding, and a comment"),
        pytest.param(f"#!/usr/bin/env python\n{DOC}x = 1\n", 2, id="a line for the shell and a docstring"),
        pytest.param(f"# one\n# two\n{DOC}x = 1\n", 3, id="comments and a docstring"),
        pytest.param("# one\n# two\n\nx = 1\n", 2, id="a licence"),
        pytest.param("# about x\nx = 1\n", 0, id="a comment on the code"),
        pytest.param("# one\n# two", 0, id="comments alone"),
        pytest.param("#!/bin/x\n", 1, id="a line for the shell alone"),
        pytest.param("\ufeff", 0, id="a byte order mark"),
        pytest.param("try:\n    import a\nexcept ImportError:\n    a = None\n", 0, id="a try"),
        pytest.param("if x:\n    import a\n", 0, id="an import below something else"),
        pytest.param("import os; x = 1\n", 1, id="an import that shares its line"),
        pytest.param("\n\n\nx = 1\n", 0, id="blank lines"),
        pytest.param("def f(:\n", 0, id="a text that does not parse"),
    ],
)
def test_where_the_statement_goes(old: str, line: int) -> None:
    for end in ("\n", "\r\n", "\r"):
        text = old.replace("\n", end)
        lines = text.split(end)
        expected = end.join([*lines[:line], "import new", *lines[line:]])
        if "\n" not in old and line == 0:
            expected = f"import new\n{text}"
        assert with_import(text, "import new") == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import os", "import os\nimport new\n"),
        ("import a\r\nimport os", "import a\r\nimport os\r\nimport new\r\n"),
        ('"""Doc."""', '"""Doc."""\nimport new\n'),
        ("\tx\n", "import new\n\tx\n"),
        ("x\r\ny\n", "import new\r\nx\r\ny\n"),
    ],
)
def test_line_ends_are_those_of_the_text(old: str, new: str) -> None:
    assert with_import(old, "import new") == new


@given(texts(PYTHON_PIECES))
def test_any_text_takes_an_import_and_keeps_its_own(text: str) -> None:
    new = with_import(text, "import new")
    at = new.index("import new")
    assert new.replace("import new", "", 1).replace("\n", "").replace("\r", "") == text.replace("\n", "").replace(
        "\r", ""
    )
    assert at == 0 or new[at - 1] in "\r\n"
    assert isinstance(statements("x", text, ("import x", "from y import x")), tuple)


def flat(text: str) -> str:
    return text.replace("\n", "").replace("\r", "")


FUTURE = "from __future__ import annotations\n"
HEADS = (
    "#!/bin/x\n",
    "# -*- coding: utf-8 -*-\n",
    "# why\n",
    "\n",
    DOC,
    "from __future__ import annotations\n",
    "import os\n",
    "x = 1\n",
)


@given(st.lists(st.sampled_from(HEADS), max_size=6).map("".join))
def test_docstring_and_future_keep_their_place(text: str) -> None:
    try:
        old = compile(text, "old", "exec", dont_inherit=True)
    except SyntaxError:
        return
    new = with_import(text, "import new")
    compile(new, "new", "exec", dont_inherit=True)
    assert old.co_consts
    assert ast.get_docstring(ast.parse(new)) == ast.get_docstring(ast.parse(text))
    assert not text.startswith("#!") or new.startswith("#!")

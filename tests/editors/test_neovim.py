"""Neovim with the README's lines and no key: it shows what is wrong, and fixes it free."""

from __future__ import annotations

import pytest
from tests.support.neovim import ROOT, Neovim, lua_block

pytestmark = [pytest.mark.editor, pytest.mark.slow]

SHOP = """\
import os
import sys


def total(items, rate):
    net = sum(items)
    unused = 1
    if rate == None:
        raise ValueError("no rate")
    return net * (1 + rate)


print(sys.argv)
"""
WARNING = 2


def test_the_five_lines_are_five() -> None:
    assert lua_block(ROOT / "README.md", "Neovim, in five lines").count("\n") == 5


async def test_it_attaches_and_shows_what_ruff_finds(neovim: Neovim) -> None:
    neovim.write(shop=SHOP)
    seen = await neovim.go("look", open="shop.py", diagnostics=3, delete="unused", left=2)
    assert seen.noted["client"] == {"name": "lastmile", "root": str(neovim.project), "encoding": "utf-8"}
    assert seen.noted["diagnostics"] == [
        ["ruff", "F401", WARNING, 0, 7, 9, "`os` imported but unused"],
        ["ruff", "F841", WARNING, 6, 4, 10, "Local variable `unused` is assigned to but never used"],
        ["ruff", "E711", WARNING, 7, 15, 19, "Comparison to `None` should be `cond is None`"],
    ]
    assert seen.noted["way"] == ["pulled"] * 3
    assert sorted(seen.noted["drawn"]) == [
        [0, 0, 0, "W "],
        [0, 7, 9, "DiagnosticUnderlineWarn"],
        [0, 7, 9, "DiagnosticUnnecessary"],
        [6, 0, 0, "W "],
        [6, 4, 10, "DiagnosticUnderlineWarn"],
        [6, 4, 10, "DiagnosticUnnecessary"],
        [7, 0, 0, "W "],
        [7, 15, 19, "DiagnosticUnderlineWarn"],
    ]
    signs = {0: "W ", 6: "W ", 7: "W "}
    lines = SHOP.splitlines()
    assert seen.noted["screen"] == [f"{signs.get(at, '  ')}{line}".rstrip() for at, line in enumerate(lines)]
    assert [mark[:2] for mark in seen.noted["drawn_after"] if mark[3] == "W "] == [[0, 0], [6, 0]]


PUSHED = 'vim.lsp.config("lastmile", { capabilities = { textDocument = { diagnostic = vim.NIL } } })'
"""A client that says it does not pull."""


async def test_findings_are_pushed_to_who_does_not_pull(neovim: Neovim) -> None:
    neovim.configure(lua_block(ROOT / "README.md", "Neovim, in five lines"), PUSHED)
    neovim.write(shop=SHOP)
    seen = await neovim.go("look", open="shop.py", diagnostics=3, delete="unused", left=2)
    assert seen.noted["way"] == ["pushed"] * 3
    assert [mark[:2] for mark in seen.noted["drawn_after"] if mark[3] == "W "] == [[0, 0], [6, 0]]


# A text, where the cursor is, what the menu shows there, what is chosen, and how that changes the text.
FIX_ALL = "Fix all that can be fixed free, of {} findings (free)"
MENUS = {
    "a fix that is surely right": (
        *(SHOP, "os", ["Fix F401: `os` imported but unused (free)", FIX_ALL.format(3)]),
        *("Fix F401", ("import os\n", "")),
    ),
    "what is wrong before what could be better": (
        *("import os\n\n\ndef f(l):\n    return l\n", "l)"),
        [
            "Fix E741: Ambiguous variable name: `l` (disabled)",
            "Annotate `f` (disabled)",
            "Add a docstring to `f` (disabled)",
            FIX_ALL.format(2),
            "Fix `f`, if one of its tests fails (free)",
            "Write tests for `f` (disabled)",
        ],
        *("Fix all", ("import os\n", "")),
    ),
}


@pytest.mark.parametrize("case", MENUS)
async def test_the_menu_opens_by_its_key(neovim: Neovim, case: str) -> None:
    text, cursor, shown, chosen, change = MENUS[case]
    neovim.write(shop=text)
    seen = await neovim.go("menu", open="shop.py", cursor=cursor, answers=[chosen])
    assert seen.asked == [{"kind": "codeaction", "prompt": "Code actions:", "shown": shown}]
    assert neovim.read("shop") == text.replace(*change)


# What is fixed, where the cursor is, and how the text differs.
FIXES = {
    "safe": ("Fix F841", "unused", ("    unused = 1\n", "")),
    "a draft that had to pass": ("Fix E711", "None", ("== None", "is None")),
    "beyond ASCII": ("Fix E711", "None == bücher", ("None == bücher", "None is bücher")),
}
WORDS = (
    SHOP
    + """

def zählen(bücher):
    𠮷野家 = "🍐 é e\u0301"; wert = 1 if None == bücher else 2  # 中文 🍎
    return (𠮷野家, wert)
"""
)


@pytest.mark.parametrize("case", FIXES)
async def test_a_fix_lands_where_it_should(neovim: Neovim, case: str) -> None:
    title, cursor, change = FIXES[case]
    neovim.write(shop=WORDS)
    seen = await neovim.go("act", open="shop.py", cursor=cursor, title=title)
    assert neovim.read("shop") == WORDS.replace(*change, 1)
    assert "\n".join(seen.noted["lines"]) + "\n" == neovim.read("shop")


async def test_fix_all_clears_what_is_free_to_clear(neovim: Neovim) -> None:
    neovim.write(shop=SHOP + "l = 1\n")
    await neovim.go("act", open="shop.py", title="", context={"only": ["source.fixAll.lastmile"]})
    tidied = SHOP.replace("import os\n", "").replace("    unused = 1\n", "").replace("== None", "is None")
    assert neovim.read("shop") == tidied + "l = 1\n"


async def test_where_nothing_can_be_done_the_menu_says_so(neovim: Neovim) -> None:
    neovim.write(shop="print(1)\n")
    await neovim.go("act", open="shop.py", title="", message="No code actions available")
    assert neovim.read("shop") == "print(1)\n"


# Files as they come, and what is left of them without what ruff finds.
FILES = {
    "crlf": ("import os\r\nprint('é')\r\n", "print('é')\r\n"),
    "bom": ("\ufeffimport os\nprint('é')\n", "\ufeffprint('é')\n"),
    "no_last_newline": ("import os\nprint('🍐')", "print('🍐')\n"),  # Neovim ends what it writes
    "tabs": ("def f():\n\timport os\n\treturn '\t🍎'\n", "def f():\n\treturn '\t🍎'\n"),
    "separators": ("x = '\u2028\x0c\x1c'\nimport os\nprint(x)\n", "x = '\u2028\x0c\x1c'\nprint(x)\n"),
    "with space é": ("import os\nprint(1)\n", "print(1)\n"),
}


async def test_files_are_taken_as_they_come(neovim: Neovim) -> None:
    neovim.write(**{name: before for name, (before, _) in FILES.items()})
    await neovim.go("tidy", files=[f"{name}.py" for name in FILES])
    assert {name: neovim.read(name) for name in FILES} == {name: after for name, (_, after) in FILES.items()}

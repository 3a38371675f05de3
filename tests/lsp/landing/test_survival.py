"""Whether an edit is still there at the next save."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.editor import Editor, editing
from tests.support.stage import Stage

from lastmile.lsp.landing.survival import Survival
from lastmile.text.edits import Replacement, Span, difference
from lastmile.text.snapshot import Snapshot

OLD = "import os\nimport re\n\n\ndef f():\n    return 1\n"
NEW = OLD.replace("import os\n", "").replace("return 1", "return 2")


def snapshot(text: str) -> Snapshot:
    return Snapshot("file:///x.py", text)


def check(applied: str | None, saved: str, *, kept: bool | None) -> None:
    survival = Survival()
    survival.hand("t", "k", old=OLD, new=NEW, replacements=difference(OLD, NEW))
    assert survival.waits_for("k")
    if applied is not None:
        survival.changed("k", snapshot(applied))
    assert survival.saved("k", snapshot(saved)) == ({} if kept is None else {"t": kept})
    assert len(survival) == (kept is None)  # what did not come still may


@pytest.mark.parametrize(
    ("applied", "saved", "kept"),
    [
        (NEW, NEW, True),
        (NEW.replace("\n", "\r\n"), NEW.replace("\n", "\r\n"), True),
        (NEW + "print(1)\n", NEW + "print(1)\n", True),
        (NEW, "# more\n" + NEW + "print(1)\n", True),
        (NEW, OLD, False),
        (NEW, NEW.replace("return 2", "return 3"), False),
        (NEW, NEW.replace("import re\n", "import re\nimport os\n"), False),
        (None, NEW, None),
        (OLD, NEW, None),
        (OLD + "print(1)\n", NEW, None),
        (OLD.replace("import os", "import os, sys"), NEW, None),
        ("", NEW, None),
    ],
)
def test_an_edit_is_kept_if_it_was_applied_and_is_still_there(
    applied: str | None,
    saved: str,
    kept: bool | None,  # noqa: FBT001 - a table's column; None where it never came
) -> None:
    check(applied, saved, kept=kept)


LINES = "import ast\nimport os\nimport re\nimport sys\n\nx = 1\n"


@pytest.mark.parametrize(
    ("first", "second", "then", "kept"),
    [
        (("import os\n", ""), ("import re\n", ""), ("", ""), True),
        (("import re\n", ""), ("import os\n", ""), ("", ""), True),
        (("import os\n", ""), ("x = 1", "x = 2"), ("", ""), True),
        (("import os\n", ""), ("import re\n", ""), ("import ast\n", "import ast\nimport os\n"), False),
    ],
    ids=["below", "above", "elsewhere", "put back by a person"],
)
def test_an_edit_right_beside_another_takes_nothing_away(
    first: tuple[str, str],
    second: tuple[str, str],
    then: tuple[str, str],
    kept: bool,  # noqa: FBT001 - a table's column
) -> None:
    survival, text = Survival(), LINES
    for task, change in (("first", first), ("second", second)):
        new = text.replace(*change)
        survival.hand(task, "k", old=text, new=new, replacements=difference(text, new))
        assert survival.changed("k", snapshot(new)) == [task]
        text = new
    assert survival.saved("k", snapshot(text.replace(*then, 1)))["first"] is kept


@given(st.text("ab\n", max_size=12), st.text("ab\n", max_size=12))
def test_what_is_saved_as_it_was_made_is_kept(old: str, new: str) -> None:
    survival = Survival()
    survival.hand("t", "k", old=old, new=new, replacements=difference(old, new))
    survival.changed("k", snapshot(new))
    assert survival.saved("k", snapshot(new)) == {"t": True}


def test_an_edit_that_was_asked_for_twice_came_once() -> None:
    survival = Survival()
    for task in ("thrown away", "applied"):
        survival.hand(task, "k", old=OLD, new=NEW, replacements=difference(OLD, NEW))
    assert survival.changed("k", snapshot(OLD + "#")) == []
    assert survival.changed("k", snapshot(NEW)) == ["applied"]
    assert survival.saved("k", snapshot(NEW)) == {"applied": True}


def test_documents_are_told_apart_and_what_is_old_is_forgotten() -> None:
    survival = Survival()
    for number in range(70):
        survival.hand(f"t{number}", f"k{number % 2}", old=OLD, new=NEW, replacements=difference(OLD, NEW))
    assert len(survival) == 64
    survival.changed("k0", snapshot(NEW))
    assert not survival.waits_for("k0")
    survival.closed("k1")
    assert set(survival.saved("k0", snapshot(NEW)).values()) == {True}
    assert survival.saved("k1", snapshot(NEW)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("undone", [False, True])
async def test_the_service_hears_at_the_next_save(stage: Stage, folder: Path, undone: bool) -> None:  # noqa: FBT001
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", "import os\nx = 1\n")
        await _fix(editor, uri)
        if undone:
            editor.edit(uri, Replacement(Span(0, 0), "import os\n"))
        editor.save(uri)
        await editor.wire.settle()
        await editor.diagnostics(uri)
        assert [kept for _, kept in stage.fates] == [not undone]
        editor.save(uri)
        await editor.wire.settle()
        assert len(stage.fates) == 1


async def test_all_that_was_kept_is_heard_where_the_end_comes_right_behind_the_save(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        uri = editor.open("x.py", "import os\nx = 1\ny = 2\nz = 3\nimport re\n")
        for name in ("os", "re"):
            await _fix(editor, uri, name)
        editor.save(uri)
    assert [kept for _, kept in stage.fates] == [True, True]


async def test_a_document_that_is_not_open_may_be_saved(stage: Stage, folder: Path) -> None:
    async with editing(stage, folder) as editor:
        editor.save(editor.uri("closed.py"))
        await editor.wire.settle()
        assert stage.fates == []


async def _fix(editor: Editor, uri: str, name: str = "os") -> None:
    (action,) = await editor.menu(uri, name, only=["quickfix"])
    assert editor.take((await editor.resolve(action))["edit"])

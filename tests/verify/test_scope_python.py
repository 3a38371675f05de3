"""What a draft brings along in Python: comments that silence a tool, and imports outside its target."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.drafting import make_task
from tests.support.fixing import fill, serving
from tests.support.judging import draft_to
from tests.support.source import marked

from lastmile import files
from lastmile.cascade.task import Scope
from lastmile.text.suppressions import Comment, Suppression, asked_for, suppressions
from lastmile.tools.offload import Offload
from lastmile.verify.scope import ScopeCheck, judge_change

APP = (
    "import app_signals  # noqa: F401\nimport json\n\n\n«def f():\n    return undefined_thing\n»"
    "\n\ndef g():\n    return 1\n"
)


def check(old: str, new: str, *said: str, suppressed: bool = False) -> None:
    """Judge a change of the marked target; ``said`` are parts of the findings' messages."""
    text, spans = marked(old)
    found = judge_change(text, new, Scope(tuple(spans), imports=True, suppressions=suppressed), language="python")
    assert len(found) == len(said), found
    for item, words in zip(found, said, strict=True):
        assert words in item.message
        assert item.check == "scope"
        assert item.line is not None


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: F821",
        "# noqa",
        "#NOQA",
        "# ruff: noqa",
        "# ruff: noqa: F821",
        "# flake8: noqa",
        "# ruff: disable[F821]",
        "# type: ignore",
        "# type: ignore[name-defined]",
        "# pyright: ignore[reportUndefinedVariable]",
        "# pylint: disable=undefined-variable",
        "# mypy: ignore-errors",
        "# why  # noqa: F821",
        "# nosec",
        "# isort: skip",
    ],
)
def test_a_draft_does_not_silence_what_it_was_to_mend(comment: str) -> None:
    old = "«x = undefined_thing\n»"
    check(old, f"x = undefined_thing  {comment}\n", "silences")
    check(old, f"{comment}\nx = undefined_thing\n", "silences")
    check(old, f"x = undefined_thing  {comment}\n", suppressed=True)


@pytest.mark.parametrize(
    ("old", "new", "fresh"),
    [
        pytest.param("«x = 1  # noqa: A1\n»", "x = 2  # noqa: A1\n", False, id="one stays"),
        pytest.param("«x = 1  # noqa: A1, B2\n»", "x = 1  # noqa: B2\n", False, id="one shrinks"),
        pytest.param("«x = 1  # noqa\n»", "x = 1\n", False, id="one goes"),
        pytest.param("«x = 1  # noqa: A1\ny = 2\n»", "y = 2\nx = 1  # noqa: A1\n", False, id="one moves"),
        pytest.param("«x = 1  # noqa: A1\n»", "x = 1  # noqa: A1, B2\n", True, id="one grows"),
        pytest.param("«x = 1  # noqa: A1\n»", "x = 1  # noqa: A1 B2\n", True, id="one grows, without a comma"),
        pytest.param("«x = 1  # noqa: A1\n»", "x = 1  # noqa\n", True, id="one takes all"),
        pytest.param("«x = 1  # noqa: A1\n»", "x = 1  # noqa: A1\ny = 1  # noqa: A1\n", True, id="one more"),
        pytest.param("«x = 1\n»", 'x = "# noqa"\n', False, id="in a string"),
        pytest.param("«x = 1\n»", '"""Write # noqa: A1 behind it."""\nx = 1\n', False, id="in a docstring"),
        pytest.param("«x = 1\n»", "x = 1  # no quarrel, no type: ignored\n", False, id="in words"),
    ],
)
def test_only_what_is_new_counts(old: str, new: str, *, fresh: bool) -> None:
    check(old, new, *(["silences"] if fresh else []))


def test_a_comment_is_read_rule_by_rule() -> None:
    [found] = suppressions("é = 1\nx  # noqa: a1, B2 - for a reason  # type: ignore[x, y-z]\n")
    said = [("noqa", "A1"), ("noqa", "B2"), ("type:ignore", "X"), ("type:ignore", "Y-Z")]
    assert found.silenced == tuple(Suppression(*pair) for pair in said)
    assert isinstance(found, Comment)
    assert (found.line, found.text[:6]) == (1, "# noqa")


@pytest.mark.parametrize("words", ["Add a noqa: F401.", "Put # type: ignore behind it.", "pylint: disable it"])
def test_a_person_may_ask_for_one(words: str) -> None:
    assert asked_for(words)
    assert not asked_for("Mend what ruff: and mypy: say, and ignore the type.")


TYPED = "import sys\n«from typing import {}\n»\n\ndef f(a: Sequence[int]) -> Match: ...\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("List, Sequence", "List\nfrom collections.abc import Sequence", (), id="to where it is by now"),
        pytest.param("Match, Sequence", "Sequence\nfrom re import Match", (), id="another one"),
        pytest.param("List, Sequence", "List\nfrom evil import Sequence", ("imports `Sequence`",), id="to nowhere"),
        pytest.param("List, Sequence", "List\nfrom re import Match", ("imports `Match`",), id="another name"),
        pytest.param(
            "List, Sequence as S", "List\nfrom collections.abc import Sequence", ("Sequence",), id="another binding"
        ),
        pytest.param(
            "List, Sequence", "List, Sequence\nfrom collections.abc import Sequence", ("Sequence",), id="twice"
        ),
    ],
)
def test_an_import_of_the_target_may_move_to_its_newer_home(old: str, new: str, said: tuple[str, ...]) -> None:
    text = TYPED.format(old)
    plain = text.replace("«", "").replace("»", "")
    check(text, plain.replace(f"from typing import {old}", f"from typing import {new}"), *said)


def test_an_import_beside_the_target_stays_where_it_is() -> None:
    new = "from typing import List\nfrom collections.abc import Sequence\n\n\ndef f(a: Sequence[List]):\n    {}"
    old = "from typing import List, Sequence\n\n\n«def f(a: Sequence[List]):\n    return 1\n»\n\nx: Sequence\n"
    check(old, new.format("return 2\n\n\nx: Sequence\n"), "imports another `Sequence`", "removes")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"undefined_thing": "1", "import app_signals  # noqa: F401\n": ""}, "removes", id="a noqa goes"),
        pytest.param({"undefined_thing": "1", "import json\n": ""}, "removes", id="an unused one goes"),
        pytest.param({"undefined_thing": "1", "import json": "import json\nimport evil"}, "imports `evil`", id="comes"),
        pytest.param(
            {"undefined_thing": "json.a", "import json": "import evil as json"}, "", id="for the target alone"
        ),
        pytest.param({"undefined_thing": "evil.x", "import json": "import json\nimport evil"}, "", id="used"),
        pytest.param({"undefined_thing": "a.evil", "import json": "import json\nimport evil"}, "evil", id="a member"),
        pytest.param(
            {"undefined_thing": "f(evil=1)", "import json": "import evil\nimport json"}, "evil", id="a keyword"
        ),
        pytest.param({"undefined_thing": "1", "import json": "import json\nfrom evil import *"}, "imports `*`", id="*"),
        pytest.param({"f()": 'f() -> "evil.X"', "import json": "import evil\nimport json"}, "", id="quoted annotation"),
        pytest.param({"undefined_thing": "1", "import json": "import json  # why"}, "", id="a comment"),
    ],
)
def test_an_import_outside_comes_and_goes_with_the_target_s_need(change: dict[str, str], said: str) -> None:
    new = APP.replace("«", "").replace("»", "")
    for old_words, words in change.items():
        new = new.replace(old_words, words)
    found = [said] if said else []
    if "import evil as json" in new:
        found = ["removes the import of `json`"]  # which the target never used before
    check(APP, new, *found)


def test_an_import_that_the_target_alone_needed_goes() -> None:
    check("import json\n\n\n«def f():\n    return json.x\n»", "def f():\n    return 1\n")
    kept = "import json  # noqa: F401\n\n\n«def f():\n    return json.x\n»"
    check(kept, "def f():\n    return 1\n", "removes the import of `json`")
    check("import json  # noqa: E402\n\n\n«def f():\n    return json.x\n»", "def f():\n    return 1\n")
    shared = "import json\n\n\n«def f():\n    return json.x\n»\n\ny = json.y\n"
    check(shared, "def f():\n    return 1\n\n\ny = json.y\n", "removes the import of `json`")


@pytest.mark.parametrize(
    ("rest", "clash"),
    [
        ("open()", True),
        ("helper()", False),
        ("def helper(): ...\nhelper()", True),
        ("helper = 1\nhelper", True),
        ("from app import helper\nhelper()", True),
        ("from evil import helper\nhelper()", False),
    ],
)
def test_an_import_does_not_stand_in_for_another_name(rest: str, clash: bool) -> None:  # noqa: FBT001 - a parameter
    name = "open" if "open" in rest else "helper"
    old = f"import a\n\n«x = undefined_thing\n»{rest}\n"
    new = f"import a\nfrom evil import {name}\n\nx = {name}()\n{rest}\n"
    check(old, new, *([f"another `{name}`"] if clash else []))


async def test_other_languages_have_other_comments(offload: Offload) -> None:
    task = make_task("a\n", language="markdown")
    assert await ScopeCheck(offload).judge(task, "a  # noqa\n") == ()
    [found] = await ScopeCheck(offload).judge(make_task("a\n"), "a  # noqa\n")
    assert found.evidence == "# noqa"


BAD = "import app_signals  # noqa: F401\n\n\ndef f():\n    return undefined_thing\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "new",
    [
        BAD.replace("undefined_thing", "undefined_thing  # noqa: F821"),
        BAD.replace("undefined_thing", "undefined_thing  # noqa"),
        BAD.replace("def f():\n", "def f():\n    # ruff: noqa\n"),
        BAD.replace("undefined_thing", "1").replace("import app_signals  # noqa: F401\n\n\n", ""),
        BAD.replace("undefined_thing", "1").replace("F401\n", "F401\nimport attacker_pkg  # noqa: F401\n"),
    ],
)
@pytest.mark.parametrize("kind", ["fix", "instruct"])
async def test_no_kind_lets_one_through(home_env: dict[str, str], tmp_path: Path, kind: str, new: str) -> None:
    folder = fill(tmp_path / "work", {"mod.py": BAD})
    async with serving(home_env) as service:
        project = await service.project(folder / "mod.py")
        page = await project.page(files.read(folder / "mod.py"))
        [problem] = page.diagnostics
        detail = {"source": "ruff", "code": "F821", "message": problem.message, "instruction": "Return 1."}
        task = await project.make(page, kind=kind, target=problem.span, detail=detail)
        verdict = await project.verify(task, draft_to(task, new))
    assert verdict.refused_by == "scope"


def test_annotations_may_bring_the_import_that_is_for_them() -> None:
    future = "from __future__ import annotations\n\n"
    text = "import json\n\n\n«def f(a):\n    return json.dumps(a)\n»"
    annotated = "def f(a: int | None) -> str:\n    return json.dumps(a)\n"
    check(text, f"{future}import json\n\n\n{annotated}")
    check(text, f"{future}import json\n\n\ndef f(a):\n    return json.dumps([a])\n", "does not use")
    check(text, f"from __future__ import division\n\nimport json\n\n\n{annotated}", "does not use")

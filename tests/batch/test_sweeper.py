"""Every task of a kind in a file, one after the other, on the text that the last one left."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.fixing import Person, fill, serving, sweep
from tests.support.openai_server import Answer, OpenAIServer
from tests.support.stage import ScriptedTier, SharedWorker, Stage

from lastmile import files
from lastmile.batch.selecting import selected
from lastmile.batch.sweeper import Sweeper
from lastmile.cascade.outcome import Status
from lastmile.errors import RequestError
from lastmile.service import Overrides, Service
from lastmile.tasks.registry import kinds
from lastmile.tools.offload import Offload

pytestmark = pytest.mark.slow

BARE = "try:\n    f()\nexcept:\n    pass\n"
NAMED = "try:\n    f()\nexcept Exception:\n    pass\n"


@pytest.fixture
async def service(home_env: dict[str, str]) -> AsyncIterator[Service]:
    async with serving(home_env) as opened:
        yield opened


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        pytest.param("x = 1\n", "x = 1\n", {}, {}, id="nothing"),
        pytest.param("", "", {}, {}, id="an empty file"),
        pytest.param("import os\nimport re\nprint(re)\n", "import re\nprint(re)\n", {"F401": 1}, {}, id="one"),
        pytest.param("import os\nimport re\n", "", {"F401": 2}, {}, id="all that is there"),
        pytest.param(
            f"import f\n{BARE * 3}", f"import f\n{NAMED * 3}", {"E722": 3}, {}, id="equal ones on equal lines"
        ),
        pytest.param(
            "l = 1\nimport os\nl = 1\n",
            "l = 1\nl = 1\n",
            {"E741": 2, "F401": 1, "E402": 1},
            {"E741": 2},
            id="some stay",
        ),
        pytest.param(
            "import f\nl = 1\nl = 1\nl = 1\n" + BARE + "l = 1\n",
            "import f\nl = 1\nl = 1\nl = 1\n" + NAMED + "l = 1\n",
            {"E741": 4, "E722": 1},
            {"E741": 4},
            id="equal ones that stay, on both sides of one that goes",
        ),
        pytest.param(
            "x = (\n", "x = (\n", {"invalid-syntax": 1}, {"invalid-syntax": 1}, id="a text that does not parse"
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_a_file(  # noqa: PLR0913, PLR0917 - a table's columns
    service: Service, tmp_path: Path, old: str, new: str, before: dict[str, int], after: dict[str, int], end: str
) -> None:
    folder = fill(tmp_path / "project", {"a.py": old.replace("\n", end)})
    swept = await sweep(service, folder / "a.py")
    assert swept.text == new.replace("\n", end)
    assert (swept.before, swept.after) == (Counter(before), Counter(after))
    assert swept.changed is (old != new)
    assert swept.notes == ()
    assert (folder / "a.py").read_bytes() == old.replace("\n", end).encode()


@pytest.mark.parametrize(
    ("text", "rules", "asked", "accepted"),
    [
        pytest.param(
            "l = 1\nl = 1\nl = 2\nimport os\n", "E741,F401", {"E741": 3, "F401": 1}, 1, id="and equal ones apart"
        ),
        pytest.param(
            "import os\nimport sys\n\n\ndef add(items=[], item=None):\n    return items, item\n",
            "F401,B006,D100,D103",
            {"D100": 1, "F401": 2, "B006": 1, "D103": 1},
            3,
            id="though its line is written anew",
        ),
    ],
)
async def test_what_is_refused_is_asked_for_once(
    service: Service, tmp_path: Path, text: str, rules: str, asked: dict[str, int], accepted: int
) -> None:
    folder = fill(tmp_path / "project", {"a.py": text}, rules=rules)
    swept = await sweep(service, folder / "a.py")
    assert Counter(item.label for outcome in swept.outcomes for item in outcome.task.diagnostics) == asked
    assert [outcome.status for outcome in swept.outcomes].count(Status.ACCEPTED) == accepted


async def test_every_draft_of_the_whole_was_verified(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": f"import os\nimport f\n{BARE}assert f == None\n"})
    swept = await sweep(service, folder / "a.py")
    accepted = [outcome.accepted for outcome in swept.outcomes if outcome.accepted is not None]
    assert len(accepted) == 3
    assert all(attempt.verdict.passed for attempt in accepted)
    texts = [swept.snapshot.text, *(outcome.text for outcome in swept.outcomes)]
    assert [outcome.task.snapshot.text for outcome in swept.outcomes] == texts[:-1]
    assert swept.text == texts[-1]


@pytest.mark.parametrize(
    ("code", "rules", "named"),
    [
        ("F401", ("F401",), True),
        ("F401", ("F",), True),
        ("F401", ("F4",), True),
        ("F401", ("E", "F"), True),
        ("F401", ("ALL",), True),
        ("FBT001", ("F",), False),
        ("FLY002", ("F",), False),
        ("FA100", ("F",), False),
        ("E711", ("E7",), True),
        ("ERA001", ("E",), False),
        ("C416", ("C4",), True),
        ("C901", ("C4",), False),
        ("C901", ("C",), True),
        ("PLC0414", ("PL",), True),
        ("PLC0414", ("PLC",), True),
        ("PLC0414", ("PLE",), False),
        ("PT001", ("PTH",), False),
        ("PTH100", ("PT",), False),
        ("D100", ("DTZ",), False),
        ("PERF401", ("PERF",), True),
        ("invalid-syntax", ("F",), False),
        ("invalid-syntax", ("ALL",), True),
        ("", ("F",), False),
        ("F401", (), False),
        ("F401", ("F4011",), False),
        ("F401", ("f401",), False),
    ],
)
def test_which_rules_are_named(code: str, rules: tuple[str, ...], *, named: bool) -> None:
    assert selected(code, rules) is named


async def test_rules_are_named_as_ruff_names_them(home_env: dict[str, str], tmp_path: Path) -> None:
    text = "import os\nx = ','.join(['a', 'b'])\nassert x == None\n"
    folder = fill(tmp_path / "project", {"a.py": text}, rules="F401,E711,FLY002")
    async with serving(home_env, overrides=Overrides(extend=("F",))) as opened:
        swept = await sweep(opened, folder / "a.py", codes=("F",))
    assert swept.before == {"F401": 1}
    assert swept.text == text.replace("import os\n", "")


async def test_all_at_once(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": f"import os\nimport f\n{BARE * 3}l = 1\n"})
    swept = await sweep(service, folder / "a.py", kind="fix-all")
    assert swept.text == f"import f\n{NAMED * 3}l = 1\n"
    assert len(swept.outcomes) == 1
    assert (swept.before, swept.after) == (Counter({"E722": 3, "F401": 1, "E741": 1}), Counter({"E741": 1}))


async def test_all_at_once_of_the_named_rules(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": f"import os\nimport f\n{BARE}"})
    async with serving(home_env, overrides=Overrides(extend=("E722",))) as opened:
        swept = await sweep(opened, folder / "a.py", kind="fix-all", codes=("E722",))
    assert swept.text == f"import os\nimport f\n{NAMED}"


@pytest.mark.parametrize(
    ("contents", "why"),
    [
        pytest.param({"a.py": "import os\n", "pkg/ruff.toml": "nonsense = 1\n"}, "", id="settings elsewhere"),
        pytest.param(
            {"pkg/a.py": "import os\n", "pkg/ruff.toml": "nonsense = 1\n"}, "TOML parse error", id="wrong settings"
        ),
    ],
)
async def test_where_ruff_fails_the_file_is_not_taken_for_clean(
    service: Service, tmp_path: Path, contents: dict[str, str], why: str
) -> None:
    folder = fill(tmp_path / "project", contents)
    path = folder / next(iter(contents))
    if not why:
        assert (await sweep(service, path)).before == {"F401": 1}
        return
    with pytest.raises(RequestError, match=why) as refusal:
        await sweep(service, path)
    assert str(refusal.value).startswith("a.py was left alone: ")


async def test_where_nothing_can_be_known_of_a_file_it_is_left_alone(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\n", "ruff.toml": "nonsense = 1\n"})
    hurried = Offload(deadline=0.0001)
    service.shared = evolve(service.shared, offload=hurried)
    try:
        with pytest.raises(RequestError, match=r"a\.py was left alone: ruff failed"):
            await sweep(service, folder / "a.py")
    finally:
        await asyncio.to_thread(hurried.close)


async def test_where_ruff_fails_later_what_was_accepted_stays(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\nimport re\n"})
    project = await service.project(folder / "a.py")

    def break_settings(_outcome: object) -> None:
        (folder / "ruff.toml").write_text("nonsense = 1\n")

    sweeper = Sweeper(project, kinds()["fix"], Person(), done=break_settings)
    swept = await sweeper.sweep(files.read(folder / "a.py"))
    assert swept.text == "import re\n"
    assert swept.after == {"F401": 2}
    assert len(swept.notes) == 1
    assert swept.notes[0].endswith("What had been accepted by then stays.")


async def test_before_it_began_nothing_became_of_a_file(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\n"})
    snapshot = files.read(folder / "a.py")
    swept = Sweeper(await service.project(folder / "a.py"), kinds()["fix"], Person()).so_far(snapshot)
    assert (swept.changed, swept.outcomes, swept.before) == (False, (), Counter())


DOCSTRING = '''```python
def f(a: int) -> int:
    """Add one to the number.

    Args:
        a: The number.

    Returns:
        The next number.
    """
    return a + 1
```'''


async def test_docstrings_are_asked_for_once_a_symbol(home_env: dict[str, str], tmp_path: Path) -> None:
    text = "def f(a: int) -> int:\n    return a + 1\n\n\ndef g(): ...\n\n\ndef f(a: int) -> int:\n    return a\n"
    folder = fill(tmp_path / "project", {"a.py": text})
    async with OpenAIServer() as server:
        server.enqueue(Answer([DOCSTRING]), Answer(["no"]), Answer(["no"]), Answer(["no"]), Answer(["no"]))
        own = {"LASTMILE_OPENAI__LOCAL__URL": server.url, "LASTMILE_OPENAI__LOCAL__SAMPLES": "1"}
        async with serving(home_env | own) as opened:
            swept = await sweep(opened, folder / "a.py", kind="docstring", codes=("F",))
    assert [outcome.status for outcome in swept.outcomes] == [Status.ACCEPTED, Status.SURFACED, Status.SURFACED]
    assert [outcome.task.title for outcome in swept.outcomes] == [
        "Add a docstring to `f`",
        "Add a docstring to `g`",
        "Add a docstring to `f`",
    ]
    assert (swept.before, swept.after) == (Counter(docstring=3), Counter(docstring=2))
    assert '"""Add one to the number.' in swept.text


async def test_a_symbol_that_cannot_be_read_is_noted_and_the_others_done(service: Service, tmp_path: Path) -> None:
    text = f"def f():\n    return {'(' * 300}1{')' * 300}\n\n\ndef g(): ...\n"
    folder = fill(tmp_path / "project", {"a.py": text})
    swept = await sweep(service, folder / "a.py", kind="docstring")
    assert [outcome.task.title for outcome in swept.outcomes] == ["Add a docstring to `g`"]
    assert len(swept.notes) == 1
    assert "`f`" in swept.notes[0]


async def test_a_long_file_keeps_every_line_that_no_edit_touches(service: Service, tmp_path: Path) -> None:
    lines = [f"x{number} = {number}\r\n" for number in range(20_000)]
    text = "import os\r\n" + "".join(lines[:10_000]) + "assert x1 == None\r\n" + "".join(lines[10_000:]) + "# the end"
    folder = fill(tmp_path / "project", {"a.py": text})
    swept = await sweep(service, folder / "a.py")
    assert swept.text == text.replace("import os\r\n", "").replace("== None", "is None")


TWO_MODELS = {
    "LASTMILE_LADDER": "rules,local",
    "LASTMILE_TIERS__LOCAL__MODELS": "/m/a.gguf,/m/b.gguf",
    "LASTMILE_TIERS__LOCAL__RETRIES": "0",
    "LASTMILE_TIERS__LOCAL__SAMPLES": "1",
}


def model(name: str, asked: list[str], *, knows: bool) -> ScriptedTier:
    """Give a model of one's own that knows what to do with the first ``l``, or knows nothing."""

    def script(text: str) -> str:
        asked.append(name)
        return text.replace("l = 1", "long = 1") if knows else text + "wrong(\n"

    return ScriptedTier(name, scripts=[script])


async def test_all_tasks_go_as_far_as_one_model_before_any_goes_on_to_the_next(
    home_env: dict[str, str], offload: Offload, tmp_path: Path
) -> None:
    text = "import os\nl = 1\nl = 2\n"
    folder = fill(tmp_path / "project", {"a.py": text, "b.py": text}, rules="E741,F401")
    asked: list[str] = []
    tiers = [model("local:a", asked, knows=False), model("local:b", asked, knows=True)]
    async with serving(home_env | TWO_MODELS) as opened:
        stage = Stage(opened, SharedWorker(offload), {tier.name: tier for tier in tiers})
        sweepers = {}
        for path in (folder / "a.py", folder / "b.py"):
            sweepers[path] = Sweeper(await stage.project(path), kinds()["fix"], Person())
            await sweepers[path].begin(files.read(path))
            assert sweepers[path].more
        assert asked == ["local:a"] * 4
        for sweeper in sweepers.values():
            await sweeper.go_on()
            assert not sweeper.more
        assert asked == ["local:a"] * 4 + ["local:b"] * 4
        swept = [sweeper.so_far(files.read(path)) for path, sweeper in sweepers.items()]
        bill = await opened.ledger.bill()
    for one in swept:
        assert one.text == "long = 1\nl = 2\n"
        tried = {tuple(a.tier for a in outcome.attempts): outcome.status for outcome in one.outcomes}
        assert tried[("rules",)] is Status.ACCEPTED
        assert Counter(outcome.status for outcome in one.outcomes) == {Status.ACCEPTED: 2, Status.SURFACED: 1}
        assert {tiers for tiers in tried if "local:b" in tiers} == {("local:a", "local:b")}
    assert (bill.total.tasks, bill.total.cleared) == (6, 4)
    assert {group.key: group.figures.cleared for group in bill.tiers} == {"rules": 2, "local:b": 2, "local:a": 0}


async def test_a_task_that_is_left_is_written_down_as_it_is(
    home_env: dict[str, str], offload: Offload, tmp_path: Path
) -> None:
    folder = fill(tmp_path / "project", {"a.py": "l = 1\n"}, rules="E741")
    asked: list[str] = []
    async with serving(home_env | TWO_MODELS) as opened:
        tiers = {name: model(name, asked, knows=False) for name in ("local:a", "local:b")}
        stage = Stage(opened, SharedWorker(offload), tiers)
        sweeper = Sweeper(await stage.project(folder), kinds()["fix"], Person())
        await sweeper.begin(files.read(folder / "a.py"))
        assert (await opened.ledger.bill()).total.tasks == 0
        await sweeper.leave()
        swept = sweeper.so_far(files.read(folder / "a.py"))
        assert (await opened.ledger.bill()).total.tasks == 1
    assert asked == ["local:a"]
    assert [outcome.status for outcome in swept.outcomes] == [Status.SURFACED]

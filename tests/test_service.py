"""The service and its projects: which settings and folder hold for a file, and what they are made into."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.fixing import Person, fill, serving
from tests.support.openai_server import OpenAIServer

from lastmile import files
from lastmile.cascade.draft import Draft, Replace
from lastmile.cascade.outcome import Status
from lastmile.cascade.policy import Paid
from lastmile.cascade.protocols import Evidence
from lastmile.config.ahead import Ahead
from lastmile.config.resolve import resolve
from lastmile.config.sources import from_editor
from lastmile.config.tree import Price, Settings
from lastmile.errors import RequestError, StaleError, ToolError
from lastmile.project import Project
from lastmile.service import Overrides, Service
from lastmile.tasks.kind import Offer, Page
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Replacement, Span
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.baseline import one_call
from lastmile.tiers.claude.tier import ClaudeTier
from lastmile.wiring import top_rates

KEY = {"ANTHROPIC_API_KEY": "sk-ant-test"}


@pytest.fixture
async def service(home_env: dict[str, str]) -> AsyncIterator[Service]:
    async with serving(home_env) as opened:
        yield opened


async def page_of(service: Service, path: Path) -> tuple[Project, Page]:
    project = await service.project(path)
    return project, await project.page(files.read(path))


@pytest.mark.parametrize(
    ("contents", "path", "root"),
    [
        pytest.param({"pyproject.toml": "", "pkg/a.py": ""}, "pkg/a.py", "", id="a project's mark"),
        pytest.param({"pkg/.git/HEAD": "", "pkg/a.py": ""}, "pkg/a.py", "pkg", id="a repository"),
        pytest.param({"pkg/a.py": ""}, "pkg", "", id="a folder"),
        pytest.param({"pkg/lastmile.toml": "", "pkg/sub/a.py": ""}, "pkg/sub/a.py", "pkg", id="the nearest mark"),
    ],
)
async def test_the_folder_of_a_file(
    service: Service, tmp_path: Path, contents: dict[str, str], path: str, root: str
) -> None:
    folder = fill(tmp_path / "project", contents)
    assert (await service.project(folder / path)).root == folder / root


async def test_a_folder_with_an_environment_of_its_own_is_a_project(home_env: dict[str, str], tmp_path: Path) -> None:
    made = {f"{name}/.venv/pyvenv.cfg": "" for name in "ab"}
    folder = fill(tmp_path / "project", {".git/HEAD": "", "a/src/m.py": "", **made})
    async with serving(home_env) as service:
        for folders in ((), (folder,)):
            service.folders = folders
            assert (await service.project(folder / "a/src/m.py")).root == folder / "a"
            assert (await service.project(folder)).root == folder
        service.configure({"verify": {"tests": {"environment": str(folder / "b/.venv")}}})
        assert (await service.project(folder / "a/src/m.py")).root == folder


async def test_a_document_without_a_file_has_no_folder(service: Service) -> None:
    assert (await service.project(None)).root is None


async def test_workspace_folders_come_first(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a/pyproject.toml": "", "a/b/pyproject.toml": "", "a/b/c.py": ""})
    async with serving(home_env) as service:
        service.folders = (folder, folder / "a")
        assert (await service.project(folder / "a/b/c.py")).root == folder / "a"
        assert (await service.project(tmp_path / "elsewhere.py")).root not in {folder, folder / "a"}
        assert (await service.project(None)).root is None
        service.folders = (folder,)
        assert (await service.project(None)).root == folder


async def test_each_place_has_its_settings_and_one_project(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(
        tmp_path / "project", {"a.py": "", "b.py": "", "sub/lastmile.toml": 'paid = "never"\n', "sub/c.py": ""}
    )
    async with serving(home_env) as service:
        first, second = await service.project(folder / "a.py"), await service.project(folder / "b.py")
        assert first is second
        assert first.settings == Settings(ahead=Ahead.OFF)
        sub = await service.project(folder / "sub/c.py")
        assert sub.settings.paid is Paid.NEVER
        assert "paid" in sub.origins
        os.utime(folder / "sub/lastmile.toml", ns=(1, 1))
        (folder / "sub/lastmile.toml").write_text("")
        assert (await service.project(folder / "sub/c.py")).settings.paid is Paid.ASK


async def test_projects_asked_for_at_once_are_each_given(home_env: dict[str, str], tmp_path: Path) -> None:
    count = 80
    folder = fill(tmp_path / "project", {f"p{number}/pyproject.toml": "" for number in range(count)})
    async with serving(home_env) as service:
        paths = [folder / f"p{number}" for number in range(count)]
        found = await asyncio.gather(*map(service.project, paths))
        assert [project.root for project in found] == paths
        assert (await service.project(paths[-1])).root == paths[-1]


async def test_the_editor_sets_for_all_and_for_one_folder(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a/x.py": "", "b/x.py": ""})
    async with serving(home_env) as service:
        service.folders = (folder / "a", folder / "b")
        service.configure({"paid": "auto"})
        service.configure({"paid": "never"}, folder=folder / "b")
        paid = [(await service.project(folder / name / "x.py")).settings.paid for name in "ab"]
        assert paid == [Paid.AUTO, Paid.NEVER]


async def test_the_command_line_comes_last(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "", "lastmile.toml": 'paid = "never"\n'})
    async with serving(home_env, overrides=Overrides(paid=Paid.AUTO)) as service:
        assert (await service.project(folder / "a.py")).settings.paid is Paid.AUTO


async def test_a_kind_that_is_switched_off_is_not_known(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "x\n", "lastmile.toml": "[tasks.docstring]\nenabled = false\n"})
    async with serving(home_env) as service:
        project, page = await page_of(service, folder / "a.py")
        assert "docstring" not in project.kinds
        with pytest.raises(RequestError, match=r"There is no task kind 'docstring' here\. Known: annotate"):
            await project.make(page, kind="docstring", target=Span(0, 0), detail={})


async def test_wrong_settings_are_told_and_the_defaults_used(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "", "lastmile.toml": "paid = 3\nnonsense = 1\n"})
    async with serving(home_env) as service:
        project = await service.project(folder / "a.py")
        assert len(project.problems) == 2
        assert project.settings == Settings(ahead=Ahead.OFF)


@pytest.mark.parametrize(
    ("contents", "asked", "found"),
    [
        ({"a.py": "", "b.pyi": "", "c.pyw": "", "d.txt": "", "e.ipynb": "{}"}, ["."], ["a.py", "b.pyi"]),
        ({"c.pyw": ""}, ["c.pyw"], ["c.pyw"]),
        ({"a.py": "", "sub/b.py": ""}, [".", "sub", "a.py"], ["a.py", "sub/b.py"]),
        ({".git/HEAD": "", ".gitignore": "out/\n", "out/a.py": "", "b.py": ""}, ["."], ["b.py"]),
        ({"run": "#!/usr/bin/env python\n", "b.py": ""}, ["run"], ["run"]),
        ({"ä b.py": "", "-x.py": ""}, ["ä b.py", "-x.py"], ["-x.py", "ä b.py"]),
        ({"d.txt": ""}, ["d.txt"], []),
        ({"sub/d.txt": ""}, ["sub"], []),
    ],
)
async def test_which_files_are_python(
    service: Service, tmp_path: Path, contents: dict[str, str], asked: list[str], found: list[str]
) -> None:
    folder = fill(tmp_path / "project", contents)
    listed = await service.python_files([folder / name for name in asked])
    assert [str(path.relative_to(folder)) for path in listed] == found


async def test_files_that_cannot_be_listed(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": ""})
    (folder / "ruff.toml").write_text("nonsense = 1\n")
    with pytest.raises(RequestError, match=r"The files could not be listed: .*ruff\.toml"):
        await service.python_files([folder])


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        (["F401"], ""),
        (["E", "PL", "ALL"], ""),
        (["NOSUCH"], "Unknown rule selector `NOSUCH`"),
        (["f401"], "f401"),
        ([], ""),
    ],
)
async def test_rules_that_ruff_does_not_know(service: Service, rules: list[str], problem: str) -> None:
    said = await service.unknown_rules(rules)
    assert bool(said) is bool(problem)
    assert problem in said


async def test_a_page_has_findings_symbols_and_what_others_say(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\n\n\ndef f(): ...\n"})
    project = await service.project(folder / "a.py")
    foreign = (Diagnostic("Pyright", "X1", "Something", Span(0, 1)),)
    snapshot = files.read(folder / "a.py")
    page = await project.page(snapshot, foreign=foreign)
    assert [item.code for item in page.diagnostics] == ["F401", "X1"]
    assert [symbol.name for symbol in page.symbols] == ["f"]
    assert (page.trouble, page.settings) == ("", project.settings)
    other = await project.page(evolve(snapshot, language="markdown"), foreign=foreign)
    assert (other.diagnostics, other.symbols) == (foreign, ())


async def test_a_page_without_ruff_says_so(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\n\n\ndef f(): ...\n", "ruff.toml": "nonsense = 1\n"})
    _project, page = await page_of(service, folder / "a.py")
    assert page.diagnostics == ()
    assert [symbol.name for symbol in page.symbols] == ["f"]
    assert page.trouble.startswith("ruff failed: ")


async def test_a_page_without_the_worker_has_findings(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\n"})
    hurried = evolve(service.shared, offload=type(service.shared.offload)(deadline=0.0001))
    service.shared = hurried
    try:
        project, page = await page_of(service, folder / "a.py")
        assert [item.code for item in page.diagnostics] == ["F401"]
        assert page.symbols == ()
        (folder / "ruff.toml").write_text("nonsense = 1\n")
        with pytest.raises(ToolError, match="ruff failed"):
            await project.page(Snapshot("file:///x.py", "import re\n", folder / "x.py"))
    finally:
        await asyncio.to_thread(hurried.offload.close)


async def test_outlines_and_prices_are_remembered_and_forgotten(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "x\n"})
    async with serving(home_env | KEY) as service:
        project, page = await page_of(service, folder / "a.py")
        offer = Offer("instruct", "Do it", "", Span(0, 1))
        (known,) = await project.quotes([offer], page)
        assert known.up_to is not None
        assert await project.quotes([offer, offer], page) == (known, known)
        for number in range(600):
            (quote,) = await project.quotes([offer], Page(Snapshot("untitled:1", f"x = {number}\n")))
            assert quote.up_to is not None
        assert len(project._prices) <= 512
        for number in range(70):
            await project.page(Snapshot("untitled:1", f"def f{number}(): ...\n"))
        assert len(project._outlines) <= 64


@pytest.mark.parametrize(
    ("env", "kind", "may_use_model", "priced"),
    [
        pytest.param(KEY, "fix", True, True, id="a key"),
        pytest.param({}, "fix", True, False, id="no key"),
        pytest.param(KEY, "fix", False, False, id="a fix that is free"),
        pytest.param(KEY, "fix-all", True, False, id="a kind that is free"),
        pytest.param(KEY | {"LASTMILE_PAID": "never"}, "fix", True, False, id="paid tiers off"),
        pytest.param(KEY | {"LASTMILE_TIERS__SONNET__MODEL": "mystery"}, "fix", True, False, id="no price is known"),
    ],
)
async def test_what_an_offer_may_cost(
    home_env: dict[str, str], tmp_path: Path, env: dict[str, str], kind: str, *, may_use_model: bool, priced: bool
) -> None:
    folder = fill(tmp_path / "project", {"a.py": "x\n"})
    async with serving(home_env | env) as service:
        project, page = await page_of(service, folder / "a.py")
        offer = Offer(kind, "Fix it", "quickfix", Span(0, 1), may_use_model=may_use_model, diagnostics=page.diagnostics)
        (quote,) = await project.quotes([offer], page)
        assert (quote.up_to is not None) is priced
        assert quote.unpriced is ("LASTMILE_TIERS__SONNET__MODEL" in env)  # then it is not said to be free


@pytest.mark.parametrize("hard", [False, True], ids=["sonnet", "opus"])
async def test_no_more_is_reserved_than_the_menu_says(home_env: dict[str, str], tmp_path: Path, *, hard: bool) -> None:
    body = "".join(f"    x{number} = {number}\n" for number in range(100 if hard else 3))
    folder = fill(tmp_path / "project", {"a.py": f"def f():\n{body}    return undefined_thing\n"})
    async with serving(home_env | KEY) as service:
        project, page = await page_of(service, folder / "a.py")
        [problem] = [item for item in page.diagnostics if item.code == "F821"]
        [offer] = [item for item in project.kinds["fix"].offers(page, problem.span) if item.diagnostics == (problem,)]
        task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
        (quote,) = await project.quotes([offer], page)
        tier = project.parts.tiers["opus" if hard else "sonnet"]
        reserved = project.policy("fix").quote(tier.name, tier.worst_case(task, Evidence(), samples=1))
        assert quote.up_to is not None
        assert reserved <= quote.up_to < 3 * reserved


@pytest.mark.parametrize(
    ("env", "free", "barred"),
    [
        pytest.param({}, False, "no API key in ANTHROPIC_API_KEY", id="nobody"),
        pytest.param(KEY, False, "", id="a key alone"),
        pytest.param(KEY | {"LASTMILE_TIERS__SONNET__MODEL": "mystery"}, False, "No price is known", id="no price"),
        pytest.param({"LASTMILE_OPENAI__LOCAL__URL": "http://127.0.0.1:9/v1"}, True, "", id="a model of their own"),
    ],
)
async def test_who_could_write_a_docstring(
    home_env: dict[str, str], tmp_path: Path, env: dict[str, str], *, free: bool, barred: str
) -> None:
    folder = fill(tmp_path / "project", {"a.py": "def f(): ...\n"})
    async with serving(home_env | env) as service:
        project, page = await page_of(service, folder / "a.py")
        (quote,) = await project.quotes([Offer("docstring", "Add it", "refactor.rewrite", Span(4, 5))], page)
        assert quote.free is free
        assert (barred in quote.barred) if barred else not quote.barred


async def test_a_task_is_made_run_and_verified(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\nx = 1\n"})
    project, page = await page_of(service, folder / "a.py")
    [offer] = project.kinds["fix"].offers(page, Span(0, 9))
    task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
    heard: list[object] = []
    outcome = await project.run(task, consent=Person(), watch=heard.append)
    assert (outcome.status, outcome.text) == (Status.ACCEPTED, "x = 1\n")
    assert heard
    again = await project.verify(task, Draft((Replace(Replacement(Span(0, 10), "")),)))
    assert again.passed
    assert (await service.ledger.bill()).total.cleared == 1
    await service.kept(task.id, kept=True)
    with pytest.raises(StaleError):
        await project.make(page, kind="fix", target=Span(0, 1), detail={})
    with pytest.raises(RequestError, match="outside the document"):
        await project.make(page, kind="fix", target=Span(0, 999), detail=offer.detail)


@pytest.mark.parametrize(
    ("text", "kind", "spread"),
    [
        pytest.param("def f(a=[]):\n    return a\n", "fix", 2, id="a fix in two lines"),
        pytest.param("def f():\n    return a\n", "fix", 1, id="no fix of ruff's"),
        pytest.param("def f():\n    pass\n\n\ndef g():\n    pass\n", "instruct", 2, id="two functions"),
        pytest.param("x = 1\n", "instruct", 1, id="a line"),
    ],
)
async def test_in_how_many_places_a_change_is_expected(
    service: Service, tmp_path: Path, text: str, kind: str, spread: int
) -> None:
    folder = fill(tmp_path / "project", {"a.py": text}, rules="F,B")
    project, page = await page_of(service, folder / "a.py")
    whole = Span(0, len(text))
    details = [offer.detail for offer in project.kinds[kind].offers(page, whole)] or [{"instruction": "Tidy up."}]
    task = await project.make(page, kind=kind, target=whole, detail=details[0])
    assert task.spread == spread


async def test_nothing_is_paid_for_that_ruff_could_not_judge(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "x = 1\n"})
    (folder / "ruff.toml").write_text('required-version = "==0.0.1"\n')
    async with serving(home_env | KEY) as service:
        project, page = await page_of(service, folder / "a.py")
        task = await project.make(page, kind="instruct", target=Span(0, 5), detail={"instruction": "Say 2."})
        person = Person(says=True)
        outcome = await project.run(task, consent=person, watch=lambda _event: None)
    assert (outcome.status, outcome.attempts, person.asked) == (Status.DECLINED, (), [])
    assert "no draft could be judged: ruff failed" in outcome.reason


async def test_a_key_that_was_refused_is_refused_in_every_project(home_env: dict[str, str], tmp_path: Path) -> None:
    folders = [fill(tmp_path / name, {"a.py": "x = 1\n"}) for name in ("one", "two")]
    async with serving(home_env | KEY) as service:
        absent = []
        for folder in folders:
            project, page = await page_of(service, folder / "a.py")
            task = await project.make(page, kind="instruct", target=Span(0, 5), detail={"instruction": "Say 2."})
            tier = project.parts.tiers["sonnet"]
            assert isinstance(tier, ClaudeTier)
            absent.append(tier.absent(task))
            tier.account.turn_off("a wrong key")
        assert absent == ["", "a wrong key"]
        service.configure({})
        assert tier.absent(task) == ""


@pytest.mark.parametrize(
    ("env", "says", "asked", "skipped"),
    [
        pytest.param({}, True, 0, "sonnet: no API key", id="without a key nothing is asked"),
        pytest.param(KEY | {"LASTMILE_PAID": "never"}, True, 0, "paid tiers are off", id="never"),
        pytest.param(KEY, False, 1, "", id="asked, and declined"),
    ],
)
async def test_consent(
    home_env: dict[str, str], tmp_path: Path, env: dict[str, str], *, says: bool, asked: int, skipped: str
) -> None:
    folder = fill(tmp_path / "project", {"a.py": "l = 1\n"})
    async with serving(home_env | env) as service:
        project, page = await page_of(service, folder / "a.py")
        [offer] = project.kinds["fix"].offers(page, Span(0, 1))
        person = Person(says)
        task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
        outcome = await project.run(task, consent=person, watch=lambda _event: None)
    assert outcome.accepted is None
    assert len(person.asked) == asked
    assert skipped in "; ".join(outcome.skipped)


async def test_a_run_s_budget_stops_before_the_call(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "l = 1\n"})
    chosen = Overrides(paid=Paid.AUTO, budget=0.0001)
    async with serving(home_env | KEY, overrides=chosen) as service:
        project, page = await page_of(service, folder / "a.py")
        [offer] = project.kinds["fix"].offers(page, Span(0, 1))
        task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
        outcome = await project.run(task, consent=Person(), watch=lambda _event: None)
    assert outcome.status is Status.DECLINED
    assert "--budget 0.0001" in outcome.reason
    assert outcome.cost == 0
    assert not os.path.exists(home_env["LASTMILE_EGRESS_LOG"])  # noqa: ASYNC240, PTH110 - a test may wait


async def test_what_is_sent_is_logged_where_the_environment_says(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "l = 1\n"})
    async with OpenAIServer() as server:
        own = {"LASTMILE_OPENAI__DESK__URL": server.url, "LASTMILE_LADDER": "desk"}
        async with serving(home_env | own) as service:
            project, page = await page_of(service, folder / "a.py")
            [offer] = project.kinds["fix"].offers(page, Span(0, 1))
            task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
            outcome = await project.run(task, consent=Person(), watch=lambda _event: None)
    assert {attempt.tier for attempt in outcome.attempts} == {"desk"}
    assert server.chats


async def test_an_unreadable_ledger_is_told_and_work_goes_on(home_env: dict[str, str], tmp_path: Path) -> None:
    fill(tmp_path / "home", {"ledger.sqlite3": b"not a database, and longer than a header would be" * 50})
    folder = fill(tmp_path / "project", {"a.py": "import os\nx = 1\n"})
    async with serving(home_env) as service:
        assert await service.ledger.ready()
        project, page = await page_of(service, folder / "a.py")
        [offer] = project.kinds["fix"].offers(page, Span(0, 9))
        task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
        outcome = await project.run(task, consent=Person(), watch=lambda _event: None)
    assert outcome.status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("ladder", "price", "named"),
    [
        (("rules", "local", "sonnet", "opus"), None, "opus"),
        (("rules", "haiku", "sonnet"), None, "sonnet"),
        (("rules",), None, "opus"),
        (("rules", "desk"), None, "opus"),
        (("haiku", "opus"), "mystery", "haiku"),
    ],
)
def test_the_top_tier_is_the_dearest_with_a_price(ladder: tuple[str, ...], price: str | None, named: str) -> None:
    settings = evolve(Settings(), ladder=ladder)
    if price:
        settings = evolve(settings, tiers=evolve(settings.tiers, opus=evolve(settings.tiers.opus, model=price)))
    found = top_rates(settings)
    assert found is not None
    assert found[0] == named


@pytest.mark.parametrize(
    ("claude", "model", "price", "factor"),
    [
        ({}, "claude-opus-5-5", None, 1.0),
        ({"provider": "vertex", "region": "global"}, "claude-opus-5-5", None, 1.0),
        ({"provider": "vertex", "region": "europe-west1"}, "claude-opus-5-5", None, 1.1),
        ({"provider": "bedrock"}, "eu.anthropic.claude-opus-5-5-v1:0", None, 1.1),
        ({"provider": "bedrock"}, "global.anthropic.claude-opus-5-5-v1:0", None, 1.0),
        ({"provider": "bedrock"}, "eu.anthropic.claude-opus-5-5-v1:0", Price(5.0, 25.0), 1.0),
    ],
)
def test_a_region_of_a_cloud_costs_more(claude: dict[str, str], model: str, price: Price | None, factor: float) -> None:
    values = {"claude": claude, "tiers": {"opus": {"model": model}}}
    settings = resolve(from_editor(values)).settings
    settings = evolve(settings, tiers=evolve(settings.tiers, opus=evolve(settings.tiers.opus, price=price)))
    found = top_rates(settings)
    assert found is not None
    assert found[1].output == pytest.approx(25.0 * factor)


def test_without_any_price_there_is_no_top_tier() -> None:
    tiers = Settings().tiers
    unknown = evolve(tiers, opus=evolve(tiers.opus, model="mystery"))
    assert top_rates(evolve(Settings(), ladder=("opus",), tiers=unknown)) is None
    own = evolve(tiers, opus=evolve(tiers.opus, model="mystery", price=Price(1.0, 2.0)))
    assert top_rates(evolve(Settings(), ladder=("opus",), tiers=own)) is not None


async def test_what_the_top_tier_would_have_cost(service: Service, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "import os\nx = 1\n", "b.py": "l = 1\n"})
    costs = {}
    for name in ("a.py", "b.py"):
        project, page = await page_of(service, folder / name)
        [offer] = project.kinds["fix"].offers(page, Span(0, 9))
        task = await project.make(page, kind="fix", target=offer.target, detail=offer.detail)
        outcome = await project.run(task, consent=Person(), watch=lambda _event: None)
        usage = one_call(outcome)
        assert usage.estimated
        assert usage.input > 0 < usage.output
        costs[name] = service.top_tier_cost(outcome, project.settings)
    assert all(cost is not None and 0 < cost < 1 for cost in costs.values())
    assert service.top_tier_cost(outcome, evolve(Settings(), ladder=("opus",))) is not None


async def test_closing_twice_does_no_harm(home_env: dict[str, str], tmp_path: Path) -> None:
    service = Service.open(home_env)
    await service.project(tmp_path)
    await service.close()
    await service.close()

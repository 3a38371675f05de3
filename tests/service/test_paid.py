"""What an offer may cost, who consents, and where a budget, a refused key or a lack of judges ends it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.support.fixing import Person, fill, page_of, serving
from tests.support.openai_server import OpenAIServer

from lastmile.cascade.outcome import Status
from lastmile.cascade.policy import Paid
from lastmile.cascade.protocols import Evidence
from lastmile.service import Overrides
from lastmile.tasks.kind import Offer, Page
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.claude.tier import ClaudeTier

pytestmark = pytest.mark.slow

KEY = {"ANTHROPIC_API_KEY": "sk-ant-test"}


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

"""Small jobs by a model before a paid call: what is switched on is done by it, and the prompt shows its choices."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, field, frozen
from tests.support.fake_tiers import Say, make_task
from tests.support.fakes import FakeJudge, Scene
from tests.support.fixing import fill, serving

from lastmile.cascade.context import Bond, Snippet
from lastmile.cascade.draft import Draft
from lastmile.cascade.policy import Effort, Policy
from lastmile.cascade.protocols import DraftRequest
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Verdict
from lastmile.config.small_jobs import SmallJobs
from lastmile.errors import ModelError
from lastmile.jobs.asking import ModelJobs
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.prompt import Style, compose
from lastmile.tiers.small_jobs import PromptJobs

LADDER = ("local", "sonnet", "opus")
NOISE = [f"line {number}" for number in range(40)]
ALL = SmallJobs(difficulty=True, picking=True, shortening=True)


@frozen
class Model:
    """Answers by what is asked for: a level, or numbers, first of snippets and then of lines."""

    level: str = '"medium"'
    snippets: str = "[1]"
    lines: str = "[20]"
    asked: list[str] = field(factory=list)

    async def __call__(self, question: str, schema: Mapping[str, Any]) -> str:
        job = "level" if "enum" in schema else "snippets" if "Snippets:" in question else "lines"
        self.asked.append(job)
        answer = str(getattr(self, job))
        if answer == "late":
            await asyncio.Event().wait()
        if answer == "gone":
            raise ModelError("It is gone.")
        return answer


class Noisy(FakeJudge):
    """Says much of what it refuses, another thing of each draft."""

    async def verify(self, task: Task, draft: Draft) -> Verdict:
        found = await super().verify(task, draft)
        said = "\n".join([*NOISE, f"of {found.text}"])
        return evolve(found, findings=tuple(evolve(each, evidence=said) for each in found.findings))


class Around:
    async def gather(self, task: Task) -> tuple[Snippet, ...]:
        assert task.context == ()
        return tuple(snippet(name) for name in ("first", "second", "third"))


def snippet(name: str) -> Snippet:
    text, place = f"def {name}():\n    return 1\n", Path("/project") / f"{name}.py"
    return Snippet(Snapshot(place.as_uri(), text, place), Span(0, len(text)), Bond.DEFINITION, name)


async def climbed(model: Model, on: SmallJobs, *, hard: bool = False) -> dict[str, list[DraftRequest]]:
    """Run a task that only the last tier solves; gives what each tier was asked."""
    jobs = ModelJobs(model, 0.05 if "late" in repr(model) else 5)
    scene = Scene(judge=Noisy(), gatherer=Around(), helper=PromptJobs(jobs, on))
    scene.tiers["local"].enqueue(Say("bad one"))
    scene.tiers["sonnet"].enqueue(Say("bad two"))
    scene.tiers["sonnet"].enqueue(Say("bad three"))
    scene.tiers["opus"].enqueue(Say("good"))
    scene.consent.answers += [True] * 3
    efforts = {"local": Effort(retries=0), "sonnet": Effort(retries=1), "opus": Effort(retries=0)}
    policy = Policy(LADDER, 60.0, climb_paid=True, efforts=efforts, kind_difficulty=0.9 if hard else 0.1)
    await scene.run(make_task(), policy)
    return {name: scene.tiers[name].history for name in LADDER}


def shown(request: DraftRequest) -> str:
    return compose(request, style=Style.BLOCKS).question


async def test_the_model_chooses_what_paid_tiers_are_shown() -> None:
    model = Model()
    seen = await climbed(model, ALL)
    (local,), (first, again), (opus,) = seen.values()
    assert [each.name for each in first.task.context] == ["second"]
    assert (local.task.context, local.evidence.told) == ((), {})
    for request, drafts in ((first, 1), (again, 2), (opus, 3)):
        question = shown(request)
        assert "defined in second.py" in question
        assert "defined in first.py" not in question
        assert question.count("line 20\n") == drafts
        assert "line 39" not in question
    assert model.asked == ["level", "snippets", "lines", "lines", "lines"]


async def test_what_is_off_is_left_to_the_heuristics() -> None:
    model = Model()
    seen = await climbed(model, SmallJobs())
    assert model.asked == []
    assert (len(seen["sonnet"]), len(seen["opus"][0].task.context)) == (2, 3)
    for name, job in (("difficulty", "level"), ("picking", "snippets"), ("shortening", "lines")):
        model = Model()
        await climbed(model, SmallJobs(**{name: True}))
        assert set(model.asked) == {job}


@pytest.mark.parametrize("answer", ["late", "gone", "no JSON"])
@pytest.mark.parametrize("hard", [False, True])
async def test_where_the_model_is_late_or_fails_all_is_as_without_it(answer: str, *, hard: bool) -> None:
    plain = await climbed(Model(), SmallJobs(), hard=hard)
    helped = await climbed(Model(answer, answer, answer), ALL, hard=hard)
    assert {name: list(map(shown, requests)) for name, requests in helped.items()} == {
        name: list(map(shown, requests)) for name, requests in plain.items()
    }


@pytest.mark.parametrize(
    ("level", "hard", "asked"),
    [("hard", False, {"sonnet": 0, "opus": 1}), ("easy", True, {"sonnet": 2, "opus": 1})],
)
async def test_the_model_says_which_paid_tier_is_asked(level: str, asked: dict[str, int], *, hard: bool) -> None:
    seen = await climbed(Model(f'"{level}"'), SmallJobs(difficulty=True), hard=hard)
    assert {name: len(seen[name]) for name in asked} == asked


async def test_where_it_makes_no_difference_nobody_is_asked_how_hard_it_is() -> None:
    model = Model()
    scene = Scene(helper=PromptJobs(ModelJobs(model), ALL), gatherer=Around())
    scene.tiers["local"].enqueue(Say("good"))
    await scene.run(make_task(), Policy(("local", "sonnet"), 60.0))
    assert model.asked == []


@pytest.mark.slow
async def test_settings_switch_it_on(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "x = 1\n", "lastmile.toml": "[jobs]\npicking = true\n"})
    on = {"LASTMILE_JOBS__SHORTENING": "true", "LASTMILE_MODEL__PATH": "/models/none.gguf"}
    for more, expected in (({}, None), (on, SmallJobs(shortening=True))):
        async with serving({**home_env, **more}) as service:
            helper = (await service.project(folder / "a.py")).parts.helper
            assert helper is None if expected is None else isinstance(helper, PromptJobs) and helper.on == expected

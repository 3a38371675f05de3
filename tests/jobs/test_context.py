"""What other files have to do with a target: what is found, what of it is picked, shown, and never sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.support.drafting import make_request, make_task
from tests.support.fake_tiers import Say
from tests.support.fake_tiers import make_task as fake_task
from tests.support.fakes import Scene
from tests.support.fixing import fill, serving

from lastmile.cascade.context import Bond, Snippet
from lastmile.cascade.policy import Effort, Policy
from lastmile.cascade.task import Task
from lastmile.config.tree import Privacy
from lastmile.jobs.picking import BUDGET, ROOM, Candidate, Need, pick
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.egress import Egress
from lastmile.tiers.prompt import Style, compose, count_tokens

CART = "from shop.tax import RATE, tax\n\n\ndef total(prices):\n    return sum(tax(p) for p in prices) * RATE\n"
FILES = {
    "shop/__init__.py": "",
    "shop/tax.py": "RATE = 0.2\nN = 1\n\n\ndef tax(price):\n    return price * RATE\n\n\ndef unused():\n    return 0\n",
    "shop/cart.py": CART,
    "shop/page.py": "from shop import cart\n\n\ndef show(p):\n    return cart.total(p)\n\n\ndef x():\n    return 1\n",
    "tests/test_cart.py": "from shop.cart import total\n\n\ndef test_total():\n    assert total([]) == 0\n",
    "far.py": "def total():\n    return 1\n",
}


async def test_what_is_used_and_who_uses_it_is_found(home_env: dict[str, str], tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", FILES)
    async with serving(home_env) as service:
        path = folder / "shop/cart.py"
        project = await service.project(path)
        assert project.parts.gatherer is not None
        snapshot, target = Snapshot(path.as_uri(), CART, path), Span(CART.index("    return"), len(CART) - 1)
        task = evolve(make_task("x"), snapshot=snapshot, target=target)
        found = await project.parts.gatherer.gather(task)
        nothing = await project.parts.gatherer.gather(evolve(task, snapshot=evolve(snapshot, language="json")))
    assert {(each.bond, each.name, each.snapshot.name) for each in found} == {
        (Bond.DEFINITION, "tax", "tax.py"),
        (Bond.IMPORT, "RATE", "tax.py"),
        (Bond.CALLER, "show", "page.py"),
        (Bond.TEST, "test_total", "test_cart.py"),
    }
    assert {each.text for each in found if each.bond is Bond.IMPORT} == {"RATE = 0.2"}
    assert nothing == ()


def candidate(name: str, bond: Bond, size: int = 10) -> Candidate:
    return Candidate(f"{name} {'a ' * size}", bond, name)


NEED = Need("def f():\n    return used() + twice(twice(1))\n", "named is wrong")


@pytest.mark.parametrize(
    ("candidates", "budget", "picked"),
    [
        ([], 100, ()),
        ([candidate("used", Bond.DEFINITION)], 100, (0,)),
        ([candidate("used", Bond.DEFINITION, 90)], 90, ()),
        ([candidate("used", Bond.DEFINITION), candidate("twice", Bond.DEFINITION)], 20, (1,)),
        ([candidate("used", Bond.DEFINITION), candidate("named", Bond.CALLER)], 20, (1,)),
        ([candidate("who", Bond.CALLER), candidate("test_f", Bond.TEST)], 20, (1,)),
        ([candidate("large", Bond.TEST, 50), candidate("who", Bond.CALLER)], 30, (1,)),
        ([candidate("same", Bond.TEST), candidate("same", Bond.TEST)], 100, (0,)),
        ([candidate(f"t{n}", Bond.TEST) for n in range(6)] + [candidate("who", Bond.CALLER)], 200, (0, 1, 2, 3, 6)),
    ],
)
def test_what_is_picked(candidates: list[Candidate], budget: int, picked: tuple[int, ...]) -> None:
    assert pick(NEED, candidates, budget=budget, count=lambda text: len(text.split())) == picked


@given(
    st.lists(st.builds(Candidate, st.text(max_size=60), st.sampled_from(Bond), st.sampled_from("ab")), max_size=12),
    st.integers(0, 100),
)
def test_the_budget_is_kept(candidates: list[Candidate], budget: int) -> None:
    picked = pick(NEED, candidates, budget=budget, count=len)
    assert sum(len(candidates[at].text) for at in picked) <= budget
    assert list(picked) == sorted(set(picked))


def snippet(path: str, text: str = "def tax(price):\n    return 1\n") -> Snippet:
    place = Path("/project") / path
    return Snippet(Snapshot(place.as_uri(), text, place), Span(0, len(text)), Bond.DEFINITION, "tax")


def with_context(*snippets: Snippet) -> Task:
    return evolve(make_task("«def f():\n    return tax(2)»\n"), context=snippets)


def test_a_prompt_shows_what_is_picked_within_the_budget() -> None:
    many = [snippet(f"m{number}.py", f"def tax(price):\n    return {number}\n" * 30) for number in range(12)]
    plain = compose(make_request(with_context()), style=Style.BLOCKS)
    shown = compose(make_request(with_context(snippet("tax.py"), *many)), style=Style.BLOCKS)
    assert "`tax`, defined in tax.py:\n\n```python\ndef tax(price):" in shown.question
    assert "From other files" not in plain.question
    assert plain.document == shown.document
    more = count_tokens(shown.question) - count_tokens(plain.question)
    assert 100 < more < BUDGET + 100
    assert count_tokens(ROOM) > BUDGET - 10


def test_what_is_never_sent_is_left_out_and_bars_nothing() -> None:
    egress = Egress(Privacy(never_send=("secret*",)), (Path("/project"),))
    task = with_context(snippet("secret_tax.py"), snippet("tax.py"), snippet("../elsewhere.py"))
    assert egress.barred(task) == ""
    allowed = egress.allowed(make_request(task))
    assert [each.snapshot.name for each in allowed.task.context] == ["tax.py"]


class Around:
    """Finds one snippet, and counts how often it was asked."""

    asked = 0

    async def gather(self, task: Task) -> tuple[Snippet, ...]:
        assert task.context == ()
        self.asked += 1
        return (snippet("tax.py"),)


async def test_it_is_looked_for_once_and_only_for_paid_tiers() -> None:
    around = Around()
    scene = Scene(gatherer=around)
    ladder = ("local", "sonnet", "opus")
    policy = Policy(ladder, 60.0, climb_paid=True, efforts={name: Effort(retries=0) for name in ladder})
    scene.tiers["local"].enqueue(Say("bad"))
    scene.tiers["sonnet"].enqueue(Say("bad"))
    scene.tiers["opus"].enqueue(Say("good"))
    scene.consent.answers.append(True)
    await scene.run(fake_task(), policy)
    seen = {name: [len(each.task.context) for each in scene.tiers[name].history] for name in ladder}
    assert (seen, around.asked) == ({"local": [0], "sonnet": [1], "opus": [1]}, 1)

"""Who may draft ahead, how much, and what is worth it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from attrs import evolve
from tests.support.stage import ScriptedTier

from lastmile.ahead.machine import Power
from lastmile.ahead.policy import MOST, Pace, drafters, pace, wanted, way
from lastmile.cascade.policy import Paid, Policy
from lastmile.config.ahead import Ahead
from lastmile.config.tree import OpenAIServer, Settings
from lastmile.tasks.kind import Page
from lastmile.tasks.registry import kinds
from lastmile.testing.values import Standing
from lastmile.text.diagnostic import Diagnostic
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import Symbol, outline

TIERS = {
    name: ScriptedTier(name, free=free)
    for name, free in {
        "rules": True,
        "local": True,
        "gpu": True,
        "haiku": False,
        "sonnet": False,
        "opus": False,
    }.items()
}
OFF = Pace(Ahead.OFF, 0.0)


@pytest.mark.parametrize(
    ("ahead", "power", "expected"),
    [
        (Ahead.LOCAL, Power(), Pace(Ahead.LOCAL, 20.0)),
        (Ahead.RULES, Power(load=1.5), Pace(Ahead.RULES, 20.0)),
        (Ahead.LOCAL, Power(load=1.6), OFF),
        (Ahead.LOCAL, Power(on_battery=True), Pace(Ahead.RULES, 5.0)),
        (Ahead.RULES, Power(on_battery=True, load=2.0), OFF),
        (Ahead.OFF, Power(), OFF),
    ],
)
def test_pace(ahead: Ahead, power: Power, expected: Pace) -> None:
    assert pace(Settings(ahead=ahead), power) == expected


FAR = {"gpu": OpenAIServer("http://gpu:8000/v1", ours=True)}


@pytest.mark.parametrize(
    ("settings", "who", "names"),
    [
        (Settings(), Ahead.OFF, []),
        (Settings(), Ahead.RULES, ["rules"]),
        (Settings(), Ahead.LOCAL, ["rules", "local"]),
        (Settings(ladder=("local", "rules", "opus")), Ahead.LOCAL, ["local", "rules"]),
        (Settings(ladder=("sonnet", "opus")), Ahead.LOCAL, []),
        (Settings(ladder=("rules", "gpu"), openai=FAR), Ahead.LOCAL, ["rules"]),
        (Settings(openai={"local": OpenAIServer("http://gpu:8000/v1", ours=True)}), Ahead.LOCAL, ["rules"]),
        (Settings(openai={"local": OpenAIServer("http://localhost:8000/v1")}), Ahead.LOCAL, ["rules", "local"]),
    ],
)
def test_drafters_are_free_and_here(settings: Settings, who: Ahead, names: list[str]) -> None:
    found = drafters(settings, TIERS, who)
    assert list(found) == names
    assert all(tier.free for tier in found.values())


def test_a_tier_that_calls_itself_local_and_costs_money_is_left_out() -> None:
    tiers = {"rules": TIERS["rules"], "local": ScriptedTier("local", free=False)}
    assert list(drafters(Settings(), tiers, Ahead.LOCAL)) == ["rules"]


@pytest.mark.parametrize(
    ("start", "ladder"),
    [("", ("rules",)), ("rules", ("rules",)), ("sonnet", None), ("nobody", ("rules",))],
)
def test_the_way_is_the_free_part_and_none_where_it_begins_above(start: str, ladder: tuple[str, ...] | None) -> None:
    policy = Policy(("rules", "local", "sonnet"), 60.0, Paid.AUTO, start=start)
    found = way(policy, {"rules": TIERS["rules"]})
    assert (found and found.ladder) == ladder
    assert found is None or found.paid is Paid.NEVER


TEXT = '''\
def first(width):
    return width * hight


def second(side):
    """Give the area."""
    raise NotImplementedError
'''


def page(text: str = TEXT, *codes: tuple[str, int]) -> Page:
    snapshot = Snapshot("file:///x.py", text, Path("/x.py"))
    found = tuple(Diagnostic("ruff", code, "m", Span(at, at + 1)) for code, at in codes)
    return Page(snapshot, found, tuple(outline(text)), untested="")


@pytest.mark.parametrize(
    ("near", "order"),
    [
        (0, ["F401", "F821", "implement"]),
        (len(TEXT), ["F821", "F401", "implement"]),
    ],
)
def test_what_is_near_comes_first_and_findings_before_stubs(near: int, order: list[str]) -> None:
    found = wanted(page(TEXT, ("F401", 0), ("F821", 36)), kinds(), near=near)
    assert [offer.diagnostics[0].code if offer.diagnostics else offer.kind for offer in found] == order


def test_a_function_is_mended_where_its_tests_are_known_to_fail() -> None:
    plain = page()
    symbol = plain.symbols[0]
    standing = Standing(selected={symbol.span: ("t::a",)}, failed={"t::a": True})
    found = wanted(evolve(plain, standing=standing), kinds(), near=0)
    assert [offer.kind for offer in found] == ["fix-test", "implement"]
    assert [offer.kind for offer in wanted(plain, kinds(), near=0)] == ["implement"]


def test_no_more_than_a_menu_could_ever_show_is_made() -> None:
    many = tuple(("F401", at) for at in range(1000))
    assert len(wanted(page("x = 1\n" * 400, *many), kinds(), near=0)) == MOST


def test_of_many_findings_the_nearest_are_made() -> None:
    many, near = tuple(("F401", at) for at in range(20 * MOST)), 15 * MOST
    found = wanted(page("x = 1\n" * 400, *many), kinds(), near=near)
    assert {offer.target.start for offer in found} == {near - 1 + at for at in range(-MOST // 2 + 1, MOST // 2 + 1)}


class Passes(tuple[Symbol, ...]):
    """Symbols that count how often somebody went over them all."""

    __slots__ = ()
    seen: ClassVar[list[None]] = []

    def __iter__(self) -> Iterator[Symbol]:
        self.seen.append(None)
        return super().__iter__()


def test_a_document_of_hundreds_of_functions_is_gone_over_once() -> None:
    long = page("def f(a):\n    return a\n\n\n" * 200)
    Passes.seen.clear()
    assert not wanted(evolve(long, symbols=Passes(long.symbols)), kinds(), near=0)
    assert 0 < len(Passes.seen) <= 2

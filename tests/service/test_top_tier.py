"""Which tier is the top one, and what it would have cost alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve
from tests.support.fixing import Person, fill, page_of

from lastmile.config.resolve import resolve
from lastmile.config.sources import from_editor
from lastmile.config.tree import Price, Settings
from lastmile.service import Service
from lastmile.text.edits import Span
from lastmile.tiers.baseline import one_call
from lastmile.wiring import top_rates


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


@pytest.mark.slow
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

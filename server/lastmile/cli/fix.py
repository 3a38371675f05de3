"""``lastmile fix``: what it takes on the command line. What it does is `run`'s."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import click

from lastmile.cascade.policy import Paid
from lastmile.cli import interrupting
from lastmile.cli.run import Options, Run
from lastmile.service import Overrides, Service
from lastmile.tasks.kind import Kind
from lastmile.tasks.registry import kinds


class Dollars(click.FloatRange):
    """An amount of money; "nan", which is a float and no amount, would be compared with nothing."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's form
        """Read an amount, as click asks for it."""
        amount = float(super().convert(value, param, ctx))
        if not math.isfinite(amount):
            self.fail(f"{value} is not an amount of money.", param, ctx)
        return amount


def _over_files(kind: Kind) -> bool:
    """Tell whether a menu offers the kind without a selection."""
    return bool(kind.menus) and not any(menu.startswith("refactor.extract") for menu in kind.menus)


def _known() -> dict[str, Kind]:
    """Give the kinds that can be done over files: those that a menu offers."""
    return {known.name: known for known in kinds().values() if _over_files(known)}


def _kind(name: str) -> Kind:
    """Find a kind that can be done over files."""
    known = _known()
    if name not in known:
        message = f"{name!r} cannot be done over files. Kinds that can: {', '.join(known)}."
        raise click.BadParameter(message, param_hint="'--kind'")
    return known[name]


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--select", default="", metavar="CODES", help="Only findings of these rules, comma separated: F401,E7.")
@click.option(
    "--kind", default="fix", show_default=True, metavar="KIND", help=f"What to do, one of: {', '.join(_known())}."
)
@click.option("--write", is_flag=True, help="Write the accepted edits; otherwise files stay as they are.")
@click.option("--paid", type=click.Choice(["never", "auto"]), help="Whether paid tiers may be used; else settings say.")
@click.option("--budget", type=Dollars(min=0), metavar="USD", help="The most that this run may spend.")
@click.option("--json", "as_json_", is_flag=True, help="Print one JSON document instead of text.")
def fix(  # noqa: PLR0913, PLR0917 - one parameter an option
    paths: tuple[Path, ...],
    select: str,
    kind: str,
    write: bool,  # noqa: FBT001 - click passes options by name
    paid: str | None,
    budget: float | None,
    as_json_: bool,  # noqa: FBT001 - as above
) -> int:
    """Do tasks over files; folders are searched as ruff does it, .gitignore respected."""
    codes = tuple(code.strip() for code in select.split(",") if code.strip())
    options = Options(paths, codes, _kind(kind), write, as_json_)
    overrides = Overrides(Paid(paid) if paid else None, budget, codes)
    return interrupting.run(Run(options, Service.open(os.environ, overrides=overrides)).run)

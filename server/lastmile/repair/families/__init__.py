"""The templates, a family a module; each gives the changes of its kinds that fit a site.

A family decides nothing: how likely a change is comes from its kind's prior and the site's suspicion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lastmile.repair.families.arguments import arguments
from lastmile.repair.families.conditions import conditions
from lastmile.repair.families.constants import constants
from lastmile.repair.families.inserted import inserted
from lastmile.repair.families.names import names
from lastmile.repair.families.off_by_one import off_by_one
from lastmile.repair.families.operands import operands
from lastmile.repair.families.operators import operators
from lastmile.repair.families.placed import placed
from lastmile.repair.families.reuse import reuse
from lastmile.repair.families.wrapped import wrapped
from lastmile.repair.site import Rewrite, Site

Family = Callable[[Site], Iterator[Rewrite]]

FAMILIES: tuple[Family, ...] = (
    operators,
    off_by_one,
    names,
    arguments,
    constants,
    wrapped,
    conditions,
    operands,
    reuse,
    inserted,
    placed,
)

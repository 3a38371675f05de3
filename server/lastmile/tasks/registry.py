"""Finds the kinds: every module of this package that defines ``KIND``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

import lastmile.tasks
from lastmile.tasks.kind import Kind


@cache
def kinds() -> Mapping[str, Kind]:
    """Give the kinds by name, in the order of their modules' names."""
    modules = (
        import_module(f"{lastmile.tasks.__name__}.{item.name}") for item in iter_modules(lastmile.tasks.__path__)
    )
    found = [module.KIND for module in modules if hasattr(module, "KIND")]
    return MappingProxyType({kind.name: kind for kind in found})

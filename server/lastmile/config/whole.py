"""What can be judged only when every source has spoken: names of tiers, and tables that need more than one key."""

from __future__ import annotations

from collections.abc import Iterable

from lastmile.config.keys import Path, keys
from lastmile.config.layers import Layers
from lastmile.config.local import is_name
from lastmile.config.names import builtin_tiers
from lastmile.config.words import closest, listed, shown


def settle(layers: Layers) -> None:
    """Refuse what does not fit the rest, each with a message."""
    _complete_prices(layers)
    _complete_servers(layers)
    _placed_models(layers)
    _known_ladder(layers)
    _known_starts(layers)


def _complete_prices(layers: Layers) -> None:
    needed = sorted({path[-1] for path, entry in keys().entries.items() if entry.required})
    for table in {path[:-1]: None for path in layers.given if "price" in path}:
        if not all((*table, name) in layers.given for name in needed):
            _drop_table(layers, table, f"needs both {listed(needed)}, and is left out")


def _complete_servers(layers: Layers) -> None:
    for table in {path[:2]: None for path in layers.given if path[0] == "openai"}:
        url = layers.given.get((*table, "url"))
        if not url or not url[-1].value:
            _drop_table(layers, table, "has no url, and is left out")


def _placed_models(layers: Layers) -> None:
    """Refuse models that are named without a folder where there is none to look in."""
    path = ("tiers", "local", "models")
    while not layers.top(("model", "path"), keys().entries["model", "path"]):
        named = layers.top(path, keys().entries[path])
        bare = [str(name) for name in named if is_name(str(name))] if isinstance(named, tuple) else []
        if not bare:
            return
        layers.drop(path, f"names {shown(bare[0])} without its folder, and model.path, which would tell it, is not set")


def _known_ladder(layers: Layers) -> None:
    path = ("ladder",)
    known = (*builtin_tiers(), *{path[1]: None for path in layers.given if path[0] == "openai"})
    while unknown := [name for name in _ladder(layers) if name not in known]:
        layers.drop(path, f"names {shown(unknown[0])}, which is not a tier; {_hint(unknown[0], known)}")


def _known_starts(layers: Layers) -> None:
    ladder = _ladder(layers)
    for path in [path for path in layers.given if path[0] == "tasks" and path[-1] == "start"]:
        while path in layers.given and (name := str(layers.given[path][-1].value)) and name not in ladder:
            layers.drop(path, f"names {shown(name)}, which is not in the ladder; {_hint(name, ladder)}")


def _ladder(layers: Layers) -> tuple[str, ...]:
    names = layers.top(("ladder",), keys().entries["ladder",])
    return tuple(map(str, names)) if isinstance(names, tuple) else ()


def _hint(name: str, known: Iterable[str]) -> str:
    meant = closest(name, known)
    return f'did you mean "{meant}"?' if meant else f"there are {listed(tuple(known))}"


def _drop_table(layers: Layers, table: Path, why: str) -> None:
    paths = [path for path in layers.given if path[: len(table)] == table]
    source = layers.given[paths[-1]][-1].source
    for path in paths:
        del layers.given[path]
    layers.tell(source, table, why)

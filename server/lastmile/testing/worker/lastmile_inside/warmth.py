"""Does ahead of a run what pytest does alike at the start of each: its plugins found, loaded and looked through.

All of it leans on names inside of pytest that may change. Where one is not there, that part is left
out, and a run does it as always.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pathlib
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any

from .rewriting import Rewritten

_ALSO = ("pdb", "faulthandler", "readline", "email.parser", "unittest.mock", "doctest", "json", "tempfile", "shutil")
_MISSING = (ImportError, AttributeError, TypeError)


class Known:
    """An installed distribution, what pytest asks of it read once."""

    def __init__(self, distribution: Any) -> None:
        self._distribution = distribution
        self.entry_points = distribution.entry_points
        self.files = distribution.files if self.is_plugin else None

    @property
    def is_plugin(self) -> bool:
        """Whether pytest loads something of it."""
        return any(point.group == "pytest11" for point in self.entry_points)

    def __getattr__(self, name: str) -> Any:
        """Answer everything else as the distribution does."""
        return getattr(self._distribution, name)


class Warmth:
    """What was done ahead, and how a run is given it."""

    def __init__(self) -> None:
        for name in _ALSO:
            with suppress(ImportError):
                importlib.import_module(name)
        self._distributions = [Known(found) for found in importlib.metadata.distributions()]
        with suppress(AttributeError):
            importlib.import_module("pluggy").__version__  # noqa: B018 - it is looked up when it is first asked for
        self.rewritten = Rewritten()
        self.rewritten.install()
        self._config = _prepared()
        self._holders = _with_less(self._config)
        self.seal: Any = None
        """What pytest is like before a run."""

        self._scan: Callable[..., Any] | None = None

    def give(self) -> None:
        """Let the run that begins in this process have it."""
        self._scan = importlib.metadata.distributions
        importlib.metadata.distributions = self._list
        with suppress(*_MISSING):
            _look_less(self._holders)
        if self._config is not None:
            _hand_out(self._config)

    def take_back(self) -> None:
        """Let the project see what is installed as it is."""
        if self._scan is not None:
            importlib.metadata.distributions = self._scan

    def _list(self, **asked: Any) -> Any:
        if asked and self._scan is not None:
            return self._scan(**asked)
        return list(self._distributions)


def _prepared() -> Any:
    with suppress(*_MISSING):
        from _pytest.config import get_config  # noqa: PLC0415 - pytest may have moved it

        return get_config()
    return None


def _hand_out(config: Any) -> None:
    """Let pytest take the prepared configuration the first time, and make its own after that."""
    module = importlib.import_module("_pytest.config")
    original = module.get_config

    def get_config(args: Any = None, plugins: Any = None, **more: Any) -> Any:
        module.get_config = original  # type: ignore[attr-defined]
        if args:
            config.pluginmanager.consider_preparse(args, exclude_only=True)
        params = type(config.invocation_params)
        config.invocation_params = params(args=args or (), plugins=plugins, dir=pathlib.Path.cwd())
        del more  # how the program calls itself in its help
        return config

    module.get_config = get_config  # type: ignore[attr-defined]


def _with_less(config: Any) -> dict[int, Any]:
    """Find, for each plugin that is a module, what of it can be a fixture; pytest takes long to find that out."""
    with suppress(*_MISSING):
        from _pytest import fixtures  # noqa: PLC0415 - pytest was loaded before

        kind: Any = getattr(fixtures, "FixtureFunctionDefinition", ())
        plugins = config.pluginmanager.get_plugins()
        return {id(item): _less(item, kind) for item in plugins if isinstance(item, ModuleType)}
    return {}


def _less(plugin: ModuleType, kind: Any) -> ModuleType | None:
    """Make a module of the fixtures of a module alone; None where it has none."""
    found = {name: item for name, item in vars(plugin).items() if _is_fixture(item, kind)}
    if not found:
        return None
    less = ModuleType(plugin.__name__)
    vars(less).update(found)
    return less


def _is_fixture(item: Any, kind: Any) -> bool:
    return isinstance(item, kind) or hasattr(item, "_pytestfixturefunction")


def _look_less(holders: dict[int, Any]) -> None:
    """Let pytest look for fixtures of its own where they are."""
    from _pytest import fixtures  # noqa: PLC0415 - pytest was loaded before

    original = fixtures.FixtureManager.parsefactories

    def parsefactories(self: Any, *args: Any, **more: Any) -> Any:
        given = args[0] if args else more.get("holder")
        less = holders.get(id(given), given)
        if less is None:  # nothing of it can be a fixture
            return None
        if args:
            args = (less, *args[1:])
        elif "holder" in more:
            more["holder"] = less
        return original(self, *args, **more)

    fixtures.FixtureManager.parsefactories = parsefactories  # type: ignore[method-assign]

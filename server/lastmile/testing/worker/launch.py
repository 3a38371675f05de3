"""How a worker is started: the interpreter, the box around it, and what it is told at its start.

Nothing is started here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from attrs import evolve, field, frozen

from lastmile.sandbox import environment, places
from lastmile.sandbox.choose import Kind, Sandbox
from lastmile.sandbox.values import Bind, Box, Limits

INSIDE = Path(__file__).resolve().parent / "lastmile_inside"
SCRATCH = Path("/run/lastmile")
"""Where a sandboxed worker sees its scratch folder."""

TEMPORARY = Path("/tmp")  # noqa: S108 - the sandbox's own
ZYGOTE, GUARD = "lastmile_inside.zygote", "lastmile_inside.trying.guard"
"""The programs that run inside: what serves runs of tests, and what tries many texts on the same tests."""

_BOOT = (
    "import sys; sys.path[0] = sys.argv[1]; import json, importlib; "
    "main = importlib.import_module(sys.argv[3]).main; del sys.path[0]; main(json.loads(sys.argv[2]))"
)


@frozen
class Site:
    """A project and what its tests are run with."""

    root: Path
    """The root folder, absolute and real: test ids are relative to it."""

    python: Path
    """The project's interpreter, as it is called: a virtual environment's is a link."""

    home: Path
    env: Mapping[str, str]
    """The environment variables to choose from."""

    limits: Limits = field(factory=Limits)
    network: bool = False
    rehearse: bool = True
    """Whether a warm worker may load what installed packages bring before a run does."""


@frozen
class Launch:
    """A worker to be started."""

    command: list[str]
    env: Mapping[str, str] | None
    """All of its environment; None where the command sees to that."""

    isolated: bool
    """Whether each run gets walls of its own inside."""

    scratch: Path
    """The scratch folder, as the worker sees it."""

    foreign: tuple[str, ...]
    """Folders whose modules are not the project's."""


def sandboxed(
    site: Site,
    sandbox: Sandbox,
    scratch: Path,
    *,
    nested: bool = True,
    binds: tuple[Bind, ...] = (),
    program: str = ZYGOTE,
) -> Launch:
    """Start it in a sandbox; nested where runs share it, else with the candidate texts bound at once."""
    linux = sandbox.kind is Kind.BUBBLEWRAP
    found = places.of(site.python, site.home)
    seen = SCRATCH if linux else scratch
    box = Box(
        visible=(*places.SYSTEM, *found.folders, site.root, INSIDE, *_resolver(site)),
        fresh=_fresh(site) if linux else (scratch / "tmp", scratch / "home"),
        binds=(Bind(scratch, SCRATCH), *binds) if linux else (Bind(scratch, scratch),),
        env=_env(site) if linux else _env_at(site, scratch),
        links=tuple(link for link in found.links if not link.target.is_relative_to(site.root)),
        network=site.network,
        nested=nested and linux,
        limits=site.limits,
    )
    box = box if linux else evolve(box, visible=(*box.visible, scratch))
    argv = _argv(site, box, seen, program)
    return Launch(sandbox.command(box, argv), None if not linux else {}, box.nested, seen, _foreign(site))


def bare(site: Site, scratch: Path) -> Launch:
    """Start it without any sandbox, as the person allowed; its environment is the sandbox's all the same."""
    box = Box(visible=(), fresh=(), limits=site.limits)
    return Launch(
        _argv(site, box, scratch, ZYGOTE),
        _env_at(site, scratch),
        isolated=False,
        scratch=scratch,
        foreign=_foreign(site),
    )


def _argv(site: Site, box: Box, scratch: Path, program: str) -> list[str]:
    limits = box.limits
    setup = {
        "isolated": box.nested,
        "rehearse": box.nested and site.rehearse,
        "scratch": str(scratch),
        "root": str(site.root),
        "fresh": [str(path) for path in box.fresh],
        "keep": [str(path) for path in box.kept],
        "links": [[str(link.source), str(link.target)] for link in box.links],
        "limits": {
            "memory": limits.memory,
            "processes": limits.processes,
            "file": limits.file,
            "temporary": limits.temporary,
            "output": limits.output,
        },
    }
    return [str(site.python), "-B", "-c", _BOOT, str(INSIDE.parent), json.dumps(setup), program]


def _fresh(site: Site) -> tuple[Path, ...]:
    own = () if any(path.is_relative_to(site.home) for path in places.SYSTEM) else (site.home,)
    return (TEMPORARY, Path("/var/tmp"), Path("/dev/shm"), *own)  # noqa: S108 - the sandbox's own


def _env(site: Site) -> dict[str, str]:
    return environment.allowed(site.env, home=site.home, temporary=TEMPORARY, python=site.python)


def _env_at(site: Site, scratch: Path) -> dict[str, str]:
    return environment.allowed(site.env, home=scratch / "home", temporary=scratch / "tmp", python=site.python)


def _resolver(site: Site) -> tuple[Path, ...]:
    """With the network goes the file that names its name servers, which often lies below /run."""
    return (Path("/etc/resolv.conf").resolve(),) if site.network else ()


def _foreign(site: Site) -> tuple[str, ...]:
    """Give the folders of installed packages and of the standard library."""
    found = places.of(site.python, site.home)
    real = site.python.resolve().parent.parent
    return tuple(str(path) for path in (*found.packages, *sorted(real.glob("lib*/python3*"))))

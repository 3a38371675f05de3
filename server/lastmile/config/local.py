"""The part of the tree that says which model runs on this machine, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from attrs import evolve, field, frozen

from lastmile.config.marks import Form, form, within

_CELLS = within(512, 1_000_000)


@frozen
class LocalModel:
    """The model that Lastmile runs itself: one process for all editors, which starts when it is first needed."""

    path: str = field(default="", metadata=form(Form.FILE))
    """The model's file, in the GGUF format. Empty: none, and no process is started."""

    context: int = field(default=16_384, metadata=_CELLS)
    """Tokens that are held for drafts, all of a task's samples together."""

    completion_context: int = field(default=6144, metadata=_CELLS)
    """Tokens that are held for completions, all documents together."""

    threads: int = field(default=0, metadata=within(0, 1024))
    """Threads that compute; 0 for one fewer than there are cores."""

    gpu_layers: int = field(default=-1, metadata=within(-1, 10_000))
    """Layers that go to the accelerator, where llama-cpp-python was built for one; -1 for all."""

    idle: float = field(default=600.0, metadata=within(0.1, 604_800))
    """Seconds without a request after which the model's memory is given back; the next request loads it again."""

    linger: float = field(default=60.0, metadata=within(0.1, 604_800))
    """Seconds that the process stays when no editor is connected to it any more."""

    def other(self, named: str) -> LocalModel:
        """Give another model that is run in the same way: by its path, or by its name in the folder of this one."""
        path = str(PurePath(self.path).with_name(f"{named.removesuffix('.gguf')}.gguf")) if is_name(named) else named
        return evolve(self, path=path)

    @property
    def file(self) -> Path:
        """The model's file, with the person's home in the place of ``~``."""
        return Path(self.path).expanduser()

    @property
    def name(self) -> str:
        """What the model is called: its file's name without the ending."""
        return self.file.stem


def is_name(named: str) -> bool:
    """Tell whether a model is named without its folder."""
    return bool(named.strip(".")) and not named.startswith("~") and not any(mark in named for mark in "/\\:")


def drafters(tier: str, model: LocalModel, named: Sequence[str]) -> Mapping[str, LocalModel]:
    """Give the models that draft, in order, by the name that each has in the ladder: the tier's where it is alone.

    None named is the one model that there is, and none where there is none.
    """
    models = list(dict.fromkeys(model.other(each) for each in named)) or ([model] if model.path else [])
    if len(models) < 2:  # noqa: PLR2004 - one, or none
        return dict.fromkeys([tier], models[0]) if models else {}
    found: dict[str, LocalModel] = {}
    for each in models:
        name = f"{tier}:{each.name}"
        found[name if name not in found else f"{name}-{len(found) + 1}"] = each
    return found

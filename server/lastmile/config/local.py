"""The part of the tree that says which model runs on this machine, and how."""

from __future__ import annotations

from pathlib import Path

from attrs import field, frozen

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

    @property
    def file(self) -> Path:
        """The model's file, with the person's home in the place of ``~``."""
        return Path(self.path).expanduser()

    @property
    def name(self) -> str:
        """What the model is called: its file's name without the ending."""
        return self.file.stem

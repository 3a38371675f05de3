"""What can be chosen about a running model, as one frozen value.

Which model it is, and when it is loaded, is not said here.
"""

from __future__ import annotations

import os
from enum import Enum

from attrs import frozen


class Layout(Enum):
    """The order in which a gap's surroundings are given to a model."""

    AUTO = "auto"
    """As its vocabulary says: see `prompts.layout_of`."""

    PREFIX_FIRST = "psm"
    SUFFIX_FIRST = "spm"


@frozen
class Options:
    """How a model is run. Counts of tokens are also counts of the cells that their keys and values fill."""

    threads: int = 0
    """0 for all cores but one, which is the editor's."""

    gpu_layers: int = -1
    """How many layers go to the accelerator, where the library was built for one; -1 for all."""

    completion_cells: int = 6144
    """Tokens that the lane for completions holds, all its documents together."""

    draft_cells: int = 16_384
    """Tokens that the lane for drafts holds, all its samples together."""

    sequences: int = 8
    """How many texts each lane holds at once; no request may want more samples."""

    parked_bytes: int = 256 * 2**20
    """The most memory for the states of documents that are not in a lane."""

    layout: Layout = Layout.AUTO
    lookup: bool = True
    """Whether tokens are guessed from the prompt; what comes out is the same either way."""


def thread_count(options: Options) -> int:
    """Give how many threads compute; more than there are cores makes llama.cpp slower by an order."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(options.threads or max(1, cores - 1), cores)

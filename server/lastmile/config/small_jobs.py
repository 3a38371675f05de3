"""The part of the tree that says which small jobs the local model does in a heuristic's place."""

from __future__ import annotations

from attrs import field, frozen

from lastmile.config.marks import within


@frozen
class SmallJobs:
    """What the model of `model.path` does before a paid tier is asked. Where it is late or fails, a heuristic does.

    Off: no model was measured to be better than the heuristics. See docs/local-model.md for how to measure yours.
    """

    difficulty: bool = False
    """Whether the local model says which tasks are hard, so that the dearest tier is asked at once."""

    picking: bool = False
    """Whether it picks which parts of other files a paid tier is shown, within the same budget."""

    shortening: bool = False
    """Whether it says which lines of a failure a paid tier is told; the assertion, the exception and the
    frame in the project always are."""

    seconds: float = field(default=2.0, metadata=within(0.1, 60))
    """Seconds for each job, after which the heuristic does it."""

"""How large a model is by what its file says of itself. What that means for drafting is not said here."""

from __future__ import annotations

import re
from pathlib import Path

from lastmile.errors import ModelError
from lastmile.model.header import read

_LABEL, _PARTS = "general.size_label", "split.count"
_SIZE = re.compile(r"(?:([0-9]{1,6})x)?([0-9]{1,6}(?:\.[0-9]+)?)([KMBT])", re.IGNORECASE)
_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def parameters(path: Path) -> int:
    """Count a model's parameters: what its tensors hold, or what its label says where it lies in several files.

    0 where that is not known. Blocks, a tenth of a second for a large vocabulary; never raises for what a
    file holds.
    """
    try:
        header = read(path)
    except ModelError:
        return 0
    parts = header.about.get(_PARTS, 0)
    several = isinstance(parts, int) and parts > 1
    return labelled(str(header.about.get(_LABEL, ""))) if several else header.elements


def labelled(label: str) -> int:
    """Read a label such as ``1.5B``, ``8x7B`` or ``30B-A3B``; 0 where it is none."""
    found = _SIZE.match(label.strip())
    return 0 if found is None else round(int(found[1] or 1) * float(found[2]) * _UNITS[found[3].upper()])

"""A process that says what this build of llama.cpp can do, and what it makes of a file: one line of JSON.

``python -m lastmile.model.engine.probe [FILE]``. It is a process of its own so that whoever asks loads no
library, and so that a file which crashes it crashes nothing else. `shelf.installed` asks it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from lastmile.errors import ModelError
from lastmile.model.engine.binding import library
from lastmile.model.engine.log import library_log
from lastmile.model.engine.native import Weights
from lastmile.model.engine.vocabulary import Vocabulary


def main(arguments: Sequence[str]) -> int:
    """Print what was found; 0 also where that is an error's message."""
    try:
        found = _build() | (_model(Path(arguments[0])) if arguments else {})
    except ModelError as error:
        found = {"error": str(error)}
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def _build() -> dict[str, object]:
    llama = library()
    library_log()  # without it, the library writes to standard error what it finds
    llama.llama_backend_init()
    system = llama.llama_print_system_info()
    return {"offload": bool(llama.llama_supports_gpu_offload()), "system": system.decode("utf-8", "replace")}


def _model(path: Path) -> dict[str, object]:
    """Load it all but the weights' numbers: by that it is known whether this library can load it."""
    weights = Weights(path, gpu_layers=0, dry=True)
    try:
        markers = Vocabulary(weights).markers
        fim = markers.prefix is not None and markers.suffix is not None
        return {"fim": fim, "template": bool(weights.template())}
    finally:
        weights.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

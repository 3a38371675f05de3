"""Programs and files by which a machine seems to have an accelerator."""

from __future__ import annotations

from pathlib import Path

SMI = """#!/bin/sh
case "$1" in
  --query-gpu=*) printf '%s\\n' "$CARDS" ;;
  *) echo "| NVIDIA-SMI 550.54   Driver Version: 550.54   CUDA Version: $CUDA |" ;;
esac
"""


def nvidia(folder: Path, *cards: str, cuda: str = "12.4") -> Path:
    """Write an nvidia-smi into a folder, which is to go first in PATH; a card is ``NAME, MEBIBYTES, COMPUTE``."""
    folder.mkdir(exist_ok=True)
    program = folder / "nvidia-smi"
    listed = "\n".join(cards)
    program.write_text(SMI.replace("$CARDS", listed).replace("$CUDA", cuda))
    program.chmod(0o755)
    return folder

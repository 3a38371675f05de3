"""Finds the model files that Ollama and LM Studio have, to be used where they are. Nothing of theirs is changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import orjson
from attrs import frozen

_MOST = 500
"""Files of one program that are looked at."""

_LONGEST_MANIFEST = 1_000_000
_MODEL = "application/vnd.ollama.image.model"
_USUAL = ("registry.ollama.ai", "library")
"""The host and the owner that Ollama leaves out of a name."""

_OLLAMA_SERVICE = Path("usr/share/ollama/.ollama/models")
"""Where Ollama keeps them when it runs as a service on Linux."""

_PROJECTOR = "mmproj"
"""In the names of files that are for pictures and no models of their own."""


@frozen
class Found:
    """A file of another program's."""

    name: str
    """What it is called here: the program, a colon, and what the program calls it."""

    file: Path


def found(env: Mapping[str, str], root: Path = Path("/")) -> tuple[Found, ...]:
    """List what the programs have; ``root`` is where the system's own files lie.

    What cannot be read is as if it was not there.
    """
    home = Path(env.get("HOME") or Path.home())
    named = env.get("OLLAMA_MODELS")
    ollamas = (Path(named),) if named else (home / ".ollama" / "models", root / _OLLAMA_SERVICE)
    studios = (home / ".lmstudio" / "models", home / ".cache" / "lm-studio" / "models")
    everything = [each for folder in ollamas for each in _ollama(folder)]
    everything += [each for folder in studios for each in _studio(folder)]
    return tuple({each.name: each for each in everything}.values())


def _ollama(folder: Path) -> Iterator[Found]:
    """Follow Ollama's manifests to the blobs: a manifest is a file ``HOST/OWNER/NAME/TAG``."""
    manifests = folder / "manifests"
    for manifest in _files(manifests):
        digest = _digest(manifest)
        blob = folder / "blobs" / digest.replace(":", "-")
        if digest and blob.is_file():
            yield Found(f"ollama:{_ollama_name(manifest.relative_to(manifests).parts)}", blob)


def _ollama_name(parts: Sequence[str]) -> str:
    """Write a name as Ollama does: the owner and the host only where they are not the usual ones."""
    *where, name, tag = ("", *parts)
    owner = [part for part in where if part]
    return "/".join([*(owner if tuple(owner) != _USUAL else ()), f"{name}:{tag}"])


def _digest(manifest: Path) -> str:
    """Give the digest of the model in a manifest; nothing where there is none."""
    try:
        if manifest.stat().st_size > _LONGEST_MANIFEST:
            return ""
        layers = orjson.loads(manifest.read_bytes())["layers"]
        digest = next((layer["digest"] for layer in layers if layer["mediaType"] == _MODEL), "")
    except (OSError, ValueError, LookupError, TypeError):
        return ""
    return digest if isinstance(digest, str) and digest.startswith("sha256:") and "/" not in digest else ""


def _studio(folder: Path) -> Iterator[Found]:
    for file in _files(folder):
        if file.suffix == ".gguf" and _PROJECTOR not in file.name.lower() and _is_first(file.name):
            yield Found(f"lmstudio:{file.relative_to(folder).as_posix()}", file)


def _is_first(name: str) -> bool:
    """Tell whether a file is a model, or the first part of one."""
    _, mark, count = name.removesuffix(".gguf").rpartition("-of-")
    return not (mark and count.isdigit()) or f"-00001-of-{count}" in name


def _files(folder: Path) -> Iterator[Path]:
    """Give the files below a folder, in order and not without end."""
    seen = 0
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            seen += 1
            if seen > _MOST:
                return
            yield Path(where, name)

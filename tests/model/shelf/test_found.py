from __future__ import annotations

import json
from pathlib import Path

import pytest

from lastmile.config.local import LocalModel
from lastmile.errors import RequestError
from lastmile.model.shelf.advice import Room
from lastmile.model.shelf.choosing import file_of
from lastmile.model.shelf.found import found
from lastmile.model.shelf.here import others

MODEL = "application/vnd.ollama.image.model"


def ollama(folder: Path, name: str, data: bytes = b"GGUF", kind: str = MODEL) -> Path:
    """Write a model as Ollama keeps it: a manifest, and the blob that it names."""
    digest = f"sha256:{abs(hash(name)):064x}"
    manifest = folder / "manifests" / name
    manifest.parent.mkdir(parents=True, exist_ok=True)
    layers = [{"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:1"}]
    manifest.write_text(json.dumps({"layers": [*layers, {"mediaType": kind, "digest": digest}]}))
    blob = folder / "blobs" / digest.replace(":", "-")
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(data)
    return blob


def studio(folder: Path, name: str, data: bytes = b"GGUF") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def test_what_ollama_has(tmp_path: Path) -> None:
    folder = tmp_path / ".ollama" / "models"
    coder = ollama(folder, "registry.ollama.ai/library/qwen2.5-coder/7b")
    mine = ollama(folder, "registry.ollama.ai/me/mine/latest")
    far = ollama(folder, "hf.co/owner/Model-GGUF/Q4_K_M")
    ollama(folder, "registry.ollama.ai/library/adapter/latest", kind="application/vnd.ollama.image.adapter")
    gone = ollama(folder, "registry.ollama.ai/library/gone/latest")
    gone.unlink()
    (folder / "manifests" / "registry.ollama.ai" / "library" / "broken").write_text("{")
    (folder / "manifests" / "stray").write_text('{"layers": 3}')
    assert {each.name: each.file for each in found({"HOME": str(tmp_path)}, tmp_path)} == {
        "ollama:hf.co/owner/Model-GGUF:Q4_K_M": far,
        "ollama:qwen2.5-coder:7b": coder,
        "ollama:registry.ollama.ai/me/mine:latest": mine,
    }
    assert found({"HOME": str(tmp_path / "none"), "OLLAMA_MODELS": str(folder)}, tmp_path) == found(
        {"HOME": str(tmp_path)}, tmp_path
    )


def test_what_ollama_has_as_a_service(tmp_path: Path) -> None:
    blob = ollama(tmp_path / "usr/share/ollama/.ollama/models", "registry.ollama.ai/library/coder/7b")
    assert [each.file for each in found({"HOME": str(tmp_path / "home")}, tmp_path)] == [blob]


def test_a_manifest_names_no_file_outside(tmp_path: Path) -> None:
    folder = tmp_path / ".ollama" / "models"
    ollama(folder, "registry.ollama.ai/library/evil/latest")
    manifest = folder / "manifests/registry.ollama.ai/library/evil/latest"
    manifest.write_text(json.dumps({"layers": [{"mediaType": MODEL, "digest": "sha256:/../../../secret"}]}))
    (tmp_path / "secret").touch()
    assert found({"HOME": str(tmp_path)}, tmp_path) == ()


def test_what_lm_studio_has(tmp_path: Path) -> None:
    new, old = tmp_path / ".lmstudio" / "models", tmp_path / ".cache" / "lm-studio" / "models"
    one = studio(new, "owner/repo/coder.gguf")
    two = studio(old, "owner/repo/older.gguf")
    first = studio(new, "owner/big/big-00001-of-00002.gguf")
    studio(new, "owner/big/big-00002-of-00002.gguf")
    studio(new, "owner/repo/mmproj-model-f16.gguf")
    studio(new, "owner/repo/README.md")
    assert {each.name: each.file for each in found({"HOME": str(tmp_path)}, tmp_path)} == {
        "lmstudio:owner/big/big-00001-of-00002.gguf": first,
        "lmstudio:owner/repo/coder.gguf": one,
        "lmstudio:owner/repo/older.gguf": two,
    }


def test_a_name_is_a_file(tmp_path: Path, tiny: Path) -> None:
    env = {"HOME": str(tmp_path), "LASTMILE_MODELS": str(tmp_path / "models")}
    coder = ollama(tmp_path / ".ollama" / "models", "registry.ollama.ai/library/coder/7b", tiny.read_bytes())
    assert file_of("ollama:coder:7b", env) == coder
    assert file_of(str(tiny), env) == tiny
    with pytest.raises(RequestError, match=r"qwen2\.5-coder-7b is not here yet: lastmile model pull"):
        file_of("qwen2.5-coder-7b", env)
    with pytest.raises(RequestError, match="neither a file nor a model that is here"):
        file_of("ollama:coder:14b", env)


def test_what_is_wrong_with_what_is_here(tmp_path: Path, tiny: Path) -> None:
    env = {"HOME": str(tmp_path), "LASTMILE_MODELS": str(tmp_path / "models")}
    studio(tmp_path / ".lmstudio" / "models", "a/b/good.gguf", tiny.read_bytes())
    studio(tmp_path / ".lmstudio" / "models", "a/b/cut.gguf", tiny.read_bytes()[:-1000])
    listed = {each.name: each for each in others(LocalModel(path=str(tiny)), Room(10**9, accelerated=False), env)}
    assert "is truncated" in listed["lmstudio:a/b/cut.gguf"].trouble
    good = listed["lmstudio:a/b/good.gguf"]
    assert (good.architecture, good.size, good.fits, good.used) == ("llama", tiny.stat().st_size, True, False)
    assert listed[str(tiny)].used
    # 2 layers, 4 heads of 16, 4 bytes each, for each of the tokens held.
    assert good.needs == round((good.size + (16_384 + 6144) * 2 * 4 * 16 * 4) * 1.1)

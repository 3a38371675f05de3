from __future__ import annotations

import os
import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from attrs import evolve
from tests.support.machines import nvidia

from lastmile.model.shelf.advice import CUDA_WHEELS, INDEX, Room, best, install, room
from lastmile.model.shelf.catalogue import catalogue
from lastmile.model.shelf.machine import Accelerator, Machine, machine

GB = 10**9
CARD = Accelerator("CUDA", "NVIDIA RTX 4090", 24 * GB, (12, 4), 8.9)
CELLS = 22_528
PYTHON = (3, 12)


def test_the_largest_card_counts(tmp_path: Path) -> None:
    folder = nvidia(tmp_path / "bin", "NVIDIA T4, 15360, 7.5", "NVIDIA RTX 4090, 24564, 8.9", "[broken], [N/A], [N/A]")
    found = machine({"PATH": f"{folder}:{os.environ['PATH']}"}, tmp_path)
    assert found.accelerator == Accelerator("CUDA", "NVIDIA RTX 4090", 24564 << 20, (12, 4), 8.9)
    assert str(found).endswith("GB of memory, NVIDIA RTX 4090 with 25.8 GB (CUDA)")


def test_a_driver_that_fails(tmp_path: Path) -> None:
    folder = nvidia(tmp_path / "bin", "NVIDIA-SMI has failed because it could not talk to the driver")
    assert machine({"PATH": f"{folder}:{os.environ['PATH']}"}, tmp_path).accelerator is None


def test_a_container_has_what_it_may_have(tmp_path: Path) -> None:
    limit = tmp_path / "sys" / "fs" / "cgroup" / "memory.max"
    limit.parent.mkdir(parents=True)
    limit.write_text("max\n")
    whole = machine({"PATH": ""}, tmp_path).memory
    assert whole > GB
    limit.write_text("1000000000\n")
    assert machine({"PATH": ""}, tmp_path) == Machine(GB)


def test_an_amd_card(tmp_path: Path) -> None:
    for number, size in enumerate((512 << 20, 16 << 30)):
        file = tmp_path / f"sys/class/drm/card{number}/device/mem_info_vram_total"
        file.parent.mkdir(parents=True)
        file.write_text(f"{size}\n")
    assert machine({"PATH": ""}, tmp_path).accelerator == Accelerator("Vulkan", "an AMD card", 16 << 30)


@pytest.mark.parametrize(
    ("there", "offload", "name"),
    [
        (Machine(2 * GB), False, "qwen2.5-coder-0.5b"),
        (Machine(4 * GB), False, "qwen2.5-coder-1.5b"),
        (Machine(5 * GB), False, "qwen2.5-coder-3b"),
        (Machine(16 * GB), False, "qwen2.5-coder-7b"),
        (Machine(128 * GB), False, "qwen2.5-coder-7b"),
        (Machine(GB), False, None),
        (Machine(128 * GB, CARD), False, "qwen2.5-coder-7b"),
        (Machine(8 * GB, CARD), True, "qwen2.5-coder-14b"),
        (Machine(8 * GB, evolve(CARD, memory=80 * GB)), True, "qwen2.5-coder-32b"),
    ],
)
def test_the_best_that_fits(there: Machine, *, offload: bool, name: str | None) -> None:
    found = best(catalogue(), room(there, offload=offload), CELLS)
    assert (found and found.name) == name


def test_more_tokens_held_are_less_room_for_weights() -> None:
    space = Room(8 * GB, accelerated=True)
    names = [found.name for cells in (1024, 131_072, 400_000) if (found := best(catalogue(), space, cells))]
    assert names == ["qwen2.5-coder-7b", "qwen2.5-coder-3b", "qwen2.5-coder-0.5b"]


WHEEL = (
    "--only-binary llama-cpp-python llama-cpp-python --extra-index-url https://abetlen.github.io/llama-cpp-python/whl/"
)


@pytest.mark.parametrize(
    ("accelerator", "version", "says"),
    [
        (None, PYTHON, f"{WHEEL}cpu"),
        (CARD, PYTHON, f"{WHEEL}cu124"),
        (evolve(CARD, cuda=(12, 9)), PYTHON, f"{WHEEL}cu125"),
        (evolve(CARD, cuda=(13, 1)), PYTHON, f"{WHEEL}cu130"),
        (evolve(CARD, cuda=(13, 1), compute=7.0), PYTHON, f"{WHEEL}cu125"),
        (evolve(CARD, cuda=(11, 8), compute=9.0), PYTHON, "-DGGML_CUDA=on"),
        (evolve(CARD, cuda=(10, 2)), PYTHON, "-DGGML_CUDA=on"),
        (CARD, (3, 13), '"-DGGML_CUDA=on"'),
        (Accelerator("Metal", "Apple silicon", 12 * GB), PYTHON, f"{WHEEL}metal"),
        (Accelerator("Metal", "Apple silicon", 12 * GB), (3, 13), '"-DGGML_METAL=on"'),
        (Accelerator("Vulkan", "an AMD card", 12 * GB), (3, 13), f"{WHEEL}vulkan"),
    ],
)
def test_the_command_that_installs_the_matching_library(
    accelerator: Accelerator | None, version: tuple[int, int], says: str
) -> None:
    command = install(Machine(16 * GB, accelerator), "/a b/python", version)
    assert says in command
    assert "'/a b/python' -m pip install --force-reinstall --no-deps" in command


def test_its_documentation_names_the_same_wheels() -> None:
    """A new version with other wheels is to be noticed here."""
    text = distribution("llama-cpp-python").read_text("METADATA") or ""
    named = {(int(major), int(minor)) for major, minor in re.findall(r"^- `cu(\d\d)(\d)`: CUDA", text, re.MULTILINE)}
    assert named == set(CUDA_WHEELS)
    assert all(f"{INDEX}{kind}" in text for kind in ("cpu", "cu121", "metal", "vulkan"))

from __future__ import annotations

import math
import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.gguf import write_tiny

from lastmile.config.local import LocalModel
from lastmile.errors import ModelError
from lastmile.model.header import Header, read, whole
from lastmile.model.host import room
from lastmile.model.host.room import Space
from lastmile.model.shelf.weighing import needed_by
from lastmile.model.tensor_sizes import SIZES


def test_what_a_file_says_of_itself(tiny: Path) -> None:
    header = whole(tiny)
    assert (header.architecture, header.name, header.number("context_length")) == ("llama", "tiny", 16_384)
    assert str(header.about["tokenizer.chat_template"]).startswith("{% for message")
    assert (header.tensors, header.needed) == (21, tiny.stat().st_size)
    assert header.number("nothing") == 0


@pytest.mark.parametrize("kind", [GGMLQuantizationType.F16, GGMLQuantizationType.Q8_0, GGMLQuantizationType.Q4_0])
def test_the_file_has_to_be_as_long_as_its_tensors(kind: GGMLQuantizationType, tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "tiny.gguf", kind=kind)
    size = path.stat().st_size
    # Its end is filled up to 32 bytes, which nobody reads.
    assert size - 32 < whole(path).needed <= size


def test_the_sizes_of_types_are_those_of_ggml() -> None:
    assert {int(kind): size for kind, size in GGML_QUANT_SIZES.items()} == SIZES


@pytest.mark.parametrize(
    ("cut", "says"),
    [
        (-100, "is truncated: it has"),
        (0.5, "is truncated: it has"),
        (4000, "it ends within its header"),
        (20, "it ends within its header"),
        (5, "it ends within its header"),
        (2, "is not a GGUF file"),
        (0, "is not a GGUF file"),
    ],
)
def test_a_file_that_was_cut_off(cut: float, says: str, tiny: Path, tmp_path: Path) -> None:
    data = tiny.read_bytes()
    at = cut if isinstance(cut, int) else int(cut * len(data))
    path = tmp_path / "cut.gguf"
    path.write_bytes(data[:at])
    with pytest.raises(ModelError, match=says):
        whole(path)


@pytest.mark.parametrize(
    ("at", "data", "says"),
    [
        (0, b"GGML", "is not a GGUF file"),
        (4, b"\1\0\0\0", "its version is 1, and known are 2 and 3"),
        (4, b"\0\0\0\3", "its version is 50331648"),
        (8, b"\xff" * 8, "it says that it has 18446744073709551615 tensors"),
        (16, b"\xff" * 8, "and 18446744073709551615 entries"),
        (24, b"\xff" * 8, "it ends within its header"),
    ],
)
def test_a_file_that_makes_no_sense(at: int, data: bytes, says: str, tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(tiny.read_bytes()[:at] + data + tiny.read_bytes()[at + len(data) :])
    with pytest.raises(ModelError, match=says):
        read(path)


@given(st.integers(0, 8000), st.binary(min_size=1, max_size=16))
@settings(max_examples=200, deadline=None)
def test_no_damage_is_more_than_a_message(
    tiny: Path, tmp_path_factory: pytest.TempPathFactory, at: int, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.gguf"
    good = tiny.read_bytes()
    path.write_bytes(good[:at] + data + good[at + len(data) :])
    with suppress(ModelError):
        assert isinstance(whole(path), Header)


def saying(path: Path, value: float, *keys: str) -> Path:
    """Write a model of one tensor that says a number of itself."""
    writer = GGUFWriter(str(path), "llama")
    for key in keys:
        writer.add_float32(key, value)
    writer.add_tensor("a.weight", np.ones(4, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0])
def test_a_number_that_makes_no_sense_is_none(tmp_path: Path, value: float) -> None:
    keys = ("llama.block_count", "llama.embedding_length", "llama.attention.head_count")
    path = saying(tmp_path / "odd.gguf", value, *keys)
    header = whole(path)
    assert header.number("block_count") == header.number("embedding_length") == 0
    assert needed_by(path, header, 1000) > 0
    assert room.fits(LocalModel(str(path), gpu_layers=2), lambda _model: Space(10**9, 10**9))


def test_an_alignment_without_end_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read as a GGUF file"):
        read(saying(tmp_path / "odd.gguf", math.inf, "general.alignment"))


def test_a_pipe_is_no_model(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(ModelError, match="is not a GGUF file"):
        read(tmp_path / "pipe.gguf")


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        read(tmp_path / "none.gguf")
    with pytest.raises(ModelError, match="cannot be read: Is a directory"):
        read(tmp_path)


def parts(folder: Path) -> Path:
    """Write two files that say that they are the two parts of a model."""
    for number in (1, 2):
        writer = GGUFWriter(str(folder / f"big-{number:05}-of-00002.gguf"), "llama")
        writer.add_uint16("split.count", 2)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
    return folder / "big-00001-of-00002.gguf"


def test_a_model_in_several_files(tmp_path: Path) -> None:
    first = parts(tmp_path)
    second = first.with_name("big-00002-of-00002.gguf")
    assert whole(first).tensors == 0
    with pytest.raises(ModelError, match="not the first part of its model: name big-00001-of-00002"):
        whole(second)
    renamed = second.rename(tmp_path / "other.gguf")
    with pytest.raises(ModelError, match="give it back its name"):
        whole(renamed)
    with pytest.raises(ModelError, match=r"00002-of-00002\.gguf cannot be read: No such file"):
        whole(first)

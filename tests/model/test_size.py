"""How large a model is by its file, and that nothing in a file is a failure."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.model.size import labelled, parameters


def test_the_parameters_of_a_model_are_what_its_tensors_hold(tiny: Path) -> None:
    tensors = gguf.GGUFReader(tiny).tensors
    assert parameters(tiny) == sum(int(np.prod(tensor.shape)) for tensor in tensors) > 100_000


@pytest.mark.parametrize(("parts", "count"), [(3, 30_000_000_000), (1, 8)])
def test_of_a_model_in_several_files_the_label_tells(tmp_path: Path, parts: int, count: int) -> None:
    path = tmp_path / "part.gguf"
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_size_label("30B-A3B")
    writer.add_uint16("split.count", parts)
    writer.add_array("general.tags", ["a", "b"])
    writer.add_float32("llama.rope.freq_base", 1e4)
    writer.add_tensor("token_embd.weight", np.zeros((2, 4), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert parameters(path) == count


@pytest.mark.parametrize(
    ("label", "count"),
    [
        ("1.5B", 1_500_000_000),
        ("8x7B", 56_000_000_000),
        ("135M", 135_000_000),
        ("large", 0),
        ("", 0),
        ("9" * 5000 + "B", 0),
    ],
)
def test_labels(label: str, count: int) -> None:
    assert labelled(label) == count


@pytest.mark.parametrize("data", [b"", b"GGUF", b"GGUF\x03\x00\x00\x00" + b"\xff" * 40, b"\x7fELF" * 10])
def test_what_is_no_model_has_no_size(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.gguf").write_bytes(data)
    assert parameters(tmp_path / "bad.gguf") == parameters(tmp_path / "none.gguf") == 0


@given(cut=st.integers(0, 4000), junk=st.binary(max_size=40), at=st.integers(8, 4000))
def test_a_damaged_header_never_raises(
    tiny: Path, tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes, at: int
) -> None:
    data = bytearray(tiny.read_bytes()[: max(cut, 24)])
    data[at : at + len(junk)] = junk
    path = tmp_path_factory.getbasetemp() / "damaged.gguf"
    path.write_bytes(data)
    assert parameters(path) >= 0

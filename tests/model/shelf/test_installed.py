from __future__ import annotations

from pathlib import Path

import pytest
from gguf import TokenType
from tests.support.gguf import write_tiny

from lastmile.errors import ModelError
from lastmile.model.shelf.installed import Build, build, look

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("offload", "system", "kind"),
    [
        (False, "CPU : SSE3 = 1 | AVX = 1 | ", "processors only"),
        (True, "CUDA : ARCHS = 890 | USE_GRAPHS = 1 | CPU : SSE3 = 1 | ", "CUDA"),
        (True, "MTL : EMBED_LIBRARY = 1 | CPU : NEON = 1 | ", "Metal"),
        (True, "CPU : SSE3 = 1 | ", "an accelerator"),
    ],
)
def test_what_a_build_is_for(*, offload: bool, system: str, kind: str) -> None:
    assert Build(offload, system).kind == kind


def test_the_build_that_is_installed() -> None:
    assert "CPU : " in build().system


def test_what_the_library_makes_of_a_file(tiny: Path, tmp_path: Path) -> None:
    seen = look(tiny)
    assert (seen.fim, seen.template) == (True, True)
    other = tmp_path / "other.gguf"
    other.write_text("no")
    with pytest.raises(ModelError, match="is not a GGUF file"):
        look(other)
    with pytest.raises(ModelError, match=r"'token_embd\.weight' has wrong shape"):
        look(write_tiny(tmp_path / "wide.gguf", width=96))
    with pytest.raises(ModelError, match=r"ended without an answer: .*GGML_ASSERT\("):
        look(write_tiny(tmp_path / "twice.gguf", more=[("<0x00>", TokenType.NORMAL)]))

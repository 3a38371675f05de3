import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.chain_gguf import words
from tests.support.engine import answered, begin, opened

from lastmile.errors import ModelError
from lastmile.model.engine.opening import LlamaEngine, open_engine
from lastmile.model.engine.options import Options
from lastmile.model.values import Ask, Fill, Plain, Sampling


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (Ask(Plain(words(5, 390) * 3)), "The prompt has 1171 tokens and the context holds 1024"),
        (Ask(Plain("a"), samples=(Sampling(),) * 5), "5 samples were asked for; there can be 1 to 4."),
        (Ask(Plain("a"), samples=()), "0 samples were asked for"),
        (Ask(Plain("a"), grammar="root ="), "The grammar cannot be read"),
        (Ask(Plain("a"), grammar='start ::= "a"'), "The grammar cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_evaluated(steady: LlamaEngine, ask: Ask, message: str) -> None:
    assert message in answered(steady, ask).failure
    assert steady.evaluated() == 0
    assert answered(steady, Ask(Plain(words(5, 3)), most=4)).text() == words(8, 4)


def test_samples_are_as_long_as_the_context_lets_them_be(steady: LlamaEngine) -> None:
    found = answered(steady, Ask(Plain(words(5, 3)), most=5000, samples=(Sampling(), Sampling(seed=1))))
    assert [end.tokens for end in found.ends()] == [(1024 - 4) // 2] * 2


def test_what_is_asked_of_a_closed_engine_fails(tiny: Path) -> None:
    engine = open_engine(tiny)
    running = begin(engine, Ask(Plain("a"), most=10_000))
    waiting = begin(engine, Ask(Plain("b"), most=10_000))
    engine.close()
    late = begin(engine, Ask(Plain("c")))
    assert {each.wait().failure for each in (running, waiting, late)} == {
        "The model was put away before the request was done; ask again."
    }


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[: len(data) // 2], "is truncated: it has"),
        (lambda data: data[:100], "it ends within its header"),
        (lambda data: data.replace(b"llama", b"lamma"), "unknown model architecture: 'lamma'"),
        (lambda _: b"version https://git-lfs.github.com/spec/v1\n", "is not a GGUF file"),
        (lambda _: b"", "is not a GGUF file"),
        (lambda data: data[:4] + b"\xff" * 200, "cannot be read as a GGUF file"),
    ],
    ids=["truncated", "header", "architecture", "pointer", "empty", "junk"],
)
def test_a_damaged_model_is_one_error(tiny: Path, tmp_path: Path, damage: object, message: str) -> None:
    assert callable(damage)
    path = tmp_path / "model.gguf"
    path.write_bytes(damage(tiny.read_bytes()))
    with pytest.raises(ModelError, match=message):
        open_engine(path)


def test_a_missing_model_is_the_same_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No such file"):
        open_engine(tmp_path / "none.gguf")


def test_a_model_without_markers_cannot_fill_in(tmp_path: Path, chain: Path) -> None:
    path = tmp_path / "plain.gguf"
    path.write_bytes(chain.read_bytes().replace(b"ggml.fim_", b"ggml.xim_").replace(b"<PRE>", b"<PRX>"))
    with opened(path, Options(threads=1)) as engine:
        assert "cannot fill in a gap" in answered(engine, Ask(Fill("a", "b"))).failure
        assert answered(engine, Ask(Plain(words(5, 3)), most=4)).text() == words(8, 4)


SHORT_OF_MEMORY = """
import resource, sys
from pathlib import Path
from lastmile.model.engine.options import Options
from lastmile.model.values import Ask, Plain, Urgency
from tests.support.engine import answered, opened
resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
with opened(Path(sys.argv[1]), Options(threads=1, draft_cells=2**22)) as engine:
    print(answered(engine, Ask(Plain("a"))).failure)
    print(answered(engine, Ask(Plain("a"), most=4, urgency=Urgency.COMPLETION)).usage.completion)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its address space")
def test_a_context_that_memory_does_not_hold_fails_the_request_alone(tiny: Path) -> None:
    command = [sys.executable, "-c", SHORT_OF_MEMORY, str(tiny)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    failure, completion = done.stdout.splitlines()
    assert "There is no room for a context of 4194304 tokens: insufficient memory" in failure
    assert completion == "4"


def test_nothing_is_written_to_standard_output(tiny: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with opened(tiny) as engine:
        answered(engine, Ask(Plain("a"), most=4))
    assert capfd.readouterr() == ("", "")

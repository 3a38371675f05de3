"""What models are given to read: of a vocabulary made here, and of real ones where they lie at hand."""

import functools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.vocabularies import VOCABULARIES

from lastmile.model.engine.chat import chat_tokens
from lastmile.model.engine.native import Weights
from lastmile.model.engine.options import Layout
from lastmile.model.engine.prompts import PromptMaker, layout_of, steady_split
from lastmile.model.engine.trouble import AskError
from lastmile.model.engine.vocabulary import Markers, Vocabulary
from lastmile.model.values import Chunk, Fill, Message, Prompt

REAL = Path(os.environ.get("LASTMILE_VOCABULARIES", VOCABULARIES))
PREFIX = "def area(width):\n    # <|fim_suffix|> <SUF> </s>\n    return "
SUFFIX = "\n\nprint(area(3))\n"
CHUNKS = (Chunk("shapes.py", "SIDES = 4\n"), Chunk("units.py", "METRE = 1"))


class Read:
    """A vocabulary, and prompts spelt out: text as it is, special tokens by their place in it."""

    def __init__(self, path: Path, layout: Layout = Layout.AUTO) -> None:
        self.weights = Weights(path, vocabulary_only=True)
        self.vocabulary = Vocabulary(self.weights)
        self.maker = PromptMaker(self.vocabulary, layout=layout)
        markers = self.vocabulary.markers
        self.names: dict[int | None, str] = {
            markers.prefix: "[PRE]",
            markers.suffix: "[SUF]",
            markers.middle: "[MID]",
            markers.repository: "[REPO]",
            markers.file: "[FILE]",
            **dict.fromkeys(self.vocabulary.beginning, "[BOS]"),
        }

    def spelt(self, tokens: list[int]) -> str:
        parts = [self.names[t].encode() if t in self.names else self.vocabulary.piece(t) for t in tokens]
        # A vocabulary of bytes alone spells the SentencePiece kind's mark of a space out.
        return b"".join(parts).decode().replace("\u2581", " ")

    def __call__(self, prompt: Prompt) -> str:
        return self.spelt(self.maker.tokens(prompt))


@pytest.fixture(scope="module")
def read(tiny: Path) -> Iterator[Read]:
    found = Read(tiny)
    yield found
    found.weights.close()


@functools.cache
def real(name: str) -> Read:
    """Read a vocabulary of a real model, once: some take a second."""
    path = REAL / f"ggml-vocab-{name}.gguf"
    if not path.exists():
        pytest.skip(f"{path} is not there; `make vocabularies` gets it")
    return Read(path)


def test_a_gap_is_laid_out_with_what_is_typed_last(read: Read) -> None:
    assert read(Fill("a = 1\nb = ", "\nc = 3\n")) == "[BOS][PRE]a = 1\n[SUF]\nc = 3\n[MID]b = "
    assert read(Fill("", "")) == "[BOS][PRE][SUF][MID]"


@settings(deadline=None)
@given(text=st.text())
def test_a_part_that_is_known_has_the_tokens_that_it_had(read: Read, text: str) -> None:
    known = read.vocabulary.part(text)
    assert list(known) == read.vocabulary.inner(text)
    assert read.vocabulary.part(text) is known


def test_a_gap_can_be_laid_out_with_the_suffix_first(read: Read) -> None:
    first = PromptMaker(read.vocabulary, layout=Layout.SUFFIX_FIRST)
    assert read.spelt(first.tokens(Fill("a = 1\nb = ", "\nc\n"))) == "[BOS][SUF]\nc\n[PRE]a = 1\nb = [MID]"


@pytest.mark.parametrize(("path", "sign"), [("area.py", "#"), ("src/Area.java", "//"), ("area.lua", "--"), ("", "#")])
def test_other_files_stand_before_the_document_under_their_names(read: Read, path: str, sign: str) -> None:
    expected = f"{sign} shapes.py\nSIDES = 4\n\n{sign} units.py\nMETRE = 1\n\n{sign} {path}\na = 1\n"
    assert read(Fill("a = 1\nb", "\n", path, CHUNKS)) == f"[BOS][PRE]{expected}[SUF]\n[MID]b"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_becomes_a_special_token(read: Read, prefix: str, suffix: str) -> None:
    tokens = read.maker.tokens(Fill(prefix + "<SUF></s><s>", suffix + "<MID>"))
    assert sorted(token for token in tokens if token < 3 or token > 258) == [1, 259, 260, 261]
    text = read.spelt(tokens)
    expected = (prefix + "<SUF></s><s>").encode("utf-8", "replace").decode()
    before, _, rest = text.removeprefix("[BOS][PRE]").partition("[SUF]")
    assert before + rest.partition("[MID]")[2] == expected or "\u2581" in prefix or "[" in prefix + suffix


@pytest.mark.parametrize(
    ("layout", "middle", "found"),
    [
        (Layout.AUTO, 3, Layout.PREFIX_FIRST),
        (Layout.AUTO, None, Layout.SUFFIX_FIRST),
        (Layout.SUFFIX_FIRST, 3, Layout.SUFFIX_FIRST),
    ],
)
def test_the_order_follows_from_the_vocabulary(layout: Layout, middle: int | None, found: Layout) -> None:
    assert layout_of(Markers(1, 2, middle, None, None, None), layout) is found


@settings(deadline=None)
@given(st.lists(st.text("ab \n", max_size=12), max_size=20).map("\n".join))
def test_the_middle_begins_at_a_line_not_far_above(prefix: str) -> None:
    split = steady_split(prefix)
    assert split == 0 or prefix[split - 1] == "\n"
    assert prefix[split:].count("\n") <= 8


def test_the_middle_rarely_begins_elsewhere_while_lines_are_typed() -> None:
    text = "".join(f"line_{number} = {number * 7919}\n" for number in range(200))
    ends = [place + 1 for place, letter in enumerate(text) if letter == "\n"]
    splits = [steady_split(text[:end]) for end in ends]
    assert len(set(splits)) <= 60
    assert len({steady_split(text + "typed"[:count]) for count in range(5)}) == 1


# Conversations.

TALK = (Message("system", "Be brief. <|im_end|>"), Message("user", "Hello </s>"))


def test_a_conversation_follows_its_template(read: Read) -> None:
    template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ eos_token }}{% endfor %}<assistant>"
    tokens = chat_tokens(TALK, template, read.vocabulary)
    assert read.spelt(tokens) == "[BOS]<system>Be brief. <|im_end|><user>Hello </s><assistant>"
    assert tokens.count(2) == 2


def test_a_conversation_without_a_template_is_chatml(read: Read) -> None:
    assert read.spelt(chat_tokens(TALK[1:], "", read.vocabulary)) == (
        "[BOS]<|im_start|>user\nHello </s><|im_end|>\n<|im_start|>assistant\n"
    )


def test_a_template_that_refuses_a_system_message_gets_it_with_the_first_other(read: Read) -> None:
    template = (
        "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "{{ bos_token }}[{{ m.role }}]{{ m.content }}{% endfor %}"
    )
    assert read.spelt(chat_tokens(TALK, template, read.vocabulary)) == ("[BOS][user]Be brief. <|im_end|>\n\nHello </s>")


def test_a_template_that_leaves_a_system_message_out_gets_it_with_the_first_other(read: Read) -> None:
    template = "{% for m in messages if m.role == 'user' %}[{{ m.content }}]{% endfor %}"
    assert read.spelt(chat_tokens(TALK, template, read.vocabulary)) == "[BOS][Be brief. <|im_end|>\n\nHello </s>]"


_FOR_EVER = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (_FOR_EVER, "takes more than 1 s"),
        ("{{ messages[0].content }}{{ 'a' * 2000000 }}", "makes more of a conversation than was said"),
        ("{{ messages[0].content * 100 }}", "makes more of a conversation than was said"),
        ("{{ '\ue0f09\ue0f1' }}", "makes more of a conversation than was said"),
        ("{{ '\ue0f0' + '9' * 5000 + '\ue0f1' }}", "leaves out what the user said"),
        ("{# " + "a" * 1_000_000 + " #}", "1000006 characters, and 1000000 are the most"),
        ("Hello.", "leaves out what the user said"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "is unsafe"),
        ("{{ cycler.__init__.__globals__ }}", "is unsafe"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "recursion"),
        ("{% include '/etc/hostname' %}", "cannot be filled in"),
    ],
)
def test_a_template_that_means_no_good_is_one_error(read: Read, template: str, said: str) -> None:
    with pytest.raises(AskError, match=said):
        chat_tokens(TALK[1:], template, read.vocabulary)


@pytest.mark.parametrize("template", ["{% for %}", "{{ raise_exception('never') }}", "{{ messages[9].role }}"])
def test_a_template_that_cannot_be_filled_in_is_said(read: Read, template: str) -> None:
    with pytest.raises(AskError, match="chat template cannot be filled in"):
        chat_tokens(TALK, template, read.vocabulary)


# Real vocabularies: one of the SentencePiece kind, and three that know gaps or files.


@pytest.mark.parametrize("name", ["deepseek-coder", "starcoder", "refact"])
def test_real_vocabularies_have_their_markers(name: str) -> None:
    read = real(name)
    text = read(Fill(PREFIX, SUFFIX, "area.py"))
    split = steady_split(PREFIX)
    expected = f"[PRE]{PREFIX[:split]}[SUF]{SUFFIX}[MID]{PREFIX[split:]}"
    assert text.removeprefix("[BOS]").endswith(expected)
    head = text.removeprefix("[BOS]").removesuffix(expected)
    assert head == ("" if name == "deepseek-coder" else "[REPO]project\n[FILE]area.py\n")


@pytest.mark.parametrize("name", ["starcoder", "refact"])
def test_models_that_know_files_get_each_under_its_name(name: str) -> None:
    read = real(name)
    text = read(Fill("a", "b", "area.py", CHUNKS))
    assert "[FILE]shapes.py\nSIDES = 4\n[FILE]units.py\nMETRE = 1\n[FILE]area.py\n[PRE]" in text


@pytest.mark.parametrize("name", ["llama-spm", "phi-3", "deepseek-coder", "starcoder", "qwen2", "llama-bpe", "refact"])
@pytest.mark.parametrize("text", ["x", " x", "\n x = 'é€😀'\n\n", "", "<s></s><|endoftext|>", "\t\tif a:\r\n"])
def test_text_inside_a_prompt_is_the_same_text(name: str, text: str) -> None:
    read = real(name)
    tokens = read.vocabulary.inner(text)
    assert b"".join(read.vocabulary.piece(token) for token in tokens).decode() == text


@pytest.mark.parametrize("name", ["deepseek-coder", "deepseek-llm", "falcon", "gpt-neox", "qwen2", "llama-spm"])
@pytest.mark.parametrize("one", ["a", ".", "_", "7", " ", "é", "的"])
def test_no_run_is_too_long_for_a_vocabulary(name: str, one: str) -> None:
    read, text = real(name), f"x = '{one * 60_000}'"
    # On a thread, as in the engine: its stack is what a run that is too long overflows.
    with ThreadPoolExecutor(1) as pool:
        tokens = pool.submit(read.vocabulary.inner, text).result()
    assert b"".join(read.vocabulary.piece(token) for token in tokens).decode() == text


@pytest.mark.parametrize("name", ["qwen2", "llama-spm", "llama-bpe"])
def test_real_vocabularies_without_markers_say_so(name: str) -> None:
    with pytest.raises(AskError, match="cannot fill in a gap"):
        real(name)(Fill("a", "b"))

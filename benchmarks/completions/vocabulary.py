"""The tiny model's tokens: learnt from its corpus, with the markers of a gap that Qwen2.5-Coder has.

Learnt with Hugging Face's tokenizers, which is not a dependency of this project: `training` says how
to get it. Text is split as llama.cpp splits it for Qwen2 before pairs are merged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from attrs import define, field

SIZE = 3072
END = "<|endoftext|>"
PREFIX, MIDDLE, SUFFIX = "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"
PAD, REPOSITORY, FILE = "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"
SPECIAL = (END, PREFIX, MIDDLE, SUFFIX, PAD, REPOSITORY, FILE)

_SPLIT = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""LLAMA_VOCAB_PRE_TYPE_QWEN2 in llama.cpp's llama-vocab.cpp."""


@define
class Tokens:
    """A byte-pair vocabulary."""

    _tokenizer: Any
    numbers: dict[str, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.numbers = {name: self._tokenizer.token_to_id(name) for name in SPECIAL}

    def of(self, text: str) -> list[int]:
        """Give the tokens of a text; none of them is special."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def text(self, tokens: list[int]) -> str:
        """Give the text of tokens."""
        return str(self._tokenizer.decode(tokens, skip_special_tokens=False))

    def listed(self) -> list[str]:
        """Give every token as it is written in a model's file, by its number."""
        by_number = {number: name for name, number in self._tokenizer.get_vocab().items()}
        return [by_number[number] for number in range(len(by_number))]

    def merges(self) -> list[str]:
        """Give the pairs that are merged, the first first."""
        pairs = json.loads(self._tokenizer.to_str())["model"]["merges"]
        return [pair if isinstance(pair, str) else " ".join(pair) for pair in pairs]


def learn(texts: Iterable[str]) -> Tokens:
    """Learn a vocabulary."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers  # noqa: PLC0415 - see above

    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(_SPLIT), "isolated")
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, to_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=SIZE, special_tokens=list(SPECIAL), initial_alphabet=alphabet)
    tokenizer.train_from_iterator(texts, trainer)
    return Tokens(tokenizer)

"""Makes ``tiny-stdlib.gguf`` anew: about half an hour on two cores.

torch and tokenizers are no dependencies of this project, so it runs in an environment of its own, from
the repository's root:

    python -m venv /tmp/training
    /tmp/training/bin/pip install torch==2.13.0 tokenizers==0.23.3 gguf==0.19.0 attrs
    PYTHONPATH=server:. /tmp/training/bin/python -m benchmarks.completions.training tiny.gguf

What it learns from is the standard library of the Python that runs it; the file that is kept here was
made with 3.11.7. Prompts are laid out as the engine lays them out for Qwen2.5-Coder, some of the last
lines before the cursor behind the suffix. Most samples are short; towards the end come as long ones as
an editor's window makes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path

import torch
from attrs import field, frozen
from torch import Tensor
from torch.nn import functional

from benchmarks.completions import corpus, vocabulary
from benchmarks.completions.corpus import Sample, Source
from benchmarks.completions.network import Network, Shape, write
from benchmarks.completions.vocabulary import Tokens
from lastmile.model.engine.prompts import steady_split

_SEED = 7
_SHORT, _LONG = 512, 4096
"""Tokens of a row."""

_ROWS = 4
"""Of a step, while they are short; long ones come alone."""

_LONG_SHARE = 0.15
"""Of the time, at its end."""

_EVERY = 100
"""Steps between two reports, and between two writings of the file."""

_RATE, _WARM = 4e-3, 40
_MIDDLE = 2.0
"""What a token that is to be filled in counts, beside one that is shown."""


@frozen
class Row:
    """Tokens and what each counts."""

    tokens: list[int] = field(factory=list)
    weights: list[float] = field(factory=list)


def main() -> None:
    """Learn, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(_SEED)
    sources = corpus.learnt()
    tokens = vocabulary.learn(source.text for source in sources)
    network = Network(Shape())
    count = sum(weight.numel() for weight in network.parameters())
    print(f"{len(sources)} files, {sum(len(each.text) for each in sources):,} characters, {count:,} parameters")
    learn(network, tokens, sources, asked.file, seconds=60 * asked.minutes)
    print(f"{asked.file}: {asked.file.stat().st_size / 1e6:.2f} MB")
    report(network, tokens)


def learn(network: Network, tokens: Tokens, sources: Sequence[Source], file: Path, *, seconds: float) -> None:
    """Learn for so long, and write the file now and then; the rate falls as time goes by."""
    chosen = random.Random(_SEED)  # noqa: S311 - a choice of samples
    short, long = (_rows(tokens, sources, chosen, length) for length in (_SHORT, _LONG))
    optimizers = _optimizers(network)
    began, step, seen, gone = time.perf_counter(), 0, 0, 0.0
    while gone < 1:
        rows = [next(long)] if gone > 1 - _LONG_SHARE else [next(short) for _ in range(_ROWS)]
        loss = _loss(network, rows)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = _RATE * min((step + 1) / _WARM, 1.03 - gone)
            optimizer.step()
            optimizer.zero_grad()
        step, seen = step + 1, seen + sum(len(row.tokens) for row in rows)
        gone = (time.perf_counter() - began) / seconds
        if step % _EVERY == 0 or gone >= 1:
            print(f"step {step:5} {seen:9,} tokens {gone:4.0%} loss {loss.item():.3f}", flush=True)
            write(network, tokens, file)


def _optimizers(network: Network) -> tuple[torch.optim.Optimizer, ...]:
    matrices = [weight for weight in network.blocks.parameters() if weight.dim() == 2]
    others = [weight for weight in network.parameters() if not any(weight is each for each in matrices)]
    return (
        torch.optim.Muon(matrices, lr=_RATE, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=_RATE, betas=(0.9, 0.95), weight_decay=0.0),
    )


def report(network: Network, tokens: Tokens) -> None:
    """Say how well it does on what was held back, beside one that knows how often each token comes and no more."""
    chosen = random.Random(_SEED)  # noqa: S311 - as above
    held = corpus.held_out()
    rows = _rows(tokens, held, chosen, _SHORT)
    middles: list[int] = []
    found = []
    with torch.no_grad():
        for _ in range(40):
            row = next(rows)
            wanted = [
                number for number, weight in zip(row.tokens[1:], row.weights[1:], strict=True) if weight == _MIDDLE
            ]
            middles += wanted
            found.append((float(_loss(network, [row], middle_only=True)), len(wanted)))
    loss = sum(loss * count for loss, count in found) / sum(count for _, count in found)
    print(f"held out: {loss:.3f} nats a token of the gaps; by the tokens' shares alone {_alone(tokens, middles):.3f}")


def _alone(tokens: Tokens, wanted: Sequence[int]) -> float:
    counts = Counter(number for source in corpus.learnt() for number in tokens.of(source.text))
    total = counts.total() + vocabulary.SIZE
    return -sum(log((counts[number] + 1) / total) for number in wanted) / len(wanted)


def _loss(network: Network, rows: Sequence[Row], *, middle_only: bool = False) -> Tensor:
    read = torch.tensor([row.tokens for row in rows])
    weights = torch.tensor([row.weights[1:] for row in rows])
    if middle_only:
        weights = (weights == _MIDDLE).float()
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(read[:, :-1])
    losses = functional.cross_entropy(logits.transpose(1, 2), read[:, 1:], reduction="none")
    return (losses * weights).sum() / weights.sum()


def _rows(tokens: Tokens, sources: Sequence[Source], chosen: random.Random, length: int) -> Iterator[Row]:
    """Give rows of samples, one behind the other; what is left of the last one's room is a part of a sample."""
    sizes = [len(source.text) for source in sources]
    end = tokens.numbers[vocabulary.END]
    while True:
        row = Row()
        while (room := length + 1 - len(row.tokens)) > length // 8:
            most = int(room * 3.2)
            before = chosen.randint(most // 3, most)
            (source,) = chosen.choices(sources, sizes)
            found = corpus.sample(source, chosen, before=before, after=chosen.randint(0, most // 3))
            if found is None:
                continue
            laid = _laid(found, tokens, room)
            if laid is not None:
                row.tokens.extend(laid.tokens)
                row.weights.extend(laid.weights)
        left = length + 1 - len(row.tokens)
        yield Row(row.tokens + [end] * left, row.weights + [0.0] * left)


def _laid(sample: Sample, tokens: Tokens, room: int) -> Row | None:
    """Lay a sample out as the engine does; None where it does not go into the room."""
    number, of = tokens.numbers, tokens.of
    split = steady_split(sample.before)
    before, typed, middle = of(sample.before[:split]), of(sample.before[split:]), of(sample.middle)
    head = [number[vocabulary.REPOSITORY], *of("project\n"), number[vocabulary.FILE], *of(f"{sample.name}\n")]
    after = [number[vocabulary.SUFFIX], *of(sample.after), number[vocabulary.MIDDLE]]
    fixed = len(head) + 1 + len(after) + len(typed) + len(middle) + 1
    if fixed > room:
        return None
    shown = [*head, number[vocabulary.PREFIX], *before[max(0, len(before) - (room - fixed)) :], *after, *typed]
    filled = [*middle, number[vocabulary.END]]
    weights = [1.0] * len(shown) + [_MIDDLE] * len(filled)
    for at in range(len(head) + 1):
        weights[at] = 0.0
    return Row(shown + filled, weights)


if __name__ == "__main__":
    main()

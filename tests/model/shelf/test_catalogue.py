from __future__ import annotations

import re

from lastmile.model.shelf.catalogue import catalogue


def test_every_entry_says_what_it_must() -> None:
    entries = catalogue()
    assert len({entry.name for entry in entries}) == len(entries)
    for entry in entries:
        assert re.fullmatch(r"[a-z0-9.-]+", entry.name)
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", entry.repository)
        assert entry.file.endswith(".gguf")
        assert re.fullmatch(r"main|[0-9a-f]{40}", entry.revision)
        assert re.fullmatch(r"|[0-9a-f]{64}", entry.sha256)
        assert entry.about == (entry.bytes % 1_000_000 == 0)
        assert entry.licence
        assert entry.template


def test_aiders_figures_are_those_of_its_leaderboard() -> None:
    figures = {entry.name.removeprefix("qwen2.5-coder-"): entry.aider for entry in catalogue() if entry.aider}
    assert figures == {"0.5b": 14.3, "1.5b": 31.6, "3b": 39.1, "7b": 57.9, "14b": 69.2, "32b": 71.4}


def test_the_better_stand_behind_the_worse() -> None:
    figures = [entry.aider for entry in catalogue() if entry.aider is not None]
    assert figures == sorted(figures)


def test_memory_grows_with_what_is_held() -> None:
    small = catalogue()[0]
    # 24 layers, 2 heads of 64, 4 bytes each: 12 KiB a token.
    assert small.needs(0) == round(small.bytes * 1.1)
    assert small.needs(1000) - small.needs(0) == round(1000 * 12_288 * 1.1)

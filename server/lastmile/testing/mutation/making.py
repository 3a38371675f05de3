"""From a text to its mutants, always the same for the same seed.

Each mutant compiles, differs from the text at one place, and means something else to the compiler. That
it also behaves otherwise cannot be told: some are equivalent, and no judge will notice those. Compiling
takes milliseconds a mutant: call it through `tools.offload`.
"""

from __future__ import annotations

import ast
import random
import warnings
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from operator import attrgetter

from lastmile.testing.mutation import expressions, statements
from lastmile.testing.mutation.values import Mutant, Page, Site
from lastmile.testing.mutation.walking import worthy
from lastmile.text.edits import Replacement, Span

_DEEP = (RecursionError, MemoryError)


def mutants(
    text: str,
    *,
    span: Span | None = None,
    lines: AbstractSet[int] | None = None,
    seed: int = 0,
    most: int | None = None,
) -> tuple[Mutant, ...]:
    """Make mutants of what lies within the span or begins on one of the lines (from 1), or of the whole text.

    Where there are more than ``most``, the seed draws which. They come in the order of their places. A
    text that does not parse has none.
    """
    try:
        page = Page.of(text)
        found = sorted(_sites(page, span, lines), key=attrgetter("span", "text"))
    except (SyntaxError, ValueError, *_DEEP):
        return ()
    chosen = _drawn(page, found, seed=seed, most=len(found) if most is None else most)
    return tuple(sorted(chosen, key=lambda item: (item.change, item.label)))


def _sites(page: Page, span: Span | None, lines: AbstractSet[int] | None) -> set[Site]:
    found: set[Site] = set()
    for node in worthy(page.tree):
        for site in (*expressions.sites(page, node), *statements.sites(page, node)):
            inside = span is None or span.contains(site.span)
            if inside and (lines is None or page.line(site.span.start) in lines):
                found.add(site)
    return found


def _drawn(page: Page, found: list[Site], *, seed: int, most: int) -> Iterator[Mutant]:
    """Draw sites until there are enough mutants that compile."""
    usual, count, seen = ast.dump(page.tree), 0, {page.text}
    order = random.Random(seed).sample(found, len(found))  # noqa: S311 - a draw that can be repeated, no secret
    for site in order:
        if count >= most:
            return
        mutant = _mutant(page, site)
        if mutant.text not in seen and _means_else(mutant.text, usual):
            seen.add(mutant.text)
            count += 1
            yield mutant


def _mutant(page: Page, site: Site) -> Mutant:
    text = page.text[: site.span.start] + site.text + page.text[site.span.end :]
    return Mutant(text, site.label, page.line(site.span.start), Replacement(site.span, site.text))


def _means_else(text: str, usual: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.removeprefix("\ufeff"))
            compile(tree, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, *_DEEP):
        return False
    return ast.dump(tree) != usual

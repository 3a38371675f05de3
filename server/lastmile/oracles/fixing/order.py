"""Where the statements beside a finding stand: in the order that they had, within what held them, with none between.

What a finding reaches may come and go, and so may what stands right beside that; imports are the check of scope's.
That a statement is gone altogether is for `left_out` to say.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from lastmile.cascade.verdict import Finding
from lastmile.oracles.fixing.reach import is_free, near
from lastmile.oracles.fixing.shapes import BLANK, Shape, held, shape
from lastmile.oracles.fixing.steps import Step, definitions_in, place_of
from lastmile.oracles.fixing.values import Mended
from lastmile.oracles.reading import Definition, Function, code
from lastmile.text.code import bound_by
from lastmile.text.edits import Span
from lastmile.text.runs import Run, changed_runs

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_Held = tuple[str, Shape]
"""A block of what holds a statement: its name, and the form of the holder's head."""

_Key = tuple[Shape, tuple[_Held, ...]]


def order(both: Mended) -> Iterator[Finding]:
    """Find statements that the finding is not about and that stand elsewhere, and those that came between such."""
    old, new = [*filter(_counts, both.old)], [*filter(_counts, both.new)]
    free = near(both)
    loose = {id(step) for step in old if id(step) in free or is_free(both, step)}
    holders = {id(node): node for step in old for node in step.around[:-1]}
    opened = {id(node) for node in holders.values() if _is_opened(both, node)}
    opened |= {id(step.node) for step in old if id(step) in loose}
    known = {_head(node, both.blank) for node in holders.values()} | _unchanged(both, new)
    known -= {_head(node, both.blank) for node in holders.values() if id(node) in opened}
    ours = [_key(step, both.blank, known) for step in old]
    theirs = [_key(step, both.fresh, known) for step in new]
    moving = {ours[at][0] for at, step in enumerate(old) if id(step) in loose} | both.tools
    left = {key[0] for key in theirs}
    for run in changed_runs(ours, theirs):
        if any(id(step) in loose for step in old[max(0, run.i - 1) : run.x + 1]) or _is_within(both, old, run):
            continue
        gone = [old[at] for at in range(run.i, run.x) if ours[at][0] in left]
        came = [at for at in range(run.j, run.y) if theirs[at][0] not in moving and not _is_asked(both, new[at])]
        if gone:
            yield both.finding("The draft moves a statement that the finding is not about", gone[0])
        elif came and run.i == run.x and not _is_about_head(both, new[run.j]):
            yield both.finding("The draft adds a statement where the finding is not", *old[run.i : run.i + 1])


def _counts(step: Step) -> bool:
    """Tell whether a step has a place to keep: imports have none, nor has what does nothing."""
    match step.node:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return False
        case ast.If(test=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name != "TYPE_CHECKING"
        case _:
            return True


def _key(step: Step, blank: Collection[str], known: Collection[Shape]) -> _Key:
    """Name a step by its form and by the blocks that hold it, as far as their heads are to stay."""
    around = zip(step.around, step.around[1:], strict=False)
    blocks = ((_block(holder, inner), _head(holder, blank)) for holder, inner in around)
    return step.shape(blank), tuple(block for block in blocks if block[1] in known)


def _unchanged(both: Mended, new: Sequence[Step]) -> set[Shape]:
    """Give the heads that hold what is new and stand beside all that differs: the old text has them too."""
    heads = {id(step.node) for step in both.new}
    return {_head(node, both.fresh) for step in new for node in step.around[:-1] if id(node) not in heads}


def _head(node: ast.AST, blank: Collection[str]) -> Shape:
    """Give the form of a head, of a definition its name alone, of a ``try`` the errors that it is for."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (type(node).__name__, BLANK if name in blank else name)
        case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
            kinds = (shape(item.type, blank) for item in handlers if item.type is not None)
            return (type(node).__name__, *chain.from_iterable(kinds))
        case _:
            return shape(node, blank)


def _block(holder: ast.AST, inner: ast.AST) -> str:
    """Name the block of a holder in which something stands."""
    return next((name for name in _BLOCKS if any(item is inner for item in getattr(holder, name, ()))), "")


def _is_opened(both: Mended, node: ast.AST) -> bool:
    """Tell whether the finding, or its tool's fix, touches what stands between the blocks of a holder."""
    if isinstance(node, Definition):
        return False
    whole = place_of(both.before, node)
    inner = sorted(place_of(both.before, item) for item in held(node))
    starts = [whole.start, *(span.end for span in inner)]
    ends = [*(span.start for span in inner), whole.end]
    return any(start < end and both.place.touches(Span(start, end)) for start, end in zip(starts, ends, strict=True))


def _is_within(both: Mended, old: Sequence[Step], run: Run) -> bool:
    """Tell whether the finding is about what holds the place where something came and nothing was."""
    text, window = both.before.text, both.windows[0]
    start = old[run.i - 1].span.end if run.i else len(text[: window.start].rstrip())
    end = old[run.x].span.start if run.x < len(old) else len(text) - len(text[window.end :].lstrip())
    return run.i == run.x and both.place.span.touches(Span(start, max(start, end)))


def _is_asked(both: Mended, step: Step) -> bool:
    """Tell whether a statement binds the name that nothing bound."""
    return bool(both.place.undefined) and any(both.place.undefined in bound_by(node) for node in step.parts)


def _is_about_head(both: Mended, came: Step) -> bool:
    """Tell whether what came stands first in a function whose head the finding is about."""
    function = next((node for node in reversed(came.around) if isinstance(node, Function)), None)
    if function is None or not any(item in came.around for item in code(function)[:1]):
        return False
    heads = (node for _name, node, _inner in definitions_in(both.before, both.windows[0], both.standing))
    return any(node.name == function.name and both.place.touches(_head_of(both, node)) for node in heads)


def _head_of(both: Mended, node: Definition) -> Span:
    start = place_of(both.before, node).start
    return Span(start, max(start, place_of(both.before, node.body[0]).start))

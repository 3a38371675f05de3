"""Judges that a fix of one finding leaves the rest of the code as it was: it mends, and takes nothing out.

That the finding is gone is for lint to see, which is as content where the code went with it. So what stands
outside of the finding's reach has to be there still: the parameters of functions, the statements, what is
called. The reach is what the finding and its tool's own fix touch; a rule about names reaches no further, others
may take in the statements beside. Names may change where one gave way to another. Whether what came in the
place of the finding is right is for tests to say.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from attrs import frozen

from lastmile.cascade.verdict import Finding
from lastmile.errors import RequestError
from lastmile.oracles.losses import head, lost_calls, lost_faces, lost_words
from lastmile.oracles.names_made import made_up, work
from lastmile.oracles.reading import Definition, Function, Reading
from lastmile.oracles.steps import Step, definitions_in, meets, near, steps
from lastmile.text.code import bound_by, identifiers
from lastmile.text.edits import Replacement, Span, apply
from lastmile.text.lines import split_lines
from lastmile.text.runs import common

CHECK = "rest"
"""What its findings are filed under."""

_PINPOINT = re.compile(r"F(?!401|811)\d+|E[79]\d+|D\d+|ANN\d+")
"""Rules about one place: of statements beside it, none has to give way. An import and a second definition may."""

_HEADS = re.compile(r"D\d+|ANN\d+")
"""Rules that are told of a function by its name and are not about its body."""

_TWICE, _UNUSED, _NONE, _LAMBDA, _BARE = "F811", "F841", "E711", "E731", "E722"
_FLOW: tuple[type[ast.AST], ...] = (ast.Return, ast.Raise, ast.Break, ast.Continue, ast.Try, ast.Delete)
_PAUSES: tuple[type[ast.AST], ...] = (ast.Yield, ast.YieldFrom, ast.Await)
_BROAD = {"Exception", "BaseException", "NameError"}


@frozen
class Place:
    """What is to be mended, and where."""

    code: str
    """The rule."""

    span: Span
    """Of the finding."""

    edits: tuple[Replacement, ...] = ()
    """Its tool's own fix."""

    undefined: str = ""
    """The name that nothing binds, where that is the finding."""

    @property
    def is_pinpoint(self) -> bool:
        """Whether nothing but the place has to change."""
        return _PINPOINT.fullmatch(self.code) is not None

    def touches(self, span: Span) -> bool:
        """Tell whether the finding or its tool's fix touches a place."""
        return any(meets(span, reach) for reach in (self.span, *(edit.span for edit in self.edits)))


@frozen(eq=False)
class Mended:
    """Both texts, and what of them differs."""

    place: Place
    before: Reading
    after: Reading
    windows: tuple[Span, Span]
    """The lines of both that differ."""

    old: tuple[Step, ...]
    new: tuple[Step, ...]
    by_tool: frozenset[int]
    """The statements, by `id`, that its tool's own fix would change."""

    blank: frozenset[str]
    """Names of the old text that others took the place of."""

    fresh: frozenset[str]
    """Those others."""

    def finding(self, message: str, step: Step | None = None) -> Finding:
        """Make a finding, with the line of the old text that it is about."""
        if step is None:
            return Finding(CHECK, message)
        line = self.before.lines.line_at(step.span.start)
        return Finding(CHECK, f"{message}: line {line + 1}.", evidence=self.before.lines.line_text(line).strip())


def judge(old: str, new: str, place: Place) -> tuple[Finding, ...]:
    """List what a fix changes that the finding is not about; empty where it mends and no more."""
    before, after = _read(old), Reading.of(new)
    if before is None or after is None:
        return tuple(Finding(CHECK, message) for message in lost_words(old, new, place.span))
    both = _compared(before, after, place)
    found = [*_faces(both), *_left_out(both), *_calls(both), *_swallowed(both)]
    if place.is_pinpoint:
        found += _turned(both)
    if place.undefined:
        found += [both.finding(message) for message in made_up(both.old, both.new, place.undefined, place.touches)]
    return tuple(found[:_MOST])


_MOST = 5


@lru_cache(maxsize=4)
def _read(text: str) -> Reading | None:
    """Parse the text as it was; cached, because each attempt compares with the same snapshot."""
    return Reading.of(text)


def _compared(before: Reading, after: Reading, place: Place) -> Mended:
    """Cut out of both texts what differs, in whole statements, and see which names gave way."""
    one, other = _changed(before.text, after.text)
    old, new = tuple(steps(before, one)), tuple(steps(after, other))
    homes = [_home(reading, window) for reading, window in ((before, one), (after, other))]
    had, has = (identifiers(node) for node in homes)
    bound = [{name for item in ast.walk(node) for name in bound_by(item)} for node in homes]
    gone, came = (had - has) & bound[0], (has - had) & bound[1]
    own = frozenset({place.undefined} - {""})
    by_tool = _by_tool(before, place)
    return Mended(place, before, after, (one, other), old, new, by_tool, gone | own, came | own)


def _by_tool(before: Reading, place: Place) -> frozenset[int]:
    """Give the statements, by `id`, that the tool's own fix would change."""
    try:
        text = apply(before.text, place.edits)
    except RequestError:
        return frozenset()
    fixed = None if text == before.text else Reading.of(text)
    if fixed is None:
        return frozenset()
    one, other = _changed(before.text, text)
    return frozenset(id(step.node) for step in _unmatched(tuple(steps(before, one)), tuple(steps(fixed, other))))


def _changed(old: str, new: str) -> tuple[Span, Span]:
    """Give the lines of both texts that lie between what they begin and what they end with."""
    one, other = split_lines(old), split_lines(new)
    head = common(one, other)
    tail = common(one[head:][::-1], other[head:][::-1])
    first = len("".join(one[:head]))
    last = len("".join(one[len(one) - tail :]))
    return Span(first, len(old) - last), Span(first, len(new) - last)


def _home(reading: Reading, window: Span) -> ast.AST:
    """Give the innermost function that holds what differs, or the whole text."""
    inner = _inside(reading.text, window)
    functions = (node for _name, node, _inner in definitions_in(reading, window) if isinstance(node, Function))
    around = [node for node in functions if reading.span(node).contains(inner)]
    return around[-1] if around else reading.module


def _inside(text: str, window: Span) -> Span:
    """Leave out the blanks at both ends."""
    inner = window.of(text)
    start = window.start + len(inner) - len(inner.lstrip())
    return Span(start, max(start, window.end - (len(inner) - len(inner.rstrip()))))


def _faces(both: Mended) -> Iterator[Finding]:
    """Compare the heads of what others can reach, where the finding is not about them."""
    touches = both.place.touches
    old, free = {}, []
    for name, node, inner in definitions_in(both.before, both.windows[0]):
        if touches(head(both.before, node)):
            free.append(f"{name}.")
        elif not inner and not name.startswith(tuple(free)):
            old[name] = node
    new = _reachable(both.after, both.windows[1])
    if old.keys() - new.keys():
        new = _reachable(both.after, Span(0, len(both.after.text)))
    yield from map(both.finding, lost_faces(old, new, names=(both.blank, both.fresh), undefined=both.place.undefined))


def _reachable(reading: Reading, within: Span) -> dict[str, Definition]:
    return {name: node for name, node, inner in definitions_in(reading, within) if not inner}


def _left_out(both: Mended) -> Iterator[Finding]:
    """Find the statements that are gone, and those whose names changed though they are there still."""
    place = both.place
    if place.code == _TWICE:
        return
    free = _near(both)
    gone, came = _unmatched(both.old, both.new), _unmatched(both.new, both.old)
    left = Counter(step.shape(both.fresh) for step in came)
    for step in gone:
        form = step.shape(both.blank)
        if left[form] > 0:
            left[form] -= 1
        elif isinstance(step.node, ast.Import | ast.ImportFrom):
            continue  # what imports may come and go is for the check of scope to say
        elif id(step) not in free and not _is_free(both, step):
            yield both.finding("The draft leaves out or changes a statement that the finding is not about", step)


def _unmatched(found: tuple[Step, ...], other: tuple[Step, ...]) -> list[Step]:
    """Give the steps that the other text has not, each as often as it has them less."""
    left = Counter(step.shape() for step in other)
    left.subtract(step.shape() for step in found)
    missing = []
    for step in reversed(found):
        if left[step.shape()] < 0:
            left[step.shape()] += 1
            missing.append(step)
    return missing[::-1]


def _near(both: Mended) -> set[int]:
    """Give the statements, by `id`, that a rule may take in beside its finding: none where its tool's fix tells."""
    if both.place.is_pinpoint or both.place.edits:
        return set()
    return near(both.old, [step for step in both.old if both.place.touches(step.span)], both.before.module)


def _is_free(both: Mended, step: Step) -> bool:
    """Tell whether the finding is about a statement, or about the function that holds it."""
    if meets(both.place.span, step.span) or id(step.node) in both.by_tool:
        return True
    holders = (node for node in step.around if isinstance(node, Function))
    return not _HEADS.fullmatch(both.place.code) and any(_is_named(both, node) for node in holders)


def _is_named(both: Mended, node: Function) -> bool:
    """Tell whether a finding is told of a function by its name."""
    start = both.before.span(node).start
    name = re.compile(r"(?:async\s+)?def\s+").match(both.before.text, start)
    return name is not None and meets(both.place.span, Span(name.end(), name.end() + len(node.name)))


def _calls(both: Mended) -> Iterator[Finding]:
    """Find what was called outside of the finding and is not named any more."""
    if both.place.code == _TWICE:
        return
    free = _near(both)
    named = {name for step in both.new for node in step.parts() for name in _named(node)} | both.blank
    named |= {
        name for node in _heads_of(both.after, both.windows[1]) for item in ast.walk(node) for name in _named(item)
    }
    for step in both.old:
        for name in lost_calls(both.before, step, both.place.touches, loose=id(step) in free):
            if name not in named:
                yield both.finding(f"The draft no longer calls `{name}`", step)


def _named(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return (name,)
        case _:
            return ()


def _heads_of(reading: Reading, window: Span) -> Iterator[ast.AST]:
    """Give what stands in the heads of definitions: it is in no step."""
    for _name, node, _inner in definitions_in(reading, window):
        yield from node.decorator_list
        yield from (node.args,) if isinstance(node, Function) else node.bases


def _swallowed(both: Mended) -> Iterator[Finding]:
    """Find errors of every kind that are caught now, with nothing done about them."""
    if sum(map(_swallows, both.new)) > sum(map(_swallows, both.old)):
        yield both.finding("The draft catches every error and passes it over")


def _swallows(step: Step) -> bool:
    match step.node:
        case ast.ExceptHandler(body=body):
            return _is_broad(step) and all(map(_does_nothing, body))
        case _:
            return any(_suppresses(node) for node in step.parts())


def _is_broad(step: Step) -> bool:
    """Tell whether a handler catches errors of every kind."""
    if not isinstance(step.node, ast.ExceptHandler):
        return False
    kind = step.node.type
    return kind is None or any(isinstance(item, ast.Name) and item.id in _BROAD for item in ast.walk(kind))


def _does_nothing(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Continue() | ast.Expr(value=ast.Constant()) | ast.Return(value=None | ast.Constant()):
            return True
        case _:
            return False


def _suppresses(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=args):
            return any(isinstance(item, ast.Name) and item.id in _BROAD for item in args)
        case _:
            return False


def _turned(both: Mended) -> Iterator[Finding]:
    """Find ways through the code that came, and waits that went."""
    place = both.place
    for kind in _FLOW:
        spare = kind is ast.Return and place.code == _LAMBDA
        if _count(both.new, kind) > _count(both.old, kind) + spare:
            yield both.finding(f"The draft adds a {kind.__name__.lower()}, which the finding does not ask for")
    for kind in _PAUSES:
        if _count(both.new, kind) < _count(both.old, kind):
            yield both.finding(f"The draft leaves out a {kind.__name__.lower()}")
    if place.code != _BARE and sum(map(_is_broad, both.new)) > sum(map(_is_broad, both.old)):
        yield both.finding("The draft catches more errors than before")
    if place.code == _NONE and _compared_anew(both.old) != _compared_anew(both.new):
        yield both.finding("The draft changes more than how `None` is compared")
    if place.code == _UNUSED and work(both.new) > work(both.old):
        yield both.finding("The draft adds a statement to use what nothing uses")
    known = {name for step in both.old for name in _declared(step)}
    fresh = {name for step in both.new for name in _declared(step)} - known
    bound = {name for node in both.after.module.body for name in identifiers(node)} if fresh else set()
    for name in sorted(fresh):
        if name == place.undefined or name not in bound:
            yield both.finding(f"The draft declares `{name}` in place of binding it")


def _compared_anew(found: tuple[Step, ...]) -> Counter[tuple[str, ...]]:
    """Count the forms of statements, with `==` taken for `is`."""
    same = {"Eq": "Is", "NotEq": "IsNot"}
    return Counter(tuple(same.get(part, part) for part in step.shape()) for step in found)


def _count(found: tuple[Step, ...], kind: type[ast.AST]) -> int:
    return sum(isinstance(node, kind) for step in found for node in step.parts())


def _declared(step: Step) -> tuple[str, ...]:
    return tuple(step.node.names) if isinstance(step.node, ast.Global | ast.Nonlocal) else ()

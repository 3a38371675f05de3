"""Drafts the move of statements into a function of their own, and the call in their place.

The text of the statements is moved as it stands, comments included; only its indentation changes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lastmile.docstrings.signature import decorators
from lastmile.oracles.carried_types import carried
from lastmile.oracles.flow import identifiers
from lastmile.oracles.portion import Portion, portion
from lastmile.oracles.reading import Function, Reading
from lastmile.text.edits import Replacement, Span

_WIDTH = 79
"""Columns of a header on one line (PEP 8); a longer one is written a parameter to a line."""

_INDENT = re.compile(r"[ \t\f]*")


def draft(text: str, span: Span) -> tuple[Replacement, ...]:
    """Move the selected statements into a new function; nothing where that cannot be done."""
    reading = Reading.of(text)
    moved = None if reading is None else portion(reading, span)
    if reading is None or moved is None or isinstance(moved, str):
        return ()
    writer = _Writer(reading, moved)
    return (Replacement(moved.run.span, writer.call()), writer.definition())


class _Writer:
    """Writes for one portion of one document."""

    def __init__(self, reading: Reading, moved: Portion) -> None:
        self.reading, self.moved = reading, moved
        self.method = self._instance()
        self.name = _fresh("_extracted", identifiers(reading.module))
        first = self.method
        self.parameters = [*([first] if first else []), *sorted(moved.needs - {first})]
        self.gives = sorted(moved.gives)
        start = reading.span(moved.run.statements[0]).start
        row = reading.lines.line_at(start)
        self.indent = reading.text[reading.lines.start(row) : start]
        self.end = reading.text[reading.lines.end(row) : reading.lines.start(row + 1)] or "\n"

    def call(self) -> str:
        """Write the call."""
        passed = self.parameters[1:] if self.method else self.parameters
        called = f"{f'{self.method}.' if self.method else ''}{self.name}({', '.join(passed)})"
        if self.moved.ends:
            return f"return {called}"
        return f"{', '.join(self.gives)} = {called}" if self.gives else called

    def definition(self) -> Replacement:
        """Write the function, after the one that it comes from."""
        host = self._host()
        outer = _INDENT.match(self.reading.lines.line_text(host.lineno - 1))
        base = outer.group() if outer else ""
        unit = self._unit()
        lines = [*self._header(base, unit), *self._moved(base + unit)]
        if self.gives and not self.moved.ends:
            lines.append(f"{base}{unit}return {', '.join(self.gives)}")
        blank = self.end * (2 if self.method else 3)
        at = self.reading.lines.end(self.reading.lines.line_at(self.reading.span(host).end))
        return Replacement(Span(at, at), blank + self.end.join(lines))

    def _header(self, base: str, unit: str) -> Iterator[str]:
        """Write the header, with types where the function that the statements leave tells them."""
        types = carried(self.reading, self.moved, self.parameters, self.gives)
        taken, end = self.parameters, "):"
        if types is not None:
            taken = [f"{name}: {told}" if told else name for name, told in zip(taken, types.parameters, strict=True)]
            end = f") -> {types.gives}:"
        whole = f"{base}def {self.name}({', '.join(taken)}{end}"
        if len(whole) <= _WIDTH or not taken:
            yield whole
            return
        yield f"{base}def {self.name}("
        yield from (f"{base}{unit}{item}," for item in taken)
        yield base + end

    def _host(self) -> ast.stmt:
        """Give the statement that the new function follows."""
        if self.method:
            return self.moved.function
        function = self.moved.function
        tops = self.reading.module.body
        return next(item for item in tops if item is function or any(node is function for node in ast.walk(item)))

    def _instance(self) -> str:
        """Give the name of a plain method's instance; empty for other functions."""
        function = self.moved.function
        around = self.reading.around(function)
        own = around and isinstance(around[-1], ast.ClassDef)
        taken = [item.arg for item in (*function.args.posonlyargs, *function.args.args)]
        plain = not decorators(function) & {"staticmethod", "classmethod"} and function.name != "__new__"
        inside = len(around) == 1 or not any(isinstance(item, Function) for item in around)
        return taken[0] if own and taken and plain and inside else ""

    def _unit(self) -> str:
        """Give what one step of indentation is in the function."""
        first = self.moved.function.body[0]
        row = _INDENT.match(self.reading.lines.line_text(first.lineno - 1))
        outer = _INDENT.match(self.reading.lines.line_text(self.moved.function.lineno - 1))
        inner, base = (row.group() if row else ""), (outer.group() if outer else "")
        return inner.removeprefix(base) if inner.startswith(base) and inner != base else "    "

    def _moved(self, indent: str) -> Iterator[str]:
        """Give the lines of the statements under their new indentation; what is inside strings stays."""
        reading, span = self.reading, self.moved.run.span
        first, last = reading.lines.line_at(span.start), reading.lines.line_at(span.end)
        fixed = set(self._inside_strings())
        for row in range(first, last + 1):
            line = reading.lines.line_text(row)
            if row == last:
                line = reading.text[reading.lines.start(row) : span.end]
            if row == first:
                yield indent + line[span.start - reading.lines.start(row) :]
            elif row in fixed or not line.strip():
                yield line
            else:
                yield indent + line.removeprefix(self.indent)

    def _inside_strings(self) -> Iterator[int]:
        for statement in self.moved.run.statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno is not None:
                    yield from range(node.lineno, node.end_lineno)


def _fresh(word: str, taken: set[str]) -> str:
    names = (word, *(f"{word}_{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)

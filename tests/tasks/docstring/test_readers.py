"""The readers agree with docstring_parser on what it writes, where it is right."""

from __future__ import annotations

import docstring_parser as reference
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.config.tree import Convention
from lastmile.docstrings import conventions
from lastmile.docstrings.reading import Part, clean

STYLES = {
    Convention.GOOGLE: reference.DocstringStyle.GOOGLE,
    Convention.NUMPY: reference.DocstringStyle.NUMPYDOC,
    Convention.REST: reference.DocstringStyle.REST,
}
NAMES = st.sampled_from(["a", "limit", "*args", "**kwargs", "ñ", "x1"])
TYPES = st.sampled_from([None, "int", "str", "list"])
TEXTS = st.sampled_from(["What it is.", "One line\nand another.", "See it there, and here."])
ERRORS = st.sampled_from(["ValueError", "errors.Missing", "KeyError"])


@st.composite
def docstrings(draw: st.DrawFn) -> reference.Docstring:
    """Draw a docstring as docstring_parser holds it."""
    made = reference.Docstring()
    made.short_description = "Do all of it."
    made.blank_after_short_description = True
    made.blank_after_long_description = False
    for name in draw(st.lists(NAMES, unique=True, max_size=4)):
        made.meta.append(reference.DocstringParam(["param", name], draw(TEXTS), name, draw(TYPES), None, None))
    if draw(st.booleans()):
        generator = draw(st.booleans())
        key = "yields" if generator else "returns"
        made.meta.append(reference.DocstringReturns([key], draw(TEXTS), draw(TYPES), generator))
    for name in draw(st.lists(ERRORS, unique=True, max_size=2)):
        made.meta.append(reference.DocstringRaises(["raises", name], draw(TEXTS), name))
    return made


@pytest.mark.parametrize("convention", STYLES)
@given(made=docstrings())
def test_what_it_writes_is_read(convention: Convention, made: reference.Docstring) -> None:
    # Expanded, because its compact form leaves the further lines of a field unindented, and so outside it.
    lines = clean(reference.compose(made, STYLES[convention], reference.RenderingStyle.EXPANDED))
    reading = conventions.read(lines, convention)
    named = {part: [name for entry in reading.entries(part) for name in entry.names] for part in Part}
    assert reading.summary == "Do all of it."
    assert reading.oddities == ()
    assert named[Part.PARAMETERS] == [item.arg_name.lstrip("*") for item in made.params]
    assert named[Part.RAISES] == [(item.type_name or "").rsplit(".", 1)[-1] for item in made.raises]
    assert len(reading.entries(Part.RETURNS, Part.YIELDS)) == len(made.many_returns)
    assert all(entry.text for part in (Part.PARAMETERS, Part.RAISES) for entry in reading.entries(part))
    assert conventions.foreign(lines, convention) is None
    assert conventions.majority(["\n".join(lines)]) is (convention if made.meta else None)

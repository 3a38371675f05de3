"""Which functions leave something behind."""

from __future__ import annotations

import pytest

from lastmile.testing.selection.reading import read


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("global X; X = a", True),
        ("X[a] = 1", True),
        ("del X[a]", True),
        ("X[a] += 1", True),
        ("X.part[a].more = 1", True),
        ("X.append(a)", True),
        ("X.setdefault(a, []).append(1)", True),
        ("cls.made.add(a)", True),
        ("cls.made = a", True),
        ("setattr(module, 'x', a)", True),
        ("return X[a]", False),
        ("x = {}; x[a] = 1; return x", False),
        ("a.append(1)", False),
        ("self.x[a] = 1; self.y = a", False),
        ("[x.append(1) for x in a]", False),
        ("make().append(a)", False),
        ("return X.get(a)", False),
    ],
)
def test_what_is_left_behind(body: str, *, left: bool) -> None:
    (unit,) = read(f"def f(self, cls, a):\n    {body}\n").units
    assert unit.keeps is left

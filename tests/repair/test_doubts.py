"""Which repairs are doubtful though they pass: a function that gives one thing always, or forgets what it is given."""

from __future__ import annotations

import pytest

from lastmile.repair.doubts import doubts

HEAD = "class A:\n    def f(self, a, b):\n"


@pytest.mark.parametrize(
    ("old", "new", "doubt"),
    [
        ("g(a, b)\nreturn True", "g(a, b)\nreturn False", "Should `f` always give `False`?"),
        ("if a:\n    return b\nreturn 0", "if a or b:\n    return 0\nreturn 0", "Should `f` always give `0`?"),
        ("return a + b", "return a", "Should `f` take no account of `b`?"),
        ("return a + b", "pass", "Should `f` take no account of `a`?"),
        (
            "c = a[b]\na[b] = 1\nreturn c",
            "if not a:\n    return None\nc = a[b]\na[b] = 1\nreturn c",
            "Should `f` return before `a[b] = 1`?",
        ),
        (
            "b.append(a)",
            "b.append(a - 1)",
            "Should `f` count with `a`, which it did not before?",
        ),
        ("return g(range(a), b)", "return g(range(a + 1), b)", ""),
        ("return b[a]", "return b[a - 1]", ""),
        ("c = a[b]\nreturn c", "if not a:\n    return None\nc = a[b]\nreturn c", ""),
        ("if a:\n    return b\na.add(b)", "if not a:\n    return b\na.add(b)", ""),
        ("return a + b", "return a - b", ""),
        ("return a", "return a + b", ""),
        ("a.add(b)\nreturn 1", "a.append(b)\nreturn 1", ""),
        ("a.add(b)", "a.append(b)", ""),
        ("if a:\n    return True\nreturn b", "if b:\n    return True\nreturn a", ""),
        ("return a", "return (", ""),
    ],
)
def test_what_is_doubtful(old: str, new: str, doubt: str) -> None:
    source, text = (HEAD + "".join(f"        {line}\n" for line in lines.splitlines()) for lines in (old, new))
    assert doubts(source, (text, source)) == (doubt, "")

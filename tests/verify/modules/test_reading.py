"""Reading what a text imports never raises, and reads what was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.support.source import PYTHON_PIECES, texts

from lastmile.verify.modules.asked import declared, newly
from lastmile.verify.modules.owned import imports
from lastmile.verify.modules.values import Need, Wanted

PIECES = (
    *PYTHON_PIECES,
    *("import ", "from ", "a", ".b", "..", "*", " as c", "except ImportError", "try:\n ", "if TYPE_CHECKING:\n ", "é"),
    *("# /// script\n", "# dependencies = [", "# ///\n", "'x']\n"),
)


@given(texts(PIECES), texts(PIECES))
def test_no_text_makes_reading_raise(old: str, new: str) -> None:
    asked = newly(old, new)
    assert all(item.dots or item.top.isidentifier() for item in asked.wanted)
    assert newly(new, new).wanted == ()
    declared(new)
    imports(new)


MODULES = st.lists(st.sampled_from(["a", "b", "c.d", ".e", "..f.g"]), min_size=1, unique=True)


@given(MODULES, st.sampled_from([Need.ALWAYS, Need.NEVER]))
def test_what_is_written_is_read(modules: list[str], need: Need) -> None:
    head, tail = ("try:\n", "except ImportError:\n    pass\n") if need is Need.NEVER else ("if x:\n", "")
    text = head + "".join(f"    from {module} import (\n        y,\n    )\n" for module in modules) + tail
    lines = range(1, 3 * len(modules), 3)
    wanted = tuple(Wanted(module, "y", need, line) for module, line in zip(modules, lines, strict=True))
    assert newly("", text).wanted == wanted
    assert {f"{name}.y" if not name.endswith(".") else name for name in modules} <= imports(text)

"""Makes the set of outputs that are to be shortened: small programs that fail, run by the real tools.

Programs and labels are our own. A label is a piece of a line that a repair needs: the assertion or what was
compared, the exception, the place in the project. Run it again with ``python -m benchmarks.small_jobs.recipe``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from itertools import cycle
from pathlib import Path

DATA = Path(__file__).parent / "shortening.json"
LINES = 12
NOISE = "def noise():\n    for n in range(25):\n        print('step', n, 'of 25: nothing to see')\n\n\n"

TESTS = (
    ("return price * cound", "assert total(3) == 3", ("NameError", "lib.py:", "cound")),
    ("return price + 1", "assert total(3) == 3", ("assert 4 == 3", "test_lib.py:")),
    ("return {'a': price}['b']", "assert total(3)", ("KeyError", "lib.py:", "['b']")),
    ("return price / 0", "total(1)", ("ZeroDivisionError", "lib.py:", "price / 0")),
    ("return [price][2]", "total(1)", ("IndexError", "lib.py:", "[price][2]")),
    ("return price.nothing", "total(1)", ("AttributeError", "lib.py:", "price.nothing")),
    ("return int('x' * price)", "total(3)", ("ValueError", "lib.py:", "int(")),
    ("raise RuntimeError(f'no price {price}')", "total(3)", ("RuntimeError", "no price 3", "lib.py:")),
    ("import json; return json.loads('{' * price)", "total(3)", ("JSONDecodeError", "lib.py:", "json.loads")),
    ("return None", "assert total(3) is not None", ("assert None is not None", "test_lib.py:")),
    ("return sorted([price, None])", "total(3)", ("TypeError", "lib.py:", "sorted(")),
    ("return total(price - 1)", "total(3)", ("RecursionError", "lib.py:")),
    ("return 'a' * price", "assert total(2) == 'ab'", ("'aa' == 'ab'", "test_lib.py:")),
    ("return list(range(price))", "assert total(30) == list(range(31))", ("assert [", "test_lib.py:")),
    ("import decimal; return decimal.Decimal('x')", "total(1)", ("InvalidOperation", "lib.py:")),
    ("assert price > 5, 'too cheap'", "total(3)", ("too cheap", "lib.py:", "assert price > 5")),
)
"""The body of ``total``, the body of its test, and what has to be there of the outcome."""

LINTED = (
    ("import os\nx = 1\n", ("F401", "code.py:1")),
    ("def f():\n    return undefined_name\n", ("F821", "code.py:2")),
    ("def f():\n    x = 1\n", ("F841", "code.py:2")),
    ("if x == None:\n    pass\n", ("F821", "code.py:1")),
    ("print('%s %s' % (1,))\n", ("F507", "code.py:1")),
    ("def f():\n    yield 1\n    return 'a' f'{}'\n", ("code.py:3",)),
    ("raise NotImplemented\n", ("F901", "code.py:1")),
    ("try:\n    pass\nexcept:\n    pass\n", ("E722", "code.py:3")),
)
TYPED = (
    ("def f(a: int) -> str:\n    return a\n", ("code.py:2", "return-value")),
    ("x: int = 'a'\n", ("code.py:1", "assignment")),
    ("def f() -> None: ...\nf(1)\n", ("code.py:2", "Too many arguments")),
    ("import nothing_here\n", ("code.py:1", "import-not-found")),
    ("class A:\n    x: int\nA().y\n", ("code.py:3", "attr-defined")),
    ("def f(a: list[int]) -> int:\n    return a['b']\n", ("code.py:2", "call-overload")),
    ("from typing import Protocol\nclass P(Protocol):\n    x: int\nP()\n", ("code.py:4", "Cannot instantiate")),
    ("def f(*, a: int) -> int: return a\nf(b=1)\n", ("code.py:2", "call-arg")),
)


def main() -> None:
    """Run everything and write the set."""
    styles = cycle(("long", "short", "native", "auto"))
    cases = [_tested(body, test, needed, style) for (body, test, needed), style in zip(TESTS, styles, strict=False)]
    cases += [_judged(["ruff", "check", "--isolated", "--output-format=full"], *each) for each in LINTED]
    cases += [_judged(["mypy", "--no-error-summary", "--pretty", "--cache-dir=/dev/null"], *each) for each in TYPED]
    DATA.write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _tested(body: str, test: str, needed: tuple[str, ...], style: str) -> dict[str, object]:
    files = {
        "lib.py": f"def inner(price):\n    {body}\n\n\ndef total(price):\n    return inner(price)\n",
        "test_lib.py": f"from lib import total\n\n\n{NOISE}def test_total():\n    noise()\n    {test}\n",
    }
    if "total(price - 1)" in body:
        files["lib.py"] = f"def total(price):\n    {body}\n"
    return _ran(["pytest", "-p", "no:cacheprovider", f"--tb={style}", "-v", "."], files, needed)


def _judged(tool: list[str], text: str, needed: tuple[str, ...]) -> dict[str, object]:
    rest = "".join(f"import re  # noqa: F401\ny{n}: str = {n}  # the same again\n" for n in range(9))
    return _ran([*tool, "code.py", "other.py"], {"code.py": text, "other.py": rest}, needed)


def _ran(call: list[str], files: dict[str, str], needed: tuple[str, ...]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", *call],
            cwd=folder,
            env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            check=False,
            timeout=120,
            encoding="utf-8",
        )
    said = re.sub(r"\d+\.\d+s", "…s", (done.stdout + done.stderr).replace(f"{folder}/", "").replace(folder, "."))
    missing = [piece for piece in needed if piece not in said]
    if missing:
        sys.exit(f"{call[0]} does not say {missing}:\n{said}")
    return {"tool": call[0], "text": said.replace(sys.prefix, "/venv"), "needed": list(needed), "lines": LINES}


if __name__ == "__main__":
    main()

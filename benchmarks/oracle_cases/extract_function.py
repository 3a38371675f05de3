"""Functions made of statements."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject, extract_function_results

KIND = "extract-function"

SUM = '''import os


def report(rows, title, width=10):
    """Write a report."""
    lines = [title]
«    total = 0
    for row in rows:
        total += row.value
        lines.append(str(row.value))
»    if total > width:
        lines.append("wide")
    return "\\n".join(lines)


def other():
    return os.sep
'''
_SUM = """    total = 0
    for row in rows:
        total += row.value
        lines.append(str(row.value))
"""
_END = "\n\ndef other():\n"
_BODY = """    total = 0
    for row in rows:
        total += row.value
        lines.append(str(row.value))
    return total
"""


def _moved(call: str, helper: str) -> tuple[tuple[str, str], ...]:
    return ((_SUM, call), (_END, f"\n\n{helper}{_END}"))


METHOD = """class Account:
    def __init__(self, limit):
        self.limit = limit
        self.entries = []

    def book(self, amount, note):
        text = note.strip()
«        if amount > self.limit:
            raise ValueError(text)
        self.entries.append((amount, text))
»        return len(self.entries)

    def size(self):
        return len(self.entries)
"""
_METHOD = """        if amount > self.limit:
            raise ValueError(text)
        self.entries.append((amount, text))
"""


def _method(call: str, helper: str) -> tuple[tuple[str, str], ...]:
    return ((_METHOD, call), ("\n    def size(self):", f"\n{helper}\n    def size(self):"))


SUBJECTS = (
    Subject(
        KIND,
        SUM,
        right=(
            _moved("    total = _extracted(lines, rows)\n", f"def _extracted(lines, rows):\n{_BODY}"),
            _moved("    total = add_up(rows, lines)\n", f"def add_up(rows, lines):\n{_BODY}"),
            _moved("    total = add_up(rows, lines=lines)\n", f"def add_up(rows, *, lines):\n{_BODY}"),
            _moved("    total = add_up(rows=rows, lines=lines)\n", f"def add_up(rows, lines):\n{_BODY}"),
            _moved(
                "    total: int = add_up(rows, lines)\n",
                f'def add_up(rows: list, lines: list[str]) -> int:\n    """Add the values up."""\n{_BODY}',
            ),
            (
                (_SUM, "    total = add_up(rows, lines)\n"),
                ("def report", f"def add_up(rows, lines):\n{_BODY}\n\ndef report"),
            ),
            _moved(
                "    # The sum.\n    total = add_up(rows, lines)\n",
                f"def add_up(rows, lines):\n    # One by one.\n{_BODY}",
            ),
        ),
        wrong=(
            _moved("    add_up(rows, lines)\n", f"def add_up(rows, lines):\n{_BODY}"),
            _moved("    total = add_up(lines, rows)\n", f"def add_up(rows, lines):\n{_BODY}"),
            _moved("    total = add_up(rows)\n", f"def add_up(rows):\n{_BODY}"),
            _moved("    total = add_up(rows, lines)\n", f"def add_up(rows, lines=()):\n{_BODY}"),
            _moved("    total = add_up(rows, list(lines))\n", f"def add_up(rows, lines):\n{_BODY}"),
            _moved("    total = add_up(rows, lines)\n", f"def add_up(rows, lines):\n{_BODY.replace('+=', '-=')}"),
            _moved(
                "    total = add_up(rows, lines)\n",
                "def add_up(rows, lines):\n" + _BODY.replace("    return total\n", ""),
            ),
            _moved(
                "    total = add_up(rows, lines)\n",
                f"def add_up(rows, lines):\n{_BODY.replace('    return total', '        return total')}",
            ),
            _moved(
                "    total = add_up(rows, lines)\n",
                "def add_up(rows, lines):\n" + _BODY.replace("        lines.append(str(row.value))\n", ""),
            ),
            _moved("    return add_up(rows, lines)\n", f"def add_up(rows, lines):\n{_BODY}"),
            _moved(
                "    total, lines = add_up(rows, lines)\n",
                f"def add_up(rows, lines):\n{_BODY.replace('return total', 'return total, lines')}",
            ),
            _moved("    width = add_up(rows, lines)\n", f"def add_up(rows, lines):\n{_BODY}"),
            _moved(
                "    total = add_up(rows, lines)\n",
                f"def add_up(rows, lines):\n{_BODY.replace('total = 0', 'total = 1')}",
            ),
            _moved("    total = add_up(rows, lines)\n", f"async def add_up(rows, lines):\n{_BODY}"),
            _moved("    total = other(rows, lines)\n", f"def other(rows, lines):\n{_BODY}"),
            _moved(
                "    total = add_up(rows, lines)\n",
                f"def add_up(rows, lines):\n{_BODY}\n\ndef again(rows):\n    return rows\n",
            ),
            _moved("    total = add_up(rows, lines)\n    total = total\n", f"def add_up(rows, lines):\n{_BODY}"),
            _moved(_SUM, f"def add_up(rows, lines):\n{_BODY}"),
            (
                *_moved("    total = add_up(rows, lines)\n", f"def add_up(rows, lines):\n{_BODY}"),
                ("total > width", "total >= width"),
            ),
            (
                *_moved("    total = add_up(rows, lines)\n", f"def add_up(rows, lines):\n{_BODY}"),
                ("width=10", "width=12"),
            ),
            (
                *_moved("    total = add_up(rows, lines)\n", f"def add_up(rows, lines):\n{_BODY}"),
                ("return os.sep", "return os.linesep"),
            ),
            (
                *_moved("    total = add_up(rows, lines)\n", f"def add_up(rows, lines):\n{_BODY}"),
                ("Write a report.", "Report."),
            ),
            _moved(
                "    total = add_up(rows, lines)\n",
                f"import functools\n\n\n@functools.cache\ndef add_up(rows, lines):\n{_BODY}",
            ),
            (
                (
                    _SUM,
                    f"    def add_up():\n{_BODY.replace(chr(10) + '    ', chr(10) + '        ').replace('    total = 0', '        total = 0', 1)}\n    total = add_up()\n",
                ),
            ),
        ),
    ),
    Subject(
        KIND,
        METHOD,
        right=(
            _method("        self._enter(amount, text)\n", f"    def _enter(self, amount, text):\n{_METHOD}"),
            _method("        self._enter(text, amount)\n", f"    def _enter(self, text, amount):\n{_METHOD}"),
            _method(
                "        self._enter(amount=amount, text=text)\n",
                f'    def _enter(self, amount: int, text: str) -> None:\n        """Book it."""\n{_METHOD}',
            ),
            (
                (_METHOD, "        _enter(self, amount, text)\n"),
                (
                    "class Account:",
                    "def _enter(self, amount, text):\n"
                    + _METHOD.replace("        ", "    ", 1).replace("\n        ", "\n    ")
                    + "\n\nclass Account:",
                ),
            ),
            _method("        Account._enter(self, amount, text)\n", f"    def _enter(self, amount, text):\n{_METHOD}")[
                :0
            ]
            or _method("        self._enter(amount, text)\n", f"    def _enter(self, /, amount, text):\n{_METHOD}"),
        ),
        wrong=(
            _method("        self._enter(text, amount)\n", f"    def _enter(self, amount, text):\n{_METHOD}"),
            _method("        self._enter(amount, note)\n", f"    def _enter(self, amount, text):\n{_METHOD}"),
            _method("        _enter(self, amount, text)\n", f"    def _enter(self, amount, text):\n{_METHOD}"),
            _method(
                "        self._enter(amount, text)\n",
                f"    @staticmethod\n    def _enter(self, amount, text):\n{_METHOD}",
            ),
            _method("        return self._enter(amount, text)\n", f"    def _enter(self, amount, text):\n{_METHOD}"),
            _method(
                "        self._enter(amount, text)\n",
                f"    def _enter(self, amount, text):\n{_METHOD.replace('>', '>=')}",
            ),
            _method("        self.size(amount, text)\n", f"    def size(self, amount, text):\n{_METHOD}"),
            _method(
                "        if self._enter(amount, text):\n            return 0\n",
                f"    def _enter(self, amount, text):\n{_METHOD}",
            ),
        ),
    ),
    *extract_function_results.SUBJECTS,
)

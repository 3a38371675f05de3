"""The settings' documents, made from the tree: ``docs/settings.md``, the table of the README, VS Code's page.

``python -m lastmile.config.describe`` in the repository writes them, ``--check`` tells whether they
are as they would be written. The words around the tables are `settings_page`'s.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path as FilePath

from attrs import frozen

from lastmile.config.keys import Entry, Path, Value, dotted, keys, variable
from lastmile.config.meanings import meaning
from lastmile.config.settings_page import AFTER, BEFORE, NOTES, TITLES
from lastmile.config.vscode import with_settings
from lastmile.config.words import expected
from lastmile.errors import SettingsError

DOCS = FilePath("docs/settings.md")
README = FilePath("README.md")
MANIFEST = FilePath("editors/vscode/package.json")
BEGIN = "<!-- settings:begin -->"
END = "<!-- settings:end -->"

_CHOSEN = {"tiers": "<tier>", "openai": "<name>", "tasks": "<kind>"}
_IN_README = (
    "ahead",
    "paid",
    "climb_paid",
    "ladder",
    "diagnostics",
    "budget.task",
    "budget.day",
    "budget.month",
    "tiers.<tier>.model",
    "model.path",
    "completion.enabled",
    "openai.<name>.url",
    "openai.<name>.model",
    "tasks.<kind>.enabled",
    "privacy.never_send",
    "docstring.convention",
    "verify.trusted",
    "verify.tests.enabled",
    "verify.tests.environment",
)


@frozen
class Row:
    """One setting as a reader meets it; the same setting of several tiers is one row."""

    key: str
    """Dotted, with ``<tier>``, ``<name>`` or ``<kind>`` where a name stands."""

    table: str
    """The first part of the key; empty for the settings that are in no table."""

    kind: str
    """What a value must be."""

    default: str
    """In Markdown."""

    meaning: str
    variable: str
    in_project: str
    """What a file in a project may do with it."""


def rows() -> tuple[Row, ...]:
    """Describe every setting, in the order of the tree."""
    groups: dict[Path, list[Entry]] = {}
    for path, entry in keys().entries.items():
        groups.setdefault(_label(path), []).append(entry)
    return tuple(_row(label, entries) for label, entries in groups.items())


def page() -> str:
    """Write ``docs/settings.md``."""
    tables: dict[str, list[Row]] = {}
    for row in rows():
        tables.setdefault(row.table, []).append(row)
    sections = [
        f"## {TITLES[name]}\n\n"
        + (f"{NOTES[name]}\n\n" if name in NOTES else "")
        + _table(
            ("Setting", "What it is", "Default", "Meaning", "Variable", "In a project"),
            [
                (f"`{row.key}`", row.kind, row.default, row.meaning, f"`{row.variable}`", row.in_project)
                for row in members
            ],
        )
        for name, members in tables.items()
    ]
    return "\n".join([BEFORE, *sections, AFTER])


def readme_table() -> str:
    """Write the table of the README: what most people set."""
    by_key = {row.key: row for row in rows()}
    return _table(
        ("Setting", "Default", "Meaning"),
        [(f"`{key}`", by_key[key].default, by_key[key].meaning) for key in _IN_README],
    )


def between_marks(text: str) -> str:
    """Put the table into a README; raises `SettingsError` where the marks are missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"README.md has no {BEGIN} with {END} after it; put them where the table belongs"
        raise SettingsError(message)
    return f"{before}{BEGIN}\n\n{readme_table()}\n{END}{after}"


def main(arguments: Sequence[str], root: FilePath) -> int:
    """Write the documents below ``root``, or with ``--check`` say which are stale; gives the exit status."""
    try:
        wanted = {
            root / DOCS: page(),
            root / README: between_marks((root / README).read_text("utf-8")),
            root / MANIFEST: with_settings((root / MANIFEST).read_text("utf-8")),
        }
    except (OSError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            sys.stderr.write(f"{path} is not what the settings say: run python -m lastmile.config.describe\n")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
    return 0


def _label(path: Path) -> Path:
    name = _CHOSEN.get(path[0])
    return (path[0], name, *path[2:]) if name else path


def _row(label: Path, entries: Sequence[Entry]) -> Row:
    entry = entries[0]
    return Row(
        dotted(label),
        label[0] if len(label) > 1 else "",
        expected(entry),
        _defaults({entry.path[1] if len(entry.path) > 1 else "": entry.default for entry in entries}),
        meaning(entry),
        variable(label),
        _in_project(entry),
    )


def _defaults(by_name: Mapping[str, Value]) -> str:
    """Give what most have, then those that differ, by name."""
    usual, times = Counter(by_name.values()).most_common(1)[0]
    if times == len(by_name):
        return _value(usual)
    others = [f"{name}: {_value(value)}" for name, value in by_name.items() if value != usual]
    return ", ".join([_value(usual), *others])


def _value(value: Value) -> str:
    match value:
        case None | "" | ():
            return "empty"
        case Enum():
            return f"`{value.value}`"
        case bool():
            return f"`{str(value).lower()}`"
        case tuple():
            return ", ".join(f"`{item}`" for item in value)
        case float():
            return f"`{value:g}`"
        case _:
            return f"`{value}`"


def _in_project(entry: Entry) -> str:
    if entry.from_project == "never":
        return "no"
    if entry.from_project != "tighten":
        return "yes"
    if entry.strict is not None:
        return "only on" if entry.strict else "only off"
    if entry.least is not None:
        return "only lower"
    return "only stricter" if isinstance(entry.default, Enum) else "only more"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    cells = [head, ["---"] * len(head), *lines]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], FilePath.cwd()))

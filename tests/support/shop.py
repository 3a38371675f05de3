"""A small project whose one file has what editors count wrongly: letters of two and of four bytes, before findings."""

from __future__ import annotations

from pathlib import Path

RUFF = '[tool.ruff.lint]\nselect = ["F", "E7"]\n'
SHOP = """\
import os


def zählen(bücher):
    𠮷 = "🍐"; wert = 1 if None == bücher else 2
    return (𠮷, wert)
"""

AREA = "def area(width, height):\n    \n\n\nprint(area(1, 2))\n"
"""A file in which a completion is asked for, in its second line."""


def shop(place: Path) -> Path:
    """Lay the project out in a folder of a name that has to be quoted and encoded."""
    project = place / "Läden & more"
    (project / ".git").mkdir(parents=True)
    (project / "pyproject.toml").write_text(RUFF, encoding="utf-8")
    (project / "shop.py").write_text(SHOP, encoding="utf-8")
    return project

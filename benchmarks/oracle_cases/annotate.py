"""Annotations for functions."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject, annotate_functions

KIND = "annotate"

SUBJECTS = (
    Subject(
        KIND,
        '''"""A module."""

import os


def read(path, limit=10, *, encoding=None):
    """Read some lines."""
    lines = []
    with open(path, encoding=encoding) as file:
        for line in file:
            lines.append(line)
            if len(lines) == limit:
                break
    return lines
''',
        "read",
        "def read(path, limit=10, *, encoding=None):\n",
        right=(
            "def read(path: str, limit: int = 10, *, encoding: str | None = None) -> list[str]:\n",
            'def read(path: "os.PathLike[str]", limit: int = 10, *, encoding: "str | None" = None) -> "list[str]":\n',
            (
                ("import os\n", "import os\nfrom typing import Optional\n"),
                (
                    "read(path, limit=10, *, encoding=None):",
                    "read(path: str, limit: int = 10, *, encoding: Optional[str] = None) -> list:",
                ),
            ),
            (
                (
                    "import os\n",
                    "import os\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from collections.abc import Sequence\n",
                ),
                (
                    "read(path, limit=10, *, encoding=None):",
                    'read(path: str, limit: int = 10, *, encoding: str | None = None) -> "Sequence[str]":',
                ),
            ),
            (
                (
                    "import os\n",
                    (
                        "from __future__ import annotations\n\nimport os\nfrom typing import TYPE_CHECKING\n\n"
                        "if TYPE_CHECKING:\n    from pathlib import Path\n"
                    ),
                ),
                (
                    "read(path, limit=10, *, encoding=None):",
                    "read(path: Path, limit: int = 10, *, encoding: str | None = None) -> list[str]:",
                ),
            ),
            (
                ("import os\n", "from __future__ import annotations\n\nimport os\n"),
                (
                    "read(path, limit=10, *, encoding=None):",
                    "read(path: str, limit: int | None = 10, *, encoding: str | None = None) -> list[str]:",
                ),
                ("    lines = []\n", "    lines: list[str] = []\n"),
            ),
            "def read(\n    path: str,\n    limit: int = 10,\n    *,\n    encoding: str | None = None,\n) -> list[str]:\n",
            "def read(path: object, limit: float = 10, *, encoding: object = None) -> object:\n",
        ),
        wrong=(
            "def read(path: str, limit: int = 10, *, encoding: str = None) -> list[str]:\n",
            "def read(path: str, limit: int = 10, *, encoding: str | None = None):\n",
            "def read(path: str, limit=10, *, encoding: str | None = None) -> list[str]:\n",
            "def read(path: str, limit: int = 20, *, encoding: str | None = None) -> list[str]:\n",
            "def read(path: str, limit: str = 10, *, encoding: str | None = None) -> list[str]:\n",
            "def read(path: str, limit: int = 10, encoding: str | None = None) -> list[str]:\n",
            "def read(path: Path, limit: int = 10, *, encoding: str | None = None) -> list[str]:\n",
            "def read(path: str, limit: int = 10, *, encoding: str | None = None) -> List[str]:\n",
            "def read(path: str, limit: int = 10, *, encoding: str | None = None) -> None:\n",
            'def read(path: str, limit: "int | " = 10, *, encoding: str | None = None) -> list[str]:\n',
            "def read(path: any, limit: int = 10, *, encoding: str | None = None) -> list[str]:\n",
            'def read(path: print("x"), limit: int = 10, *, encoding: str | None = None) -> list[str]:\n',
            "def read(path: str, limit: 10 = 10, *, encoding: str | None = None) -> list[str]:\n",
            "def read(path: str, limit: int = 10, *, encoding: str | None = None) -> [str]:\n",
            "def read(name: str, limit: int = 10, *, encoding: str | None = None) -> list[str]:\n",
            (
                ("import os\n", "import os\nfrom typing import Any\n"),
                (
                    "read(path, limit=10, *, encoding=None):",
                    "read(path: Any, limit: Any = 10, *, encoding: Any = None) -> Any:",
                ),
            ),
            (
                ("import os\n", "import os\nimport typing\n"),
                (
                    "read(path, limit=10, *, encoding=None):",
                    (
                        'read(path: "typing.Any", limit: typing.Optional[typing.Any] = 10, *, encoding: typing.Any = None)'
                        " -> list[str]:"
                    ),
                ),
            ),
            (
                (
                    "import os\n",
                    "import os\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from pathlib import Path\n",
                ),
                (
                    "read(path, limit=10, *, encoding=None):",
                    "read(path: Path, limit: int = 10, *, encoding: str | None = None) -> list[str]:",
                ),
            ),
            "async def read(path: str, limit: int = 10, *, encoding: str | None = None) -> list[str]:\n",
            (
                ("import os\n", "import sys\n"),
                (
                    "read(path, limit=10, *, encoding=None):",
                    "read(path: str, limit: int = 10, *, encoding: str | None = None) -> list[str]:",
                ),
            ),
            (
                (
                    "read(path, limit=10, *, encoding=None):",
                    "read(path: str, limit: int = 10, *, encoding: str | None = None) -> list[str]:",
                ),
                ("len(lines) == limit", "len(lines) >= limit"),
            ),
            (
                (
                    "read(path, limit=10, *, encoding=None):",
                    "read(path: str, limit: int = 10, *, encoding: str | None = None) -> list[str]:",
                ),
                ("Read some lines.", "Read some lines of a file."),
            ),
            (
                ("import os\n", "import os\nfrom typing import Any as read\n"),
                (
                    "read(path, limit=10, *, encoding=None):",
                    "read(path: str, limit: int = 10, *, encoding: str | None = None) -> list[str]:",
                ),
            ),
        ),
    ),
    Subject(
        KIND,
        """class Box:
    size: int = 0

    def __init__(self, width, height=1, *rest, debug=False, **options):
        self.width = width
        self.size = width * height

    @classmethod
    def square(cls, width):
        return cls(width, width)

    @staticmethod
    def area(width, height):
        return float(width * height)

    @property
    def label(self):
        return f"{self.width} wide"

    def __eq__(self, other):
        return isinstance(other, Box) and not self.width != other.width
""",
        "Box.__init__",
        "    def __init__(self, width, height=1, *rest, debug=False, **options):\n",
        right=(
            "    def __init__(self, width: int, height: int = 1, *rest: int, debug: bool = False, **options: object) -> None:\n",
            "    def __init__(self, width: float, height: float = 1, *rest: str, debug: int = False, **options: str) -> None:\n",
            (
                ("class Box:", "from typing import Any\n\n\nclass Box:"),
                (
                    "(self, width, height=1, *rest, debug=False, **options):",
                    "(self, width: Any, height: Any = 1, *rest: Any, debug: bool = False, **options: Any) -> None:",
                ),
            ),
            (
                (
                    "(self, width, height=1, *rest, debug=False, **options):",
                    "(self, width: int, height: int = 1, *rest: int, debug: bool = False, **options: int) -> None:",
                ),
                ("        self.width = width\n", "        self.width: int = width\n"),
            ),
        ),
        wrong=(
            "    def __init__(self, width: int, height: int = 1, *rest, debug: bool = False, **options: object) -> None:\n",
            "    def __init__(self, width: int, height: int = 1, *rest: int, debug: bool = False, **options) -> None:\n",
            "    def __init__(self, width: int, height: int = 1, *rest: int, debug: bool = False, **options: object):\n",
            "    def __init__(self, width: int, height: int = 1, *rest: int, debug: str = False, **options: object) -> None:\n",
            '    def __init__(self, width: int, height: int = 1, *rest: int, debug: bool = False, **options: object) -> "Box":\n',
            "    def __init__(self, width: int, height: int = 1, rest: tuple[int, ...] = (), debug: bool = False, **options: object) -> None:\n",
            (
                (
                    "(self, width, height=1, *rest, debug=False, **options):",
                    "(self, width: int, height: int = 1, *rest: int, debug: bool = False, **options: int) -> None:",
                ),
                ("    size: int = 0\n", "    size: float = 0\n"),
            ),
            (
                (
                    "(self, width, height=1, *rest, debug=False, **options):",
                    "(self, width: int, height: int = 1, *rest: int, debug: bool = False, **options: int) -> None:",
                ),
                ("    def square(cls, width):", "    def square(cls, width: int):"),
            ),
        ),
    ),
    Subject(
        KIND,
        """class Box:
    @classmethod
    def square(cls, width):
        return cls(width, width)

    @staticmethod
    def area(width, height: int):
        return float(width * height)
""",
        "Box.area",
        "    def area(width, height: int):\n",
        right=(
            "    def area(width: int, height: int) -> float:\n",
            "    def area(width: float, height: int) -> float:\n",
            '    def area(width: "int | float", height: int) -> complex:\n',
        ),
        wrong=(
            "    def area(width, height: int) -> float:\n",
            "    def area(width: int, height: float) -> float:\n",
            "    def area(width: int, height) -> float:\n",
            "    def area(width: int, height: int) -> int:\n",
            "    def area(width: int, height: int) -> float | :\n",
            (("    @staticmethod\n", ""), ("area(width, height: int):", "area(width: int, height: int) -> float:")),
        ),
    ),
    *annotate_functions.SUBJECTS,
)

"""Annotations for functions of one module: a generator, a coroutine, and what prints, finds, fails, tells or adds up."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "annotate"

TEXT = """from contextlib import contextmanager


def numbers(start=0):
    while True:
        yield start
        start += 1


@contextmanager
def opened(name):
    yield name.upper()


def log(message, *, loud=False):
    if loud:
        print(message.upper())
        return
    print(message)


def find(items, wanted):
    for item in items:
        if item == wanted:
            return item
    return None


async def fetch(url, retries=3):
    return f"{url} {retries}"


def fail(code):
    raise SystemExit(code)


def keys(table, reverse=False):
    return sorted(table, reverse=reverse)


def is_empty(text):
    return not text


def total(values):
    result = 0
    for value in values:
        result += value
    return result
"""


def _of(symbol: str, slot: str, *, right: tuple[str, ...], wrong: tuple[str, ...]) -> Subject:
    return Subject(KIND, TEXT, symbol, slot, right, wrong)


SUBJECTS = (
    Subject(
        KIND,
        TEXT,
        "numbers",
        "def numbers(start=0):\n",
        right=(
            (
                (
                    "from contextlib import contextmanager\n",
                    "from collections.abc import Iterator\nfrom contextlib import contextmanager\n",
                ),
                ("numbers(start=0):", "numbers(start: int = 0) -> Iterator[int]:"),
            ),
            (
                (
                    "from contextlib import contextmanager\n",
                    "from collections.abc import Generator\nfrom contextlib import contextmanager\n",
                ),
                ("numbers(start=0):", "numbers(start: int = 0) -> Generator[int, None, None]:"),
            ),
            (
                ("from contextlib import contextmanager\n", "import typing\nfrom contextlib import contextmanager\n"),
                ("numbers(start=0):", "numbers(start: float = 0) -> typing.Iterable[float]:"),
            ),
        ),
        wrong=(
            "def numbers(start: int = 0) -> int:\n",
            "def numbers(start: int = 0) -> None:\n",
            "def numbers(start: int = 0) -> list[int]:\n",
            (
                (
                    "from contextlib import contextmanager\n",
                    "from collections.abc import AsyncIterator\nfrom contextlib import contextmanager\n",
                ),
                ("numbers(start=0):", "numbers(start: int = 0) -> AsyncIterator[int]:"),
            ),
        ),
    ),
    _of(
        "log",
        "def log(message, *, loud=False):\n",
        right=("def log(message: str, *, loud: bool = False) -> None:\n",),
        wrong=(
            "def log(message: str, *, loud: bool = False) -> str:\n",
            "def log(message: str, *, loud: bool = False) -> Never:\n",
        ),
    ),
    _of(
        "find",
        "def find(items, wanted):\n",
        right=(
            "def find(items: list[str], wanted: str) -> str | None:\n",
            "def find(items: list, wanted: object) -> object:\n",
        ),
        wrong=(
            "def find(items: list[str], wanted: str) -> str:\n",
            "def find(items: list[str], wanted: str) -> None | Str:\n",
            "def find(items: (list[str]), wanted: 'str') -> bool:\n",
        ),
    ),
    _of(
        "fetch",
        "async def fetch(url, retries=3):\n",
        right=("async def fetch(url: str, retries: int = 3) -> str:\n",),
        wrong=(
            "async def fetch(url: str, retries: int = 3) -> object:\n",
            "async def fetch(url: str, retries: int = 3) -> Awaitable[str]:\n",
            "async def fetch(url: str, retries: int = 3) -> bytes:\n",
            "async def fetch(url: str, retries: bool = 3) -> str:\n",
        ),
    ),
    _of(
        "fail",
        "def fail(code):\n",
        right=("def fail(code: int) -> None:\n", 'def fail(code: "int | str") -> int:\n'),
        wrong=("def fail(code: callable) -> None:\n", "def fail(code: int) -> (None, None):\n"),
    ),
    _of(
        "is_empty",
        "def is_empty(text):\n",
        right=("def is_empty(text: str) -> bool:\n",),
        wrong=("def is_empty(text: str) -> str:\n", "def is_empty(text: str, /) -> bool:\n"),
    ),
    _of(
        "total",
        "def total(values):\n",
        right=("def total(values: list[int]) -> int:\n", 'def total(values: "set[float] | list[float]") -> float:\n'),
        wrong=("def total(values: list[int] + set[int]) -> int:\n", "def total(values: sum) -> int:\n"),
    ),
)

"""Drafts for one finding of ruff in Python: right ones mend it, wrong ones make it go away."""

from __future__ import annotations

from benchmarks.oracle_cases import Draft, Subject

_HEAD = "import os\n\n\ndef save(value):\n    print(value, os)\n\n\n"
_LOOP = (
    'def f(items):\n    """Sum."""\n    total = 0\n    for item in items:\n        total += itme\n'
    "    save(total)\n    return total\n"
)


def _loop(*changes: tuple[str, str]) -> str:
    text = _LOOP
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def fix(text: str, right: tuple[Draft, ...] = (), wrong: tuple[Draft, ...] = ()) -> Subject:
    """Make a subject whose drafts are pairs of texts; the finding stands between the marks."""
    return Subject("fix", text, right=right, wrong=wrong)


def swap(*drafts: tuple[str, str]) -> tuple[Draft, ...]:
    """Make a draft of each pair."""
    return tuple((pair,) for pair in drafts)


_NAMES = (
    Subject(
        "fix",
        _HEAD + _LOOP.replace("itme", "«itme»"),
        slot=_LOOP,
        right=(
            _loop(("itme", "item")),
            _loop(("for item in", "for itme in")),
            _loop(("itme", "item"), ('"""Sum."""', '"""Give the sum."""')),
            _loop(("itme", "int(item)")),
        ),
        wrong=(
            'def f(items):\n    """Sum."""\n',
            'def f(items):\n    """Sum."""\n    return 0\n',
            'def f(items):\n    """Sum."""\n    raise NotImplementedError\n',
            _loop(("total += itme", "pass")),
            _loop(("itme", "0")),
            _loop(("itme", "None")),
            _loop(("        total", "        itme = 0\n        total")),
            _loop(("    total = 0\n", "    total = 0\n    itme = None\n")),
            _loop(("    total = 0\n", "    global itme\n    total = 0\n")),
            _loop(("    save(total)\n", ""), ("itme", "item")),
            _loop(("save(total)", "print(total)"), ("itme", "item")),
            _loop(("return total", "return 0"), ("itme", "item")),
            _loop(("return total", "return items"), ("itme", "item")),
            _loop(("(items)", "(items, other=None)"), ("itme", "item")),
            _loop(("(items)", "(items, itme)")),
            _loop(("def f", "def g"), ("itme", "item")),
            _loop(("def f", "@os.fspath\ndef f"), ("itme", "item")),
            _loop(("total = 0", "return 0"), ("itme", "item")),
            _loop(("itme", "eval('item')")),
            _loop(("itme", "globals()['itme']")),
            _loop(("    return", '    __import__("os").system("true")\n    return'), ("itme", "item")),
            _loop(("    return", '    os.system("true")\n    return'), ("itme", "item")),
            _loop(("    return", '    open("log", "w").close()\n    return'), ("itme", "item")),
            _loop(
                (
                    "        total += itme\n",
                    "        try:\n            total += item\n        except Exception:\n            pass\n",
                )
            ),
            _loop(("itme", "іtem"), ("for item", "for іtem")),  # noqa: RUF001 - that is the draft
        ),
    ),
    fix(
        "def shout(words):\n    print(«hello»)\n    return [word.upper() for word in words]\n",
        right=swap(("hello", '"hello"'), ("hello", "words")),
        wrong=swap(("hello", '"goodbye"'), ("    print(hello)\n", ""), ("print(hello)", "print()\n    return None")),
    ),
    fix(
        "def enabled(config):\n    if config is None:\n        return «true»\n    return config.on\n",
        right=swap(("true", "True")),
        wrong=swap(("return true\n    return config.on", "return True")),
    ),
    fix(
        "def read(path):\n    with «opne»(path, 'w') as file:\n        file.write('x')\n    return path\n",
        right=swap(("opne", "open")),
        wrong=swap(("        file.write('x')", "        pass")),
    ),
    fix(
        "class Box:\n    def __init__(self):\n        self.items = []\n\n    def count():\n        return len(«self».items)\n",
        right=swap(("count()", "count(self)")),
        wrong=swap(("len(self.items)", "0"), ("self.items)", "[])"), ("self.items = []", "pass")),
    ),
    fix(
        "def run(arguments):\n    totl = 0\n    for one in arguments:\n        totl += one\n    return «total»\n",
        right=((("return total", "return totl"),), (("totl = 0", "total = 0"), ("totl += one", "total += one"))),
        wrong=swap(
            ("return total", "return None"), ("return total", "return 0"), ("    totl = 0\n", "    total = 0\n")
        ),
    ),
    fix(
        "def collect(rows):\n    for row in rows:\n        «found».extend(row.names)\n    return found\n",
        right=swap(("    for row", "    found = []\n    for row")),
        wrong=swap(("        found.extend(row.names)\n    return found", "        rows.append(row)\n    return None")),
    ),
    fix(
        "def load(path):\n    text = path.read_text()\n    return «json».loads(text)\n",
        right=(
            (("def load", "import json\n\n\ndef load"),),
            (("def load(path):\n", "def load(path):\n    import json\n\n"),),
        ),
        wrong=swap(
            ("json.loads(text)", "text"),
            ("json.loads(text)", "{}"),
            ("    text = path.read_text()\n", "    text = ''\n"),
        ),
    ),
)

_UNUSED = (
    fix(
        "def take(pile):\n    «top» = pile.pop()\n    return pile\n",
        right=swap(("top = pile", "pile"), ("top =", "_top =")),
        wrong=swap(
            ("    top = pile.pop()\n", ""),
            ("return pile", "return top"),
            ("    return", "    print(top)\n    return"),
            ("    return", "    del top\n    return"),
            ("    return", "    assert top\n    return"),
        ),
    ),
    fix(
        "def size(pile):\n    «count» = len(pile)\n    return pile\n",
        right=swap(("    count = len(pile)\n", ""), ("count = len(pile)", "len(pile)")),
        wrong=swap(("return pile", "return count")),
    ),
    fix(
        "async def wait(queue):\n    «first» = await queue.get()\n    queue.task_done()\n",
        right=swap(("first = ", "")),
        wrong=swap(("first = await ", ""), ("    queue.task_done()\n", ""), ("    first = await queue.get()\n", "")),
    ),
    fix(
        "def parse(text):\n    try:\n        return int(text)\n    except ValueError as «error»:\n        log(text)\n        return None\n\n\n"
        "def log(text):\n    print(text)\n",
        right=swap((" as error", "")),
        wrong=swap(
            ("        log(text)\n", ""),
            ("ValueError as error", "Exception"),
            ("        log(text)\n        return None", "        raise"),
        ),
    ),
)

_FORMS = (
    fix(
        "from typing import Optional\n\n\ndef first(rows: «Optional[list]»):\n    return rows[0] if rows else None\n",
        right=((("Optional[list]", "list | None"), ("from typing import Optional\n\n\n", "")),),
        wrong=(
            (("Optional[list]", "list | None"), ("from typing import Optional\n\n\n", ""), ("rows[0]", "rows[-1]")),
            (("rows: Optional[list]", "rows"), ("    return rows[0] if rows else None\n", "    return None\n")),
        ),
    ),
    fix(
        "def check(value, other):\n    if «value == None» and other:\n        return 1\n    return 2\n",
        right=swap(("value == None", "value is None"), ("value == None and other", "(value is None) and other")),
        wrong=swap(
            ("value == None", "value is not None"),
            ("value == None", "not value"),
            ("value == None and other", "value is None"),
            ("return 2", "return 1"),
        ),
    ),
    fix(
        "def area(w, h):\n    «l» = w * h\n    if l > 3:\n        return l\n    return 0\n",
        right=((("    l = ", "    size = "), ("l > 3", "size > 3"), ("return l", "return size")),),
        wrong=((("    l = ", "    size = "), ("l > 3", "size > 3"), ("return l", "return w")),),
    ),
    fix(
        "def go(step):\n    try:\n        step()\n    «except»:\n        report(step)\n        return 1\n\n\ndef report(step):\n    print(step)\n",
        right=swap(("except:", "except BaseException:"), ("except:", "except Exception:")),
        wrong=swap(
            ("    except:\n        report(step)\n        return 1", "    except Exception:\n        pass"),
            ("        report(step)\n", ""),
            ("    try:\n        step()\n    except:\n        report(step)\n        return 1\n", "    step()\n"),
        ),
    ),
    fix(
        "def go(step, «queue=[]»):\n    queue.append(step)\n    return queue\n",
        right=swap(("queue=[]):\n", "queue=None):\n    if queue is None:\n        queue = []\n")),
        wrong=swap(
            ("queue=[]):\n    queue.append(step)\n    return queue", "queue=()):\n    return queue"),
            ("step, queue=[]):\n    queue.append(step)\n    return queue", "step):\n    return [step]"),
        ),
    ),
    fix(
        "def pick(flag, items):\n    if flag:\n        return items[0]\n    «else»:\n        items.sort()\n        return items[-1]\n",
        right=swap(
            ("    else:\n        items.sort()\n        return items[-1]", "    items.sort()\n    return items[-1]")
        ),
        wrong=swap(
            ("    else:\n        items.sort()\n        return items[-1]", "    return items[-1]"),
            ("    else:\n        items.sort()\n        return items[-1]", "    items.sort()\n    return None"),
        ),
    ),
    fix(
        "def total(rows):\n    value = rows.total()\n    rows.close()\n    answer = value + 1\n    return «answer»\n",
        right=swap(("answer = value + 1\n    return answer", "return value + 1")),
        wrong=swap(("    rows.close()\n    answer = value + 1\n    return answer", "    return value + 1")),
    ),
    fix(
        "def squares(numbers):\n    found = []\n    for number in numbers:\n        «found.append(number * number)»\n    store(found)\n    return found\n\n\n"
        "def store(found):\n    print(found)\n",
        right=swap(
            (
                "    found = []\n    for number in numbers:\n        found.append(number * number)\n",
                "    found = [number * number for number in numbers]\n",
            )
        ),
        wrong=swap(("    for number in numbers:\n        found.append(number * number)\n    store(found)\n", "")),
    ),
    fix(
        "def put(path, text):\n    «try:\n        path.unlink()\n    except FileNotFoundError:\n        pass»\n    path.write_text(text)\n",
        right=(
            (
                ("def put", "import contextlib\n\n\ndef put"),
                (
                    "    try:\n        path.unlink()\n    except FileNotFoundError:\n        pass\n",
                    "    with contextlib.suppress(FileNotFoundError):\n        path.unlink()\n",
                ),
            ),
        ),
        wrong=(
            (
                ("def put", "import contextlib\n\n\ndef put"),
                (
                    "    try:\n        path.unlink()\n    except FileNotFoundError:\n        pass\n",
                    "    with contextlib.suppress(Exception):\n        path.unlink()\n",
                ),
            ),
            (
                (
                    "    try:\n        path.unlink()\n    except FileNotFoundError:\n        pass\n    path.write_text(text)\n",
                    "    path.touch()\n",
                ),
            ),
        ),
    ),
    fix(
        "def convert(text):\n    try:\n        return int(text)\n    except ValueError:\n        «raise RuntimeError(text)»\n",
        right=swap(
            (
                "except ValueError:\n        raise RuntimeError(text)",
                "except ValueError as error:\n        raise RuntimeError(text) from error",
            ),
            ("RuntimeError(text)", "RuntimeError(text) from None"),
        ),
        wrong=swap(
            (
                "return int(text)\n    except ValueError:\n        raise RuntimeError(text)",
                "return text\n    except ValueError:\n        pass",
            )
        ),
    ),
    fix(
        "«double = lambda value: value * 2»\n\n\ndef use(value):\n    return double(value)\n",
        right=swap(("double = lambda value: value * 2", "def double(value):\n    return value * 2")),
        wrong=swap(("return double(value)", "return value")),
    ),
    fix(
        'def show(name, count):\n    return «"%s has %d" % (name, count)»\n',
        right=swap(
            ('"%s has %d" % (name, count)', 'f"{name} has {count}"'),
            ('"%s has %d" % (name, count)', 'f"{name} has {count:d}"'),
        ),
    ),
)

SUBJECTS = (*_NAMES, *_UNUSED, *_FORMS)

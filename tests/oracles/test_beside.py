"""Drafts that mend a finding and change something beside it: each is refused whatever the rule, and the mend is not."""

from __future__ import annotations

import pytest

from lastmile.oracles.fixing import CHECK, Place, judge
from lastmile.text.edits import Span

BODY = '''"""Module."""
import contextlib

LIMIT = 10
COUNT = 0


@contextlib.contextmanager
def guard(rows):
    yield rows


async def work(rows, size=10, *, flag=True):
    """Do."""
    global COUNT
    total = 0
    low = min(size, LIMIT)
    for row in rows[1:low]:
        if row > low and not flag:
            continue
        total += row
    try:
        value = rows[0]
    except (KeyError, IndexError):
        value = None
    finally:
        rows.close()
    kept = [row for row in rows if row]
    text = f"{total} of {size!r:>4}"
    pair = {"a": 1, "b": 2}
    while (n := rows.pop()) > 3:
        total -= n * (size + 1)
    match value:
        case 1:
            total = total + 1
        case int():
            total = total + 2
    await rows.done()
    if total >= size:
        rows.flush()
    with guard(rows):
        limit = size - 1
@@
        rows.sort(key=len)
    last = rows.last
    rows.first = job(kept, text, pair, limit, last)
    COUNT += 1
    return total


def job(one, two=None, *more):
    """Other."""
    return one if two is None else two
'''

RULES = {
    "F841": ("«unused» = job(1)", "job(1)"),
    "F541": ("job(«f'x'»)", "job('x')"),
    "F821": ("job(«totl»)", "job(total)"),
    "E711": ("job(«total == None»)", "job(total is None)"),
    "E713": ("job(«not total in kept»)", "job(total not in kept)"),
    "E721": ("job(«type(total) == type(low)»)", "job(type(total) is type(low))"),
    "E731": ("«call = lambda: job(1)»\ncall()", "def call():\n    return job(1)\ncall()"),
    "E741": ("«l» = job(1)\njob(l)", "size_ = job(1)\njob(size_)"),
    "E722": ("try:\n    job(1)\n«except»:\n    job(2)", "try:\n    job(1)\nexcept Exception:\n    job(2)"),
    "B904": (
        "try:\n    job(1)\nexcept KeyError:\n    «raise ValueError»",
        "try:\n    job(1)\nexcept KeyError as error:\n    raise ValueError from error",
    ),
    "B007": ("for «i» in kept:\n    job(1)", "for _i in kept:\n    job(1)"),
    "B009": ("job(«getattr(rows, 'x')»)", "job(rows.x)"),
    "B023": ("call = lambda: «n»\ncall()", "call = lambda n=n: n\ncall()"),
    "UP032": ("job(«'{}'.format(total)»)", "job(f'{total}')"),
    "UP024": ("try:\n    job(1)\nexcept «IOError»:\n    job(2)", "try:\n    job(1)\nexcept OSError:\n    job(2)"),
    "SIM102": ("«if total:»\n    if low:\n        job(1)", "if total and low:\n    job(1)"),
    "SIM105": (
        "«try:\n    job(1)\nexcept KeyError:\n    pass»",
        "with contextlib.suppress(KeyError):\n    job(1)",
    ),
    "SIM108": ("«if low:\n    value = 1\nelse:\n    value = 2»", "value = 1 if low else 2"),
    "SIM115": ("file = «open('x')»\njob(file)", "with open('x') as file:\n    job(file)"),
    "RET504": ("answer = job(1)\nreturn «answer»", "return job(1)"),
    "RET505": ("if low:\n    return 1\n«else»:\n    job(1)", "if low:\n    return 1\njob(1)"),
    "C401": ("job(«set(x for x in kept)»)", "job({x for x in kept})"),
    "PERF401": ("found = []\nfor x in kept:\n    «found.append(x + 1)»", "found = [x + 1 for x in kept]"),
    "PTH123": ("with «open»(text) as file:\n    job(file)", "with Path(text).open() as file:\n    job(file)"),
    "TRY300": (
        "try:\n    job(1)\n    «return 1»\nexcept KeyError:\n    job(2)",
        "try:\n    job(1)\nexcept KeyError:\n    job(2)\nelse:\n    return 1",
    ),
    "TRY003": (
        "if low:\n    «raise ValueError('a long message')»",
        "if low:\n    message = 'a long message'\n    raise ValueError(message)",
    ),
    "PLR1714": ("job(«low == 1 or low == 2»)", "job(low in {1, 2})"),
    "PLW2901": ("for x in kept:\n    «x» = job(x)\n    job(x)", "for x in kept:\n    y = job(x)\n    job(y)"),
    "RUF015": ("job(«list(kept)[0]»)", "job(next(iter(kept)))"),
    "N806": ("«Name» = job(1)\njob(Name)", "name = job(1)\njob(name)"),
    "BLE001": ("try:\n    job(1)\nexcept «Exception»:\n    job(2)", "try:\n    job(1)\nexcept ValueError:\n    job(2)"),
    "PT018": ("«assert low and total»", "assert low\nassert total"),
    "EM101": ("raise ValueError(«'x'»)", "message = 'x'\nraise ValueError(message)"),
}

READ = (
    "    try:\n        value = rows[0]\n    except (KeyError, IndexError):\n        value = None\n"
    "    finally:\n        rows.close()\n"
)
FIRST, SECOND = (
    "        case 1:\n            total = total + 1\n",
    "        case int():\n            total = total + 2\n",
)
FLUSH = "    if total >= size:\n        rows.flush()\n"
CHANGES = {
    "a default": ("size=10, *", "size=11, *"),
    "a decorator": ("@contextlib.contextmanager\n", ""),
    "no coroutine": ("async def work", "def work"),
    "no global": ("    global COUNT\n", ""),
    "a slice": ("rows[1:low]", "rows[:low]"),
    "a comparison": ("row > low", "row >= low"),
    "an operator": ("and not flag", "or not flag"),
    "a break": ("            continue\n", "            break\n"),
    "a rebinding": ("total += row", "total = row"),
    "fewer errors": ("(KeyError, IndexError)", "KeyError"),
    "all errors": ("(KeyError, IndexError)", "Exception"),
    "no finally": ("    finally:\n        rows.close()\n", "    rows.close()\n"),
    "no condition": ("for row in rows if row]", "for row in rows]"),
    "a text": ("} of {", "} von {"),
    "a conversion": ("size!r:>4", "size!s:>4"),
    "the order of keys": ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}'),
    "no brackets": ("n * (size + 1)", "n * size + 1"),
    "cases in another order": (FIRST + SECOND, SECOND + FIRST),
    "no await": ("await rows.done()", "rows.done()"),
    "out of its branch": (FLUSH, "    if total >= size:\n        pass\n    rows.flush()\n"),
    "statements in another order": (
        "    total = 0\n    low = min(size, LIMIT)\n",
        "    low = min(size, LIMIT)\n    total = 0\n",
    ),
    "calls in another order": ("    await rows.done()\n" + FLUSH, FLUSH + "    await rows.done()\n"),
    "a return moved up": ("    COUNT += 1\n    return total\n", "    return total\n    COUNT += 1\n"),
    "a return in a loop": ("        total += row\n", "        total += row\n        return total\n"),
    "into a loop": (READ, "".join(f"    {line}\n" for line in READ.splitlines())),
    "an early return": ("    total = 0\n", "    if not rows:\n        return 0\n    total = 0\n"),
    "another call": ("    COUNT += 1\n", "    COUNT += 1\n    rows.clear()\n"),
    "another value": ("    COUNT += 1\n", "    COUNT += 1\n    total = 0\n"),
    "an error caught": (
        "    await rows.done()\n",
        "    try:\n        await rows.done()\n    except OSError:\n        total = 0\n",
    ),
    "an else of a loop": ("        total += row\n", "        total += row\n    else:\n        total = 0\n"),
    "arguments in another order": ("job(kept, text", "job(text, kept"),
    "another attribute": ("rows.first", "rows.second"),
    "another function": ("one if two is None else two", "two if two is None else one"),
}


def with_rows(rows: str) -> str:
    return BODY.replace("@@\n", "".join(f"        {line}\n" for line in rows.split("\n")))


def test_what_is_added_right_behind_a_finding_mends_it() -> None:
    old = "def find(rows):\n    for row in rows:\n        if row:\n            return row\n\n\nprint(find([]))\n"
    place = Place("RET503", Span(old.index("    for"), old.index("row\n\n\n") + 3))
    end, added = "return row\n", "    return None\n"
    assert judge(old, old.replace(end, end + added), place) == ()
    assert judge(old, old + added.replace("    return None", "print(1)"), place) != ()


def test_one_of_several_that_are_the_same_is_the_findings() -> None:
    old = "def f(a):\n    if a:\n        return '{}'.format(a)\n    print(a)\n    return '{}'.format(a)\n"
    start, mended = old.index("'{}'"), old.replace("'{}'.format(a)", "f'{a}'", 1)
    place = Place("UP032", Span(start, start + len("'{}'.format(a)")))
    assert judge(old, mended + "\n\nprint(f)\n", place) != ()
    assert judge(old, mended.replace("\n    return '", "\n    return  '"), place) == ()


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_what_stands_beside_a_finding_stays(rule: str) -> None:
    marked, mended = map(with_rows, RULES[rule])
    old = marked.replace("«", "").replace("»", "")
    place = Place(rule, Span(marked.index("«"), marked.index("»") - 1), (), "totl" if rule == "F821" else "")
    assert judge(old, mended, place) == ()
    for change, (before, after) in CHANGES.items():
        assert before in mended, change
        found = judge(old, mended.replace(before, after, 1), place)
        assert {item.check for item in found} == {CHECK}, change

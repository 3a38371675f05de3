"""Names for expressions."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "extract-variable"

PRICE = """RATE = 2


def price(items, rate):
    total = 0
    for item in items:
        total += «item.cost * rate» + item.tax
        print(item.cost * rate)
    return total
"""
CALLS = """def send(queue, message):
    queue.put(«message.encode("utf-8")», block=False)
    log(first(message), len(message.encode("utf-8")))
    return queue.size() + queue.capacity
"""
CONDITION = """def allowed(user, page):
    if «user.age >= page.minimum» and user.active:
        return True
    elif user.admin and user.age >= page.minimum:
        return True
    return False
"""
LAZY = """def lazy(value, other):
    if value and «other[value]»:
        return [x * value for x in other if x]
    while other[value]:
        other[value] -= 1
    return lambda: other[value]
"""
MODULE = """import os

HOME = os.path.join(«os.environ.get("HOME", "/")», "notes")
NAMES = [name for name in os.listdir(HOME)]


class Box:
    size = len(HOME) + 1

    def grow(self, by=len(HOME) + 1):
        assert self.size + by > 0, str(self.size + by)
        self.size = (
            self.size
            + by
        ) * 2
        return self.size
"""
BARE_PRICE = PRICE.replace("«", "").replace("»", "")
_TOTAL = "        total += item.cost * rate + item.tax\n"
_PUT = '    queue.put(message.encode("utf-8"), block=False)\n'
_IF = "    if user.age >= page.minimum and user.active:\n"
_HOME = 'HOME = os.path.join(os.environ.get("HOME", "/"), "notes")\n'


def _select(text: str, part: str) -> str:
    plain = text.replace("«", "").replace("»", "")
    return plain.replace(part, f"«{part}»", 1)


SUBJECTS = (
    Subject(
        KIND,
        PRICE,
        slot=_TOTAL,
        right=(
            "        cost = item.cost * rate\n        total += cost + item.tax\n",
            "        cost: float = item.cost * rate\n        total += cost + item.tax\n",
            "        # What it costs.\n        cost = (item.cost * rate)\n        total += (cost) + item.tax\n",
            "        gross: float = (item.cost * rate)\n        total += gross + item.tax\n",
            "        gross = item.cost * \\\n            rate\n        total += (\n            gross\n            + item.tax\n        )\n",
        ),
        wrong=(
            "        cost = item.cost * rate\n        total += item.cost * rate + item.tax\n",
            "        cost = item.cost * RATE\n        total += cost + item.tax\n",
            "        cost = item.cost + rate\n        total += cost + item.tax\n",
            "        cost = item.cost * rate\n        total += item.tax + cost\n",
            "        cost = item.cost * rate\n        total = cost + item.tax\n",
            "        cost = item.cost * rate + item.tax\n        total += cost\n",
            "        rate = item.cost * rate\n        total += rate + item.tax\n",
            "        item = item.cost * rate\n        total += item + item.tax\n",
            "        total += (cost := item.cost * rate) + item.tax\n",
            "        total += cost + item.tax\n        cost = item.cost * rate\n",
            "        cost = item.cost\n        total += cost * rate + item.tax\n",
            "        print = item.cost * rate\n        total += print + item.tax\n",
            "        cost = item.cost * rate\n        cost = cost\n        total += cost + item.tax\n",
            (
                (
                    "    total = 0\n    for item in items:\n",
                    "    total = 0\n    cost = item.cost * rate\n    for item in items:\n",
                ),
                ("+= item.cost * rate +", "+= cost +"),
            ),
            (
                (
                    "        total += item.cost * rate + item.tax\n        print(item.cost * rate)",
                    "        cost = item.cost * rate\n        total += cost + item.tax\n        print(cost)",
                ),
            ),
            (
                (
                    "        total += item.cost * rate + item.tax\n        print(item.cost * rate)",
                    "        total += item.cost * rate + item.tax\n        cost = item.cost * rate\n        print(cost)",
                ),
            ),
        ),
    ),
    Subject(
        KIND,
        _select(PRICE, "item.cost * rate + item.tax"),
        slot=_TOTAL,
        right=("        full = item.cost * rate + item.tax\n        total += full\n",),
        wrong=("        full = item.cost * (rate + item.tax)\n        total += full\n",),
    ),
    Subject(
        KIND,
        _select(PRICE, "items"),
        slot="    for item in items:\n",
        wrong=("    values = items\n    for item in values:\n",),
    ),
    Subject(
        KIND,
        CALLS,
        slot=_PUT,
        right=(
            '    data = message.encode("utf-8")\n    queue.put(data, block=False)\n',
            '    data: bytes = message.encode("utf-8")\n    queue.put(data, block=False)\n',
            "    data = message.encode('utf-8')\n    queue.put(\n        data,\n        block=False,\n    )\n",
        ),
        wrong=(
            "    data = message.encode()\n    queue.put(data, block=False)\n",
            '    data = message.encode("utf-8")\n    queue.put(data)\n',
            '    data = message.encode("utf-8")\n    queue.put(data, block=True)\n',
            '    queue = message.encode("utf-8")\n    queue.put(queue, block=False)\n',
            '    data = message.encode("utf-8")\n    await queue.put(data, block=False)\n',
            '    data = message.encode("utf-8")\n    queue.put(message, block=False)\n',
            '    put = queue.put\n    put(message.encode("utf-8"), block=False)\n',
        ),
    ),
    Subject(
        KIND,
        _select(CALLS, "first(message)"),
        slot="    log(first(message), ",
        right=("    head = first(message)\n    log(head, ",),
        wrong=("    head = first(message)\n    log(message, ", "    head = first\n    log(head(message), "),
    ),
    Subject(
        KIND,
        _select(CALLS, 'len(message.encode("utf-8"))'),
        slot='    log(first(message), len(message.encode("utf-8")))\n',
        wrong=('    size = len(message.encode("utf-8"))\n    log(first(message), size)\n',),
    ),
    Subject(
        KIND,
        _select(CALLS, "queue.capacity"),
        slot="    return queue.size() + queue.capacity\n",
        wrong=("    capacity = queue.capacity\n    return queue.size() + capacity\n",),
    ),
    Subject(
        KIND,
        _select(CALLS, "queue.size()"),
        slot="    return queue.size() + queue.capacity\n",
        right=("    size = queue.size()\n    return size + queue.capacity\n",),
        wrong=("    size = queue.size\n    return size() + queue.capacity\n",),
    ),
    Subject(
        KIND,
        CONDITION,
        slot=_IF,
        right=(
            "    old_enough = user.age >= page.minimum\n    if old_enough and user.active:\n",
            "    grown: bool = user.age >= page.minimum\n    if grown and user.active:\n",
        ),
        wrong=(
            "    old_enough = user.age > page.minimum\n    if old_enough and user.active:\n",
            "    old_enough = user.age >= page.minimum and user.active\n    if old_enough:\n",
            "    old_enough = user.age >= page.minimum\n    if user.active and old_enough:\n",
            "    if old_enough := user.age >= page.minimum and user.active:\n",
        ),
    ),
    Subject(
        KIND,
        _select(CONDITION, "user.age >= page.minimum and user.active"),
        slot=_IF,
        right=("    may = user.age >= page.minimum and user.active\n    if may:\n",),
        wrong=("    may = user.age >= page.minimum or user.active\n    if may:\n",),
    ),
    Subject(
        KIND,
        LAZY,
        slot="    if value and other[value]:\n",
        wrong=("    found = other[value]\n    if value and found:\n",),
    ),
    Subject(
        KIND,
        _select(LAZY, "x * value"),
        slot="        return [x * value for x in other if x]\n",
        wrong=("        product = x * value\n        return [product for x in other if x]\n",),
    ),
    Subject(
        KIND,
        LAZY.replace("«", "").replace("»", "").replace("while other[value]", "while «other[value]»"),
        slot="    while other[value]:\n",
        wrong=("    left = other[value]\n    while left:\n",),
    ),
    Subject(
        KIND,
        LAZY.replace("«", "").replace("»", "").replace("lambda: other[value]", "lambda: «other[value]»"),
        slot="    return lambda: other[value]\n",
        wrong=("    found = other[value]\n    return lambda: found\n",),
    ),
    Subject(
        KIND,
        _select(LAZY, "[x * value for x in other if x]"),
        slot="        return [x * value for x in other if x]\n",
        right=(
            "        products = [x * value for x in other if x]\n        return products\n",
            "        products: list = [x * value for x in other if x]\n        return (products)\n",
        ),
        wrong=("        products = (x * value for x in other if x)\n        return products\n",),
    ),
    Subject(
        KIND,
        MODULE,
        slot=_HOME,
        right=(
            'home = os.environ.get("HOME", "/")\nHOME = os.path.join(home, "notes")\n',
            '_FOLDER = os.environ.get("HOME", "/")\nHOME = os.path.join(_FOLDER, "notes")\n',
        ),
        wrong=(
            'NAMES = os.environ.get("HOME", "/")\nHOME = os.path.join(NAMES, "notes")\n',
            'os = os.environ.get("HOME", "/")\nHOME = os.path.join(os, "notes")\n',
            'home = os.environ.get("HOME", "/tmp")\nHOME = os.path.join(home, "notes")\n',
        ),
    ),
    Subject(
        KIND,
        _select(MODULE, "os.listdir(HOME)"),
        slot="NAMES = [name for name in os.listdir(HOME)]\n",
        right=("files = os.listdir(HOME)\nNAMES = [name for name in files]\n",),
        wrong=("name = os.listdir(HOME)\nNAMES = [name for name in name]\n",),
    ),
    Subject(
        KIND,
        _select(MODULE, "len(HOME)"),
        slot="    size = len(HOME) + 1\n",
        wrong=("    length = len(HOME)\n    size = length + 1\n",),
    ),
    Subject(
        KIND,
        MODULE.replace("«", "").replace("»", "").replace("by=len(HOME) + 1", "by=«len(HOME) + 1»"),
        slot="    def grow(self, by=len(HOME) + 1):\n",
        wrong=("    step = len(HOME) + 1\n\n    def grow(self, by=step):\n",),
    ),
    Subject(
        KIND,
        MODULE.replace("«", "").replace("»", "").replace("assert self.size + by", "assert «self.size + by»"),
        slot="        assert self.size + by > 0, str(self.size + by)\n",
        right=(
            "        grown = self.size + by\n        assert grown > 0, str(self.size + by)\n",
            "        grown = self.size + by\n        assert grown > 0, str(grown)\n",
        ),
        wrong=("        grown = self.size + by\n        assert self.size + by > 0, str(grown)\n",),
    ),
    Subject(
        KIND,
        MODULE.replace("«", "").replace("»", "").replace("str(self.size + by)", "str(«self.size + by»)"),
        slot="        assert self.size + by > 0, str(self.size + by)\n",
        wrong=("        grown = self.size + by\n        assert self.size + by > 0, str(grown)\n",),
    ),
    Subject(
        KIND,
        MODULE.replace("«", "")
        .replace("»", "")
        .replace(
            "(\n            self.size\n            + by\n        )",
            "«(\n            self.size\n            + by\n        )»",
        ),
        slot="        self.size = (\n            self.size\n            + by\n        ) * 2\n",
        right=(
            "        grown = (\n            self.size\n            + by\n        )\n        self.size = grown * 2\n",
            "        grown = self.size + by\n        self.size = grown * 2\n",
            "        grown = self.size + by\n        self.size = (grown) * 2\n",
            "        new_size: int = (self.size + by)\n        self.size = new_size * 2\n",
        ),
        wrong=(
            "        grown = self.size + by * 2\n        self.size = grown\n",
            "        grown = (self.size + by) * 2\n        self.size = grown\n",
            "        self.grown = self.size + by\n        self.size = self.grown * 2\n",
        ),
    ),
)

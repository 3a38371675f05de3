"""Simpler forms of functions."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "simplify"

GRADE = '''def grade(score: int, bonus: bool = False) -> str:
    """Give the grade of a score."""
    if bonus:
        score = score + 5
    else:
        score = score
    if score >= 90:
        return "A"
    else:
        if score >= 80:
            return "B"
        else:
            if score >= 70:
                return "C"
            else:
                return "F"
'''
GRADE_TESTS = """from mod import grade


def test_grades():
    assert grade(95) == "A"
    assert grade(80) == "B"
    assert grade(70) == "C"
    assert grade(10) == "F"
    assert grade(86, True) == "A"
"""
COUNT = '''def count(words: list[str], skip_empty: bool) -> dict[str, int]:
    """Count the words."""
    found = {}
    for word in words:
        if skip_empty:
            if word == "":
                continue
        if word in found:
            found[word] = found[word] + 1
        else:
            found[word] = 1
    return found
'''
COUNT_TESTS = """from mod import count


def test_count():
    assert count(["a", "b", "a", ""], False) == {"a": 2, "b": 1, "": 1}
    assert count(["a", "", ""], True) == {"a": 1}
"""
SIGN = """LIMIT = 10


def kind_of(value: int | None) -> str:
    if value is None:
        return "missing"
    elif value < 0:
        return "negative"
    elif value == 0:
        return "zero"
    elif value > LIMIT:
        return "large"
    else:
        return "small"
"""
SIGN_TESTS = """from mod import kind_of


def test_kinds():
    assert kind_of(None) == "missing"
    assert kind_of(-1) == "negative"
    assert kind_of(0) == "zero"
    assert kind_of(10) == "small"
    assert kind_of(11) == "large"
"""
CART = '''class Cart:
    def __init__(self, prices):
        self.prices = prices

    def total(self, member=False, coupon=None):
        """Sum up what the cart costs."""
        result = 0
        for price in self.prices:
            if price > 0:
                result += price
        if member:
            if result > 100:
                result = result * 0.9
            else:
                result = result * 0.95
        if coupon is not None:
            if coupon in ("FIVE", "TEN"):
                if coupon == "FIVE":
                    result -= 5
                else:
                    result -= 10
        if result < 0:
            result = 0
        return result
'''
CART_TESTS = """from mod import Cart


def test_sum():
    assert Cart([1, 2, -5]).total() == 3
    assert Cart([200]).total(member=True) == 180
    assert Cart([100]).total(member=True) == 95
    assert Cart([20]).total(coupon="FIVE") == 15
    assert Cart([20]).total(coupon="TEN") == 10
    assert Cart([20]).total(coupon="NONE") == 20
    assert Cart([1]).total(coupon="TEN") == 0
"""
_CART = CART[CART.index("        result = 0\n        for") :]
_GRADE = GRADE[GRADE.index("    if bonus") :]
_COUNT = COUNT[COUNT.index("    found = {}") :]
_SIGN = SIGN[SIGN.index("    if value is None") :]

SUBJECTS = (
    Subject(
        KIND,
        GRADE,
        "grade",
        _GRADE,
        right=(
            '    score += 5 if bonus else 0\n    if score >= 90:\n        return "A"\n    if score >= 80:\n        return "B"\n    return "C" if score >= 70 else "F"\n',
            '    if bonus:\n        score += 5\n    if score >= 90:\n        return "A"\n    if score >= 80:\n        return "B"\n    if score >= 70:\n        return "C"\n    return "F"\n'.replace(
                "    if bonus:\n        score += 5\n", "    score += 5 * bonus\n"
            ),
            '    score += 5 * bonus\n    for limit, letter in ((90, "A"), (80, "B"), (70, "C")):\n        if score >= limit:\n            return letter\n    return "F"\n',
            '    reached = score + (5 if bonus else 0)\n    steps = ((90, "A"), (80, "B"), (70, "C"))\n    return next((letter for limit, letter in steps if reached >= limit), "F")\n',
            '    import bisect\n\n    return "FCBA"[bisect.bisect((70, 80, 90), score + 5 * bonus)]\n',
            (
                (
                    "def grade",
                    'def _letter(score: int) -> str:\n    if score >= 90:\n        return "A"\n    if score >= 80:\n        return "B"\n    return "C" if score >= 70 else "F"\n\n\ndef grade',
                ),
                (_GRADE, "    return _letter(score + 5 if bonus else score)\n"),
            ),
        ),
        wrong=(
            '    if bonus:\n        score += 5\n    if score >= 90:\n        return "A"\n    elif score >= 80:\n        return "B"\n    elif score >= 70:\n        return "C"\n    elif score < 70:\n        return "F"\n',
            _GRADE + "    return None\n",
            _GRADE.replace("score = score\n", "pass\n"),
            '    return "F"\n    '
            + "if bonus:\n        pass\n" * 1
            + "    if score:\n        pass\n    if score:\n        pass\n    if score:\n        pass\n",
            '    return eval("...")\n',
            "    score += 5 * bonus\n    return letter(score)\n",
            (
                ("score: int, bonus", "score: float, bonus"),
                (_GRADE, '    return "A" if score + 5 * bonus >= 90 else "F"\n'),
            ),
            (
                ("bonus: bool = False", "bonus: bool = True"),
                (_GRADE, '    return "A" if score + 5 * bonus >= 90 else "F"\n'),
            ),
            (
                ("Give the grade of a score", "Give a grade"),
                (_GRADE, '    return "A" if score + 5 * bonus >= 90 else "F"\n'),
            ),
            (
                ("def grade", "@staticmethod\ndef grade"),
                (_GRADE, '    return "A" if score + 5 * bonus >= 90 else "F"\n'),
            ),
            (
                ("def grade", 'def letter(score):\n    return "A"\n\n\ndef grade'),
                (_GRADE, "    return letter(score + 5 if bonus else score)\n"),
            ),
            (
                ("def grade", "def _unused(score):\n    return score\n\n\ndef grade"),
                (_GRADE, '    return "A" if score + 5 * bonus >= 90 else "F"\n'),
            ),
            (
                ("def grade", "def _letter(score, bonus):\n" + _GRADE + "\n\ndef grade"),
                (_GRADE, "    return _letter(score, bonus)\n"),
            )[:1],
        ),
        unseen=(
            '    score += 5 if bonus else 0\n    if score > 90:\n        return "A"\n    if score >= 80:\n        return "B"\n    return "C" if score >= 70 else "F"\n',
            '    if score >= 90:\n        return "A"\n    if score >= 80:\n        return "B"\n    return "C" if score >= 70 else "F"\n',
            '    score += 5 * bonus\n    for limit, letter in ((70, "C"), (80, "B"), (90, "A")):\n        if score >= limit:\n            return letter\n    return "F"\n',
            '    score += 5 if not bonus else 0\n    if score >= 90:\n        return "A"\n    if score >= 80:\n        return "B"\n    return "C" if score >= 70 else "F"\n',
            '    import bisect\n\n    return "FCBA"[bisect.bisect_left((70, 80, 90), score + 5 * bonus)]\n',
            '    score += 5 * bonus\n    return "A" if score >= 90 else "B" if score >= 80 else "C" if score >= 70 else "D"\n',
        ),
        tests=GRADE_TESTS,
    ),
    Subject(
        KIND,
        COUNT,
        "count",
        _COUNT,
        right=(
            "    found = {}\n    for word in words:\n        if word or not skip_empty:\n            found[word] = found.get(word, 0) + 1\n    return found\n",
            "    from collections import Counter\n\n    return dict(Counter(word for word in words if word or not skip_empty))\n",
            "    kept = [word for word in words if word] if skip_empty else words\n    return {word: kept.count(word) for word in dict.fromkeys(kept)}\n",
            "    found = {}\n    for word in filter(None, words) if skip_empty else words:\n        found[word] = found.get(word, 0) + 1\n    return found\n",
            '    found: dict[str, int] = {}\n    for word in words:\n        if skip_empty and word == "":\n            continue\n        found.setdefault(word, 0)\n        found[word] += 1\n    return found\n',
            "    found = {}\n    for word in words:\n        if not (skip_empty and not word):\n            found[word] = found.get(word, 0) + 1\n    return found\n",
        ),
        wrong=(
            _COUNT.replace("found[word] = found[word] + 1", "found[word] += 1"),
            '    found = {}\n    for word in words:\n        if skip_empty and word == "":\n            continue\n        if word in found:\n            found[word] += 1\n        elif word not in found:\n            found[word] = 1\n        elif not word:\n            pass\n    return found\n',
            "    return dict(Counter(word for word in words if word or not skip_empty))\n",
            "    found = {}\n    for word in words:\n        exec('found[word] = found.get(word, 0) + 1')\n    return found\n",
            (
                ("skip_empty: bool)", "skip_empty: bool = False)"),
                (_COUNT, "    return {word: words.count(word) for word in words}\n"),
            ),
            (("def count", "async def count"), (_COUNT, "    return {word: words.count(word) for word in words}\n")),
        ),
        unseen=(
            "    return {word: words.count(word) for word in words}\n",
            "    found = {}\n    for word in words:\n        if word:\n            found[word] = found.get(word, 0) + 1\n    return found\n",
            "    found = {}\n    for word in words:\n        if word or skip_empty:\n            found[word] = found.get(word, 0) + 1\n    return found\n",
            "    found = {}\n    for word in words:\n        if word or not skip_empty:\n            found[word] = found.get(word, 1) + 1\n    return found\n",
            "    return {word: 1 for word in words if word or not skip_empty}\n",
            "    from collections import Counter\n\n    return dict(Counter(word for word in words if word.strip() or not skip_empty))\n",
        ),
        tests=COUNT_TESTS,
    ),
    Subject(
        KIND,
        SIGN,
        "kind_of",
        _SIGN,
        right=(
            '    if value is None:\n        return "missing"\n    if value <= 0:\n        return "zero" if value == 0 else "negative"\n    return "large" if value > LIMIT else "small"\n',
            '    if value is None:\n        return "missing"\n    if value < 0:\n        return "negative"\n    if value == 0:\n        return "zero"\n    return "large" if value > LIMIT else "small"\n',
            '    if value is None:\n        return "missing"\n    return "negative" if value < 0 else "zero" if value == 0 else "large" if value > LIMIT else "small"\n',
            '    if value is None:\n        return "missing"\n    names = {(True, False): "negative", (False, True): "large"}\n    return names.get((value < 0, value > LIMIT), "small" if value else "zero")\n',
            '    if not value:\n        return "missing" if value is None else "zero"\n    if value < 0:\n        return "negative"\n    return "large" if value > LIMIT else "small"\n',
            (
                (
                    "def kind_of",
                    'def _sign(value: int) -> str:\n    if value < 0:\n        return "negative"\n    return "small" if value <= LIMIT else "large"\n\n\ndef kind_of',
                ),
                (
                    _SIGN,
                    '    if value is None:\n        return "missing"\n    return _sign(value) if value else "zero"\n',
                ),
            ),
        ),
        wrong=(
            _SIGN + "\n",
            _SIGN.replace("elif value == 0", "elif not value"),
            (("LIMIT = 10", "LIMIT = 11"), (_SIGN, '    return "missing" if value is None else "small"\n')),
            (("value: int | None", "value: int"), (_SIGN, '    return "missing" if value is None else "small"\n')),
            (("def kind_of(", "def _kind_of("), (_SIGN, '    return "missing" if value is None else "small"\n')),
            '    return "missing" if value is None else "small" if value < limit else "large"\n',
            (
                ("LIMIT = 10\n", "LIMIT = 10\n\n\nclass _Kind:\n    pass\n"),
                (_SIGN, '    return str(_Kind) if value is None else "small"\n'),
            ),
        ),
        unseen=(
            '    if not value:\n        return "missing"\n    if value < 0:\n        return "negative"\n    return "large" if value > LIMIT else "small"\n',
            '    if value is None:\n        return "missing"\n    if value <= 0:\n        return "zero" if value == 0 else "negative"\n    return "large" if value >= LIMIT else "small"\n',
            '    if value is None:\n        return "missing"\n    if value <= 0:\n        return "negative" if value == 0 else "zero"\n    return "large" if value > LIMIT else "small"\n',
            '    if value is None or value < 0:\n        return "negative"\n    return "large" if value > LIMIT else "small" if value else "zero"\n',
            '    if value is None:\n        return "missing"\n    return "large" if abs(value) > LIMIT else "small" if value > 0 else "zero" if value == 0 else "negative"\n',
            '    if value <= 0:\n        return "zero" if value == 0 else "negative"\n    return "large" if value > LIMIT else "small" if value else "missing"\n',
        ),
        tests=SIGN_TESTS,
    ),
    Subject(
        KIND,
        CART,
        "Cart.total",
        _CART,
        right=(
            '        result = sum(price for price in self.prices if price > 0)\n        if member:\n            result *= 0.9 if result > 100 else 0.95\n        result -= {"FIVE": 5, "TEN": 10}.get(coupon, 0)\n        return max(result, 0)\n',
            '        result = sum(max(price, 0) for price in self.prices)\n        if member:\n            result = result * (0.9 if result > 100 else 0.95)\n        if coupon == "FIVE":\n            result -= 5\n        elif coupon == "TEN":\n            result -= 10\n        return result if result >= 0 else 0\n',
            (
                (
                    "    def total(self",
                    '    def _off(self, coupon):\n        return {"FIVE": 5, "TEN": 10}.get(coupon, 0)\n\n    def total(self',
                ),
                (
                    _CART,
                    "        result = sum(price for price in self.prices if price > 0)\n        if member:\n            result *= 0.9 if result > 100 else 0.95\n        return max(result - self._off(coupon), 0)\n",
                ),
            ),
            '        result = 0\n        for price in self.prices:\n            result += price if price > 0 else 0\n        rate = (0.9 if result > 100 else 0.95) if member else 1\n        off = 5 if coupon == "FIVE" else 10 if coupon == "TEN" else 0\n        return max(0, result * rate - off)\n',
            "        result = sum(filter(lambda price: price > 0, self.prices))\n        if member and result > 100:\n            result *= 0.9\n        elif member:\n            result *= 0.95\n        return max(result - dict(FIVE=5, TEN=10).get(coupon, 0), 0)\n",
            '        positive = [price for price in self.prices if price > 0]\n        result = sum(positive)\n        if member:\n            result *= 0.95 if result <= 100 else 0.9\n        match coupon:\n            case "FIVE":\n                result -= 5\n            case "TEN":\n                result -= 10\n        return max(result, 0)\n',
            '        result = sum(price for price in self.prices if price > 0)\n        result *= {True: 0.9, False: 0.95}[result > 100] if member else 1\n        if coupon in ("FIVE", "TEN"):\n            result -= 5 if coupon == "FIVE" else 10\n        return max(result, 0)\n',
        ),
        wrong=(
            _CART.replace("result = result * 0.9\n", "result *= 0.9\n"),
            (
                ("    def total(self", "    def off(self, coupon):\n        return 5\n\n    def total(self"),
                (_CART, "        return self.off(coupon)\n"),
            ),
            (
                ("    def total(self, member=False", "    def total(self, member=None"),
                (_CART, "        return sum(self.prices)\n"),
            ),
            (("self.prices = prices", "self.prices = list(prices)"), (_CART, "        return sum(self.prices)\n")),
        ),
        unseen=(
            '        result = sum(self.prices)\n        if member:\n            result *= 0.9 if result > 100 else 0.95\n        result -= {"FIVE": 5, "TEN": 10}.get(coupon, 0)\n        return max(result, 0)\n',
            '        result = sum(price for price in self.prices if price > 0)\n        if member:\n            result *= 0.9 if result >= 100 else 0.95\n        result -= {"FIVE": 5, "TEN": 10}.get(coupon, 0)\n        return max(result, 0)\n',
            '        result = sum(price for price in self.prices if price > 0)\n        if member:\n            result *= 0.9 if result > 100 else 0.95\n        result -= {"FIVE": 5}.get(coupon, 10)\n        return max(result, 0)\n',
            '        result = sum(price for price in self.prices if price > 0)\n        if member:\n            result *= 0.9 if result > 100 else 0.95\n        return result - {"FIVE": 5, "TEN": 10}.get(coupon, 0)\n',
            '        result = sum(price for price in self.prices if price > 0)\n        result -= {"FIVE": 5, "TEN": 10}.get(coupon, 0)\n        if member:\n            result *= 0.9\n        return max(result, 0)\n',
            '        result = sum(price for price in self.prices if price > 0)\n        result -= {"FIVE": 10, "TEN": 5}.get(coupon, 0)\n        if member:\n            result *= 0.9 if result > 100 else 0.95\n        return max(result, 0)\n',
            "        return max(0, sum(price for price in self.prices if price > 0))\n",
        ),
        tests=CART_TESTS,
    ),
)

"""Whatever a model writes: no syntax error comes into a sound document, and typing what is shown asks nothing."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support.filling import Desk, ScriptedFiller, pieces

from lastmile.complete.brackets import balance, balances
from lastmile.complete.reparsing import Reparsing
from lastmile.complete.stopping import Scene, cut
from lastmile.complete.tidying import fitted, joined
from lastmile.complete.window import around
from lastmile.config.completing import Completing
from lastmile.text.edits import Span
from lastmile.text.lines import LineIndex
from lastmile.text.symbols import defects
from lastmile.verify.syntax import complaint

QUIET = Completing(battery_saver=True)
CODE = Path(json.__file__).with_name("decoder.py").read_text(encoding="utf-8")
LINES = CODE.splitlines(keepends=True)
WORDS = st.sampled_from(
    [
        *("return ", "x", " = ", "1", ".", "*", "@", ",", ":", "(", ")", "[", "]", "{", "}", '"', "'", '"""', "f'{"),
        *("\n", "    ", "\t", "\r\n", "\f", "\\", "\0", "# no", "def f", "if ", "else:", "pass", "lambda ", "ß"),
        *("import a", "await ", "yield "),
    ]
)
STREAMS = st.lists(WORDS, max_size=20).map("".join) | st.text(max_size=40) | st.sampled_from(LINES)
PLACES = st.integers(min_value=0, max_value=len(CODE))


@settings(max_examples=80, deadline=None)
@given(offset=PLACES, stream=STREAMS)
def test_no_syntax_error_is_added(offset: int, stream: str) -> None:
    assert complaint(CODE) is None
    desk = Desk(ScriptedFiller([pieces(stream)]), CODE, offset, QUIET)
    found = asyncio.run(ask(desk))
    if found is not None:
        assert complaint(found) is None
        assert defects(found) == ()


async def ask(desk: Desk) -> str | None:
    """Ask and give the document with what is shown."""
    shown = await desk.ask(invoked=True)
    await desk.completer.close()
    if shown is None:
        return None
    assert shown.text.strip()
    desk.accept(shown)
    return desk.text


@settings(max_examples=40, deadline=None)
@given(line=st.integers(min_value=0, max_value=len(LINES) - 1), data=st.data())
def test_typing_a_part_of_what_is_shown_asks_nothing(line: int, data: st.DataObject) -> None:
    text = LINES[line].rstrip("\n")
    begun = data.draw(st.integers(min_value=0, max_value=len(text)))
    before = "".join(LINES[:line]) + text[:begun]
    desk = Desk(ScriptedFiller([pieces(text[begun:])]), before + "\n" + "".join(LINES[line + 1 :]), len(before), QUIET)

    async def run() -> None:
        shown = await desk.ask(invoked=True)
        if shown is None:
            return
        parts = data.draw(st.lists(st.integers(min_value=1, max_value=5), max_size=6))
        left = shown.text
        for part in parts:
            if part >= len(left):
                break
            desk.type(left[:part])
            left = left[part:]
            again = await desk.ask(invoked=True)
            # What leaves the document broken is judged anew; it is shown as it is or not at all.
            assert again is None or again.text == left
            assert again is not None or complaint(desk.text[: desk.offset] + left + desk.text[desk.offset :])
        assert len(desk.filler.history) == 1
        await desk.completer.close()

    asyncio.run(run())


BROKEN = "".join(LINES[:120])


@settings(max_examples=100, deadline=None)
@given(
    offset=st.integers(0, len(BROKEN)),
    gone=st.integers(0, 40),
    stream=STREAMS | st.lists(st.sampled_from(LINES), max_size=3).map("".join),
)
def test_what_is_shown_in_a_broken_document_stays_while_it_is_typed(offset: int, gone: int, stream: str) -> None:
    desk = Desk(ScriptedFiller([pieces(stream)]), BROKEN[:offset] + BROKEN[offset + gone :], offset, QUIET)

    async def run() -> None:
        shown = await desk.ask(invoked=True)
        text = shown.text if shown is not None and not shown.span else ""
        for at in range(1, min(len(text), 30)):
            desk.type(text[at - 1])
            again = await desk.ask(invoked=True)
            assert again is not None
            assert again.text == text[at:]
            sound = complaint(desk.text) is None
            assert not sound or complaint(desk.text[: desk.offset] + text[at:] + desk.text[desk.offset :]) is None
        await desk.completer.close()

    asyncio.run(run())


@settings(max_examples=200, deadline=None)
@given(before=STREAMS, after=STREAMS, text=STREAMS)
@example(before="", after=")", text=")return ")
@example(before="", after="))", text=")x)")
def test_fitting_in_loses_nothing_of_the_document(before: str, after: str, text: str) -> None:
    window = around(LineIndex(before + after), len(before))
    fit = fitted(text, window)
    if fit is not None:
        assert 0 <= fit.replaced <= len(window.rest)
        assert fit.text == fit.text.rstrip() or window.rest.strip()
        # Only closers are replaced, and each of them stands in the text that replaces it, in the same order.
        kept = iter(fit.text)
        assert all(closer in kept for closer in window.rest[: fit.replaced].strip())


@settings(max_examples=200, deadline=None)
@given(before=STREAMS, after=STREAMS)
def test_a_window_is_what_stands_around(before: str, after: str) -> None:
    window = around(LineIndex(before + after), len(before))
    assert before.endswith(window.before)
    assert after.startswith(window.after)
    assert window.above + window.line == window.before
    assert window.rest + window.below == window.after
    assert window.before.endswith(window.fill("x.py", ()).prefix + window.lead)


@settings(max_examples=200, deadline=None)
@given(text=STREAMS, line=STREAMS, multiline=st.booleans(), least=st.integers(0, 8), depth=st.integers(0, 2))
def test_a_cut_lies_in_the_text(text: str, line: str, *, multiline: bool, least: int, depth: int) -> None:
    scene = Scene(multiline, line.partition("\n")[0], least, depth, "return x", braces=False)
    found = cut(text, scene)
    assert found is None or 0 <= found.length <= len(text)
    assert multiline or found is not None or "\n" not in text


@given(raw=STREAMS, line=st.sampled_from(["", " ", "    ", "\t", "x =", "x = "]))
def test_joining_takes_blanks_alone(raw: str, line: str) -> None:
    text = joined(raw, line)
    assert raw.endswith(text)
    assert not raw[: len(raw) - len(text)].strip(" \t")


@given(text=STREAMS)
def test_brackets_balance(text: str) -> None:
    found = balance(text)
    assert len(found.closed) == len(found.ends) <= len(text)
    assert all(text[end - 1] == char for end, char in zip(found.ends, found.closed, strict=True))


@given(text=STREAMS)
def test_lines_balance_as_the_text_up_to_their_ends(text: str) -> None:
    lines = text.split("\n")
    found = list(balances(lines))
    assert found == [balance("\n".join(lines[:count])) for count in range(1, len(lines) + 1)]


@settings(max_examples=150, deadline=None)
@given(offset=PLACES, length=st.integers(0, 5), text=STREAMS)
def test_reparsing_sees_what_parsing_sees(offset: int, length: int, text: str) -> None:
    span = Span(offset, min(len(CODE), offset + length))
    known = Reparsing(CODE, span)
    assert known.errors == 0
    fresh = defects(CODE[: span.start] + text + CODE[span.end :])
    assert (known.errors_with(text) == 0) == (fresh == ())

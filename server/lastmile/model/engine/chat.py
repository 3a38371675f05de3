"""Puts a conversation into a model's own form, by the template that its file carries.

The text of a message is never read as special tokens: the template is filled in with marks, and each
message's own tokens go where its mark came out. A template is a program of whoever made the file: it
runs in jinja's sandbox, for so long and to so many characters, and leaves out nothing that was said.
"""

from __future__ import annotations

import functools
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from attrs import evolve

from lastmile.model.engine.trouble import AskError
from lastmile.model.engine.vocabulary import Vocabulary
from lastmile.model.values import Message

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""The form most models know, for files without a template of their own."""

# Private code points: no template writes them, and no message's text is in the rendering to do so.
_MARK = "\ue0f0{}\ue0f1"
_MARKED = re.compile("\ue0f0([0-9]{1,9})\ue0f1")

_SECONDS = 1.0
"""For a template to be filled in; a real one takes some milliseconds."""

_LONGEST = 1_000_000
"""Characters of a template, and of what comes of it without the messages' texts."""

_TIMES = 4
"""How often a template may show each message at the most."""


def chat_tokens(messages: Sequence[Message], template: str, vocabulary: Vocabulary) -> list[int]:
    """Give the tokens of a conversation up to where the assistant begins to speak. Raises `AskError`."""
    try:
        rendered = _rendered(messages, template or CHATML, vocabulary)
    except AskError:
        # Some templates refuse a system message, or leave it out; what it says can stand before what the user says.
        messages, before = _without_system(messages), messages
        if messages == tuple(before):
            raise
        rendered = _rendered(messages, template or CHATML, vocabulary)
    found = [token for part in _parts(rendered, messages, vocabulary) for token in part]
    beginning = list(vocabulary.beginning)
    return found if found[: len(beginning)] == beginning else beginning + found


def _rendered(messages: Sequence[Message], template: str, vocabulary: Vocabulary) -> str:
    marked: list[Any] = [
        {"role": message.role, "content": _MARK.format(number)} for number, message in enumerate(messages)
    ]
    try:
        formatter = _formatter(template, vocabulary.name("eos"), vocabulary.name("bos"))
        with _hurried():
            rendered = str(formatter(messages=marked).prompt)
    except Exception as error:
        # A template is a program of whoever made the file, and fails with what it likes.
        message = f"The model's chat template cannot be filled in: {error}."
        raise AskError(message) from error
    _see_all(rendered, messages)
    return rendered


@functools.lru_cache(maxsize=2)
def _formatter(template: str, eos: str, bos: str) -> Any:  # noqa: ANN401 - the library's own, untyped
    """Compile a template, once. Raises what jinja does."""
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter  # noqa: PLC0415 - it is loaded with the library

    if len(template) > _LONGEST:
        message = f"it has {len(template)} characters, and {_LONGEST} are the most"
        raise ValueError(message)
    return Jinja2ChatFormatter(template, eos, bos)


@contextmanager
def _hurried() -> Iterator[None]:
    """Stop this thread's Python once its time is over. Raises `TimeoutError`; one long operation is not stopped."""
    deadline, before = time.monotonic() + _SECONDS, sys.gettrace()

    def look(_frame: FrameType, _event: str, _argument: object) -> Any:  # noqa: ANN401 - what `sys.settrace` wants
        if time.monotonic() > deadline:
            message = f"it takes more than {_SECONDS:g} s"
            raise TimeoutError(message)
        return look

    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(before)


def _see_all(rendered: str, messages: Sequence[Message]) -> None:
    """See that what was said came out, and nothing endless. Raises `AskError`.

    Some templates leave out what the assistant said before, which is their right.
    """
    numbers = [int(number) for number in _MARKED.findall(rendered)]
    if len(rendered) > _LONGEST or len(numbers) > _TIMES * len(messages) or max(numbers, default=0) >= len(messages):
        raise AskError("The model's chat template makes more of a conversation than was said: choose another model.")
    asked = {number for number, message in enumerate(messages) if message.role != "assistant"}
    if left_out := asked.difference(numbers):
        message = f"The model's chat template leaves out what the {messages[min(left_out)].role} said."
        raise AskError(message)


def _parts(rendered: str, messages: Sequence[Message], vocabulary: Vocabulary) -> Iterator[list[int]]:
    for place, part in enumerate(_MARKED.split(rendered)):
        if place % 2:
            yield vocabulary.inner(messages[int(part)].text)
        elif part:
            yield vocabulary.tokens(part, special=True)


def _without_system(messages: Sequence[Message]) -> tuple[Message, ...]:
    system = [message.text for message in messages if message.role == "system"]
    others = [message for message in messages if message.role != "system"]
    if not system or not others:
        return tuple(messages)
    return (evolve(others[0], text="\n\n".join([*system, others[0].text])), *others[1:])

"""Puts a conversation into a model's own form, by the template that its file carries.

The text of a message is never read as special tokens: the template is filled in with marks, and each
message's own tokens go where its mark came out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
_MARKED = re.compile("\ue0f0([0-9]+)\ue0f1")


def chat_tokens(messages: Sequence[Message], template: str, vocabulary: Vocabulary) -> list[int]:
    """Give the tokens of a conversation up to where the assistant begins to speak. Raises `AskError`."""
    try:
        rendered = _rendered(messages, template or CHATML, vocabulary)
    except AskError:
        # Some templates refuse a system message; what it says can stand before what the user says.
        messages, before = _without_system(messages), messages
        if messages == tuple(before):
            raise
        rendered = _rendered(messages, template or CHATML, vocabulary)
    found = [token for part in _parts(rendered, messages, vocabulary) for token in part]
    beginning = list(vocabulary.beginning)
    return found if found[: len(beginning)] == beginning else beginning + found


def _rendered(messages: Sequence[Message], template: str, vocabulary: Vocabulary) -> str:
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter  # noqa: PLC0415 - it is loaded with the library

    marked: list[Any] = [
        {"role": message.role, "content": _MARK.format(number)} for number, message in enumerate(messages)
    ]
    try:
        formatter = Jinja2ChatFormatter(template, vocabulary.name("eos"), vocabulary.name("bos"))
        return formatter(messages=marked).prompt
    except Exception as error:
        # A template is a program of whoever made the file, and fails with what it likes.
        message = f"The model's chat template cannot be filled in: {error}."
        raise AskError(message) from error


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

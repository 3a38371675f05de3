"""Writes how likely tokens were, as OpenAI does: in one shape for conversations, in an older one for text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lastmile.model.values import Likely, Token

Json = dict[str, Any]

_LEAST = -9999.0
"""What OpenAI writes for what could not come; JSON has no infinity."""


def of_chat(tokens: Sequence[Token]) -> Json:
    """Write the tokens of a conversation's answer."""
    content = [_entry(token) | {"top_logprobs": [_entry(other) for other in token.likeliest]} for token in tokens]
    return {"content": content, "refusal": None}


def of_text(tokens: Sequence[Token], *, likeliest: int) -> Json:
    """Write the tokens of text that went on. With the likeliest stands the chosen one, so one more may be there."""
    top = [{_name(each): _log(each) for each in (*token.likeliest, token)} for token in tokens]
    return {
        "tokens": [_name(token) for token in tokens],
        "token_logprobs": [_log(token) for token in tokens],
        "top_logprobs": top if likeliest else None,
        "text_offset": [token.start for token in tokens],
    }


def _entry(token: Likely) -> Json:
    text = token.piece.decode("utf-8", "replace")
    return {"token": text, "logprob": _log(token), "bytes": list(token.piece)}


def _name(token: Likely) -> str:
    r"""Write a token as a text, and a part of a character as OpenAI does: ``bytes:\xe2\x80``."""
    try:
        return token.piece.decode("utf-8")
    except UnicodeDecodeError:
        return "bytes:" + "".join(f"\\x{byte:02x}" for byte in token.piece)


def _log(token: Likely) -> float:
    return max(token.log, _LEAST)

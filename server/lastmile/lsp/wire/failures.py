"""Turns what went wrong into the answer that a client gets: a code and a message for a person.

A traceback never leaves this process: it names the person's folders and helps nobody in an editor.
"""

from __future__ import annotations

import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lastmile.errors import LastmileError, StaleError

logger = logging.getLogger(__name__)

INVALID_PARAMS = types.ErrorCodes.InvalidParams.value
REQUEST_FAILED = types.LSPErrorCodes.RequestFailed.value
CONTENT_MODIFIED = types.LSPErrorCodes.ContentModified.value
CANCELLED = types.LSPErrorCodes.RequestCancelled.value
INTERNAL = types.ErrorCodes.InternalError.value


def answer(error: BaseException) -> types.ResponseError:
    """Say to a client why its request has no result; what nobody expected goes to the log."""
    match error:
        case StaleError():
            return types.ResponseError(CONTENT_MODIFIED, str(error))
        case LastmileError():
            return types.ResponseError(REQUEST_FAILED, str(error))
        case JsonRpcException():
            return types.ResponseError(error.code, error.message)
        case _:
            logger.error("A request failed for a reason that nobody foresaw.", exc_info=error)
            what = f"Lastmile failed inside ({type(error).__name__}). Its log says where; please report it."
            return types.ResponseError(INTERNAL, what)


def invalid(message: str) -> JsonRpcException:
    """Make the error of a request that makes no sense."""
    return JsonRpcException(message, code=INVALID_PARAMS)

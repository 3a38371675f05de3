"""pygls' protocol with its gaps closed, so that every request is answered exactly once.

What pygls 2.1 leaves open, and what happens here instead:

- cancelling a command ends the command, not only its answer;
- a command that is cancelled from within answers "cancelled" instead of nothing;
- shutdown with work pending ends the work and succeeds;
- the table of pending work forgets what has ended, and a question to the client that was given up;
- an answer that comes late is dropped, and one that makes no sense ends the wait for it;
- a request that cannot be read, or comes before `initialize` or after `shutdown`, gets an error;
- errors carry no traceback.

The handlers that copy documents into pygls' own workspace are taken out: `documents` keeps them.
Private names of pygls are overridden, so its version is pinned; tests/lsp shows each point.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

from attrs import frozen
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage

from lastmile.errors import LastmileError
from lastmile.lsp.wire.failures import CANCELLED, answer
from lastmile.lsp.wire.watchdog import watch

logger = logging.getLogger(__name__)

PROGRESS_TOKEN: ContextVar[int | str | None] = ContextVar("work_done_token", default=None)
"""The token by which the client wants to hear of the command that runs in this context."""

_ENDING_SECONDS = 1.0
"""How long cancelled work may take to end; a third of what the server has for leaving."""

_LONGEST_REASON = 300
_OURS = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
    types.WINDOW_WORK_DONE_PROGRESS_CANCEL,
)


@frozen
class Unreadable:
    """A message that does not have the form that its method asks for."""

    id: int | str | None
    """None for a notification."""

    asks: bool
    """Whether it is a request of the client's; otherwise an answer to one of ours."""

    why: str


def _why(error: Exception) -> str:
    """Say in a line why a message does not have its form."""
    from cattrs import BaseValidationError, transform_error  # noqa: PLC0415 - loaded already, by lsprotocol

    found = transform_error(error) if isinstance(error, BaseValidationError) else [type(error).__name__]
    return " ".join("; ".join(found).split())[:_LONGEST_REASON]


class Protocol(LanguageServerProtocol):
    """The protocol of the server. Its state is the table of pending work, as in pygls.

    ``gone``, where it is set before `initialize`, is called from a thread when the client's process
    has ended.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as pygls has it
        self._commands: dict[int | str, Future[Any]] = {}
        self._begun = False
        self.gone: Callable[[], None] | None = None
        super().__init__(*args, **kwargs)

    @property
    def ended(self) -> bool:
        """Whether the client has asked for shutdown, so that leaving is no failure."""
        return self._shutdown

    @property
    def pending(self) -> int:
        """How many requests, commands and questions to the client are under way."""
        return len(self._request_futures)

    def tell(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification that is plain JSON already, and may be long: diagnostics."""
        self._send_plain({"jsonrpc": self.VERSION, "method": method, "params": params})

    def _send_plain(self, message: dict[str, Any]) -> None:
        import orjson  # noqa: PLC0415 - the start does without it

        try:
            body = orjson.dumps(message)  # twenty times as fast as json, which pygls would use
        except TypeError:  # half of a surrogate pair, from a name of a file, has no UTF-8
            self._send_data(message)
            return
        if self.writer is not None:
            self.writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def ask(self, method: str, params: object, *, seconds: float) -> Any:  # noqa: ANN401 - by method
        """Ask the client and wait; given up after ``seconds``, or when the caller is cancelled.

        Raises `TimeoutError` where no answer came, `JsonRpcException` where the answer is an error.
        """
        msg_id = str(uuid4())
        future = self.send_request(method, params, msg_id=msg_id)
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(future)
        finally:
            self._result_types.pop(msg_id, None)  # pygls forgets it only where the answer is no error
            if self._request_futures.pop(msg_id, None) is not None:
                self.notify(types.CANCEL_REQUEST, types.CancelParams(id=msg_id))

    def _register_builtin_features(self) -> None:
        super()._register_builtin_features()  # type: ignore[no-untyped-call]  # pygls' own
        for method in _OURS:
            self.fm.builtin_features.pop(method)

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 - any message
        """Read one object of the wire; what cannot be read comes out as such, never as an exception."""
        method = data.get("method")
        if isinstance(method, str) and self.get_message_type(method) is None:
            data.setdefault("params", None)  # a method nobody knows may have none
        if "jsonrpc" not in data:
            return data
        try:
            return self._converter.structure(data, self._form(data))
        except Exception as error:  # noqa: BLE001 - a fence: a client can send anything, and pygls would log pages of it
            msg_id = data.get("id")
            return Unreadable(msg_id if isinstance(msg_id, int | str) else None, "method" in data, _why(error))

    def _form(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 - a class of lsprotocol's or pygls'
        """Tell which message it should be."""
        method = data.get("method")
        known = self.get_message_type(method) if isinstance(method, str) else None
        if "id" not in data:
            return known or JsonRPCNotification
        if "error" in data:
            return types.ResponseErrorMessage
        if "method" in data:
            return known or JsonRPCRequestMessage
        return self._result_types.pop(data["id"], None) or JsonRPCResponseMessage

    def handle_message(self, message: Any) -> None:  # noqa: ANN401 - any message
        """Hand a message on, unless it cannot be read or comes at the wrong time."""
        if isinstance(message, Unreadable):
            self._refuse(message)
        elif not hasattr(message, "jsonrpc"):
            logger.warning("What the client sent is not a message of JSON-RPC 2.0; it is dropped.")
        elif self._in_time(message):
            super().handle_message(message)

    def _in_time(self, message: Any) -> bool:  # noqa: ANN401 - any message
        method = getattr(message, "method", None)
        if method is None or method == types.EXIT:
            return True
        starts = method == types.INITIALIZE
        if self._begun != starts and not self._shutdown:
            self._begun = True
            return True
        if hasattr(message, "id"):
            code, why = self._untimely()
            self._send_response(message.id, error=types.ResponseError(code, why))
        return False

    def _untimely(self) -> tuple[int, str]:
        if self._shutdown:
            return types.ErrorCodes.InvalidRequest.value, "The server is shutting down."
        if self._begun:
            return types.ErrorCodes.InvalidRequest.value, "The server is initialized already."
        return types.ErrorCodes.ServerNotInitialized.value, "The first request must be initialize."

    def _refuse(self, message: Unreadable) -> None:
        logger.warning("A message of the client cannot be read: %s", message.why)
        if message.id is None:
            return
        if message.asks:
            why = "The request does not have the form that its method asks for."
            self._send_response(message.id, error=types.ResponseError(types.ErrorCodes.InvalidParams.value, why))
        elif (future := self._request_futures.pop(message.id, None)) is not None and not future.done():
            future.set_exception(JsonRpcException("The client's answer cannot be read."))

    def _execute_handler(self, msg_id: int | str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as pygls has it
        super()._execute_handler(msg_id, *args, **kwargs)
        future = self._request_futures.get(msg_id)
        request = self.msg_id
        if future is None or msg_id == request:
            return
        # Filed under an id that no answer will ever take out: a notification's work, or a command's.
        future.add_done_callback(lambda _: self._request_futures.pop(msg_id, None))
        if request is not None:
            self._commands[request] = future
            future.add_done_callback(lambda _: self._commands.pop(request, None))

    def _run_generator(
        self,
        future: Future[Any] | None,
        *,
        gen: Generator[Any, Any, Any],
        result_future: Future[Any],
    ) -> None:
        if future is not None and future.cancelled():
            gen.close()
            result_future.cancel()
            return
        super()._run_generator(future, gen=gen, result_future=result_future)

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        command = self._commands.pop(msg_id, None)
        if msg_id in self._request_futures:  # otherwise it was answered while the cancel was on its way
            super()._handle_cancel_notification(msg_id)
        if command is not None:
            command.cancel()

    def _handle_response(
        self,
        msg_id: int | str,
        result: Any = None,  # noqa: ANN401 - by method
        error: types.ResponseError | None = None,
    ) -> None:
        future = self._request_futures.get(msg_id)
        if future is None or future.done():
            self._request_futures.pop(msg_id, None)
            logger.debug("An answer came after its question was given up.")
            return
        super()._handle_response(msg_id, result, error)

    def _send_handler_result(self, future: Future[Any], *, msg_id: int | str) -> None:
        self._request_futures.pop(msg_id, None)
        if future.cancelled():
            self._send_response(msg_id, error=types.ResponseError(CANCELLED, "The request was cancelled."))
        elif (failure := future.exception()) is not None:
            self._send_response(msg_id, error=answer(failure))
        else:
            self._send_result(msg_id, future.result())

    def _send_result(self, msg_id: int | str, result: Any) -> None:  # noqa: ANN401 - by method
        """Answer; what is plain JSON already is not gone over once more, for a thousand diagnostics are long."""
        if isinstance(result, dict):
            self._result_types.pop(msg_id, None)
            self._send_plain({"jsonrpc": self.VERSION, "id": msg_id, "result": result})
        else:
            self._send_response(msg_id, result=result)

    def _check_handler_result(self, future: Future[Any]) -> None:
        if not future.cancelled() and (failure := future.exception()) is not None:
            known = isinstance(failure, LastmileError | JsonRpcException)
            logger.error("A notification could not be handled: %s", failure, exc_info=None if known else failure)

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Answer as pygls does; then watch the client's process, where somebody wants to know."""
        result: types.InitializeResult = yield from super().lsp_initialize(params)
        if result.capabilities.execute_command_provider is not None:
            result.capabilities.execute_command_provider.work_done_progress = True
        if self.gone is not None and params.process_id is not None:
            watch(params.process_id, gone=self.gone)
        return result

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    def lsp_workspace__execute_command(self, params: types.ExecuteCommandParams) -> Generator[Any, Any, Any]:
        """Execute a command as pygls does, which does not hand on the client's progress token."""
        PROGRESS_TOKEN.set(params.work_done_token)
        return (yield from super().lsp_workspace__execute_command(params))

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:  # noqa: ANN401 - as pygls has it
        """End all pending work, then let the server close what it holds."""
        request = self.msg_id
        yield self.end_all, (request,), None
        if (handler := self.fm.features.get(types.SHUTDOWN)) is not None:
            yield handler, args, None
            yield self.end_all, (request,), None
        self._shutdown = True

    async def end_all(self, but: int | str | None = None) -> None:
        """End all pending work but one request's, and wait a moment until it has ended.

        What was cancelled still writes down what it cost, and answers; then the server may close.
        """
        # Futures are tasks where the handler is a coroutine, whatever pygls' annotation says. One that is
        # cancelled takes itself out of the table at once, so a copy is walked.
        pending: list[tuple[int | str, object]] = list(self._request_futures.items())
        here = asyncio.current_task()
        ending = [future for msg_id, future in pending if msg_id != but and future is not here]
        for future in ending:
            if isinstance(future, asyncio.Task | Future):
                future.cancel()
        waiting = [future for future in ending if isinstance(future, asyncio.Task)]
        if waiting:
            await asyncio.wait(waiting, timeout=_ENDING_SECONDS)

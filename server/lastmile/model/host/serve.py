"""The host's process: takes the lock, listens, and ends when nobody is connected any more.

Whoever does not get the lock leaves at once: another host of the same settings lives.
"""

from __future__ import annotations

import asyncio
import errno
import faulthandler
import logging
import math
import os
import stat
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from attrs import define, field

from lastmile.config.local import LocalModel
from lastmile.errors import ModelError
from lastmile.model.header import see
from lastmile.model.host import room
from lastmile.model.host.address import Address
from lastmile.model.host.keeper import Keeper
from lastmile.model.host.listening import Listening, listening
from lastmile.model.host.locking import locked, tidy
from lastmile.model.host.places import Places
from lastmile.model.values import Engine

if TYPE_CHECKING:
    from lastmile.model.host.visitors import Connection, Visitors

_LOG = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds between two looks at whether anybody is still there, at the most."""

_GRACE = 2
"""Seconds that answers under way have to end when the process is told to."""

_LONGEST_STEP = 180.0
"""Seconds for one step of the engine: a batch takes seconds on the slowest machine, and what hangs never ends."""

_LONGEST_LOAD, _SLOWEST_DISK = 300.0, 5e6
"""Seconds for loading a model, and bytes a second that it gets more time for: no network disk in use is slower."""

_LONGEST_LOG = 1_000_000
"""Bytes; a log that is longer begins anew."""


def serve(
    model: LocalModel, found: Places, *, port: int | None = None, ready: Callable[[Address], object] | None = None
) -> int:
    """Be the host of a model until nobody needs it; 0 also where another is that already.

    With a ``port`` it listens there too, and stays until it is told to end; ``ready`` hears where that is. Raises
    `ModelError` where it cannot be had, or where another process has the model.
    """
    faulthandler.enable()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(process)d %(message)s")
    with locked(found.lock) as ours:
        if not ours and port is not None:
            message = (
                f"Another process has this model already, and listens on {found.address}: lastmile model status"
                f" shows it. It ends {model.linger:g} s after the last editor that uses it; other settings, as those"
                " of --context, are another process."
            )
            raise ModelError(message)
        if not ours:
            _LOG.warning("Another process has this model already, and listens on %s.", found.address)
            return 0
        tidy(found.lock.parent)
        with _listening(found, port) as ours_alone:
            _LOG.warning("%s is served on %s.", model.file, found.address)
            if ready is not None and ours_alone.address is not None:
                ready(ours_alone.address)
            asyncio.run(_run(model, found, ours_alone, stays=port is not None))
    return 0


@contextmanager
def _listening(found: Places, port: int | None) -> Iterator[Listening]:
    with ExitStack() as held:
        try:
            ours_alone = held.enter_context(listening(found.address, port))
        except OSError as error:
            if port is None or error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            message = f"Port {port} cannot be listened on: {error.strerror}."
            raise ModelError(message) from error
        yield ours_alone


async def _run(model: LocalModel, found: Places, door: Listening, *, stays: bool) -> None:
    import uvicorn  # noqa: PLC0415 - a host that has to leave again needs none of it

    from lastmile.model.host.app import Door  # noqa: PLC0415 - as above
    from lastmile.model.host.attending import Attendance  # noqa: PLC0415 - as above
    from lastmile.model.host.guard import Guard  # noqa: PLC0415 - as above
    from lastmile.model.host.visitors import Visitors  # noqa: PLC0415 - as above
    from lastmile.model.host.wire import Wire  # noqa: PLC0415 - as above

    fit, turn = partial(room.fits, model), partial(room.turn, found.address)
    make_room = partial(room.made, found.address, fit)
    keeper = Keeper(partial(_opened, model), model.idle, short=lambda: not fit(), make_room=make_room, turn=turn)
    attendance = Attendance(lambda: server.should_exit)
    visitors = Visitors(lambda: cast("Collection[Connection]", server.server_state.connections))
    url = "" if door.address is None else door.address.url
    app = Door(
        keeper, model, lambda: len(server.server_state.connections), attendance, partial(_looked, model), url
    ).app()
    config = uvicorn.Config(
        app if door.address is None else Guard(app, door.address, visitors.let_in),
        http=Wire,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=7 * 24 * 3600,
        timeout_graceful_shutdown=_GRACE,
    )
    server = uvicorn.Server(config)
    watch = Watch(server, visitors, keeper, math.inf if stays else model.linger, found.address, model.file)
    watching = asyncio.ensure_future(watch.run())
    try:
        await server.serve(sockets=list(door.sockets))
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await keeper.close()


def _looked(model: LocalModel) -> None:
    """See whether the model could be loaded; blocks. Raises `ModelError`."""
    from lastmile.model.engine.binding import library  # noqa: PLC0415 - as in `_opened`
    from lastmile.model.header import whole  # noqa: PLC0415 - as above

    library()
    whole(model.file)


def _opened(model: LocalModel) -> Engine:
    """Load the model; blocks. Raises `ModelError`."""
    from lastmile.model.engine.opening import open_engine  # noqa: PLC0415 - it is loaded when a model is
    from lastmile.model.engine.options import Options  # noqa: PLC0415 - as above

    options = Options(
        threads=model.threads,
        gpu_layers=model.gpu_layers,
        completion_cells=model.completion_context,
        draft_cells=model.context,
    )
    return open_engine(model.file, options)


class Server(Protocol):
    """What serves, and ends once it should."""

    should_exit: bool


@define(eq=False)
class Watch:
    """Looks now and then at whether the model, and the process, are still needed."""

    server: Server
    visitors: Visitors
    keeper: Keeper
    linger: float
    address: Path
    file: Path | None = None
    """The model's; None where it is none of this machine's."""

    leave: Callable[[int], object] = os._exit
    """Ends the process at once, with a status."""

    _inode: int = field(init=False)
    _longest_load: float = field(init=False)
    _alone: float = field(factory=time.monotonic, init=False)
    """Since when nobody is there."""

    def __attrs_post_init__(self) -> None:
        self._inode = _inode(self.address)
        # Now, as a disk that hangs says nothing of its files.
        self._longest_load = _LONGEST_LOAD + _size(self.file) / _SLOWEST_DISK

    async def run(self) -> None:
        """Look until the process is to end."""
        while not self.server.should_exit:
            await asyncio.sleep(min(_LOOK, self.linger / 4, self.keeper.idle / 4))
            _shorten_log()
            if self.keeper.stuck > _LONGEST_STEP:
                _LOG.error("The engine did not come back from one step for %g s; the process ends.", _LONGEST_STEP)
                self.leave(1)  # its thread cannot be ended, so nothing else can be waited for
            self._see_loading()
            await self.keeper.rest()
            self.server.should_exit |= self._over() or await self._is_gone()

    def _see_loading(self) -> None:
        """End the process where loading hangs, as a disk that is gone lets it; how long it may take goes by size."""
        if self.keeper.opening > self._longest_load:
            _LOG.error("error loading model: it took longer than %.0f s; the process ends.", self._longest_load)
            self.leave(1)  # as above

    async def _is_gone(self) -> bool:
        """Tell whether there is no model any more to be loaded, so that nobody is served by staying.

        One that a person started by hand stays: they may put the file back.
        """
        if (
            self.file is None
            or math.isinf(self.linger)
            or self.keeper.running
            or self.keeper.state != "cold"
            or not self.keeper.counts.requests
        ):
            return False
        try:
            await asyncio.to_thread(see, self.file)
        except ModelError as error:
            _LOG.warning("The process ends. %s", error)
            return True
        return False

    def _over(self) -> bool:
        if self.visitors.look():
            self._alone = time.monotonic()
        # Without its address nobody can find it, and its lock would keep another from taking its place.
        return time.monotonic() - self._alone >= self.linger or _inode(self.address) != self._inode


def _size(file: Path | None) -> int:
    try:
        return 0 if file is None else file.stat().st_size
    except OSError:
        return 0


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _shorten_log() -> None:
    """Empty the log that standard error goes to where it is a file and has become too long."""
    with suppress(OSError):
        state = os.fstat(2)
        if stat.S_ISREG(state.st_mode) and state.st_size > _LONGEST_LOG:
            os.ftruncate(2, 0)

"""A desk at which a person types into one function."""

from __future__ import annotations

from typing import Any

from tests.support.filling import Desk, ScriptedFiller, pieces

from lastmile.config.completing import Completing

SOURCE = "def area(width, height):\n    ‸\n\n\nprint(area(1, 2))\n"
QUIET = Completing(battery_saver=True)
LINE = "    return width * height\n"


def desk_with(
    *streams: str,
    settings: Completing = QUIET,
    source: str = SOURCE,
    **more: Any,  # noqa: ANN401 - fields of a desk
) -> Desk:
    desk = Desk(ScriptedFiller([pieces(stream) for stream in streams]), settings=settings, **more)
    desk.put(source)
    return desk

"""Times as the page writes them: local, with the zone."""

from __future__ import annotations

from datetime import UTC, datetime


def local(at: float) -> datetime:
    """Give the local time of seconds since 1970."""
    return datetime.fromtimestamp(at, tz=UTC).astimezone()


def moment(at: float) -> str:
    """Write it to the minute."""
    return f"{local(at):%Y-%m-%d %H:%M %Z}"

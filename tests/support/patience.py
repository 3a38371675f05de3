"""How long tests wait for what has to come.

The limit is only there so that nothing hangs for ever. No test fails for its time: on a full machine a real process
takes many times as long as on an idle one, and that says nothing of the code.
"""

from __future__ import annotations

PATIENCE = 120.0
"""Seconds until what is waited for counts as not coming."""

"""The programs that Lastmile runs beside itself: ruff, and a worker process for heavy pure functions.

Nothing here judges or drafts.
"""

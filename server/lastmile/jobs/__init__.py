"""The small jobs around a draft: how hard a task is, what of a failure is told on, which snippets a prompt shows.

Each is a plain function over text that always works. A model may do it in its place, within a deadline.
"""

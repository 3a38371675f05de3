"""The warm local model: one process for every window, which drafts and completes for free.

Nothing of a project, an editor or a task is known here: text goes in, text comes out.
"""

"""Accepted edits on their way into documents, and what became of them there.

Nothing here drafts or judges.
"""

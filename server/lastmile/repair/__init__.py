"""Repairs that cost nothing: from a failing test to candidate texts that pass, grouped by behaviour.

It drafts and asks; it judges nothing: what it offers goes through the usual checks like any draft.
"""

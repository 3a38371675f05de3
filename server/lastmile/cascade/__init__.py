"""The loop that drafts, judges and escalates, and the values that it passes on.

It knows no editor, no vendor and no tool: tiers, checks and the ledger come in through the small
protocols of `protocols`. It reads neither the disk nor the clock itself.
"""

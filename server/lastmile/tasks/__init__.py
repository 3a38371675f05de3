"""What can be asked: one module a kind, found by `registry`.

A kind says when it is in the menu, makes the task with its oracle, and knows nothing of tiers,
prices or editors.
"""

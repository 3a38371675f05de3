"""The tier that needs no model: ruff's own fixes, missing imports, formatting, small templates.

Every rule proposes; the checks decide, as for any other tier.
"""

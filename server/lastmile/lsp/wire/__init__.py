"""What goes over the wire: framing, what the client can do, and our values as it understands them.

Nothing here knows of tasks, tiers or settings.
"""

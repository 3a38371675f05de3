"""Inline completion: what a local model is shown of the place where a person types, and what is shown of its answer.

Policy over text, and one object with the state of a session. Nothing here knows an editor or an engine.
"""

"""Plain values about text: snapshots, positions, edits, diffs and symbols.

Nothing here knows an editor, a model or a file system.
"""

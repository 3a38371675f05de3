"""The check of types: the checker that the project configures finds nothing new in the draft.

Each checker reads the text of the buffer, never the draft from the disk. No checker is installed
here: one that the project's own environment does not have is absent.
"""

"""The person in front of the editor: what they are told, asked and shown.

Nothing here decides what is done.
"""

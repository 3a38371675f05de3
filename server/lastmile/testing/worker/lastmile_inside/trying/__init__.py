"""Tries many candidate texts on the same tests: loads project and tests once, and forks a child for each text.

It runs in the sandbox, in the project's interpreter: standard library of Python 3.8 and pytest alone.
What it says of a text is a hint: candidates share a sandbox, and one could forge what is said of it.
"""

"""The project's own tests: which of them see a change, and what they say of it.

Nothing here judges; the check of tests does. Draft code runs in the sandbox alone.
"""

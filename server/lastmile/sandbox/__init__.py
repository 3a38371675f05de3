"""The sandbox: what a process inside may see, write and use, and the programs that hold it to that.

Nothing here knows of tests or drafts.
"""

"""What runs inside of the sandbox, in the project's own interpreter: standard library, Python 3.8 and later.

Nothing of Lastmile can be imported here, and nothing here is imported by Lastmile's own process.
"""

"""Tries the candidate texts of a repair in the sandbox: the one place of `repair` where something runs.

What passes is not judged here, and what decides between candidates is not known.
"""

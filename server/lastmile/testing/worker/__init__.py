"""The process that runs a project's tests, from outside: how it is started, told, heard and ended.

What runs inside of it lies in `lastmile_inside`. Nothing here decides about a draft.
"""

"""The check of imports: what a draft newly imports is there.

Everything is told from files. Nothing of the project runs, and no interpreter is asked.
"""

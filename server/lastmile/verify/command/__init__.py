"""The check of commands: the project's own tools judge a draft, whatever its language.

Commands run only in a sandbox; where there is none, a draft that a command is to judge is refused.
"""

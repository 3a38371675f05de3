"""Completions as the editor asks for them; what is completed is decided in `lastmile.complete`."""

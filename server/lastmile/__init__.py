"""Verified code actions and completions for any LSP client, local-first and last-mile-paid."""

from importlib.metadata import version

__version__ = version("lastmile")

"""Verified code actions for any LSP client, local-first and last-mile-paid."""

__version__ = "0.1.0"

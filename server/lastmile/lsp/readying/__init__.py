"""Findings as they are shown, and fixes that are ready before they are asked for.

What is worth making is decided in `lastmile.ahead`.
"""

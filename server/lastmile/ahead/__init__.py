"""Fixes that are ready before anybody asks for them: what is worth making, how much it may take, what is kept."""

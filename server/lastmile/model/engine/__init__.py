"""Runs one model with llama.cpp: many requests, one thread, one set of weights.

`opening.open_engine` is the door. Only this room imports llama_cpp, when a model is first loaded.
"""

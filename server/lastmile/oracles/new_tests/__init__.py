"""What tests that a task wrote have to be: whole, honest, awake to the code they are about.

They are judged by reading them and by running them on the code and on mutants of it. Nothing here writes a test.
"""

"""Small faults put into a text on purpose: what a good judge of the text has to notice.

Pure functions of a text: nothing here runs anything, reads a file or decides what a mutant is for.
"""

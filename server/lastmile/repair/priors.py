"""How likely each kind of repair is before anything ran.

The numbers are ours and coarse. Their order leans on what is published on one-statement bugs of real
projects: in ManySStuBs4J (Karampatsis and Sutton, MSR 2020) and TSSB-3M (Richter and Wehrheim, MSR 2022,
Python) a wrong name, a wrong function, a wrong literal and changed arguments are frequent, a wrong
operator or a condition that is too strict or too lax less so, swapped arguments rare. Those count what
was fixed, not how many other changes of the kind were possible: so the weight of a kind is shared by
all its changes in the file, and kinds with few possible changes (a boundary, a swap) are tried early
because they cost little. Changes that make room for an arbitrary special case (a guard before
everything, a deleted statement, one more operand) pass thin tests most easily while wrong (Qi et al.,
ISSTA 2015, of patches that delete), so they weigh little.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PRIORS: Mapping[str, float] = MappingProxyType(
    {
        "boundary": 10.0,  # < to <=
        "comparison": 5.0,  # any other comparison
        "operator": 6.0,
        "negation": 2.0,
        "operands": 2.0,  # swapped, of an operator
        "fewer operands": 1.5,
        "off by one": 8.0,
        "constant": 5.0,
        "variable": 8.0,
        "attribute": 6.0,
        "function": 8.0,
        "swapped arguments": 5.0,
        "argument": 4.0,  # one more, one fewer, or one moved by a name
        "unwrapped call": 4.0,
        "lost recursion": 0.5,  # who wrote a function that calls itself meant it to
        "wrapped call": 4.0,
        "slice": 3.0,
        "element": 3.0,  # of a list that was empty
        "condition": 5.0,  # one more or one fewer part of it
        "loop": 6.0,
        "guard": 1.0,
        "reuse": 4.0,  # an expression of the same function in the place of another
        "more operands": 1.5,
        "recursion": 5.0,  # what a function hands to itself, moved by a step
        "kept best": 3.0,  # max or min with what was there
        "joined": 2.0,  # a result with one more part
        "squared": 1.0,
        "assigned": 2.0,  # an assignment in the place of a call that changes
        "added call": 3.0,
        "forgotten call": 8.0,  # that fills a collection which is looked into and always empty
        "added assignment": 3.0,
        "added step": 1.5,
        "deleted": 1.0,
        "moved": 2.0,
        "flow": 1.5,  # break, continue, return, yield
    }
)
"""Weights by kind; only the proportions count."""

"""Who judges: one module a check, and the judge that runs them over a draft, cheapest first.

A check never raises for what a draft contains, and one that could not run refuses.
"""

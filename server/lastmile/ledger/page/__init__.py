"""The bill as a page: one HTML document that needs no network and no script, drawn from a `Review`.

Three steps: `course.py` makes figures over time into points of a drawing, `view.py` makes a review
into words and shares, and `draw.py` sets those into the template. What comes from the ledger is text
all the way; only the template knows HTML.
"""

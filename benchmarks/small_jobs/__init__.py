"""The small jobs on labelled sets: what the heuristics get right, and a model beside them where one is set.

All three sets are our own, and small: 40 tasks whose difficulty one person judged, 32 outputs of real tools on
programs made to fail (`recipe`), and 32 choices among snippets that one person wrote and labelled, some of them
after what the heuristic goes by was known. The heuristic for outputs was mended where its set showed it to be
wrong, so its share there is not one of outputs that it never saw. They show where a change makes something
worse; they do not show how good anything is in the field. What the heuristic is compared with beside a model is
a blind rule.
"""

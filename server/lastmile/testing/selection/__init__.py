"""Which tests can see a change: read from the sources and what earlier runs left behind, without running anything.

Safety goes before narrowness. Where a step cannot tell, it keeps the tests that the step before it kept.
"""

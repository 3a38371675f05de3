"""What completing is worth with a model that has learnt something, and how that model was made.

``tiny-stdlib.gguf`` is a model of 2.7 million parameters, trained for some minutes on two cores on the
standard library's own source. It writes what looks like Python and is mostly wrong, which is what
filters, caches and books have to do with. ``corpus`` says what it learnt from and what was held back,
``training`` makes it anew, and ``python -m benchmarks.completions`` measures with it.

The source of the standard library is the Python Software Foundation's, under the PSF license
(https://docs.python.org/3/license.html); the model is derived from it and nothing else.
"""

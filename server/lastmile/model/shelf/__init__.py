"""The models of this machine: a short catalogue, what was pulled of it, and what other programs have.

`catalogue` knows the models, `places` and `found` what is here, `pulling` brings one, `machine` and
`advice` say what fits. Nothing here runs a model.
"""

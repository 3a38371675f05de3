"""What makes a JSON, TOML or YAML document right: it parses, no key stands twice, its schema is kept.

Pure functions over texts, but for `schemas`, which reads files of schemas. Nothing is fetched from
the network. What a draft may do is the business of `verify.documents`.
"""

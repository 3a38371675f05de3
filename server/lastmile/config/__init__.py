"""Every setting, one typed tree, and where its values come from.

`tree` holds the settings with their defaults and meanings, `keys` reads it as a table of dotted
keys. `sources` says what the places are, `environment` and `project_files` read them, `layers` and
`resolve` lay them over each other, `convert` judges single values and `words` says what is wrong
with them. `describe` and `schema` write the documents. Nothing here acts on a setting.
"""

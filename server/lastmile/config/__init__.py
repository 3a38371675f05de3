"""Every setting, one typed tree, and where its values come from.

`tree` holds the settings with their defaults and meanings, `sources` reads and layers the places
they come from, `describe` writes the table of the docs. Nothing here acts on a setting.
"""

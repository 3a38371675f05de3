"""What can go wrong with a shelf."""


class ShelfError(Exception):
    """The shelf cannot do what was asked."""

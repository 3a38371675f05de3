"""Lets ``python -m lastmile`` be the command ``lastmile``."""

from lastmile.cli import main

if __name__ == "__main__":
    main()

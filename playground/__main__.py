"""`python -m playground`, the same as the command `playground`."""

import sys

from playground.cli.command import main

if __name__ == "__main__":
    sys.exit(main())

"""`python3 -m dispatch …` from a fresh checkout, with nothing but Python.

This file and `dispatch.bootstrap` use the standard library only: they run before
any package is installed. The first lines are plain enough for an old Python to
read, so that it can be told politely that it is too old.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the point is to tell an older Python
    sys.stderr.write("六助 needs Python 3.11 or newer; this is " + sys.version + "\n")
    sys.exit(2)

from dispatch.bootstrap.start import main

if __name__ == "__main__":
    sys.exit(main())

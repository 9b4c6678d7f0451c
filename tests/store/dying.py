"""The next migrations in a process that dies among them, of the database named."""

import os
import signal
import sys

from sqlalchemy import Engine, event

from dispatch.store.migrate import upgrade

OLD, NEW = "2026_11_21_0903", "2026_11_21_0905"
_DIES_AT = 9  # of the changes to tables that lie between them


def main(url: str) -> None:
    changes = 0

    def count(_connection: object, _cursor: object, words: str, *_: object) -> None:
        nonlocal changes
        changes += words.lstrip().upper().startswith(("CREATE", "ALTER"))
        if changes == _DIES_AT:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    upgrade(url, to=NEW)


if __name__ == "__main__":
    main(sys.argv[1])

"""The demo's sign-ins: written by whoever makes the district, shown on its first page.

They exist only in the demo's home, beside a database of made-up people.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from dispatch.settings import settings


@dataclass(frozen=True)
class DemoAccount:
    """One sign-in that the demo shows to everybody.

    A family has no login: their `home` is the personal link itself.
    """

    login: str
    password: str
    role: str
    name: str
    home: str


def demo_accounts_file() -> Path:
    """Where the demo keeps its sign-ins."""
    return settings().home / "demo-accounts.json"


def write_demo_accounts(accounts: list[DemoAccount]) -> None:
    """Keep the demo's sign-ins, replacing what was there."""
    text = json.dumps([asdict(one) for one in accounts], ensure_ascii=False, indent=1)
    demo_accounts_file().write_text(text)


def list_demo_accounts() -> list[DemoAccount]:
    """The sign-ins that the demo shows; none before a district is made."""
    path = demo_accounts_file()
    if not path.exists():
        return []
    return [DemoAccount(**one) for one in json.loads(path.read_text())]

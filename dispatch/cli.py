"""Every command, imported only when it is asked for: a start must stay quick."""

import importlib
from keyword import iskeyword
from typing import Final

import click

from dispatch.bootstrap.imports import kept_for_good

# Each command is a click command of its own name (`close-month`: close_month; `import`,
# a word of Python: import_) in the module that does its work.
COMMANDS: Final = {
    "check": "dispatch.solving",
    "demo": "dispatch.demo.running",
    "export": "dispatch.exchange.export_command",
    "grant": "dispatch.subsidy.commands",
    "import": "dispatch.importing",
    "health": "dispatch.running",
    "make-keys": "dispatch.running",
    "migrate": "dispatch.running",
    "relay": "dispatch.running",
    "replay": "dispatch.replaying.commands",
    "schedule": "dispatch.running",
    "serve": "dispatch.running",
    "solve": "dispatch.solving",
    "test": "dispatch.testing",
    "up": "dispatch.running",
    "verify": "dispatch.verifying",
    "work": "dispatch.running",
}


class Commands(click.Group):
    """The commands of the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        with kept_for_good():
            module = importlib.import_module(COMMANDS[cmd_name])
        name = cmd_name.replace("-", "_")
        found: click.Command = getattr(module, name + "_" * iskeyword(name))
        return found


@click.group(cls=Commands)
def cli() -> None:
    """六助: one district's meals, visits and home services."""

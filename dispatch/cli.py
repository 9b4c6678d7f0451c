"""Every command, imported only when it is asked for: a start must stay quick."""

import importlib
from typing import Final

import click

# Each command is a click command of its own name (`close-month`: close_month) in the
# module that does its work.
COMMANDS: Final = {
    "migrate": "dispatch.running",
    "relay": "dispatch.running",
    "schedule": "dispatch.running",
    "serve": "dispatch.running",
    "test": "dispatch.testing",
    "up": "dispatch.running",
    "work": "dispatch.running",
}


class Commands(click.Group):
    """The commands of the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        found: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return found


@click.group(cls=Commands)
def cli() -> None:
    """六助: one district's meals, visits and home services."""

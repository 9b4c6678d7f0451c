"""Every command, imported only when it is asked for: a start must stay quick."""

import importlib
from keyword import iskeyword
from typing import Final

import click

from dispatch.bootstrap.imports import kept_for_good

# These look at a home, or write into its books, and open no door.
AT_A_HOME: Final = {
    *("backup", "close-month", "drill", "export", "import", "report", "restore"),
    *("audit", "erase-person", "export-person", "rotate-keys", "verify"),
}
# Each command is a click command of its own name (`close-month`: close_month; `import`,
# a word of Python: import_) in the module that does its work.
COMMANDS: Final = {
    "account": "dispatch.access.commands",
    "audit": "dispatch.access.audit_command",
    "backup": "dispatch.backups.commands",
    "chaos": "dispatch.chaos.running",
    "check": "dispatch.solving",
    "close-month": "dispatch.subsidy.months.commands",
    "demo": "dispatch.demo.running",
    "drill": "dispatch.backups.commands",
    "erase-person": "dispatch.privacy.commands",
    "export": "dispatch.exchange.export_command",
    "export-person": "dispatch.privacy.commands",
    "figures": "dispatch.figures",
    "grant": "dispatch.subsidy.commands",
    "import": "dispatch.importing",
    "health": "dispatch.running",
    "make-keys": "dispatch.running",
    "migrate": "dispatch.running",
    "relay": "dispatch.running",
    "replay": "dispatch.replaying.commands",
    "report": "dispatch.reports.commands",
    "restore": "dispatch.backups.commands",
    "rotate-keys": "dispatch.privacy.commands",
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if name in AT_A_HOME and "--help" not in rest:
            importlib.import_module("dispatch.running").follow_the_demo()
        return name, command, rest


@click.group(cls=Commands)
def cli() -> None:
    """六助: one district's meals, visits and home services."""

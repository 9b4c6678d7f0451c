"""Every command, registered from the module that does its work."""

import click

from dispatch.testing import test


@click.group()
def cli() -> None:
    """六助: one district's meals, visits and home services."""


cli.add_command(test)

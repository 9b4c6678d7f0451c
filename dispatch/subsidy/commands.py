"""The command `grant`: rules and made-up cases in, lines and refusals out."""

import json
from pathlib import Path
from typing import NoReturn

import click

from dispatch.subsidy.answers import answer_cases
from dispatch.subsidy.cases import read_cases
from dispatch.subsidy.policy_files import read_policy
from dispatch.subsidy.strict import BadFile

_MOST_SHOWN = 20


@click.command()
@click.argument("policy", type=click.Path(path_type=Path))
@click.argument("cases", type=click.Path(path_type=Path))
def grant(policy: Path, cases: Path) -> None:
    """Say what the rules of POLICY.toml grant in CASES.json, with every reason.

    Prints one JSON document. Exit code 2, with file, place and remedy on standard
    error, when one of the two files is not sound.
    """
    try:
        rules = read_policy(policy)
        answers = answer_cases(rules, read_cases(cases, rules))
    except BadFile as error:
        _refuse(error)
    click.echo(json.dumps(answers, ensure_ascii=False, indent=1).encode())


def _refuse(error: BadFile) -> NoReturn:
    for fault in error.faults[:_MOST_SHOWN]:
        click.echo(f"{error.file}: {fault}", err=True)
    if len(error.faults) > _MOST_SHOWN:
        click.echo(f"{error.file}: {len(error.faults)} faults in all", err=True)
    faults = [vars(fault) for fault in error.faults]
    click.echo(json.dumps({"error": error.code, "file": error.file, "faults": faults}))
    raise SystemExit(2)

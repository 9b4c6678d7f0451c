"""The command `grant`: rules and made-up cases in, lines and refusals out."""

import json
from pathlib import Path
from typing import NoReturn

import click

from dispatch.subsidy.answers import answer_cases
from dispatch.subsidy.cases import read_cases
from dispatch.subsidy.golden import hold_golden
from dispatch.subsidy.policy_files import policy_of, read_words
from dispatch.subsidy.strict import BadFile

_MOST_SHOWN = 20


@click.command()
@click.argument("policy", type=click.Path(path_type=Path))
@click.argument("cases", type=click.Path(path_type=Path), required=False)
def grant(policy: Path, cases: Path | None) -> None:
    """Say what the rules of POLICY.toml grant in CASES.json, with every reason.

    Without CASES.json the rule file's own golden cases are evaluated. They must come
    out as the file says either way. Prints one JSON document. Exit code 2, with file,
    place and remedy on standard error, when one of the two files is not sound.
    """
    try:
        words = read_words(policy)
        rules = policy_of(words, str(policy))
        hold_golden(rules, words, str(policy))
        own = [one.case for one in rules.golden]
        answers = answer_cases(rules, read_cases(cases, rules) if cases else own)
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

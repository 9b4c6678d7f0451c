"""What we are made of: no library with a known hole, no dangerous call, no secret.

The advisories that are published after this was written are asked for by a person with
a network (CONTRIBUTING.md): the suite calls nobody.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.test_house import LOCKS, ROOT, kept_files

# Not below this, wherever it is locked, because of that.
PAST: Final[Mapping[str, tuple[str, str]]] = {
    "starlette": ("1.3.1", "CVE-2026-54283"),
    "python-multipart": ("0.0.31", "endless and mixed-up forms"),
    "pillow": ("12.3", "pictures that write beyond their memory"),
    "jinja2": ("3.1.6", "CVE-2025-27516"),
    "h11": ("0.16.0", "CVE-2025-43859: requests hidden in chunks"),
    "cryptography": ("44.0.1", "CVE-2024-12797"),
    "urllib3": ("2.6.0", "CVE-2025-66418: endless unpacking"),
    "requests": ("2.32.4", "CVE-2024-47081"),
    "idna": ("3.7", "CVE-2024-3651"),
    "mako": ("1.2.2", "CVE-2022-40023"),
    "certifi": ("2024.7.4", "CVE-2024-39689"),
    "protobuf": ("6.31.1", "CVE-2025-4565"),
    "fonttools": ("4.60.2", "CVE-2025-66034"),
    "setuptools": ("78.1.1", "CVE-2025-47273"),
    "pyyaml": ("5.4", "CVE-2020-14343"),
}
# What would be severe: code from words, shells, doors without a lock, weak sums.
SEVERE: Final = re.compile(
    r"# noqa:[^\n]*\bS(?:102|30[1-9]|31[0-9]|32[0-9]|50[1-9]|602|604|605|608|609|70\d)"
)
# What it is → words without which it cannot be there, and how it looks.
SECRETS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "a private key": (
        ("PRIVATE KEY",),
        r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\n[A-Za-z0-9+/=]{20}",
    ),
    "a cloud's key": (
        ("AKIA", "ASIA", "LTAI", "AKID"),
        r"\b(?:AKIA|ASIA|LTAI|AKID)[0-9A-Za-z]{16,32}\b",
    ),
    "a code host's token": (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-"),
        r"\b(?:gh[pousr]_[0-9A-Za-z]{36}|glpat-[\w-]{20})\b",
    ),
    "a chat's token": (("xox",), r"\bxox[abprs]-[0-9A-Za-z-]{10,}"),
    "a map's key": (("AIza",), r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "a signed token": (("eyJ",), r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "a password in an address": (
        ("://",),
        r"://[^\s:/@'\"`{}]{1,40}:[^\s/@'\"`{}<>$]{12,80}@",
    ),
    "a key in its place": (
        ("ecret", "SECRET", "assword", "PASSWORD", "oken", "TOKEN", "key", "KEY"),
        r"(?i)\b(?:secret|password|api_?key|token)\b['\"]?\s*[:=]\s*['\"]"
        r"(?=[A-Za-z+/_=]{0,60}\d)[A-Za-z0-9+/_=]{32,120}['\"]",
    ),
}


@pytest.mark.proves("S29", "F101")
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_nothing_with_a_known_hole_is_locked(lock: Path) -> None:
    locked = re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;\\]+)", lock.read_text(), re.M)
    assert locked
    holes = [
        f"{name} {version} < {least}: {why}"
        for name, version in locked
        for least, why in [PAST.get(name.lower(), ("0", ""))]
        if Version(version) < Version(least)
    ]
    assert holes == []


@pytest.mark.proves("S29", "F101")
def test_what_we_ask_for_cannot_be_resolved_to_one_with_a_hole() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [Requirement(each) for each in project["dependencies"]]
    below = [
        f"{one.name} {one.specifier}"
        for one in asked
        if one.name in PAST
        and one.specifier.contains(f"{PAST[one.name][0]}.dev0", prereleases=True)
    ]
    assert below == []
    assert {"starlette", "jinja2", "cryptography"} <= {one.name for one in asked}


@pytest.mark.proves("S29")
def test_no_severe_call_stands_in_our_code_without_a_reason() -> None:
    """By Bandit's rules as ruff has them (`S`), all of them but two."""
    ruff = [str(Path(sys.executable).parent / "ruff"), "check", "--no-cache", "--quiet"]
    rooms = ["dispatch", "routing", "web"]
    found = subprocess.run([*ruff, *rooms], cwd=ROOT, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, "")
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    assert {rule for rule in lint["ignore"] if rule.startswith("S")} == {"S603", "S607"}
    silent = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for room in rooms
        for file in (ROOT / room).rglob("*.py")
        if file.parent.name != "versions"  # a migration that ran is not edited
        for line in file.read_text(encoding="utf-8").splitlines()
        if SEVERE.search(line) and " - " not in line.partition("# noqa:")[2]
    ]
    assert silent == []


@pytest.mark.proves("S29")
def test_no_secret_lies_in_the_tree() -> None:
    found = []
    for file in kept_files():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{file.relative_to(ROOT)}: {what}"
            for what, (words, pattern) in SECRETS.items()
            if any(word in text for word in words) and re.search(pattern, text)
        ]
    assert found == []
    assert re.search(SECRETS["a key in its place"][1], 'SECRET = "' + "0a" * 16 + '"')

"""What the tests need from the machine: a browser, a font with Chinese letters, and,
where networks may be made, the program that makes them."""

import os
import shutil
import subprocess
from typing import Final

from dispatch.bootstrap.progress import StepFailed, run_step, say

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
PACKAGES: Final = {
    "browser": "chromium",
    "font": "fonts-noto-cjk",
    "networks": "iproute2",
}


def find_browser() -> str | None:
    """Path of a Chromium on this machine."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def has_chinese_font() -> bool:
    """Whether fontconfig knows a font for Chinese."""
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(
        ["fc-list", ":lang=zh"], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip())


def missing() -> list[str]:
    """Debian packages that would bring what this machine lacks."""
    lacks = {
        "browser": find_browser() is None,
        "font": not has_chinese_font(),
        "networks": os.geteuid() == 0 and shutil.which("ip") is None,
    }
    return [PACKAGES[name] for name, lacking in lacks.items() if lacking]


def provide() -> None:
    """Install what is missing when we may; else say so, and refuse under CI."""
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        try:
            _install(packages)
        except StepFailed as failure:
            say(str(failure))
        packages = missing()
    if packages:
        line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
        warning = f"some tests CANNOT run on this machine; as root: {line}"
        if is_ci():
            raise StepFailed(warning)
        say(warning.upper().replace(line.upper(), line))


def is_ci() -> bool:
    """Whether nothing may be left out quietly."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _install(packages: list[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run_step("apt-get update", ["apt-get", "update"], env=quiet)
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    run_step(f"installing {' and '.join(packages)}", command, env=quiet)

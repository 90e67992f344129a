"""Under which system user PostgreSQL runs: it refuses root, so root lends it an unprivileged one."""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from masterapp.server.trouble import CannotRun

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class SystemUser:
    """A user id to start programs under, and the words that let it reach root's own folders."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def own(self, path: Path) -> None:
        """Give a file or folder to this user."""
        os.chown(path, self.uid, self.gid)

    def process_options(self) -> dict[str, Any]:
        """The arguments of subprocess.Popen that change the user."""
        if self.prefix:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def system_user_for(data_directory: Path, program: Path) -> SystemUser | None:
    """Choose the user for a cluster; None means the current user, who is not root."""
    if os.geteuid() != 0:
        return None
    entry = _owner_or_candidate(data_directory)
    places = (data_directory.parent, program)
    if all(_can_reach(entry.pw_uid, place) for place in places):
        return SystemUser(entry.pw_uid, entry.pw_gid)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise CannotRun(
            f"PostgreSQL refuses to run as root and the user '{entry.pw_name}' cannot enter "
            f"{data_directory.parent}: move the project to a folder that everyone may enter, "
            "or run it as an ordinary user."
        )
    # The project lies in a folder of root's own (/root, mktemp -d): a capability lets the server
    # pass through it, so that no permission of the machine has to be changed. Without the secure
    # bit access(2) would leave the capability out, and initdb asks that way for its programs.
    capability = "-all,+dac_read_search" if _has_read_search() else "-all,+dac_override"
    words = (
        setpriv,
        f"--reuid={entry.pw_uid}",
        f"--regid={entry.pw_gid}",
        "--clear-groups",
        "--securebits=+no_setuid_fixup",
        f"--inh-caps={capability}",
        f"--ambient-caps={capability}",
        "--",
    )
    return SystemUser(entry.pw_uid, entry.pw_gid, words)


def _owner_or_candidate(data_directory: Path) -> pwd.struct_passwd:
    """Whoever owns the data already keeps them; a new cluster goes to the first known user."""
    if data_directory.exists() and data_directory.stat().st_uid != 0:
        return pwd.getpwuid(data_directory.stat().st_uid)
    for name in CANDIDATES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotRun(
        "PostgreSQL refuses to run as root and this system has no unprivileged user for it: "
        "run the command as an ordinary user, or set DATABASE_URL to a server of your own."
    )


def _can_reach(uid: int, place: Path) -> bool:
    for folder in place.resolve().parents:
        state = folder.stat()
        wanted = stat.S_IXUSR if state.st_uid == uid else stat.S_IXOTH
        if not state.st_mode & wanted:
            return False
    return True


def _has_read_search() -> bool:
    """Whether root still has CAP_DAC_READ_SEARCH, which many containers take away."""
    status = Path("/proc/self/status")
    if not status.exists():
        return False
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return bool(int(fields.get("CapEff", "0"), 16) & (1 << 2))

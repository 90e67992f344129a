"""Keeps MasterApp's processes alive together, and ends them together, whichever way the end comes."""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from masterapp.server.trouble import CannotRun, last_words

SECONDS_TO_STOP = 10.0
SECONDS_BETWEEN_LOOKS = 0.3
DEATHS_ALLOWED = 3
WITHIN_SECONDS = 60.0


@dataclass
class Child:
    """A program to keep alive; what it prints goes to its log."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self, environment: Mapping[str, str], folder: Path) -> None:
        """Start the program in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )


class Supervisor:
    """Starts children, restarts those that die, and stops all of them."""

    def __init__(self, folder: Path, var: Path, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.log_folder = var / "log"
        self.log_folder.mkdir(parents=True, exist_ok=True)
        self.record = var / "processes.json"
        self.say = say
        self.environment: dict[str, str] = {}
        self.children: list[Child] = []
        self.enough = threading.Event()

    def stop_on_signals(self) -> None:
        """Let Ctrl-C, a polite kill and a closed terminal end everything in order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.enough.set())

    def end_left_overs(self) -> None:
        """End what the last run left behind when it was killed without warning."""
        with contextlib.suppress(OSError, ValueError):
            for pid, created in json.loads(self.record.read_text()):
                with contextlib.suppress(psutil.Error):
                    process = psutil.Process(pid)
                    if abs(process.create_time() - created) < 1:
                        _end_group(process.pid)
        self.record.unlink(missing_ok=True)

    def start(self, name: str, command: list[str]) -> Child:
        """Start a child with a fresh log."""
        child = Child(name, command, self.log_folder / f"{name.replace(' ', '-')}.log")
        child.log.write_bytes(b"")
        child.start(self.environment, self.folder)
        self.children.append(child)
        self._write_record()
        return child

    def wait_for(self, child: Child, is_ready: Callable[[], bool], seconds: float) -> None:
        """Wait until a child answers; its early death or its silence is told in one sentence."""
        deadline = time.monotonic() + seconds
        while not self.enough.is_set() and not is_ready():
            if child.process and child.process.poll() is not None:
                raise CannotRun(
                    f"The {child.name} stopped while starting: {last_words(child.log)} "
                    f"(its log is {child.log})"
                )
            if time.monotonic() > deadline:
                raise CannotRun(
                    f"The {child.name} gave no answer within {seconds:.0f} seconds: see {child.log}."
                )
            self.enough.wait(0.1)

    def watch(self, look_after_database: Callable[[], None]) -> None:
        """Return when asked to stop; until then revive what dies, and give up on what keeps dying."""
        while not self.enough.wait(SECONDS_BETWEEN_LOOKS):
            look_after_database()
            for child in self.children:
                if child.process and child.process.poll() is not None:
                    self._revive(child, child.process.returncode)

    def _revive(self, child: Child, code: int) -> None:
        now = time.monotonic()
        child.deaths = [moment for moment in child.deaths if now - moment < WITHIN_SECONDS] + [now]
        if code < 0:
            reason = f"The {child.name} was ended by signal {-code}"
        else:
            told = last_words(child.log)
            reason = f"The {child.name} stopped with exit code {code}: {told}"
        if len(child.deaths) >= DEATHS_ALLOWED:
            raise CannotRun(
                f"{reason} — for the third time within a minute, so MasterApp stops; "
                f"the data is kept and {child.log} tells more."
            )
        self.say(f"{reason} — it is started again; its log is {child.log}.")
        if child.process:
            # Its own children may live on and keep its port.
            _end_group(child.process.pid)
        child.start(self.environment, self.folder)
        self._write_record()

    def stop(self) -> None:
        """Stop every child, those that were started last first."""
        for child in reversed(self.children):
            if child.process and child.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_STOP
        for child in reversed(self.children):
            if child.process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, deadline - time.monotonic()))
                _end_group(child.process.pid)
                child.process.wait()
        self.record.unlink(missing_ok=True)

    def _write_record(self) -> None:
        running = []
        for child in self.children:
            if child.process:
                with contextlib.suppress(psutil.Error):
                    created = psutil.Process(child.process.pid).create_time()
                    running.append([child.process.pid, created])
        self.record.write_text(json.dumps(running))


def _end_group(pid: int) -> None:
    """Kill what is left of a child and of its own children, and wait until its ports are free."""
    family = []
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while any(map(_is_alive, family)) and time.monotonic() < deadline:
        time.sleep(0.02)


def _is_alive(process: psutil.Process) -> bool:
    """A zombie holds nothing any more; in a container nobody may ever collect it."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False

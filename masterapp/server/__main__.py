"""``make run``: database, schema, demo, then web, worker, host site and mail sink until Ctrl-C.

With words behind it, ``python -m masterapp.server db upgrade``, it runs one command beside the same database.
"""

import contextlib
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping

from masterapp.server.installation import (
    APP_PORT,
    HOST_PORT,
    MAIL_PORT,
    ROOT,
    VAR,
    OwnDatabase,
    environment,
    the_only_one,
)
from masterapp.server.ports import Port, find_port
from masterapp.server.supervisor import Child, Supervisor
from masterapp.server.trouble import CannotRun, last_words

SECONDS_TO_ANSWER = 60.0
PYTHON = sys.executable
FLASK = (PYTHON, "-m", "flask", "--app", "wsgi")


def main() -> int:
    """Run everything; the exit code is 0 when the person at the keyboard ended it."""
    try:
        if len(sys.argv) > 1:
            return _command(sys.argv[1:])
        with the_only_one():
            _run()
    except CannotRun as sentence:
        _say(str(sentence))
        return 1
    except PermissionError as error:
        _say(f"No permission for {error.filename}: run as its owner or give it to your user.")
        return 1
    except OSError as error:
        _say(f"MasterApp cannot start: {error.strerror or error} ({error.filename or VAR}).")
        return 1
    return 0


def _run() -> None:
    supervisor = Supervisor(ROOT, VAR, _say)
    supervisor.stop_on_signals()
    supervisor.end_left_overs()
    database = OwnDatabase()
    try:
        if not os.environ.get("DATABASE_URL"):
            database.start()
        app, host, mail = _choose_ports()
        supervisor.environment = environment(database.url(), app.number, host.number, mail.number)
        _say("Preparing the database and the demo (the first time takes a minute)…")
        _flask(supervisor, "db", "upgrade")
        if not supervisor.enough.is_set():
            web = _start_children(supervisor, app, host, mail)
            sign_ins = _flask(supervisor, "demo", "seed")
            health = f"http://127.0.0.1:{app.number}/healthz"
            supervisor.wait_for(web, lambda: _answers(health), SECONDS_TO_ANSWER)
        if not supervisor.enough.is_set():
            _introduce(supervisor.environment, sign_ins)
            supervisor.watch(lambda: _look_after(database))
        _say("Stopping…")
    finally:
        supervisor.stop()
        database.stop()
    _say("Stopped. Your data is kept in var/; `make run` goes on from here.")


def _command(words: list[str]) -> int:
    """Run one flask command; the database is left as it was found, running or not."""
    database = OwnDatabase()
    try:
        if not os.environ.get("DATABASE_URL"):
            database.start()
        surroundings = environment(database.url(), APP_PORT, HOST_PORT, MAIL_PORT)
        return subprocess.run(  # noqa: S603
            [*FLASK, *words], cwd=ROOT, env=surroundings, check=False
        ).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        if not database.was_running:
            database.stop()


def _look_after(database: OwnDatabase) -> None:
    if database.look_after():
        _say("The database was ended from outside: it is started again, and nothing is lost.")


def _choose_ports() -> tuple[Port, Port, Port]:
    app = find_port("MasterApp", APP_PORT, os.environ.get("PORT"), "PORT")
    host = find_port("the host site", HOST_PORT, os.environ.get("HOST_PORT"), "HOST_PORT")
    mail = find_port("the mail sink", MAIL_PORT)
    for port in (app, host):
        if port.note:
            _say(port.note)
    return app, host, mail


def _flask(supervisor: Supervisor, *words: str) -> str:
    """Run one of the project's commands and return what it printed."""
    if supervisor.enough.is_set():
        return ""
    log = supervisor.log_folder / f"{'-'.join(words)}.log"
    with log.open("wb") as output:
        done = subprocess.Popen(  # noqa: S603
            [*FLASK, *words],
            cwd=ROOT,
            env=supervisor.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,
        )
    told = b""
    while done.poll() is None:
        if supervisor.enough.is_set():
            done.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            told, _ = done.communicate(timeout=0.2)
    if done.returncode != 0 and not supervisor.enough.is_set():
        raise CannotRun(f"`flask {' '.join(words)}` failed: {last_words(log)} (see {log})")
    return told.decode(errors="replace")


def _start_children(supervisor: Supervisor, app: Port, host: Port, mail: Port) -> Child:
    """Start everything and return the web server, which is the last to be ready."""
    app_url = supervisor.environment["MASTERAPP_BASE_URL"]
    sink = ["masterapp.server.mail_sink", "--folder", str(VAR / "mail"), "--port", str(mail.number)]
    supervisor.start("mail sink", [PYTHON, "-m", *sink])
    site = ["masterapp.server.host_site", "--folder", str(ROOT / "demo" / "host")]
    site += ["--port", str(host.number), "--app-url", app_url]
    supervisor.start("host site", [PYTHON, "-m", *site])
    supervisor.start("worker", [*FLASK, "worker"])
    return supervisor.start("web server", _server_for(app))


def web_server(host: str, port: int) -> list[str]:
    """The command of the web server: a process for each core, and threads that take turns while others wait.

    Two cores, 16 clients: 6 threads a process carry as many plays as 8, in a shorter time each (ADR 0015).
    """
    command = [PYTHON, "-m", "granian", "wsgi:app", "--interface=wsgi", "--http=1", "--no-ws"]
    command += [f"--workers={os.cpu_count() or 1}", "--blocking-threads=6"]
    command += ["--respawn-failed-workers", "--workers-kill-timeout=5", "--log-level=warning"]
    return [*command, f"--host={host}", f"--port={port}"]


def _server_for(app: Port) -> list[str]:
    host = os.environ.get("BIND") or "127.0.0.1"
    if os.environ.get("RELOAD"):
        return [*FLASK, "run", "--reload", f"--host={host}", f"--port={app.number}"]
    return web_server(host, app.number)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address.
            return True
    except (urllib.error.URLError, OSError):
        return False


def _introduce(surroundings: Mapping[str, str], sign_ins: str) -> None:
    app_url = surroundings["MASTERAPP_BASE_URL"]
    _say(
        f"""
  MasterApp is running.

  Fans, on a retailer's page   {surroundings["MASTERAPP_HOST_URL"]}
  Marketers and staff          {app_url}/admin/
  Received e-mails             {app_url}/demo/mail
"""
    )
    if sign_ins.strip():
        _say(sign_ins.rstrip() + "\n")
    _say("Ctrl-C stops everything and keeps the data.")


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())

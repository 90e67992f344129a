"""``flask worker``: run the background jobs until told to stop; a job under way is finished first."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import procrastinate
from flask import Flask, current_app
from procrastinate.periodic import PeriodicRegistry

import masterapp
from masterapp.jobs import jobs

SECONDS_TO_FINISH = 20.0


def declare_tasks() -> None:
    """Import the ``tasks.py`` of every room, so that the worker knows all jobs."""
    for file in sorted(Path(masterapp.__file__).parent.glob("*/tasks.py")):
        importlib.import_module(f"masterapp.{file.parent.name}.tasks")


def run(app: Flask, *, wait: bool, concurrency: int = 4) -> None:
    """Run jobs. With *wait* for ever, and what comes round by the clock too; without, until the queue is empty."""
    declare_tasks()

    def in_application(call: Callable[[], Any], _context: Any, _worker: Any) -> Any:
        # One application context per job: jobs that run side by side must not share a database session.
        with app.app_context():
            return call()

    connector = procrastinate.PsycopgConnector(
        conninfo=app.config["SETTINGS"].libpq_url, min_size=1, max_size=concurrency + 2
    )
    with jobs.app.replace_connector(connector) as queue, periodic(queue, wait):
        queue.run_worker(
            wait=wait,
            concurrency=concurrency,
            install_signal_handlers=wait,
            listen_notify=wait,
            shutdown_graceful_timeout=SECONDS_TO_FINISH,
            delete_jobs="successful",
            task_middleware=[in_application],
        )


@contextmanager
def periodic(queue: procrastinate.App, wanted: bool) -> Iterator[None]:
    """Put the periodic tasks of this queue aside while they are not *wanted*."""
    registry = queue.periodic_registry
    if not wanted:
        queue.periodic_registry = PeriodicRegistry()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        queue.periodic_registry = registry


@click.command("worker")
@click.option("--concurrency", default=4, show_default=True, help="Jobs that run side by side.")
def command(concurrency: int) -> None:
    """Run the background jobs until Ctrl-C."""
    run(current_app._get_current_object(), wait=True, concurrency=concurrency)  # type: ignore[attr-defined]

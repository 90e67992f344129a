"""Background jobs: deferred inside the transaction that needs them, run at least once by ``flask worker``.

A task is idempotent and its arguments are ids: no secret and no personal datum waits in the queue. A room declares its
tasks in ``tasks.py`` with ``@jobs.task``; lower rooms defer them by name, so that no arrow goes up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import procrastinate
from flask import g
from psycopg.types.json import Jsonb

from masterapp.db import db

Task = TypeVar("Task", bound=Callable[..., Any])


class Jobs:
    """The procrastinate application and the one way to defer a job."""

    def __init__(self) -> None:
        self.app = procrastinate.App(connector=procrastinate.PsycopgConnector())

    def task(self, *, name: str, retry: int = 5, **options: Any) -> Callable[[Task], Task]:
        """Declare a task. It is retried with growing pauses; the last failure stays visible in the jobs table."""
        strategy = procrastinate.RetryStrategy(max_attempts=retry, exponential_wait=3)

        def declare(function: Task) -> Task:
            register: Any = self.app.task(name=name, retry=strategy, **options)
            register(function)
            return function

        return declare

    def defer(
        self, name: str, *, lock: str | None = None, at: Any = None, **arguments: Any
    ) -> None:
        """Put a job in the queue as part of the current transaction: no commit, no job."""
        if g.get("jobs_stopped"):
            return
        db.driver.execute(
            "SELECT procrastinate_defer_jobs_v1(ARRAY["
            "ROW('default', %s, 0, %s, NULL, %s, %s)::procrastinate_job_to_defer_v1])",
            (name, lock, Jsonb(arguments), at),
        )

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Defer nothing meanwhile: a past that is written down has had its jobs, and its letters, long ago."""
        g.jobs_stopped = True
        try:
            yield
        finally:
            g.pop("jobs_stopped")


jobs = Jobs()

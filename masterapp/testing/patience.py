"""Time limits in tests are promises about an idle machine; on a busy one they stretch with the queue for its cores."""

from __future__ import annotations

import os
import time
from collections.abc import Callable


def patient(limit: float) -> float:
    """Return *limit* for a machine with free cores, and proportionally more when processes wait for them."""
    return limit * max(1.0, 1.5 * os.getloadavg()[0] / (os.cpu_count() or 1))


def soon(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait until something holds, and tell whether it did within *seconds*."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()

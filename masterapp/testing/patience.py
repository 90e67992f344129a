"""Time limits in tests are promises about an idle machine; on a busy one they stretch with the queue for its cores."""

from __future__ import annotations

import os


def patient(limit: float) -> float:
    """Return *limit* for a machine with free cores, and proportionally more when processes wait for them."""
    return limit * max(1.0, 1.5 * os.getloadavg()[0] / (os.cpu_count() or 1))

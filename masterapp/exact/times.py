"""Times as the published documents write them: UTC, whole seconds, one form only."""

import re
from calendar import timegm
from time import gmtime, strftime, strptime

from masterapp.exact.faults import ProtocolError

_FORM = "%Y-%m-%dT%H:%M:%SZ"
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-5][0-9]:[0-5][0-9]Z")


def moment(text: object) -> int:
    """Seconds since 1970 of a UTC time written exactly as 2026-12-01T12:00:00Z."""
    if isinstance(text, str) and _MOMENT.fullmatch(text):
        try:
            return timegm(strptime(text, _FORM))
        except ValueError:
            pass
    raise ProtocolError("moment", f"not a time such as 2026-12-01T12:00:00Z: {text!r}")


def written(seconds: int) -> str:
    """The one form of a time given in whole seconds since 1970."""
    return strftime(_FORM, gmtime(seconds))

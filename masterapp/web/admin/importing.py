"""Files that marketers upload into a list: read whole within a limit, and reported line by line."""

from __future__ import annotations

import json
from typing import Any

from flask import Request

from masterapp.errors import Refused
from masterapp.sdk.module import Imported
from masterapp.texts import translate as _
from masterapp.web import forms

LARGEST_FILE = 4 * 1024 * 1024
MOST_LINES = 200


def read_upload(request: Request) -> tuple[str, bytes]:
    """Return the name and bytes of the uploaded file, refusing one that is too large."""
    request.max_content_length = LARGEST_FILE + 64 * 1024
    if (request.content_length or 0) > request.max_content_length:
        raise Refused("too_large", limit="4 MB")
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Refused("invalid", fields={"file": [_("Choose a file first.")]})
    content = upload.stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise Refused("too_large", limit="4 MB")
    return upload.filename, content


def report(imported: Imported) -> dict[str, Any]:
    """Return what became of a file, as the page shows it."""
    return {
        "rows": [
            {"packed": json.dumps(row, ensure_ascii=False), "caption": forms.caption(row)}
            for row in imported.rows
        ],
        "problems": [[line, str(text)] for line, text in imported.problems[:MOST_LINES]],
        "notes": [[line, str(text)] for line, text in imported.notes[:MOST_LINES]],
        "summary": _(
            "%(rows)s rows read, %(problems)s lines could not be read.",
            rows=len(imported.rows),
            problems=len(imported.problems),
        ),
    }

"""An SMTP server that delivers nothing: it stores each message as a file, for the demo's mail page."""

import argparse
import signal
import threading
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MESSAGE = 10 * 1024 * 1024
KEPT_MESSAGES = 500


class Sink:
    """Writes messages to a folder, oldest name first, and keeps the newest few hundred."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store one message; the name that aiosmtpd looks for is not ours to choose."""
        content = envelope.original_content or b""
        recipients = ", ".join(envelope.rcpt_tos).encode("utf-8", "replace")
        name = f"{time.time_ns():020d}.eml"
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(b"X-Envelope-To: " + recipients + b"\r\n" + content)
        unfinished.replace(self.folder / name)  # A reader never sees half a message.
        for old in sorted(self.folder.glob("*.eml"))[:-KEPT_MESSAGES]:
            old.unlink(missing_ok=True)
        return "250 Stored"


def mail_sink(folder: Path, port: int) -> Controller:
    """A server that is ready to ``start()`` and ``stop()``; tests use it as well as the demo."""
    return Controller(
        Sink(folder), hostname="127.0.0.1", port=port, data_size_limit=LARGEST_MESSAGE
    )


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    wanted = parser.parse_args()
    enough = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: enough.set())
    controller = mail_sink(wanted.folder, wanted.port)
    controller.start()
    enough.wait()
    controller.stop()


if __name__ == "__main__":
    main()

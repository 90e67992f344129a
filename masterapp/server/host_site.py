"""The demo's host site: a retailer's static pages, served from another site than MasterApp itself."""

import argparse
import io
import mimetypes
import signal
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

# The pages are written for this address; where MasterApp runs at another one, it is put in its place.
WRITTEN_FOR = "http://localhost:8000"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


class HostPage(SimpleHTTPRequestHandler):
    """Serves the files of one folder, and pages with MasterApp's address filled in."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    # On every platform the same answer for the same file, whatever its own table of types says.
    extensions_map = {**mimetypes.types_map, **TYPES, "": "application/octet-stream"}

    def __init__(self, *arguments: object, app_url: str, directory: str) -> None:
        self.app_url = app_url
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def send_head(self) -> BinaryIO | io.BytesIO | None:
        """Answer with a page's text or a file; a folder answers with its index.html or not at all."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path = path / "index.html"
        if not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        content = path.read_bytes()
        if path.suffix == ".html":
            content = content.replace(WRITTEN_FOR.encode(), self.app_url.encode())
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        return io.BytesIO(content)

    def log_message(self, *_: object) -> None:
        """Say nothing: the demo's host page is not what anybody watches."""


def host_site(folder: Path, port: int, app_url: str) -> ThreadingHTTPServer:
    """A server that is ready to ``serve_forever()``."""
    handler = partial(HostPage, app_url=app_url, directory=str(folder))
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--app-url", default=WRITTEN_FOR)
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with host_site(wanted.folder, wanted.port, wanted.app_url) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()

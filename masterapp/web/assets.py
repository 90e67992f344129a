"""Serves our CSS, JavaScript, icons and fonts: compressed once, under an address that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, current_app, request
from werkzeug.security import safe_join

from masterapp.brands.access import public

FOLDER = Path(__file__).parent.parent.parent / "static"
COMPRESSED = {".css", ".js", ".svg", ".json", ".html", ".webmanifest", ".txt", ".wasm"}
FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=300"
#: Style sheets that travel as one, so that a phone asks once: the name they are asked by → their parts, in order.
BUNDLES = {
    "css/fan-page.css": ("tokens", "base", "play", "fan"),
    "css/embed-page.css": ("tokens", "base", "play", "embed"),
}

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("application/wasm", ".wasm")


@dataclass(frozen=True)
class Asset:
    """One file as it travels: its bytes, the same compressed, and the tag browsers compare."""

    body: bytes
    compressed: bytes | None
    etag: str
    mimetype: str


@lru_cache(maxsize=512)
def _read(paths: tuple[Path, ...], _modified: tuple[int, ...]) -> Asset:
    """Read files, joined in their order, once per version of them."""
    body = b"\n".join(path.read_bytes() for path in paths)
    compressed = gzip.compress(body, 9, mtime=0) if paths[0].suffix in COMPRESSED else None
    mimetype = mimetypes.guess_type(paths[0].name)[0] or "application/octet-stream"
    return Asset(body, compressed, hashlib.blake2b(body, digest_size=12).hexdigest(), mimetype)


def _find(folder: Path, name: str) -> tuple[Path, ...]:
    """Return the files that a name stands for: one, or the parts of a bundle. Aborts with 404."""
    if folder == FOLDER and name in BUNDLES:
        return tuple(FOLDER / "css" / f"{part}.css" for part in BUNDLES[name])
    joined = safe_join(str(folder), name)
    path = Path(joined) if joined else None
    if path is None or any(part.startswith(".") for part in Path(name).parts) or not _is_file(path):
        abort(404)
    return (path,)


def _is_file(path: Path) -> bool:
    """Whether there is such a file; a name that is too long for the file system names none."""
    try:
        return path.is_file()
    except OSError:
        return False


def serve(folder: Path, name: str, *, lasting: bool = False) -> Response:
    """Answer with the file *name* of *folder*, or 404; *lasting* when its address changes with its content."""
    paths = _find(folder, name)
    asset = _read(paths, tuple(path.stat().st_mtime_ns for path in paths))
    small = asset.compressed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(asset.compressed if small else asset.body, mimetype=asset.mimetype)
    if asset.compressed is not None:
        response.vary.add("Accept-Encoding")
    if small:
        response.content_encoding = "gzip"
    response.set_etag(f"{asset.etag}{'-gz' if small else ''}")
    response.headers["Cache-Control"] = FOREVER if lasting else BRIEFLY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request)
    return response


def version_of(folder: Path) -> str:
    """Return a short text that changes whenever a file of *folder* does."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=128)
def _kept_version(folder: Path) -> str:
    return version_of(folder)


def current_version(folder: Path) -> str:
    """Return the version of a folder: computed once, or each time while somebody works on it."""
    return version_of(folder) if current_app.debug else _kept_version(folder)


def asset(name: str) -> str:
    """Return the lasting address of a file of ``static/``; relative imports inside it stay in the same version."""
    return f"/static/v-{current_version(FOLDER)}/{name}"


def module_asset(slug: str, folder: Path, name: str) -> str:
    """Return the lasting address of a file of a module's ``static`` folder."""
    return f"/modules/{slug}/v-{current_version(folder / 'static')}/{name}"


def serve_versioned(folder: Path, name: str) -> Response:
    """Answer with a file whose address may begin with its folder's version, ``v-<version>/``; then it lasts."""
    version, _, rest = name.partition("/")
    if not version.startswith("v-") or not rest:
        return serve(folder, name)
    return serve(folder, rest, lasting=version == f"v-{current_version(folder)}")


def init_app(app: Flask) -> None:
    """Serve ``/static/v-<version>/…`` for good and ``/static/…`` briefly, and give templates ``asset()``."""
    app.jinja_env.globals["asset"] = asset

    @public
    def static(name: str) -> Response:
        return serve_versioned(FOLDER, name)

    @public
    def favicon() -> Response:
        return serve(FOLDER, "favicon.svg")

    app.add_url_rule("/static/<path:name>", view_func=static)
    app.add_url_rule("/favicon.ico", view_func=favicon)

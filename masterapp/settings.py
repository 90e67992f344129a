"""Everything an operator can set, read once from the environment and checked before the application starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit


class SettingError(Exception):
    """A setting is missing or wrong; the message names the setting and the cure."""


def _setting(default: Any, variable: str, help: str) -> Any:
    return field(default=default, metadata={"variable": variable, "help": help})


@dataclass(frozen=True)
class Settings:
    """The settings of one installation. Every field is described in ``docs/settings.md`` (a test compares them)."""

    database_url: str = _setting(
        "", "DATABASE_URL", "PostgreSQL 15 or newer, as postgresql://user:password@host:port/name."
    )
    secret_key: str = _setting(
        "",
        "SECRET_KEY",
        "At least 32 random characters; signs cookies, codes and picture addresses.",
    )
    base_url: str = _setting(
        "http://localhost:8000",
        "MASTERAPP_BASE_URL",
        "The public address of this server, without a trailing slash.",
    )
    smtp_url: str = _setting(
        "smtp://127.0.0.1:1025",
        "SMTP_URL",
        "Where e-mail leaves: smtp:// or smtps://, user:password@host:port.",
    )
    mail_from: str = _setting(
        "MasterApp <play@example.org>",
        "MASTERAPP_MAIL_FROM",
        "The sender of e-mails when a brand sets none.",
    )
    mail_sink: str = _setting(
        "", "MASTERAPP_MAIL_SINK", "A folder of received e-mails shown at /demo/mail; demo only."
    )
    sign_in_providers: str = _setting(
        "",
        "MASTERAPP_SIGN_IN_PROVIDERS",
        "Social sign-in per brand: a JSON object {brand slug: [provider, …]}, or @path of a file that holds it.",
    )
    rate_limit_storage: str = _setting(
        "memory://",
        "MASTERAPP_RATE_LIMIT_STORAGE",
        "memory:// on one web node, redis://host:port on several.",
    )
    trusted_proxies: int = _setting(
        0,
        "MASTERAPP_TRUSTED_PROXIES",
        "How many reverse proxies in front add X-Forwarded-For and -Proto.",
    )
    database_pool: int = _setting(
        10, "MASTERAPP_DATABASE_POOL", "Database connections each web process may open."
    )
    beacon: str = _setting(
        "quicknet",
        "MASTERAPP_BEACON",
        "quicknet (drand's public beacon), or demo: a beacon that proves nothing and needs no network.",
    )
    beacon_relays: str = _setting(
        "",
        "MASTERAPP_BEACON_RELAYS",
        "Relays to ask for rounds, separated by commas; empty asks drand's own, none asks nobody.",
    )
    timestamp_url: str = _setting(
        "",
        "MASTERAPP_TIMESTAMP_URL",
        "An RFC 3161 authority that dates commitments; empty dates none.",
    )
    demo: bool = _setting(
        False, "MASTERAPP_DEMO", "1 shows the demo's sign-in hints and received e-mails."
    )
    host_url: str = _setting(
        "", "MASTERAPP_HOST_URL", "Where the demo's host site is; its games may be embedded there."
    )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], **overrides: Any) -> Settings:
        """Read and check the settings. Raises ``SettingError`` naming the first variable that is wrong."""
        values: dict[str, Any] = {}
        for setting in fields(cls):
            variable = setting.metadata["variable"]
            if setting.name in overrides or variable not in environ:
                continue
            values[setting.name] = _read(variable, environ[variable], type(setting.default))
        settings = cls(**{**values, **overrides})
        settings._check()
        return settings

    def _check(self) -> None:
        if not self.database_url.startswith(
            ("postgresql://", "postgres://", "postgresql+psycopg://")
        ):
            raise SettingError(
                "DATABASE_URL is missing or is not a postgresql:// address: set it, or use `make run`, "
                "which starts its own PostgreSQL."
            )
        if len(self.secret_key) < 32:
            raise SettingError(
                "SECRET_KEY must have at least 32 characters: generate one with `openssl rand -hex 32`."
            )
        if urlsplit(self.base_url).scheme not in ("http", "https") or self.base_url.endswith("/"):
            raise SettingError(
                "MASTERAPP_BASE_URL must be http(s)://host[:port] without a trailing slash."
            )
        if urlsplit(self.smtp_url).scheme not in ("smtp", "smtps"):
            raise SettingError("SMTP_URL must start with smtp:// or smtps://.")

        if self.beacon not in ("quicknet", "demo"):
            raise SettingError("MASTERAPP_BEACON must be quicknet or demo.")
        for address in (*(self.relays or ()), *filter(None, [self.timestamp_url])):
            if urlsplit(address).scheme not in ("http", "https"):
                raise SettingError(
                    "MASTERAPP_BEACON_RELAYS and MASTERAPP_TIMESTAMP_URL must be http(s):// addresses."
                )

    @property
    def relays(self) -> tuple[str, ...] | None:
        """The relays to ask for rounds of the beacon; None asks those that the beacon's own project names."""
        if not self.beacon_relays:
            return None
        named = [part.strip() for part in self.beacon_relays.split(",")]
        return tuple(relay for relay in named if relay and relay != "none")

    @property
    def secure(self) -> bool:
        """Whether cookies can be marked Secure: true behind https."""
        return self.base_url.startswith("https://")

    @property
    def sqlalchemy_url(self) -> str:
        """The database address in SQLAlchemy's spelling."""
        return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]

    @property
    def libpq_url(self) -> str:
        """The database address in libpq's spelling."""
        return "postgresql://" + self.database_url.split("://", 1)[1]


def _read(variable: str, text: str, kind: type) -> Any:
    if kind is bool:
        return text.lower() in ("1", "true", "yes", "on")
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise SettingError(f"{variable} must be a whole number, not {text!r}.") from None
    return text

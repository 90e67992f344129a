"""Sign-in providers for tests, on loopback: real OpenID Connect, and the documented shapes of Facebook and X."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey

from masterapp.testing.browser import serve

CLIENT_ID = "masterapp-tests"
CLIENT_SECRET = "a-secret-for-tests"  # noqa: S105 - it opens nothing but this provider.


@dataclass
class Account:
    """Who is signed in at the provider's side."""

    subject: str = "subject-1"
    email: str | None = "ada@example.org"
    email_verified: bool = True
    name: str = "Ada Lovelace"


@dataclass
class LocalProvider:
    """A provider whose page allows every sign-in at once. Tests change what it says to see what is refused."""

    account: Account = field(default_factory=Account)
    issuer: str = ""
    #: Overrides for claims of the identity token.
    claims: dict[str, Any] = field(default_factory=dict)
    #: Sign identity tokens with a key that the published set does not hold.
    forge: bool = False
    granted: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})
    )
    other_key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))

    def take_code(self) -> dict[str, str] | None:
        """Return what a code was granted for: once, to the right client, page and verifier."""
        form = request.form
        grant = self.granted.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if (
            grant is None
            or not self._client_is_right()
            or form.get("redirect_uri") != grant["redirect_uri"]
            or challenge.decode().rstrip("=") != grant["code_challenge"]
        ):
            return None
        return grant

    def _client_is_right(self) -> bool:
        given = request.authorization
        if given is not None and given.type == "basic":
            return (given.username, given.password) == (CLIENT_ID, CLIENT_SECRET)
        form = request.form
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)

    def new_token(self) -> str:
        """Make an access token."""
        token = secrets.token_hex(16)
        self.tokens.add(token)
        return token

    def bearer(self) -> str | None:
        """Return the access token of this request when it is one of ours."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return token if scheme == "Bearer" and token in self.tokens else None

    def id_token(self, nonce: str) -> str:
        """Sign an identity token."""
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": self.account.subject,
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
            "nonce": nonce,
            "email": self.account.email,
            "email_verified": self.account.email_verified,
            "name": self.account.name,
            **self.claims,
        }
        key = self.other_key if self.forge else self.key
        return jwt.encode({"alg": "RS256"}, claims, key)


def _common(provider: LocalProvider, name: str) -> Flask:
    """The pages that all three have: the one that allows, which checks what it is asked."""
    app = Flask(name)

    @app.get("/authorize")
    def authorize() -> Any:
        asked = request.args
        if asked["client_id"] != CLIENT_ID or asked["response_type"] != "code":
            return Response("unknown client", 400)
        if asked.get("code_challenge_method") != "S256" or not asked.get("state"):
            return Response("PKCE and state are needed here", 400)
        code = secrets.token_hex(8)
        provider.granted[code] = dict(asked)
        answer = urlencode({"code": code, "state": asked["state"]})
        return redirect(f"{asked['redirect_uri']}?{answer}")

    return app


def openid_app(provider: LocalProvider) -> Flask:
    """Discovery, authorisation, token with PKCE, published keys and userinfo."""
    app = _common(provider, "openid")

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        base = provider.issuer
        return jsonify(
            issuer=base,
            authorization_endpoint=f"{base}/authorize",
            token_endpoint=f"{base}/token",
            jwks_uri=f"{base}/keys",
            userinfo_endpoint=f"{base}/userinfo",
            response_types_supported=["code"],
            id_token_signing_alg_values_supported=["RS256"],
            token_endpoint_auth_methods_supported=["client_secret_basic"],
        )

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.post("/token")
    def token() -> Any:
        grant = provider.take_code()
        if grant is None:
            return jsonify(error="invalid_grant"), 400
        return jsonify(
            access_token=provider.new_token(),
            token_type="Bearer",  # noqa: S106
            expires_in=300,
            id_token=provider.id_token(grant.get("nonce", "")),
        )

    @app.get("/userinfo")
    def userinfo() -> Any:
        if provider.bearer() is None:
            return Response("no token", 401)
        return jsonify(sub=provider.account.subject, email=provider.account.email)

    return app


def facebook_app(provider: LocalProvider) -> Flask:
    """Facebook's Login for the web: the client in the body, and a proof with every question."""
    app = _common(provider, "facebook")

    @app.post("/v26.0/oauth/access_token")
    def token() -> Any:
        if provider.take_code() is None:
            error = {"message": "Invalid verification code", "type": "OAuthException", "code": 100}
            return jsonify(error=error), 400
        return jsonify(
            access_token=provider.new_token(),
            token_type="bearer",  # noqa: S106
            expires_in=5183944,
        )

    @app.get("/v26.0/me")
    def me() -> Any:
        access = provider.bearer() or request.args.get("access_token", "")
        proof = hmac.new(CLIENT_SECRET.encode(), access.encode(), hashlib.sha256).hexdigest()
        if access not in provider.tokens or request.args.get("appsecret_proof") != proof:
            return jsonify(error={"message": "Invalid appsecret_proof", "code": 100}), 400
        found = {"id": provider.account.subject, "name": provider.account.name}
        if provider.account.email:
            found["email"] = provider.account.email
        return jsonify(found)

    return app


def x_app(provider: LocalProvider) -> Flask:
    """X's OAuth 2.0 for a confidential client: Basic at the token, the person inside ``data``."""
    app = _common(provider, "x")

    @app.post("/2/oauth2/token")
    def token() -> Any:
        if request.authorization is None or provider.take_code() is None:
            return jsonify(error="invalid_request"), 400
        return jsonify(
            access_token=provider.new_token(),
            token_type="bearer",  # noqa: S106
            expires_in=7200,
            scope="users.read tweet.read users.email",
        )

    @app.get("/2/users/me")
    def me() -> Any:
        if provider.bearer() is None:
            return jsonify(title="Unauthorized", status=401), 401
        person = {"id": provider.account.subject, "name": provider.account.name, "username": "ada"}
        if provider.account.email and "confirmed_email" in request.args.get("user.fields", ""):
            person["confirmed_email"] = provider.account.email
        return jsonify(data=person)

    return app


APPS = {"oidc": openid_app, "facebook": facebook_app, "x": x_app}


@contextmanager
def run_provider(kind: str) -> Iterator[tuple[LocalProvider, dict[str, Any]]]:
    """Serve a provider; yields it and the entry of the setting that switches it on."""
    provider = LocalProvider()
    with serve(APPS[kind](provider)) as address:
        provider.issuer = address
        entry: dict[str, Any] = {
            "name": kind,
            "kind": kind,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        if kind == "oidc":
            entry["issuer"] = address
        elif kind == "facebook":
            entry["urls"] = {
                "authorize": f"{address}/authorize",
                "token": f"{address}/{{version}}/oauth/access_token",
                "user": f"{address}/{{version}}/me",
            }
        else:
            entry["urls"] = {
                "authorize": f"{address}/authorize",
                "token": f"{address}/2/oauth2/token",
                "user": f"{address}/2/users/me",
            }
        yield provider, entry

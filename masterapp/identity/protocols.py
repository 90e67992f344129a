"""Talking to sign-in providers: where to send the fan, and who came back with a code. Nothing here trusts an e-mail."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
import structlog
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from masterapp.errors import Refused
from masterapp.identity.providers import Provider

log = structlog.get_logger(__name__)

SECONDS_TO_ANSWER = 10
SECONDS_TO_KEEP = 3600
#: Signatures of identity tokens: public keys only, so that a client secret can never sign one.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
#: Clocks may differ by so many seconds.
LEEWAY = 60


@dataclass(frozen=True)
class Person:
    """Who the provider says came. The e-mail is a suggestion until its owner has proved it to us."""

    subject: str
    email: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Round:
    """The values that tie the way out and the way back together; all are derived from the browser's secret."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


def authorize_url(provider: Provider, trip: Round) -> str:
    """Return the provider's page where the fan allows the sign-in."""
    extra = {"nonce": trip.nonce} if provider.kind == "oidc" else {}
    with _session(provider, trip) as session:
        url, _state = session.create_authorization_url(
            _endpoint(provider, "authorize"),
            state=trip.state,
            code_verifier=trip.verifier,
            **extra,
        )
    return str(url)


def fetch_person(provider: Provider, trip: Round, code: str) -> Person:
    """Exchange the code and return who it stands for. Raises ``provider_failed``."""
    try:
        with _session(provider, trip) as session:
            token = session.fetch_token(
                _endpoint(provider, "token"),
                code=code,
                code_verifier=trip.verifier,
                grant_type="authorization_code",
                timeout=SECONDS_TO_ANSWER,
            )
            person = _READERS[provider.kind](provider, session, token, trip)
    except (
        requests.RequestException,
        OAuthError,
        JoseError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:
        log.warning("provider_failed", provider=provider.name, reason=type(error).__name__)
        raise Refused("provider_failed", provider=provider.label) from error
    if not person.subject:
        raise Refused("provider_failed", provider=provider.label)
    return person


def _session(provider: Provider, trip: Round) -> OAuth2Session:
    method = "client_secret_post" if provider.kind == "facebook" else "client_secret_basic"
    if provider.kind == "oidc":
        supported = _discover(provider).get("token_endpoint_auth_methods_supported")
        if supported and method not in supported:
            method = "client_secret_post"
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope=provider.scope,
        redirect_uri=trip.redirect_uri,
        token_endpoint_auth_method=method,
        code_challenge_method="S256",
    )


def _endpoint(provider: Provider, name: str) -> str:
    if provider.kind != "oidc":
        return provider.url(name)
    field = {"authorize": "authorization_endpoint", "token": "token_endpoint"}[name]
    return str(_discover(provider)[field])


def _read_oidc(
    provider: Provider, session: OAuth2Session, token: Mapping[str, Any], trip: Round
) -> Person:
    """Check the identity token's signature, issuer, audience, time and nonce."""
    claims = _check_id_token(provider, str(token["id_token"]), trip.nonce)
    if not claims.get("email") and _discover(provider).get("userinfo_endpoint"):
        extra = _get(session, str(_discover(provider)["userinfo_endpoint"]))
        # An answer about somebody else must not lend us its address (OpenID Connect Core, 5.3.2).
        if extra.get("sub") == claims["sub"]:
            claims = {**extra, **claims}
    return Person(str(claims["sub"]), _word(claims.get("email")), _word(claims.get("name")))


def _check_id_token(provider: Provider, id_token: str, nonce: str) -> dict[str, Any]:
    registry = JWSRegistry(algorithms=ALGORITHMS)
    try:
        decoded = jwt.decode(id_token, _keys(provider), registry=registry)
    except (JoseError, ValueError):
        # The provider may have changed its keys since we last looked.
        decoded = jwt.decode(id_token, _keys(provider, fresh=True), registry=registry)
    jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": str(_discover(provider)["issuer"])},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    ).validate(decoded.claims)
    party = decoded.claims.get("azp")
    if party is not None and party != provider.client_id:
        raise ValueError("the token was made for another client")
    return dict(decoded.claims)


def _read_facebook(
    provider: Provider, session: OAuth2Session, token: Mapping[str, Any], _trip: Round
) -> Person:
    access = str(token["access_token"])
    proof = hmac.new(provider.client_secret.encode(), access.encode(), hashlib.sha256).hexdigest()
    user = _get(session, provider.url("user"), fields="id,name,email", appsecret_proof=proof)
    return Person(str(user["id"]), _word(user.get("email")), _word(user.get("name")))


def _read_x(
    provider: Provider, session: OAuth2Session, _token: Mapping[str, Any], _trip: Round
) -> Person:
    answer = _get(session, provider.url("user"), **{"user.fields": "confirmed_email"})
    user = answer["data"]
    return Person(str(user["id"]), _word(user.get("confirmed_email")), _word(user.get("name")))


_READERS = {"oidc": _read_oidc, "facebook": _read_facebook, "x": _read_x}


def _get(session: OAuth2Session, url: str, **parameters: str) -> dict[str, Any]:
    answer = session.get(url, params=parameters, timeout=SECONDS_TO_ANSWER)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _word(value: Any) -> str | None:
    return value[:254] if isinstance(value, str) and value else None


#: What discovery said, by address, and until when it is believed.
_remembered: dict[str, tuple[float, dict[str, Any]]] = {}


def _remember(provider: Provider, url: str, *, fresh: bool = False) -> dict[str, Any]:
    known = _remembered.get(url)
    if known and known[0] > time.monotonic() and not fresh:
        return known[1]
    try:
        answer = requests.get(url, timeout=SECONDS_TO_ANSWER)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise Refused("provider_failed", provider=provider.label) from error
    if not isinstance(found, dict):
        raise Refused("provider_failed", provider=provider.label)
    _remembered[url] = (time.monotonic() + SECONDS_TO_KEEP, found)
    return found


def _discover(provider: Provider) -> dict[str, Any]:
    found = _remember(provider, provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != provider.issuer.rstrip("/"):
        raise Refused("provider_failed", provider=provider.label)
    return found


def _keys(provider: Provider, *, fresh: bool = False) -> KeySet:
    found: Any = _remember(provider, str(_discover(provider)["jwks_uri"]), fresh=fresh)
    return KeySet.import_key_set(found)

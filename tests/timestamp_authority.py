"""A small RFC 3161 authority for tests: it reads a request and really signs a date, without any program beside."""

import hashlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SHA256, SIGNED_DATA = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.7.2"
TST_INFO, ECDSA = "1.2.840.113549.1.9.16.1.4", "1.2.840.10045.4.3.2"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE, POLICY = "1.2.840.113549.1.9.16.2.47", "1.3.6.1.4.1.13762.3"
SEQUENCE, SET, OCTETS = 0x30, 0x31, 0x04


def der(tag: int, *parts: bytes) -> bytes:
    """One DER element."""
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def integer(value: int) -> bytes:
    """A non-negative integer."""
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An object identifier."""
    first, second, *rest = map(int, dotted.split("."))
    body = b""
    for number in (40 * first + second, *rest):
        coded = [number & 127]
        while number := number >> 7:
            coded.append(number & 127 | 128)
        body += bytes(reversed(coded))
    return der(6, body)


class Authority:
    """Dates hashes; its own root certificate is what a reader trusts."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        root_key, self.key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root_name, name = (
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, word)]) for word in ("Root", "Clock")
        )

        def certify(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
            return (
                x509.CertificateBuilder()
                .subject_name(subject)
                .issuer_name(root_name)
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(now - timedelta(days=1))
                .not_valid_after(now + timedelta(days=1))
            )

        self.root = (
            certify(root_name, root_key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        self.certificate = (
            certify(name, self.key)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
            )
            .sign(root_key, hashes.SHA256())
        )

    def reply(self, request: bytes, status: int = 0) -> bytes:
        """The answer to the 59-byte request of docs/fairness.md, section 9."""
        status_info = der(SEQUENCE, integer(status))
        if status > 1:
            return der(SEQUENCE, status_info)
        return der(SEQUENCE, status_info, self.token(request[5:56]))

    def token(self, imprint: bytes) -> bytes:
        """The signed token over a message imprint."""
        moment = datetime.now(UTC).strftime("%Y%m%d%H%M%SZ").encode()
        info = der(SEQUENCE, integer(1), oid(POLICY), imprint, integer(7), der(0x18, moment))
        certificate = self.certificate.public_bytes(Encoding.DER)
        algorithm = der(SEQUENCE, oid(SHA256))
        named = der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, der(OCTETS, _sha(certificate)))))
        attributes = sorted(
            der(SEQUENCE, oid(kind), der(SET, value))
            for kind, value in (
                (CONTENT_TYPE, oid(TST_INFO)),
                (MESSAGE_DIGEST, der(OCTETS, _sha(info))),
                (SIGNING_CERTIFICATE, named),
            )
        )
        signature = self.key.sign(der(SET, *attributes), ec.ECDSA(hashes.SHA256()))
        signer = der(
            SEQUENCE,
            integer(1),
            der(
                SEQUENCE,
                self.certificate.issuer.public_bytes(),
                integer(self.certificate.serial_number),
            ),
            algorithm,
            der(0xA0, *attributes),
            der(SEQUENCE, oid(ECDSA)),
            der(OCTETS, signature),
        )
        signed = der(
            SEQUENCE,
            integer(3),
            der(SET, algorithm),
            der(SEQUENCE, oid(TST_INFO), der(0xA0, der(OCTETS, info))),
            der(0xA0, certificate),
            der(SET, signer),
        )
        return der(SEQUENCE, oid(SIGNED_DATA), der(0xA0, signed))


def _sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()

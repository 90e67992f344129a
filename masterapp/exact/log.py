"""The tamper-evident log: each record carries the hash of the one before it."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from masterapp.exact import canonical
from masterapp.exact.canonical import unhex
from masterapp.exact.faults import ProtocolError
from masterapp.exact.times import moment

GENESIS = bytes(32)
KEYS = {"seq", "ts", "type", "actor", "data_sha256", "prev"}

# A fixed RFC 3161 request: version 1, SHA-256, the 32-byte hash in the middle, certificate wanted.
_REQUEST_HEAD = bytes.fromhex("30390201013031300d060960864801650304020105000420")
_REQUEST_TAIL = bytes.fromhex("0101ff")

Record = Mapping[str, Any]


def log_record(
    seq: int, ts: str, kind: str, actor: str, data: bytes, prev: bytes
) -> dict[str, Any]:
    """The next record of a log, about `data`, of which only the hash is told."""
    moment(ts)
    return {
        "seq": seq,
        "ts": ts,
        "type": kind,
        "actor": actor,
        "data_sha256": hashlib.sha256(data).hexdigest(),
        "prev": prev.hex(),
    }


def log_hash(record: Record) -> bytes:
    """The hash of a record, which becomes the `prev` of the next one and the head of the log."""
    if set(record) != KEYS:
        raise ProtocolError("log_record", "a log record has exactly its six fields")
    prev = unhex(record["prev"], 32)
    return hashlib.sha256(b"MVD1/log\0" + prev + canonical.encode(record)).digest()


def verify_log(records: Iterable[Record], prev: bytes = GENESIS, seq: int = 0) -> bytes:
    """Follow a run of records that begins after `prev` at number `seq`; return the head."""
    for record in records:
        told = record.get("seq")
        # Not `!=` alone: JSON's true is no number, yet Python takes it for 1.
        if type(told) is not int or told != seq or record.get("prev") != prev.hex():
            raise ProtocolError("log_broken", f"the log is broken at record {seq}")
        prev = log_hash(record)
        seq += 1
    return prev


def timestamp_request(head: bytes) -> bytes:
    """The RFC 3161 request (59 bytes of DER) that asks an authority to date a hash."""
    if len(head) != 32:
        raise ProtocolError("hash_shape", "a SHA-256 hash has 32 bytes")
    return _REQUEST_HEAD + head + _REQUEST_TAIL

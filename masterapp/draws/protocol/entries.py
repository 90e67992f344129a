"""Entries of a draw: hiding tags, household groups, 57-byte records and the entries.bin file."""

import hashlib
import hmac
import struct
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import BinaryIO, NamedTuple
from uuid import UUID

from masterapp.exact import canonical
from masterapp.exact.faults import ProtocolError

MAGIC = b"MVD1-ENTRIES\n"
HEADER_SIZE = len(MAGIC) + 16 + 8
RECORD_SIZE = 57
LARGEST_TOTAL = 2**63 - 1
_RECORD = struct.Struct(">32s16sQB")


class EntryClass(IntEnum):
    """Why an entry weighs what it weighs; classes 1 to 3 always weigh nothing."""

    ELIGIBLE = 0
    WITHDRAWN = 1
    INELIGIBLE = 2
    EXCLUDED = 3
    SUBJECT_TO_VERIFICATION = 4


WEIGHTLESS = frozenset({EntryClass.WITHDRAWN, EntryClass.INELIGIBLE, EntryClass.EXCLUDED})


class Record(NamedTuple):
    """One leaf: what is published about one entrant."""

    tag: bytes
    group: bytes
    weight: int
    entry_class: int

    def pack(self) -> bytes:
        """The 57 bytes of the record, refused if a field does not fit."""
        if len(self.tag) != 32 or len(self.group) != 16:
            raise ProtocolError("record_shape", "a tag has 32 bytes and a group 16")
        if not 0 <= self.weight <= LARGEST_TOTAL:
            raise ProtocolError("weight_range", "a weight lies between 0 and 2^63 − 1")
        if isinstance(self.entry_class, bool) or not 0 <= self.entry_class <= max(EntryClass):
            raise ProtocolError("class_unknown", f"no entry class {self.entry_class}")
        if self.weight and self.entry_class in WEIGHTLESS:
            raise ProtocolError("class_weight", "entries of classes 1 to 3 weigh nothing")
        return _RECORD.pack(*self)

    @classmethod
    def unpack(cls, data: bytes) -> "Record":
        """Read a record and check it as strictly as `pack` does."""
        if len(data) != RECORD_SIZE:
            raise ProtocolError("record_shape", f"a record has {RECORD_SIZE} bytes")
        record = cls(*_RECORD.unpack(data))
        record.pack()
        return record


def entry_tag(draw_id: UUID, salt: bytes, identity: Mapping[str, str]) -> bytes:
    """The tag that binds an entry to an identity and hides it behind 32 random bytes."""
    if len(salt) != 32:
        raise ProtocolError("salt_shape", "a salt has 32 bytes")
    body = canonical.encode(identity)
    head = b"MVD1/tag\0" + draw_id.bytes + salt + len(body).to_bytes(4, "big")
    return hashlib.sha256(head + body).digest()


def group_of(campaign_group_key: bytes, unit_id: str) -> bytes:
    """The group of a fan or household, equal in all draws of a campaign, opaque outside it."""
    unit = unit_id.encode("utf-8")
    return hmac.digest(campaign_group_key, b"MVD1/group\0" + unit, "sha256")[:16]


def header(draw_id: UUID, count: int) -> bytes:
    """The first 37 bytes of entries.bin."""
    return MAGIC + draw_id.bytes + count.to_bytes(8, "big")


def write_entries(file: BinaryIO, draw_id: UUID, count: int, blocks: Iterable[bytes]) -> str:
    """Write entries.bin from blocks of whole records; return the SHA-256 of the file in hex."""
    head = header(draw_id, count)
    digest = hashlib.sha256(head)
    written = 0
    file.write(head)
    for part in blocks:
        digest.update(part)
        file.write(part)
        written += len(part)
    if written != count * RECORD_SIZE:
        raise ProtocolError("count", f"{count} entries were announced, {written} bytes came")
    return digest.hexdigest()


def read_header(file: BinaryIO) -> tuple[UUID, int]:
    """Read the draw's id and the number of entries from the beginning of entries.bin."""
    head = file.read(HEADER_SIZE)
    if len(head) != HEADER_SIZE or not head.startswith(MAGIC):
        raise ProtocolError("not_entries", "this is not an MVD1 entries file")
    return UUID(bytes=head[13:29]), int.from_bytes(head[29:], "big")


def read_blocks(file: BinaryIO, count: int, leaves: int) -> Iterator[bytes]:
    """Yield the records that follow the header, `leaves` at a time; the file must end there."""
    left = count
    while left:
        wanted = min(left, leaves) * RECORD_SIZE
        part = file.read(wanted)
        if len(part) != wanted:
            raise ProtocolError("truncated", "the entries file ends before its last record")
        yield part
        left -= min(left, leaves)
    if file.read(1):
        raise ProtocolError("trailing", "the entries file goes on after its last record")


def blocks_of(records: Iterable[bytes], leaves: int) -> Iterator[bytes]:
    """Gather single packed records into blocks of `leaves` records."""
    held: list[bytes] = []
    for record in records:
        held.append(record)
        if len(held) == leaves:
            yield b"".join(held)
            held.clear()
    if held:
        yield b"".join(held)

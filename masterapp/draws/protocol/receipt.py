"""The receipt: what an entrant is told at once, signed, so that a leaf that is missing later can be proved missing."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from masterapp.draws.protocol.commitment import Document, uuid_of, whole
from masterapp.draws.protocol.entries import Record
from masterapp.exact.canonical import decimal, unhex
from masterapp.exact.faults import ProtocolError
from masterapp.exact.times import moment, written

VERSION = "MVD1-RECEIPT-1"


@dataclass(frozen=True)
class Receipt:
    """The state of one entry after its change number `seq`."""

    draw_id: UUID
    seq: int
    tag: bytes
    salt: bytes
    weight: int
    entry_class: int
    at: int
    log_head: bytes

    def document(self) -> dict[str, Any]:
        """The receipt before the brand's key signs it; private, since the salt opens the tag."""
        document = {
            "v": VERSION,
            "draw_id": str(self.draw_id),
            "seq": self.seq,
            "tag": self.tag.hex(),
            "salt": self.salt.hex(),
            "weight": str(self.weight),
            "class": self.entry_class,
            "ts": written(self.at),
            "log_head": self.log_head.hex(),
        }
        read_receipt(document)
        return document


def read_receipt(document: Document) -> Receipt:
    """Check the form of a receipt and return what it says; whose signature it carries is not looked at."""
    if document.get("v") != VERSION:
        raise ProtocolError("version", "this is not an MVD1 receipt")
    if "signature" in document:
        unhex(document.get("key"), 32)
        unhex(document["signature"], 64)
    receipt = Receipt(
        draw_id=uuid_of(document.get("draw_id")),
        seq=whole(document, "seq", 1),
        tag=unhex(document.get("tag"), 32),
        salt=unhex(document.get("salt"), 32),
        weight=decimal(document.get("weight")),
        entry_class=whole(document, "class", 0),
        at=moment(document.get("ts")),
        log_head=unhex(document.get("log_head"), 32),
    )
    Record(receipt.tag, bytes(16), receipt.weight, receipt.entry_class).pack()
    return receipt

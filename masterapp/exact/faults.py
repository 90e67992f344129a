"""The one exception of the exact rooms: something given to the protocol breaks the protocol."""


class ProtocolError(ValueError):
    """A value that the published specification refuses, with a code that programs can test."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

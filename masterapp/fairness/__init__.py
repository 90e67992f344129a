"""What makes a promise checkable: the beacon, the hash-chained log, signatures, timestamps, and two pairs of eyes."""

"""MVD1, the protocol of verifiable draws, as published in docs/fairness.md.

Pure functions over bytes and integers: no database, no clock, no network, no float and no random
generator (an architecture test watches the last two).
"""

"""The points ledger: append-only, idempotent, never reset between campaigns."""

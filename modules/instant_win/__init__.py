"""Instant win: one try at the winning moment that is due, behind a scratch card, a wheel or a stadium."""

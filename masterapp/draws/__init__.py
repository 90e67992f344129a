"""Draws: commitment, entropy, drawing, proofs, certificate."""

"""Loyalty: the fan's points, tiers and history, and missions that reach across all the brand's games."""

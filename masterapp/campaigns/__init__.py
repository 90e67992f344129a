"""Campaigns, their games, and the immutable versions of a game's configuration."""

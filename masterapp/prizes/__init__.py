"""Prizes, their stock as winning moments, and the grants that fans win."""

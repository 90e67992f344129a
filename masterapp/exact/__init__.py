"""Exact things shared by draws and sealed moments: canonical bytes and unbiased integers.

Nothing here reads a clock, a database or a random generator, and no number is ever a float.
"""

"""Tests of the reveal."""

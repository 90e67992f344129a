"""Tests of the instant win."""

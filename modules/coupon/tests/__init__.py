"""Tests of the coupon."""

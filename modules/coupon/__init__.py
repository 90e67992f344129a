"""Coupon: one tap gives the fan a code of an offer, to be shown in a store or typed in a shop."""

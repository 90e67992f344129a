"""Offers, the codes that fans hold, and their redemption in stores."""

"""Brands and what they own: themes, domains, stores, pictures, and the members who work for them."""

"""Funnels, dashboards and exports for the marketer."""

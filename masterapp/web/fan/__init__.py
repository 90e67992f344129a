"""The fan's pages: home, campaigns, games, my space and sign-in, each dressed as its brand."""

from masterapp.web.fan import (
    brand_files,
    draw_files,
    draws,
    fairness,
    home,
    sign_in,
    social,
    space,
    unlinking,
    unsubscribe,
    winning,
)
from masterapp.web.fan.frame import blueprint

__all__ = [
    "blueprint",
    "brand_files",
    "draw_files",
    "draws",
    "fairness",
    "home",
    "sign_in",
    "social",
    "space",
    "unlinking",
    "unsubscribe",
    "winning",
]

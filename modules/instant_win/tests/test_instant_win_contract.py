"""Instant win keeps the contract of every module, in each of its three skins."""

from masterapp.testing.contract import ModuleContract
from modules.instant_win.module import InstantWin
from modules.instant_win.starters import SCRATCH, SEAT, WHEEL


class TestScratchCard(ModuleContract):
    """The card."""

    module = InstantWin()
    config = SCRATCH.config
    moves = [{"play": True}]


class TestWheel(ModuleContract):
    """The wheel."""

    module = InstantWin()
    config = WHEEL.config
    moves = [{"play": True, "choice": None}]


class TestSeat(ModuleContract):
    """The stadium."""

    module = InstantWin()
    config = SEAT.config
    moves = [{"play": True, "choice": {"block": 8, "row": 12, "seat": 16}}]

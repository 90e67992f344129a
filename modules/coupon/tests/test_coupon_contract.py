"""Coupon keeps the contract of every module."""

from masterapp.testing.contract import ModuleContract
from modules.coupon.module import CouponGame
from modules.coupon.starters import SHOP


class TestCoupon(ModuleContract):
    """One coupon per fan."""

    module = CouponGame()
    config = {**SHOP.config, "offer": "01890a5d-ac96-774b-bcce-b302099a8057"}
    moves = [{"claim": True}]

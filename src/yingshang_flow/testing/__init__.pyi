from yingshang_flow.testing.clock import FixedClock as FixedClock
from yingshang_flow.testing.store_contract import StoreContract as StoreContract

__all__ = ["FixedClock", "StoreContract"]

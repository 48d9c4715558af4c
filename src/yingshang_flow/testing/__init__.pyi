from yingshang_flow.testing.clock import FixedClock as FixedClock
from yingshang_flow.testing.docket_machine import DocketMachine as DocketMachine
from yingshang_flow.testing.docket_machine import docket_machine as docket_machine
from yingshang_flow.testing.docket_machine import rows_of as rows_of
from yingshang_flow.testing.store_contract import StoreContract as StoreContract
from yingshang_flow.testing.strategies import actors as actors
from yingshang_flow.testing.strategies import cast_of as cast_of
from yingshang_flow.testing.strategies import contents as contents
from yingshang_flow.testing.strategies import instants as instants
from yingshang_flow.testing.strategies import obligors as obligors

__all__ = [
    "DocketMachine",
    "FixedClock",
    "StoreContract",
    "actors",
    "cast_of",
    "contents",
    "docket_machine",
    "instants",
    "obligors",
    "rows_of",
]

from yingshang_flow.testing.clock import FixedClock as FixedClock
from yingshang_flow.testing.compliant import assert_compliant as assert_compliant
from yingshang_flow.testing.docket_machine import DocketMachine as DocketMachine
from yingshang_flow.testing.docket_machine import docket_machine as docket_machine
from yingshang_flow.testing.docket_machine import rows_of as rows_of
from yingshang_flow.testing.histories import histories as histories
from yingshang_flow.testing.history import History as History
from yingshang_flow.testing.lifecycle_machine import LifecycleMachine as LifecycleMachine
from yingshang_flow.testing.lifecycle_machine import lifecycle_test as lifecycle_test
from yingshang_flow.testing.mutating import Mutant as Mutant
from yingshang_flow.testing.mutating import assert_bites as assert_bites
from yingshang_flow.testing.mutating import bites as bites
from yingshang_flow.testing.mutating import mutants as mutants
from yingshang_flow.testing.store_contract import StoreContract as StoreContract
from yingshang_flow.testing.strategies import actors as actors
from yingshang_flow.testing.strategies import calendars as calendars
from yingshang_flow.testing.strategies import cast_of as cast_of
from yingshang_flow.testing.strategies import content_of as content_of
from yingshang_flow.testing.strategies import instants as instants
from yingshang_flow.testing.strategies import obligors as obligors
from yingshang_flow.testing.strategies import periods as periods
from yingshang_flow.testing.travelling import travel_to_next_deadline as travel_to_next_deadline

__all__ = [
    "DocketMachine",
    "FixedClock",
    "History",
    "LifecycleMachine",
    "Mutant",
    "StoreContract",
    "actors",
    "assert_bites",
    "assert_compliant",
    "bites",
    "calendars",
    "cast_of",
    "content_of",
    "docket_machine",
    "histories",
    "instants",
    "lifecycle_test",
    "mutants",
    "obligors",
    "periods",
    "rows_of",
    "travel_to_next_deadline",
]

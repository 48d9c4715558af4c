from yingshang_flow.core.actor import Actor as Actor
from yingshang_flow.deadlines import Ledger as Ledger
from yingshang_flow.deadlines import due as due
from yingshang_flow.docket import Docket as Docket

from . import lifecycles as lifecycles
from . import policies as policies

__version__: str

__all__ = ["Actor", "Docket", "Ledger", "__version__", "due", "lifecycles", "policies"]

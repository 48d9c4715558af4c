"""A statement compiled once for one dialect: its text, and how its values are handed over."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

import attrs
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from yingshang_flow.stores.sqlalchemy.servers import encoder

_Value = TypeVar("_Value")
Values = Mapping[str, Any]
"""What is put into a statement, by name."""


@attrs.frozen(eq=False)
class Prepared:
    """A statement ready for a cursor, SQLAlchemy's or anybody's.

    Attributes:
        sql: The text, with the dialect's marks for values.
        names: The values in the order of their marks; none where the marks bear the names.
        defaults: Values that the compiler has put in by itself.
        encoders: What some values go through before the driver takes them.
    """

    sql: str
    names: tuple[str, ...] | None
    defaults: Values
    encoders: Mapping[str, Callable[[Any], Any]]

    def bound(self, values: Values) -> tuple[Any, ...] | dict[str, Any]:
        """Return the values as the driver takes them: in order, or by name."""
        bound = {**self.defaults, **values}
        for name, encode in self.encoders.items():
            bound[name] = encode(bound[name])
        return bound if self.names is None else tuple([bound[name] for name in self.names])


def prepared(statement: ClauseElement, dialect: Dialect, columns: Sequence[str] | None = None) -> Prepared:
    """Compile a statement.

    It may have no part that SQLAlchemy completes only when it executes it, such as IN over a list.

    Args:
        statement: The statement.
        dialect: What it is compiled for.
        columns: The columns of an INSERT that are given values.
    """
    compiled = cast(
        "SQLCompiler", statement.compile(dialect=dialect, column_keys=None if columns is None else list(columns))
    )
    encoders = {
        name: encode for name, bind in compiled.binds.items() if (encode := encoder(bind.type, dialect)) is not None
    }
    defaults = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    names = None if compiled.positiontup is None else tuple(compiled.positiontup)
    return Prepared(str(compiled), names, defaults, encoders)


class once(Generic[_Value]):  # noqa: N801 - it is written like a property
    """A property that is worked out when it is first asked for.

    Without a lock, unlike that of ``functools``: that one is the class's before Python 3.12, and a process that forks
    while another thread holds it has a child that waits for ever. Two threads may both work it out.
    """

    def __init__(self, work: Callable[[Any], _Value]) -> None:
        self._work = work
        self.__doc__ = work.__doc__

    def __get__(self, instance: object, _owner: type) -> _Value:
        return cast("_Value", instance.__dict__.setdefault(self._work.__name__, self._work(instance)))

"""A small office on FastAPI: letters come in, complaints run as cases, and the list of what is due can be asked for.

It keeps its own rows beside the cases, in one transaction. To run it::

    pip install "yingshang-flow[async,cli]" aiosqlite fastapi uvicorn
    yingshang-flow db upgrade --db sqlite:///office.db
    uvicorn --app-dir examples fastapi_office:app
"""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from yingshang_flow import Actor, lifecycles
from yingshang_flow.async_docket import AsyncDocket
from yingshang_flow.core.case import Case
from yingshang_flow.docket import system_clock
from yingshang_flow.errors import (
    CaseNotFoundError,
    ConflictError,
    ContentError,
    KeyReusedError,
    ReferenceTakenError,
    RefusedError,
    StoreError,
    TimeError,
    UnknownError,
    YingshangFlowError,
)
from yingshang_flow.words import Unmet

COMPLAINT = lifecycles.complaint("bayuquan-2018")
PEOPLE = {
    "li": Actor("li", "区营商局", "complaint_body"),
    "wang": Actor("wang", "区住建局", "undertaker"),
    "zhao": Actor("zhao", "8890平台", "platform"),
}
LETTERS = sa.Table(
    "letters", sa.MetaData(), sa.Column("number", sa.String(40), primary_key=True), sa.Column("case", sa.String(40))
)
STATUS: Mapping[type[YingshangFlowError], HTTPStatus] = {
    RefusedError: HTTPStatus.CONFLICT,  # the procedure does not have it here, or requirements are unmet
    ConflictError: HTTPStatus.CONFLICT,  # somebody acted meanwhile
    KeyReusedError: HTTPStatus.CONFLICT,
    ReferenceTakenError: HTTPStatus.CONFLICT,
    ContentError: HTTPStatus.UNPROCESSABLE_ENTITY,  # missing, surplus or wrongly typed content
    TimeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CaseNotFoundError: HTTPStatus.NOT_FOUND,
    UnknownError: HTTPStatus.UNPROCESSABLE_ENTITY,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def office(url: str, *, clock: Callable[[], datetime] = system_clock) -> FastAPI:
    """Return the office on a database with the tables of ``yingshang-flow db upgrade``.

    Args:
        url: The database, such as ``sqlite+aiosqlite:///office.db``.
        clock: Gives the current instant; the system's unless given.
    """
    engine = create_async_engine(url)
    docket = AsyncDocket(engine, clock=clock)
    sessions = async_sessionmaker(engine)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(LETTERS.metadata.create_all)
        yield
        await engine.dispose()

    app = FastAPI(title="营商环境投诉 Complaints", lifespan=lifespan)

    @app.exception_handler(YingshangFlowError)
    async def tell(_request: Request, error: YingshangFlowError) -> JSONResponse:
        status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
        return JSONResponse(told(error), status)

    @app.post("/letters/{number}", status_code=HTTPStatus.CREATED)
    async def receive(number: str, receipt: dict[str, Any], by: Signed) -> dict[str, Any]:
        # Both are kept, or neither; and before the answer is sent, as a dependency would commit after it.
        async with sessions.begin() as session:
            case = await docket.on(session).open(COMPLAINT, receipt, by=by, trigger="receive", reference=number)
            await session.execute(sa.insert(LETTERS).values(number=number, case=case.id))
        return shown(case)

    @app.get("/cases/{case}")
    async def look(case: str) -> dict[str, Any]:
        return shown(await docket.load(case))

    @app.post("/cases/{case}/{trigger}")
    async def act(
        case: str,
        trigger: str,
        content: dict[str, Any],
        by: Signed,
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> dict[str, Any]:
        return shown(await docket.act(case, trigger, content, by=by, key=idempotency_key))

    @app.get("/due")
    async def due(before: date) -> list[dict[str, Any]]:
        return [
            {"case": one.case.id, "limit": one.deadline.limit, "due": one.deadline.due.isoformat()}
            async for one in docket.due(before=before)
        ]

    return app


def signed(x_user: Annotated[str, Header()]) -> Actor:
    """Return who asks; a real office asks whoever signs people in."""
    if x_user not in PEOPLE:
        raise HTTPException(HTTPStatus.UNAUTHORIZED, f"nobody is known as {x_user!r}")
    return PEOPLE[x_user]


Signed = Annotated[Actor, Depends(signed)]


def shown(case: Case) -> dict[str, Any]:
    """Return what is shown of a case."""
    owed = {deadline.limit: deadline.due.isoformat() for deadline in case.deadlines if deadline.status.owed}
    return {"case": case.id, "state": case.state, "revision": case.revision, "owed": owed}


def told(error: YingshangFlowError) -> dict[str, Any]:
    """Return what is said of an error; of a refusal, each requirement with its citations and what may be done."""
    match error:
        case RefusedError():
            return {"refused": [requirement(one) for one in error.unmet], "possible": error.possible}
        case ContentError():
            return {"problems": error.problems}
        case _:
            return {"error": str(error)}


def requirement(unmet: Unmet) -> dict[str, Any]:
    """Return what is said of one requirement."""
    cited = [str(citation) for citation in unmet.citations]
    return {"code": unmet.code, "zh": unmet.label.zh, "en": unmet.label.en, "citations": cited, "found": unmet.found}


app = office(os.environ.get("OFFICE_DATABASE", "sqlite+aiosqlite:///office.db"))

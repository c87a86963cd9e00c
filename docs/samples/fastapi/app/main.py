"""The application: it makes tokens, checks them, and tells where its services are."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Annotated

import jwt
import redis.asyncio as redis
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import create_async_engine

from app.settings import settings

logging.basicConfig(level=settings.log_level.upper())

# Both connect at their first use.
engine = create_async_engine(settings.database_url, pool_pre_ping=True)
cache = redis.from_url(str(settings.redis_url))

app = FastAPI(title="my-app")
bearer = HTTPBearer()


def read_subject(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
    """Who a token is for; 401 for one that was not made with this application's key."""
    try:
        claims = jwt.decode(credentials.credentials, settings.jwt_secret.get_secret_value(), algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(status_code=401, detail="Invalid token") from error
    return claims["sub"]


@app.get("/healthz")
async def tell_health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/config")
async def tell_config() -> dict[str, str]:
    """What is no secret; of the database's URL all but the password."""
    return {
        "environment": settings.app_env,
        "api_url": str(settings.my_api_url),
        "database": engine.url.render_as_string(hide_password=True),
        "cache": str(settings.redis_url.host),
    }


@app.post("/api/token/{subject}")
async def make_token(subject: str) -> dict[str, str]:
    claims = {"sub": subject, "exp": datetime.now(UTC) + timedelta(minutes=30)}
    return {"token": jwt.encode(claims, settings.jwt_secret.get_secret_value(), algorithm="HS256")}


@app.get("/api/me")
async def tell_subject(subject: Annotated[str, Depends(read_subject)]) -> dict[str, str]:
    return {"subject": subject}

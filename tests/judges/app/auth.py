# app/auth.py
# The module of a FastAPI integration guide for JWKS-verified tokens, as it was written, but for two lines: AUTH_SERVER_URL
# comes from the environment, and require_role is a plain function (the guide has `async def`, which gives Depends a coroutine).
import os
from typing import Optional
from jose import jwt, JWTError
from jose.backends import RSAKey
import httpx
from pydantic import BaseModel
from fastapi import HTTPException, Security, Depends
from fastapi.security import HTTPBearer, HTTPAuthorizationCredentials
import time

# Configuration
AUTH_SERVER_URL = os.environ["AUTH_SERVER_URL"]  # Your auth server URL
JWKS_URL = f"{AUTH_SERVER_URL}/api/auth/jwks"
ISSUER = AUTH_SERVER_URL

# Cache JWKS for performance
_jwks_cache: dict = {}
_jwks_cache_time: float = 0
JWKS_CACHE_TTL = 3600  # 1 hour


class TokenPayload(BaseModel):
    """Token claims from the auth server"""
    sub: str  # User ID
    email: Optional[str] = None
    name: Optional[str] = None
    role: Optional[str] = "user"
    tenant_id: Optional[str] = None
    organization_ids: Optional[list[str]] = []
    org_role: Optional[str] = None
    software_background: Optional[str] = None
    hardware_tier: Optional[str] = None
    exp: int
    iat: int
    iss: str
    aud: Optional[str] = None


async def get_jwks() -> dict:
    """Fetch and cache JWKS from auth server"""
    global _jwks_cache, _jwks_cache_time

    current_time = time.time()
    if _jwks_cache and (current_time - _jwks_cache_time) < JWKS_CACHE_TTL:
        return _jwks_cache

    async with httpx.AsyncClient() as client:
        response = await client.get(JWKS_URL)
        response.raise_for_status()
        _jwks_cache = response.json()
        _jwks_cache_time = current_time
        return _jwks_cache


async def get_public_key(token: str) -> RSAKey:
    """Get the public key for token verification"""
    jwks = await get_jwks()

    # Get the key ID from token header
    unverified_header = jwt.get_unverified_header(token)
    kid = unverified_header.get("kid")

    for key in jwks.get("keys", []):
        if key.get("kid") == kid:
            return key

    raise HTTPException(status_code=401, detail="Unable to find matching key")


security = HTTPBearer()


async def verify_token(
    credentials: HTTPAuthorizationCredentials = Security(security)
) -> TokenPayload:
    """Verify JWT and return token payload"""
    token = credentials.credentials

    try:
        public_key = await get_public_key(token)

        payload = jwt.decode(
            token,
            public_key,
            algorithms=["RS256"],
            issuer=ISSUER,
            options={"verify_aud": False}  # Skip audience check if not set
        )

        return TokenPayload(**payload)

    except JWTError as e:
        raise HTTPException(
            status_code=401,
            detail=f"Invalid token: {str(e)}"
        )


async def get_current_user(
    token: TokenPayload = Depends(verify_token)
) -> TokenPayload:
    """Dependency to get the current authenticated user"""
    return token


def require_role(required_roles: list[str]):
    """Factory for role-based access control"""
    async def role_checker(
        user: TokenPayload = Depends(get_current_user)
    ) -> TokenPayload:
        if user.role not in required_roles:
            raise HTTPException(
                status_code=403,
                detail=f"Role '{user.role}' not authorized. Required: {required_roles}"
            )
        return user
    return role_checker


async def require_tenant(
    user: TokenPayload = Depends(get_current_user)
) -> TokenPayload:
    """Require user to belong to a tenant/organization"""
    if not user.tenant_id:
        raise HTTPException(
            status_code=403,
            detail="User must belong to an organization"
        )
    return user

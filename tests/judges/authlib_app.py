"""A web application with Authlib's Starlette client, as its guide has it: /login, /auth, and what was learnt at /me."""

import os

from authlib.integrations.starlette_client import OAuth, OAuthError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

oauth = OAuth()
oauth.register(
    name="avouch",
    server_metadata_url=os.environ["ISSUER"] + "/.well-known/openid-configuration",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={
        "scope": "openid profile email offline_access",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": os.environ["AUTH_METHOD"],
    },
)
learnt = {}


async def login(request):
    return await oauth.avouch.authorize_redirect(request, request.url_for("auth"), **dict(request.query_params))


async def auth(request):
    try:
        token = await oauth.avouch.authorize_access_token(request)
    except OAuthError as error:
        return JSONResponse({"error": error.error, "description": error.description}, status_code=403)
    userinfo = await oauth.avouch.userinfo(token=token)
    learnt.update(id_token=dict(token["userinfo"]), userinfo=dict(userinfo), token=dict(token))
    return RedirectResponse("/me")


async def me(request):
    return JSONResponse(learnt)


async def refresh(request):
    metadata = await oauth.avouch.load_server_metadata()
    async with oauth.avouch._get_oauth_client(**metadata) as client:
        token = await client.fetch_token(
            metadata["token_endpoint"],
            grant_type="refresh_token",
            refresh_token=learnt["token"]["refresh_token"],
        )
    learnt["token"] = dict(token)
    learnt["userinfo"] = dict(await oauth.avouch.userinfo(token=token))
    return JSONResponse(learnt)


app = Starlette(
    routes=[Route("/login", login), Route("/auth", auth), Route("/me", me), Route("/refresh", refresh)],
    middleware=[Middleware(SessionMiddleware, secret_key="of a test")],
)

"""PyJWT's verdict on tokens: one JSON object {"token", "issuer", "audience"} a line in, {"claims"} or {"error"} a line out."""

import json
import sys

import jwt

REQUIRED = ["exp", "iat", "sub", "iss", "aud"]
clients = {}

for line in sys.stdin:
    asked = json.loads(line)
    issuer = asked["issuer"]
    client = clients.setdefault(issuer, jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json"))
    try:
        key = client.get_signing_key_from_jwt(asked["token"])
        claims = jwt.decode(
            asked["token"],
            key.key,
            algorithms=["RS256"],
            issuer=issuer,
            audience=asked["audience"],
            options={"require": REQUIRED, "strict_aud": True},
        )
        verdict = {"claims": claims}
    except jwt.PyJWTError as error:
        verdict = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(verdict), flush=True)

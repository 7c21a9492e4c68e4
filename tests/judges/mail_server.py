"""A mail server (aiosmtpd) that keeps what it is given: each letter as one line of JSON in the file `letters` of a folder, read by
Python's own parser of mail.

Its only argument is a JSON object: "folder"; "security" ("none", "starttls", "tls"); "certificate" and "key" (PEM files);
"username" and "password"; "port" (0: any). It prints its port. When there is a file `reply` in the folder, its text is the answer to
every recipient, for example "550 5.1.1 no such mailbox"."""

import asyncio
import email
import email.policy
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

asked = json.loads(sys.argv[1])
folder = pathlib.Path(asked["folder"])


class Keeper:
    async def handle_RCPT(self, server, session, envelope, address, options):
        try:
            return (folder / "reply").read_text().strip()
        except FileNotFoundError:
            envelope.rcpt_tos.append(address)
            return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: next((it.get_content() for it in letter.walk() if it.get_content_type() == kind), None)
        line = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": [[name, str(value)] for name, value in letter.items()],
            "text": part("text/plain"),
            "html": part("text/html"),
            "defects": [repr(it) for it in letter.defects],
            "tls": session.ssl is not None or asked["security"] == "tls",
            "authenticated": bool(session.authenticated),
        }
        with open(folder / "letters", "a") as file:
            file.write(json.dumps(line) + "\n")
        return "250 kept"


def authenticate(server, session, envelope, mechanism, data):
    right = (asked["username"].encode(), asked["password"].encode())
    return AuthResult(success=(data.login, data.password) == right, handled=False)


def context():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(asked["certificate"], asked["key"])
    return context


async def main():
    security = asked["security"]
    options = {"hostname": "localhost", "enable_SMTPUTF8": False}
    if security == "starttls":
        options |= {"tls_context": context(), "require_starttls": True}
    if asked.get("username"):
        options |= {
            "authenticator": authenticate,
            "auth_required": True,
            "auth_require_tls": security == "starttls",
        }
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Keeper(), **options),
        "127.0.0.1",
        asked.get("port", 0),
        ssl=context() if security == "tls" else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())

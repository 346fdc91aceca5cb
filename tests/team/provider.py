"""A small OpenID provider on a loopback port, with every fault a forger or a broken provider may bring.

OpenID Connect Core 1.0 (code flow, 3.1), Discovery 1.0 and RP-Initiated Logout 1.0, as far as a client needs them.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "stock-or-order", "a secret of the tests"


@dataclass
class Provider:
    """Signs in `claims`; `fault` names what is wrong with the next token: key, audience, issuer, nonce, expired, or "" nothing."""

    claims: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    signed_out: int = 0

    def __post_init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.forged = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.nonces: dict[str, str] = {}
        provider = self

        class Answer(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                provider.get(self, urlsplit(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                provider.post(self, parse_qs(body))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.metadata = f"{self.issuer}/.well-known/openid-configuration"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Go away."""
        self.server.shutdown()
        self.server.server_close()

    def _send(self, to: BaseHTTPRequestHandler, what: Any, status: int = 200, **headers: str) -> None:
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        to.send_response(status)
        kind = "text/html; charset=utf-8" if isinstance(what, bytes) else "application/json"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            to.send_header(name, value)
        to.end_headers()
        to.wfile.write(body)

    def get(self, to: BaseHTTPRequestHandler, url: Any) -> None:
        """Metadata, keys, the page where a person signs in, and where one signs out."""
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/.well-known/openid-configuration":
            self._send(
                to,
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    "end_session_endpoint": f"{self.issuer}/leave",
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "code_challenge_methods_supported": ["S256"],
                },
            )
        elif url.path == "/keys":
            self._send(to, {"keys": [self.key.as_dict(private=False)]})
        elif url.path == "/authorize":
            assert (
                asked["client_id"] == CLIENT and asked["response_type"] == "code" and asked["code_challenge"]
            )
            self.nonces[asked["state"]] = asked["nonce"]
            answer = f"{asked['redirect_uri']}?{urlencode({'code': asked['state'], 'state': asked['state']})}"
            name = self.claims.get("name", "somebody")
            self._send(
                to,
                f'<title>Provider</title><a id="go" href="{answer.replace("&", "&amp;")}">Go on as {name}</a>'.encode(),
            )
        elif url.path == "/leave":
            self.signed_out += 1
            self._send(to, b"", 302, Location=asked["post_logout_redirect_uri"])
        else:
            self._send(to, b"", 404)

    def post(self, to: BaseHTTPRequestHandler, asked: dict[str, list[str]]) -> None:
        """The token of a code."""
        now = int(time.time()) - (7200 if self.fault == "expired" else 0)
        claims = {
            "iss": "https://elsewhere.example" if self.fault == "issuer" else self.issuer,
            "aud": "another client" if self.fault == "audience" else CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 3600,
            "nonce": "another" if self.fault == "nonce" else self.nonces.pop(asked["code"][0], ""),
            **self.claims,
        }
        key = self.forged if self.fault == "key" else self.key
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)
        self._send(to, {"access_token": "-", "token_type": "Bearer", "expires_in": 3600, "id_token": token})

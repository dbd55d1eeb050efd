"""The tests of the guide, over HTTP: they pass against the Flask application and against what `db adopt` made of it. API=http://127.0.0.1:5000"""
import json
import os
import secrets
import time
import unittest
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = Request(os.environ["API"] + path, data, {"Content-Type": "application/json"}, method=method)
    for attempt in range(20):
        try:
            with urlopen(request) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            with error:
                # On a busy machine the first requests of a server may find that it is not ready for them.
                if error.code != 503 or attempt == 19:
                    return error.code, json.load(error)
                time.sleep(int(error.headers["Retry-After"]))


class AuthTests(unittest.TestCase):
    def setUp(self):
        # The database is that of both, and is not emptied in between.
        self.name = f"user{secrets.token_hex(6)}"
        self.email = f"{self.name}@example.com"

    def register(self, password):
        return call("POST", "/auth/register", {"username": self.name, "email": self.email, "password": password})

    def test_register_success(self):
        status, user = self.register("securepass123")
        self.assertEqual(201, status)
        self.assertEqual(self.email, user["email"])
        self.assertNotIn("password", user)

    def test_register_duplicate_email(self):
        self.register("pass")
        self.assertEqual(409, self.register("pass")[0])

    def test_login_returns_tokens(self):
        self.register("mypassword")
        status, tokens = call("POST", "/auth/login", {"email": self.email, "password": "mypassword"})
        self.assertEqual(200, status)
        self.assertIn("access_token", tokens)
        self.assertIn("refresh_token", tokens)

    def test_protected_route_without_token(self):
        self.assertEqual(401, call("GET", "/auth/me")[0])


if __name__ == "__main__":
    unittest.main()

"""Python's default client against MyApi: each verb, refused uploads, Expect, resets in each phase; with "stop", requests until the server has gone."""
import http.client
import socket
import struct
import sys
import threading
from urllib.parse import urlsplit

mode, base, token = sys.argv[1:]
address = urlsplit(base).netloc


def send(connection, method, path, auth="", body=None, **headers):
    headers |= {"Content-Type": "application/json"} if body is not None else {}
    headers |= {"Authorization": f"Bearer {auth}"} if auth else {}
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return response.status, response.read()


def must(status, method, path, auth="", body=None, connection=None, **headers):
    own = connection or http.client.HTTPConnection(address, timeout=60)
    got, text = send(own, method, path, auth, body, **headers)
    if connection is None:
        own.close()
    if got != status:
        sys.exit(f"{method} {path} gave {got} and not {status}: {text}")


def resets():
    request = (f"POST /posts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n"
               '{"title":"t","body":"b"}').encode()
    kept = http.client.HTTPConnection(address, timeout=60)
    for sent in range(1, len(request) + 1, 9):
        with socket.create_connection(tuple(address.split(":"))) as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raw.sendall(request[:sent])
        must(200, "GET", "/posts", connection=kept)


def stop():
    answered, failed = [], []

    def ask():
        while not failed:
            try:
                connection = http.client.HTTPConnection(address, timeout=60)
                connection.connect()
            except ConnectionRefusedError:
                return
            except OSError as fault:
                failed.append(repr(fault))
                return
            try:
                # On a connection that is kept, for as long as the server keeps it.
                for _ in range(5):
                    connection.request("GET", "/posts")
                    response = connection.getresponse()
                    response.read()
                    if response.status != 200:
                        failed.append(str(response.status))
                    answered.append(1)
                    if len(answered) == 40:
                        print("busy", flush=True)
                    if response.will_close:
                        break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # Closed between two requests, or before the first: nothing was answered, and nothing was cut.
                pass
            except (OSError, http.client.HTTPException) as fault:
                failed.append(repr(fault))
            finally:
                connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    if failed:
        sys.exit(f"while it stopped: {failed[0]}")


if mode == "stop":
    stop()
    sys.exit(0)

post = b'{"title":"t","body":"b"}'
must(201, "POST", "/posts", token, post)
must(200, "PUT", "/posts/1", token, post)
must(200, "PATCH", "/posts/1", token, b'{"title":"u"}')
must(200, "GET", "/posts/1")
must(200, "HEAD", "/posts/1")
must(204, "OPTIONS", "/posts/1")
must(204, "DELETE", "/posts/1", token)
for _ in range(9):
    for megabytes in (1, 5, 20):
        body = bytes(megabytes * 1024 * 1024 + 1000)
        must(401, "PUT", "/files/x", "", body)
        must(413, "PUT", "/files/x", token, body)
        must(404, "PUT", "/nope", "", body)
        must(413, "POST", "/posts", token, body)
for _ in range(10):
    must(401, "POST", "/posts", "", post, Expect="100-continue")
    must(201, "POST", "/posts", token, post, Expect="100-continue")
resets()

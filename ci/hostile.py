#!/usr/bin/env python3
"""A server that is wrong on purpose, for the gate `exits`.

    hostile.py MODE [URL AFTER]

Listens on a port of the kernel's choosing, which it prints, and answers as MODE says: every request, or, with URL and AFTER,
from the AFTER-th request on (before that it passes requests on to the server at URL)."""

import http.client
import socketserver
import sys
import threading
import urllib.parse

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Weave-Timestamp: 1700000000.00\r\n"


def endless(connection, head):
    connection.sendall(head)
    while True:
        connection.sendall(b"x" * 65536)


def answer(status, kind, body):
    return lambda connection: connection.sendall(
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())


MODES = {
    "all-200": answer("200 OK", "application/json", "{}"),
    "all-500": answer("500 Internal Server Error", "text/plain", "oops"),
    "html-404": answer("404 Not Found", "text/html", "<html><h1>Not Found</h1></html>"),
    "ssh": lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
    "silent": lambda connection: connection.recv(1),
    "garbage": lambda connection: connection.sendall(b"\x00\x01\x02 this is not HTTP \xff\xfe\r\n\r\n"),
    "endless-body": lambda connection: endless(connection, OK + b"Content-Length: 99999999999\r\n\r\n"),
    "endless-head": lambda connection: endless(connection, OK + b"X-Long: "),
    "long-content-length": lambda connection: connection.sendall(OK + b"Content-Length: 10\r\n\r\n{}"),
    "short-content-length": lambda connection: connection.sendall(OK + b"Content-Length: 1\r\n\r\n{}"),
    "many-headers": lambda connection: connection.sendall(OK + b"X-A: b\r\n" * 10000 + b"Content-Length: 2\r\n\r\n{}"),
    "early-close": lambda connection: connection.sendall(OK[:25]),
    "at-once": lambda connection: None,
}


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    requests = 0
    lock = threading.Lock()


class Handler(socketserver.StreamRequestHandler):
    def read_request(self):
        line = self.rfile.readline(65536)
        fields, length = {}, 0
        while (field := self.rfile.readline(65536)) not in (b"\r\n", b""):
            name, _, value = field.decode("latin-1").partition(":")
            fields[name.strip()] = value.strip()
            if name.lower() == "content-length":
                length = int(value)
        return (line.split(), fields, self.rfile.read(length)) if line else None

    def pass_on(self, request):
        (method, target, _), fields, body = request
        url = urllib.parse.urlsplit(PASS_TO)
        back = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        back.putrequest(method.decode(), target.decode("latin-1"), skip_host=True, skip_accept_encoding=True)
        for name, value in fields.items():
            back.putheader(name, value)
        back.endheaders(body)
        answer = back.getresponse()
        content = answer.read()
        head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n"
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection"):
                head += f"{name}: {value}\r\n"
        if answer.status not in (204, 304):
            head += f"Content-Length: {len(content)}\r\n"
        self.wfile.write(head.encode("latin-1") + b"\r\n" + content)
        back.close()

    def handle(self):
        try:
            while request := self.read_request():
                with self.server.lock:
                    self.server.requests += 1
                    wrong = self.server.requests > AFTER
                if wrong:
                    MODES[MODE](self.connection)
                    return
                self.pass_on(request)
        except (OSError, http.client.HTTPException):
            pass


MODE = sys.argv[1]
PASS_TO = sys.argv[2] if len(sys.argv) > 2 else ""
AFTER = int(sys.argv[3]) if len(sys.argv) > 3 else 0

with Server(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()

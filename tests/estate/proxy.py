"""Stands between a client and the stand-in for AWS: counts the calls by action, and makes some of them fail.

    python tests/estate/proxy.py --upstream http://127.0.0.1:5555 [-p 0] [--faults FILE]

Prints its URL, and the counts as JSON when it is told to stop. FILE holds a list of faults, such as
    {"match": "ssm:Describe*", "kind": "deny"}
kind: deny, throttle, error (an AWS error 500), html (a web server's error page), reset (the connection closes
unanswered), repeat (every page has the same token), hang (no answer), cut (half an answer, then the connection
closes), garbled (status 200 and what is neither XML nor JSON), expired (the credentials are no longer good), skewed
(the clock is wrong). Further keys: "contains" (only requests whose body has this text), "signed" (only requests
signed with this key), "times" (only so many calls), "after" (not the first so many), "chance" (only this share of
the calls, by a generator of its own). Requests pass unchanged, so signatures hold.
"""

import argparse
import fnmatch
import http.client
import json
import random
import re
import signal
import sys
import threading
import urllib.parse
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session

SIGNING_TO_IAM = {"tagging": "tag", "monitoring": "cloudwatch"}  # what a service signs as -> its prefix in policies
HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "server", "date"}
HTML = b"<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n"
REPEATED = "the-same-token-again"


def rest_operations(service):
    """(method, pattern of the path, operation) of each operation of a REST API."""
    model = botocore.session.get_session().get_service_model(service)
    for name in model.operation_names:
        http = model.operation_model(name).http
        pattern = re.sub(r"\{\w+\+?\}", "[^/]+", http["requestUri"].split("?")[0])
        yield http["method"], re.compile(pattern + "/?"), name


# what a service signs as -> its operations, for APIs that name theirs by method and path alone
REST = {signing: list(rest_operations(service)) for signing, service in
        {"elasticfilesystem": "efs", "scheduler": "scheduler", "route53": "route53", "cloudfront": "cloudfront", "apigateway": "apigatewayv2",
         "vpc-lattice": "vpc-lattice", "lambda": "lambda"}.items()}
XML = {"route53", "cloudfront"}  # of these, those whose answers are XML


class Call:
    """A request, named by service and action."""

    def __init__(self, path, headers, body, method="POST"):
        scope = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", headers.get("Authorization", ""))
        self.signer, self.region, signing = scope.groups() if scope else ("", "", "unsigned")
        self.path, self.body = path, body
        target, operation = headers.get("X-Amz-Target"), re.search(r"/operation/(\w+)", path)
        form = re.search(rb"(?:^|&)Action=(\w+)", body)
        if target:
            self.protocol, action = "json", target.rpartition(".")[2]
        elif operation:
            self.protocol, action = "cbor", operation.group(1)
        elif signing in REST:
            where = path.partition("?")[0]
            self.protocol = "query" if signing in XML else "rest"
            action = method if signing == "apigateway" else next(n for m, p, n in REST[signing] if m == method and p.fullmatch(where))
        else:
            self.protocol, action = "ec2" if signing == "ec2" else "query", form.group(1).decode() if form else path
        self.action = f"{SIGNING_TO_IAM.get(signing, signing)}:{action}"


def error(protocol, status, code, message):
    """An error of AWS in the protocol's own form: (status, headers, body)."""
    if protocol in ("json", "rest", "cbor"):
        document = {"__type": code, "message": message}
        body = cbor(document) if protocol == "cbor" else json.dumps(document).encode()
        kind = {"json": "application/x-amz-json-1.1", "rest": "application/json", "cbor": "application/cbor"}[protocol]
        more = {"smithy-protocol": "rpc-v2-cbor"} if protocol == "cbor" else {}
        return status, {"Content-Type": kind, "x-amzn-ErrorType": code, **more}, body
    inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    if protocol == "ec2":
        text = f"<Response><Errors>{inner}</Errors><RequestID>0</RequestID></Response>"
    else:
        text = f"<ErrorResponse>{inner}<RequestId>0</RequestId></ErrorResponse>"
    return status, {"Content-Type": "text/xml"}, text.encode()


def cbor(document):
    """A map of short texts in CBOR."""

    def text(value):
        raw = value.encode()
        return bytes([0x79]) + len(raw).to_bytes(2, "big") + raw

    return bytes([0xA0 + len(document)]) + b"".join(text(k) + text(v) for k, v in document.items())


def denied(call):
    code = {"ec2": "UnauthorizedOperation", "query": "AccessDenied"}.get(call.protocol, "AccessDeniedException")
    return error(call.protocol, 400 if call.protocol == "json" else 403, code,
                 f"User: arn:aws:iam::123456789012:user/auditor is not authorized to perform: {call.action} "
                 f"because no identity-based policy allows the {call.action} action")


def throttled(call):
    code, status = {"ec2": ("RequestLimitExceeded", 503), "query": ("Throttling", 400)}.get(call.protocol, ("ThrottlingException", 400))
    return error(call.protocol, status, code, "Rate exceeded")


def failed(call):
    return error(call.protocol, 500, "InternalFailure", "An internal error occurred")


def expired(call):
    code = {"ec2": "RequestExpired", "query": "ExpiredToken"}.get(call.protocol, "ExpiredTokenException")
    return error(call.protocol, 400 if call.protocol in ("json", "ec2") else 403, code, "The security token included in the request is expired")


def skewed(call):
    code = {"ec2": "RequestExpired", "query": "SignatureDoesNotMatch"}.get(call.protocol, "InvalidSignatureException")
    return error(call.protocol, 400 if call.protocol in ("json", "ec2") else 403, code,
                 "Signature expired: 20260101T000000Z is now earlier than 20260101T004500Z (20260101T005000Z - 5 min.)")


def garbled(call):
    return 200, {"Content-Type": "text/plain"}, b"<<< this is { no answer"


def html(call):
    return 500, {"Content-Type": "text/html"}, HTML


ANSWERS = {"deny": denied, "throttle": throttled, "error": failed, "html": html, "reset": lambda call: None, "garbled": garbled, "expired": expired,
           "skewed": skewed}


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # a crawl opens many connections at once, and one that is not taken in is tried again after a second


class Proxy:
    """A running proxy: `url`, `calls` (a Counter by action), `faults` (a list that may be replaced at any time).

    With a memory, a dictionary that several may share, it asks nothing twice: for estates that do not change.
    """

    def __init__(self, upstream, port=0, memory=None):
        self.upstream, self.memory, self.faults = urllib.parse.urlsplit(upstream), memory, []
        self.lock, self.local = threading.Lock(), threading.local()
        self.reset()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                proxy.handle(self)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.closed = threading.Event()
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.closed.set()
        self.server.shutdown()
        self.server.server_close()

    def reset(self):
        """Forgets what was counted, and the faults."""
        with self.lock:
            self.calls, self.failures, self.retries, self.faults, self.kept = Counter(), Counter(), Counter(), [], {}

    def handle(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        call = Call(request.path, request.headers, body, request.command)
        attempt = re.search(r"attempt=(\d+)", request.headers.get("amz-sdk-request", ""))
        with self.lock:
            self.calls[call.action] += 1
            self.retries[call.action] += bool(attempt and int(attempt.group(1)) > 1)
            fault = self.fault(call)
        if fault and fault["kind"] == "hang":
            self.closed.wait()
            answer = None
        elif fault and fault["kind"] in ANSWERS:
            answer = ANSWERS[fault["kind"]](call)
        else:
            answer = self.forward(request, call)
            if fault and fault["kind"] == "repeat":
                answer = self.repeat(call, answer)
        if answer is None:
            request.close_connection = True
            request.connection.close()
            return
        status, headers, content = answer
        with self.lock:
            self.failures[call.action] += status >= 400
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        if fault and fault["kind"] == "cut":
            request.wfile.write(content[:len(content) // 2])
            request.close_connection = True
            request.connection.close()
            return
        request.wfile.write(content)

    def fault(self, call):
        """The first fault that fits this call."""
        for fault in self.faults:
            if "signed" in fault and fault["signed"] != call.signer:
                continue
            if fnmatch.fnmatchcase(call.action, fault["match"]) and fault.get("contains", "").encode() in call.body:
                if "chance" in fault and fault.setdefault("dice", random.Random(fault["match"] + fault["kind"])).random() >= fault["chance"]:
                    continue
                fault["seen"] = fault.get("seen", 0) + 1
                number = fault["seen"] - fault.get("after", 0)
                if 0 < number <= fault.get("times", number):
                    return fault
        return None

    def forward(self, request, call):
        if self.repeated(call):
            return self.kept[self.repeated(call)]
        asked = request.command, call.path, call.body, call.signer, call.region, call.action
        if self.memory is None or call.action.startswith("sts:"):
            return self.ask(request, call)
        if asked in self.memory:
            return self.memory[asked]
        answer = self.ask(request, call)
        if answer[0] < 500:
            self.memory[asked] = answer
        return answer

    def ask(self, request, call):
        headers = {k: v for k, v in request.headers.items() if k.lower() not in HOP}
        for last in (False, True):  # a kept connection may have been closed on the other side
            if getattr(self.local, "connection", None) is None:
                self.local.connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=120)
            try:
                self.local.connection.request(request.command, request.path, call.body, headers)
                answer = self.local.connection.getresponse()
                content = answer.read()
                break
            except (http.client.HTTPException, OSError):
                self.local.connection.close()
                self.local.connection = None
                if last:
                    raise
        kept = {k: v for k, v in answer.getheaders() if k.lower() not in HOP}
        if answer.status == 403 and call.protocol != "query" and content.lstrip()[:1] == b"<":
            return translated(call, content)
        return answer.status, kept, content

    def repeat(self, call, answer):
        """The first page with a token that leads back to it."""
        status, headers, content = answer
        token = self.repeated(call)
        if status != 200 or token:
            return answer
        with self.lock:
            token = f"{REPEATED}-{len(self.kept)}"
            self.kept[token] = status, headers, add_token(call, content, token)
        return self.kept[token]

    def repeated(self, call):
        """The token of `repeat` that a request names."""
        named = re.search(f"{REPEATED}-\\d+".encode(), call.path.encode() + call.body)
        return named and named.group().decode()


def translated(call, content):
    """The stand-in words its permission errors alike for every service; AWS answers in the service's own protocol."""
    code = re.search(rb"<Code>(\w+)</Code>", content)
    message = re.search(rb"<Message>(.*?)</Message>", content, re.S)
    code = code.group(1).decode() if code else "AccessDenied"
    names = {"AccessDenied": "AccessDeniedException", "InvalidClientTokenId": "UnrecognizedClientException",
             "SignatureDoesNotMatch": "InvalidSignatureException"}
    if call.protocol == "ec2":
        names = {"AccessDenied": "UnauthorizedOperation", "InvalidClientTokenId": "AuthFailure", "SignatureDoesNotMatch": "AuthFailure"}
    return error(call.protocol, 400 if call.protocol == "json" else 403, names.get(code, code), message.group(1).decode() if message else "")


# The field of a page that has the token, by service, else by protocol.
TOKENS = {"ecs": "nextToken", "ecr": "nextToken", "logs": "nextToken", "states": "nextToken", "codedeploy": "nextToken", "apigateway": "nextToken",
          "kms": "NextMarker", "wafv2": "NextMarker", "lambda": "NextMarker", "tag": "PaginationToken", "ec2": "nextToken", "iam": "Marker",
          "elasticloadbalancing": "NextMarker", "cloudfront": "NextMarker", "route53": "NextMarker", "route53:ListResourceRecordSets": "NextRecordName"}


def add_token(call, content, token):
    """The answer with a token for a next page."""
    service, action = call.action.split(":")
    name = TOKENS.get(call.action) or TOKENS.get(service, "NextToken")
    if call.protocol in ("json", "rest"):
        return json.dumps({**json.loads(content), name: token, **({"Truncated": True} if service == "kms" else {})}).encode()
    if call.protocol == "cbor":
        pairs = content[0] - 0xA0
        if not 0 <= pairs < 23:
            raise ValueError(f"{call.action} answers no short map in CBOR")
        return bytes([content[0] + 1]) + cbor({name: token})[1:] + content[1:]
    text = content.decode().replace("<IsTruncated>false</IsTruncated>", "<IsTruncated>true</IsTruncated>")
    end = next(end for end in ("</DistributionList>", f"</{action}Result>", f"</{action}Response>") if end in text)
    return text.replace(end, f"<{name}>{token}</{name}>{end}").encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("-p", "--port", type=int, default=0)
    parser.add_argument("--faults", help="a JSON file")
    options = parser.parse_args()
    proxy = Proxy(options.upstream, options.port)
    if options.faults:
        with open(options.faults) as file:
            proxy.faults = json.load(file)
    print(proxy.url, flush=True)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    json.dump({"total": proxy.calls.total(), "calls": dict(sorted(proxy.calls.items()))}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

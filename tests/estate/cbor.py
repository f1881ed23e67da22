"""AWS's CBOR protocol in front of moto, which speaks CloudWatch's older JSON alone.

https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
"""

import base64
import io
import json
import re

import botocore.session
from botocore.parsers import JSONParser, RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer

PATH = re.compile(r"/service/(\w+)/operation/(\w+)")
SERVICES = {"GraniteServiceVersion20100801": "cloudwatch"}
MARK = "rpc-v2-cbor"
KEPT = ("PATH_INFO", "RAW_URI", "REQUEST_URI", "CONTENT_TYPE", "CONTENT_LENGTH")


def decode(body):
    """A document out of CBOR."""
    return RpcV2CBORParser().parse_data_item(io.BufferedReader(io.BytesIO(body)))


def encode(value, shape):
    """A document of a shape of AWS's model, as CBOR."""
    written = bytearray()
    RpcV2CBORSerializer()._serialize_data_item(written, value, shape)
    return bytes(written)


def error(code, message):
    text = botocore.session.get_session().get_service_model("cloudwatch").shape_for("AlarmName")
    pairs = [("__type", code), ("message", message)]
    return bytes([0xA0 + len(pairs)]) + b"".join(encode(part, text) for pair in pairs for part in pair)


def understands_cbor(application):
    """A WSGI application that answers CBOR in CBOR; everything else passes as it is."""

    def answer(environ, start_response):
        place = PATH.fullmatch(environ.get("PATH_INFO", ""))
        if not place or environ.get("HTTP_SMITHY_PROTOCOL") != MARK:
            return application(environ, start_response)
        target, name = place.groups()
        operation = botocore.session.get_session().get_service_model(SERVICES[target]).operation_model(name)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        asked = json.dumps(decode(body) if body else {}, default=str).encode()
        signed = {"body": base64.b64encode(body).decode(), "path": environ["PATH_INFO"],
                  "type": environ.get("CONTENT_TYPE"), "length": environ.get("CONTENT_LENGTH")}
        environ.update({"PATH_INFO": "/", "RAW_URI": "/", "REQUEST_URI": "/", "CONTENT_TYPE": "application/x-amz-json-1.0",
                        "CONTENT_LENGTH": str(len(asked)), "wsgi.input": io.BytesIO(asked), "HTTP_X_AMZ_TARGET": f"{target}.{name}",
                        "HTTP_X_SIGNED": json.dumps(signed)})
        given = {}

        def begin(status, headers, exc_info=None):
            given.update(status=status, headers=headers)
            return lambda data: None

        content = b"".join(application(environ, begin))
        status, headers = given["status"], {k.lower(): v for k, v in given["headers"]}
        if not content.lstrip().startswith(b"<"):  # an XML error of the permission checks stays: the proxy words it
            content = translate(operation, int(status.split()[0]), headers, content)
            headers |= {"content-type": "application/cbor", "smithy-protocol": MARK}
        start_response(status, [*{**headers, "content-length": str(len(content))}.items()])
        return [content]

    return answer


def translate(operation, status, headers, content):
    """moto's answer in JSON as CBOR."""
    if status >= 400:
        document = json.loads(content)
        return error(document.get("__type", "InternalFailure"), document.get("message") or document.get("Message") or "")
    parsed = JSONParser().parse({"status_code": status, "headers": headers, "body": content}, operation.output_shape)
    parsed.pop("ResponseMetadata", None)
    return encode(parsed, operation.output_shape)

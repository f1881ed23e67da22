"""CloudWatch alarms."""

from patches import around, patch


@patch("DescribeAlarms comes in pages of 50, at most 100, and shows composite alarms only on demand",
       "AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html")
def pages_of_alarms():
    from moto.cloudwatch.responses import CloudWatchResponse

    from patches.limits import asked_size, page

    @around(CloudWatchResponse, "describe_alarms")
    def describe_alarms(original, self):
        answer = original(self)
        types = self._get_param("AlarmTypes") or ["MetricAlarm"]
        fields = [(kind, f"{kind}s") for kind in ("MetricAlarm", "CompositeAlarm")]
        everything = [(field, alarm) for kind, field in fields if kind in types for alarm in answer.result[field]]
        part, following = page(everything, self._get_param("NextToken"), asked_size(self, "MaxRecords", 50, 100))
        answer.result.update({field: [alarm for f, alarm in part if f == field] for _, field in fields})
        if following:
            answer.result["NextToken"] = following
        return answer


@patch("A request in CBOR is signed as it was sent", "IAM/latest/UserGuide/reference_sigv-create-signed-request.html")
def signed_cbor_requests():
    import base64
    import json

    from moto.iam.access_control import IAMRequestBase

    @around(IAMRequestBase, "_create_aws_request")
    def create_aws_request(original, self):
        signed = self._headers.get("X-Signed")
        if not signed:
            return original(self)
        signed = json.loads(signed)
        self._path = signed["path"]
        self._body = base64.b64decode(signed["body"])
        request = original(self)
        for name, value in (("Content-Type", signed["type"]), ("Content-Length", signed["length"])):
            if name in request.headers:
                request.headers.replace_header(name, value)
        return request


@patch("PutCompositeAlarm makes an alarm that other alarms drive", "AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html")
def composite_alarms():
    from moto.cloudwatch.responses import CloudWatchResponse

    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm

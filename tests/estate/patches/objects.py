"""S3: conditional writes."""

import threading

from patches import around, patch


@patch("PutObject: If-Match and If-None-Match are looked at and acted on in one step", "AmazonS3/latest/userguide/conditional-writes.html")
def conditional_writes():
    from moto.s3.responses import S3Response

    one_at_a_time = threading.Lock()

    @around(S3Response, "put_object")
    def put_object(original, self, *args, **kwargs):
        with one_at_a_time:
            return original(self, *args, **kwargs)

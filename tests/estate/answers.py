"""What AWS answers, kept so that nothing is asked twice; what some actions give may be withheld."""

import pickle

from botocore.exceptions import ClientError

PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}  # what a service signs as -> its prefix in policies
# IAM has one action for all that API Gateway reads
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
ONE_FOR_ALL = {"apigateway": "apigateway:GET"}


class Answers:
    """What one account and region answers."""

    def __init__(self, aws, denied=(), kept=None):
        self.aws, self.denied, self.kept = aws, frozenset(denied), {} if kept is None else kept

    def without(self, *denied):
        """The same answers, less those of these actions."""
        return Answers(self.aws, denied, self.kept)

    def member(self, account, region):
        """What another account or region answers."""
        return Answers(self.aws.member(account, region), self.denied, self.kept)

    def call(self, service, operation, **arguments):
        """One answer."""
        return self.answer(service, operation, arguments, lambda client: getattr(client, operation)(**arguments))

    def pages(self, service, operation, **arguments):
        """All pages of an answer."""
        return self.answer(service, operation, arguments, lambda client: list(client.get_paginator(operation).paginate(**arguments)))

    def answer(self, service, operation, arguments, ask):
        action = self.action(service, operation)
        if action in self.denied:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": action}}, operation)
        key = self.aws.account, self.aws.region, service, operation, repr(sorted(arguments.items()))
        if key not in self.kept:
            try:
                kept = ask(self.aws(service))
            except ClientError as error:
                kept = error
            self.kept[key] = pickle.dumps(kept.response if isinstance(kept, ClientError) else kept), isinstance(kept, ClientError)
        answer, failed = pickle.loads(self.kept[key][0]), self.kept[key][1]
        if failed:
            raise ClientError(answer, operation)
        return answer

    def action(self, service, operation):
        """A call as policies name it."""
        meta = self.aws(service).meta
        prefix = meta.service_model.signing_name
        return ONE_FOR_ALL.get(prefix) or f"{PREFIXES.get(prefix, prefix)}:{meta.method_to_api_mapping[operation]}"

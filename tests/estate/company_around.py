"""What stands around the company's services: names that lead to its balancers, queues, a topic, a function, alarms, and a table."""

import io
import zipfile

from blocks import allow, arn, upper
from company_data import PLANTED

QUEUES = {"payments-captured": "payments", "payments-settled": "payments", "ledger-entries": "payments", "orders": "checkout", "orders-dlq": "checkout",
          "batch-dead-letters": "data"}


def build(site):
    queues(site)
    function(site)
    names(site)
    alarms(site)
    carts(site)


def carts(site):
    """The table that the carts lie in."""
    site.aws("dynamodb").create_table(
        TableName="prod-carts", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "cart", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "cart", "AttributeType": "S"}], Tags=upper({"owner": "checkout"}))


def queues(site):
    """Orders go to a topic; what the worker cannot take three times ends in the queue beside."""
    sqs, sns = site.aws("sqs"), site.aws("sns")
    for name, owner in QUEUES.items():
        sqs.create_queue(QueueName=name, tags={"owner": owner})
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    dead = '{"deadLetterTargetArn": "%s", "maxReceiveCount": 3}' % arn("sqs", "orders-dlq")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": dead})
    topic = sns.create_topic(Name="orders-placed", Tags=upper({"owner": "checkout"}))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", "orders"))
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=PLANTED["subscriber"])


def function(site):
    """It is called by a worker, and reads from a queue."""
    role = site.role("chargeback-scoring", "lambda.amazonaws.com", inline={"read": [allow("sqs:ReceiveMessage", arn("sqs", "payments-settled"))]}, owner="payments")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr(zipfile.ZipInfo("main.py"), "def run(event, context): ...")
    client = site.aws("lambda")
    client.create_function(FunctionName="chargeback-scoring", Runtime="python3.12", Handler="main.run", Role=role, Code={"ZipFile": code.getvalue()},
                           Environment={"Variables": {"MODEL": "2026-10", "API_TOKEN": PLANTED["function"]}})
    client.create_event_source_mapping(FunctionName="chargeback-scoring", EventSourceArn=arn("sqs", "payments-settled"))


def names(site):
    """The shop's public names, and one that is an alias of another."""
    route53 = site.aws("route53")
    zone = route53.create_hosted_zone(Name="larkspur.example.", CallerReference="larkspur")["HostedZone"]["Id"]
    balancers = {b["LoadBalancerName"]: b for b in site.aws("elbv2").describe_load_balancers()["LoadBalancers"]}

    def alias(name, balancer):
        target = {"HostedZoneId": balancer["CanonicalHostedZoneId"], "DNSName": f"dualstack.{balancer['DNSName']}.", "EvaluateTargetHealth": True}
        return {"Name": name, "Type": "A", "AliasTarget": target}

    records = [alias("www.larkspur.example.", balancers["edge"]), alias("partners.larkspur.example.", balancers["partners"]),
               {"Name": "shop.larkspur.example.", "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": "www.larkspur.example."}]},
               {"Name": "larkspur.example.", "Type": "TXT", "TTL": 300, "ResourceRecords": [{"Value": f'"{PLANTED["text record"]}"'}]}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": own} for own in records]})


def alarms(site):
    """Somebody is called when the shop answers with errors."""
    balancer = site.ids["edge"].partition(":loadbalancer/")[2]
    site.aws("cloudwatch").put_metric_alarm(
        AlarmName="edge answers with errors", Namespace="AWS/ApplicationELB", MetricName="HTTPCode_ELB_5XX_Count", Statistic="Sum", Period=60,
        EvaluationPeriods=5, Threshold=50.0, ComparisonOperator="GreaterThanThreshold", Dimensions=[{"Name": "LoadBalancer", "Value": balancer}])

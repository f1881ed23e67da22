"""The company's services, one line each, and how a line becomes roles, images, logs, a definition and tasks."""

from aws import REGION
from blocks import arn, awslogs, awsvpc, lower
from company_data import BOUNDARY, PLANTED, TASK_GRANTS
from company_network import ISOLATED, PARTNER_ACCOUNT, PRIVATE, PUBLIC

SPOT_MIX = [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]

# name: owner, cpu, memory, tasks, and where it differs from a plain Fargate service in the private subnets
FARGATE = {
    "storefront": ("web", 1024, 2048, 4, {"listen": ("edge-443", 20, {"host": "www.larkspur.example"}), "strategy": SPOT_MIX}),
    "storefront-bff": ("web", 512, 1024, 3, {"listen": ("edge-443", 10, {"path": "/api/*"})}),
    "checkout": ("checkout", 1024, 2048, 4, {"listen": ("edge-443", 11, {"path": "/checkout/*"})}),
    "cart": ("checkout", 512, 1024, 3, {"listen": ("internal-443", 10, {"host": "cart.internal.larkspur.example"})}),
    "payments-api": ("payments", 1024, 2048, 3, {"listen": ("internal-443", 11, {"host": "payments.internal.larkspur.example"}),
                                                 "execution": "payments-execution"}),
    "payments-worker": ("payments", 512, 1024, 2, {"execution": "payments-execution"}),
    "ledger": ("payments", 1024, 4096, 2, {"listen": ("internal-443", 12, {"host": "ledger.internal.larkspur.example"}),
                                           "execution": "payments-execution", "subnets": ISOLATED[:2]}),
    "fraud-scoring": ("risk", 2048, 4096, 2, {"listen": ("internal-443", 13, {"host": "fraud.internal.larkspur.example"})}),
    "catalog": ("catalog", 1024, 2048, 3, {"listen": ("internal-443", 14, {"host": "catalog.internal.larkspur.example"})}),
    "pricing": ("catalog", 512, 1024, 2, {"listen": ("internal-443", 15, {"host": "pricing.internal.larkspur.example"})}),
    "inventory": ("logistics", 512, 1024, 2, {"listen": ("internal-443", 16, {"host": "inventory.internal.larkspur.example"})}),
    "shipping-quotes": ("logistics", 256, 512, 2, {"listen": ("internal-443", 17, {"host": "shipping.internal.larkspur.example"})}),
    "search-api": ("search", 2048, 4096, 3, {"listen": ("edge-443", 12, {"path": "/search*"})}),
    "search-indexer": ("search", 1024, 2048, 1, {}),
    "recommendations": ("growth", 1024, 2048, 2, {"strategy": SPOT}),
    "identity": ("identity", 1024, 2048, 3, {"listen": ("edge-443", 13, {"host": "login.larkspur.example"})}),
    "sessions": ("identity", 512, 1024, 2, {"discovered": True}),
    "notifications": ("messaging", 512, 1024, 2, {}),
    "email-renderer": ("messaging", 256, 512, 1, {"no log group": True}),
    "webhooks": ("integrations", 512, 1024, 2, {"listen": ("edge-443", 14, {"host": "hooks.larkspur.example"})}),
    "feature-flags": ("platform", 256, 512, 2, {"discovered": True}),
    "release-orchestrator": ("platform", 512, 1024, 1, {}),
    "admin-portal": ("platform", 256, 512, 1, {"subnets": PUBLIC, "public": True}),
}

# Who calls whom, hence which group lets which in on port 8080.
CALLS = {
    "storefront": ["storefront-bff"], "storefront-bff": ["catalog", "cart", "search-api", "sessions", "feature-flags"],
    "checkout": ["cart", "payments-api", "pricing", "inventory", "shipping-quotes"], "payments-api": ["ledger", "fraud-scoring"],
    "payments-worker": ["ledger", "notifications"], "notifications": ["email-renderer"], "search-indexer": ["catalog"],
    "admin-portal": ["identity", "ledger"], "webhooks": ["payments-api"], "recommendations": ["catalog"],
}


def secret(site, name):
    return site.ids[f"secret/{name}"]


def secrets_of(site):
    """What each definition's secrets[] name, in every spelling that ECS accepts."""
    partial = arn("secretsmanager", "secret:")
    return {
        "storefront": {"RECAPTCHA_KEY": "/prod/web/recaptcha-key", "SESSION_KEY": secret(site, "prod/web/session")},
        "storefront-bff": {"ASSET_HOST": arn("ssm", "parameter/prod/web/asset-host"), "FLAGS_KEY": "feature-flags-sdk-key"},
        "checkout": {"TAX_API_URL": "/prod/checkout/tax-api-url", "SIGNING_KEY": secret(site, "prod/checkout/session-signing")},
        "cart": {"CART_TTL": "/prod/checkout/cart-ttl"},
        "payments-api": {"ACQUIRER_USER": secret(site, "prod/payments/acquirer") + ":username::",
                         "ACQUIRER_PASSWORD": secret(site, "prod/payments/acquirer") + ":password:AWSCURRENT:",
                         "WEBHOOK_SECRET": arn("ssm", "parameter/prod/payments/webhook-secret")},
        "payments-worker": {"DATABASE": secret(site, "prod/payments/ledger-db") + ":url::", "RETRIES": "/prod/payments/retry-schedule"},
        "ledger": {"DATABASE": secret(site, "prod/payments/ledger-db") + ":url:AWSCURRENT:"},
        "fraud-scoring": {"SHARED_MODEL_KEY": arn("secretsmanager", "secret:shared/fraud-model-Zq4Xw1", account=PARTNER_ACCOUNT)},
        "catalog": {"DATABASE": secret(site, "prod/catalog/db"), "CDN_HOST": "/prod/catalog/cdn-host"},
        "pricing": {"ROUNDING": arn("ssm", "parameter/prod/pricing/rounding"), "DATABASE": partial + "prod/catalog/db"},
        "inventory": {"DATABASE": partial + "prod/logistics/db:url::"},
        "shipping-quotes": {"CARRIERS": "/prod/logistics/carriers", "RATES_EU": arn("ssm", "parameter/prod/logistics/rates", region="eu-west-1")},
        "search-api": {"OPENSEARCH": secret(site, "prod/search/opensearch"), "INDEX": "/prod/search/index-name"},
        # "-client" looks like the six letters that end a secret's ARN, and is part of the name
        "search-indexer": {"API_CLIENT": partial + "search/api-client", "BATCH_SIZE": "/prod/search/reindex-batch-size"},
        "recommendations": {"SALT": "/prod/growth/experiment-salt", "SEGMENT": secret(site, "prod/growth/segment")},
        "identity": {"JWT_KEY": "/aws/reference/secretsmanager/prod/identity/jwt-signing", "ISSUER": "/prod/identity/issuer",
                     "CLIENTS": secret(site, "prod/identity/oauth-clients")},
        "sessions": {"JWT_KEY": arn("ssm", "parameter/aws/reference/secretsmanager/prod/identity/jwt-signing")},
        "notifications": {"SMTP": secret(site, "prod/messaging/smtp"), "FROM": "/prod/messaging/from-address"},
        "webhooks": {"HMAC": secret(site, "prod/integrations/partner-hmac"), "TIMEOUT": "/prod/integrations/webhook-timeout"},
        "feature-flags": {"ENDPOINT": "feature-flags-endpoint", "SDK_KEY": arn("ssm", "parameter/feature-flags-sdk-key")},
        "release-orchestrator": {"OTEL": "/prod/platform/otel-endpoint"},
    }


def build(site):
    secrets = secrets_of(site)
    site.security_group("prod", "svc-admin-portal", "Legacy: reachable from the office", (8080, "203.0.113.0/24"), owner="platform")
    for name, (owner, *_, more) in FARGATE.items():
        if name != "admin-portal":
            balancer = more.get("listen", ("",))[0].split("-")[0]
            rules = [(8080, {"edge": "alb-public", "internal": "alb-internal"}[balancer])] if balancer else []
            site.security_group("prod", f"svc-{name}", f"Tasks of {name}", *rules, owner=owner, environment="prod")
    for caller, called in CALLS.items():
        for name in called:
            site.let_in(f"svc-{name}", 8080, f"svc-{caller}")
    site.namespace("prod.larkspur.internal", "prod")
    for name, line in FARGATE.items():
        fargate(site, name, *line, secrets=secrets.get(name, {}))


def tags(owner, name):
    return {"owner": owner, "service": name, "environment": "prod", "cost-center": f"cc-{1000 + sum(map(ord, owner)) % 90}"}


def fargate(site, name, owner, cpu, memory, count, more, secrets):
    mine = tags(owner, name)
    definition(site, name, owner, cpu, memory, more, secrets)
    given = {}
    if "listen" in more:
        listener, priority, condition = more["listen"]
        site.target_group("prod", f"tg-{name}", **mine)
        site.rule(listener, priority, site.forward(f"tg-{name}"), **condition)
        given = {"loadBalancers": [{"targetGroupArn": site.ids[f"tg-{name}"], "containerName": name, "containerPort": 8080}],
                 "healthCheckGracePeriodSeconds": 60}
    if "discovered" in more:
        given["serviceRegistries"] = [{"registryArn": site.discovery("prod.larkspur.internal", name)}]
    where = {"capacityProviderStrategy": more["strategy"]} if "strategy" in more else {"launchType": "FARGATE"}
    subnets = [site.ids[s] for s in more.get("subnets", PRIVATE)]
    group, public = site.ids[f"svc-{name}"], more.get("public", False)
    made = site.service(
        "prod", name, taskDefinition=site.ids[f"td/{name}"], desiredCount=count, tags=lower(mine), propagateTags="SERVICE",
        networkConfiguration=awsvpc(subnets, [group], public), enableExecuteCommand=owner == "platform", **where, **given,
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200,
                                 "deploymentCircuitBreaker": {"enable": True, "rollback": True}})
    for n in range(count):
        provider = more["strategy"][min(n, len(more["strategy"]) - 1)] if "strategy" in more else None
        placed = {"capacityProviderStrategy": [provider]} if provider else {"launchType": "FARGATE"}
        task = site.run("prod", site.ids[f"td/{name}"], awsvpc([subnets[n % len(subnets)]], [group], public),
                        made["deployments"][0]["id"], f"service:{name}", tags=lower(mine), **placed)
        if "listen" in more:
            site.register_ip(f"tg-{name}", task, 8080)


def definition(site, name, owner, cpu, memory, more, secrets, **fields):
    """The role, image, log group and task definition of a service on Fargate."""
    mine = tags(owner, name)
    images = site.repository(f"{owner}/{name}", ("2026.11.2", "2026.11.3"), site.ids["key/larkspur/registry"] if owner == "payments" else None, **mine)
    role = site.role(f"{name}-task", boundary=BOUNDARY, inline={"own-data": TASK_GRANTS[name]} if name in TASK_GRANTS else {}, **mine)
    group = f"/ecs/prod/{name}"
    if "no log group" not in more:
        site.log_group(group, site.ids["key/larkspur/logs"] if "listen" in more else None, 30, **mine)
    main = {
        "name": name, "image": images["2026.11.3"], "cpu": cpu - 64, "memory": memory - 128, "essential": True,
        "portMappings": [{"name": "http", "containerPort": 8080, "protocol": "tcp", "appProtocol": "http"}],
        "environment": [{"name": "LOG_LEVEL", "value": "info"}, {"name": "REGION", "value": REGION},
                        {"name": "SERVICE", "value": name}],
        "healthCheck": {"command": ["CMD-SHELL", f"curl -f http://localhost:8080/healthz # {PLANTED['health check']}"]},
        "secrets": [{"name": k, "valueFrom": v} for k, v in secrets.items()], "logConfiguration": awslogs(group)}
    sidecar = {"name": "otel-collector", "image": "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.0", "cpu": 64,
               "memory": 128, "essential": False, "logConfiguration": awslogs("/ecs/prod/otel-collector")}
    adjust(site, name, main, sidecar)
    site.task_definition(
        name, [main, sidecar], requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu=str(cpu), memory=str(memory),
        executionRoleArn=site.ids["role/" + more.get("execution", "ecs-task-execution")], taskRoleArn=role, tags=lower(mine),
        runtimePlatform={"cpuArchitecture": "ARM64" if owner in ("web", "search") else "X86_64", "operatingSystemFamily": "LINUX"}, **fields)


def adjust(site, name, main, sidecar):
    """What is particular to one definition; the planted secrets are here."""
    environment = main["environment"]
    if name == "admin-portal":  # the oldest one: everything that should have been a secret is in the clear
        environment += [{"name": "AWS_ACCESS_KEY_ID", "value": PLANTED["access key"]},
                        {"name": "AWS_SECRET_ACCESS_KEY", "value": PLANTED["secret key"]},
                        {"name": "DATABASE_URL", "value": f"postgres://{PLANTED['userinfo']}@db.larkspur.example:5432/admin"},
                        {"name": "API_TOKEN", "value": PLANTED["token"]}, {"name": "TLS_KEY", "value": PLANTED["private key"]},
                        {"name": "ADMIN_PASSWORD", "value": PLANTED["environment"]}]
        main["command"] = ["serve", "--admin-password", PLANTED["command"]]
        main["entryPoint"] = ["/bin/sh", "-c", f"export X={PLANTED['entry point']}; exec /app \"$@\""]
        main["dockerLabels"] = {"com.larkspur.deploy-token": PLANTED["label"], "com.larkspur.team": "platform"}
    queue = {"payments-worker": "payments-captured", "ledger": "ledger-entries", "checkout": "orders"}.get(name)
    if queue:
        environment.append({"name": "QUEUE_URL", "value": f"https://sqs.{REGION}.amazonaws.com/{site.aws.account}/{queue}"})
    if name == "cart":
        environment.append({"name": "CARTS_TABLE", "value": "prod-carts"})
    if name == "notifications":  # an image of a private registry, and logs to Splunk
        sidecar.update(name="relay", image="docker.io/larkspur/smtp-relay:4.2",
                       repositoryCredentials={"credentialsParameter": secret(site, "registry/docker-hub")})
        sidecar["logConfiguration"] = {
            "logDriver": "splunk", "options": {"splunk-url": f"https://splunk.larkspur.example/{PLANTED['log option']}"},
            "secretOptions": [{"name": "splunk-token", "valueFrom": secret(site, "platform/splunk-hec")}]}
    if name == "ledger":  # nothing leads from its subnets to the public registry
        mirror = site.repository("platform/aws-otel-collector", ("v0.43.0",), owner="platform")
        sidecar["image"] = mirror["v0.43.0"]
    if name == "cart":  # its sidecar's repository was removed last year
        sidecar.update(name="metrics", image=f"{site.aws.account}.dkr.ecr.{REGION}.amazonaws.com/platform/metrics-agent:1.9")
    if name == "inventory":  # the registry expired this image: running tasks go on, a new one cannot start
        main["image"] = f"{main['image'].rpartition(':')[0]}:2026.8.1"
    if name == "webhooks":  # logs go to the region of the partners
        main["logConfiguration"] = awslogs("/ecs/prod/webhooks", region="eu-west-1")
    if name == "recommendations":  # the image comes from the data scientists' account
        main["image"] = f"{PARTNER_ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/models/recommender@sha256:{'ab' * 32}"



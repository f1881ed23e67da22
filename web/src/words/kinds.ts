import type { ResourceKind } from "../api/generated";
import { joined } from "./counts";

/** What people call a kind. */
type KindWords = { one: string; many: string; /** At most four letters, for cards. */ code: string };

const WORDS: Record<ResourceKind, KindWords> = {
  ECS_TASK: { one: "ECS task", many: "ECS tasks", code: "TASK" },
  ECS_SERVICE: { one: "ECS service", many: "ECS services", code: "SVC" },
  ECS_CLUSTER: { one: "ECS cluster", many: "ECS clusters", code: "CLU" },
  ECS_TASK_DEFINITION: { one: "Task definition", many: "Task definitions", code: "TD" },
  ECS_CONTAINER_INSTANCE: { one: "Container instance", many: "Container instances", code: "CI" },
  ECS_CAPACITY_PROVIDER: { one: "Capacity provider", many: "Capacity providers", code: "CAP" },
  ECS_TASK_SET: { one: "Task set", many: "Task sets", code: "SET" },
  IAM_ROLE: { one: "IAM role", many: "IAM roles", code: "ROLE" },
  IAM_POLICY: { one: "IAM policy", many: "IAM policies", code: "POL" },
  IAM_INSTANCE_PROFILE: { one: "Instance profile", many: "Instance profiles", code: "PROF" },
  LOAD_BALANCER: { one: "Load balancer", many: "Load balancers", code: "LB" },
  LISTENER: { one: "Listener", many: "Listeners", code: "LSN" },
  LISTENER_RULE: { one: "Listener rule", many: "Listener rules", code: "RULE" },
  TARGET_GROUP: { one: "Target group", many: "Target groups", code: "TG" },
  LOG_GROUP: { one: "Log group", many: "Log groups", code: "LOG" },
  SSM_PARAMETER: { one: "SSM parameter", many: "SSM parameters", code: "SSM" },
  SECRET: { one: "Secret", many: "Secrets", code: "SEC" },
  KMS_KEY: { one: "KMS key", many: "KMS keys", code: "KMS" },
  VPC: { one: "VPC", many: "VPCs", code: "VPC" },
  SUBNET: { one: "Subnet", many: "Subnets", code: "SUB" },
  ROUTE_TABLE: { one: "Route table", many: "Route tables", code: "RT" },
  NAT_GATEWAY: { one: "NAT gateway", many: "NAT gateways", code: "NAT" },
  INTERNET_GATEWAY: { one: "Internet gateway", many: "Internet gateways", code: "IGW" },
  VPC_ENDPOINT: { one: "VPC endpoint", many: "VPC endpoints", code: "VPCE" },
  SECURITY_GROUP: { one: "Security group", many: "Security groups", code: "SG" },
  NETWORK_INTERFACE: { one: "Network interface", many: "Network interfaces", code: "ENI" },
  EC2_INSTANCE: { one: "EC2 instance", many: "EC2 instances", code: "EC2" },
  AUTO_SCALING_GROUP: { one: "Auto Scaling group", many: "Auto Scaling groups", code: "ASG" },
  ECR_REPOSITORY: { one: "ECR repository", many: "ECR repositories", code: "ECR" },
  EFS_FILE_SYSTEM: { one: "EFS file system", many: "EFS file systems", code: "EFS" },
  EFS_ACCESS_POINT: { one: "EFS access point", many: "EFS access points", code: "EFSA" },
  EFS_MOUNT_TARGET: { one: "EFS mount target", many: "EFS mount targets", code: "EFSM" },
  S3_BUCKET: { one: "S3 bucket", many: "S3 buckets", code: "S3" },
  CLOUD_MAP_NAMESPACE: { one: "Cloud Map namespace", many: "Cloud Map namespaces", code: "NS" },
  CLOUD_MAP_SERVICE: { one: "Cloud Map service", many: "Cloud Map services", code: "MAP" },
  HOSTED_ZONE: { one: "Hosted zone", many: "Hosted zones", code: "ZONE" },
  DNS_RECORD: { one: "DNS record", many: "DNS records", code: "DNS" },
  SCALABLE_TARGET: { one: "Scalable target", many: "Scalable targets", code: "SCAL" },
  SCALING_POLICY: { one: "Scaling policy", many: "Scaling policies", code: "SPOL" },
  CLOUDWATCH_ALARM: { one: "CloudWatch alarm", many: "CloudWatch alarms", code: "ALRM" },
  EVENT_RULE: { one: "Event rule", many: "Event rules", code: "EVT" },
  SCHEDULE: { one: "Schedule", many: "Schedules", code: "CRON" },
  SQS_QUEUE: { one: "SQS queue", many: "SQS queues", code: "SQS" },
  LAMBDA_FUNCTION: { one: "Lambda function", many: "Lambda functions", code: "FN" },
  SNS_TOPIC: { one: "SNS topic", many: "SNS topics", code: "SNS" },
  STATE_MACHINE: { one: "State machine", many: "State machines", code: "SFN" },
  CODEDEPLOY_GROUP: { one: "CodeDeploy group", many: "CodeDeploy groups", code: "CD" },
  APP_MESH_VIRTUAL_NODE: { one: "App Mesh virtual node", many: "App Mesh virtual nodes", code: "MESH" },
  NETWORK_ACL: { one: "Network ACL", many: "Network ACLs", code: "ACL" },
  DHCP_OPTIONS: { one: "DHCP options", many: "DHCP options", code: "DHCP" },
  ELASTIC_IP: { one: "Elastic IP address", many: "Elastic IP addresses", code: "EIP" },
  PREFIX_LIST: { one: "Prefix list", many: "Prefix lists", code: "PL" },
  VPC_PEERING_CONNECTION: { one: "Peering connection", many: "Peering connections", code: "PCX" },
  TRANSIT_GATEWAY: { one: "Transit gateway", many: "Transit gateways", code: "TGW" },
  VPC_ENDPOINT_SERVICE: { one: "Endpoint service", many: "Endpoint services", code: "VPES" },
  ECR_PULL_THROUGH_CACHE_RULE: { one: "Pull-through cache rule", many: "Pull-through cache rules", code: "PTC" },
  ACM_CERTIFICATE: { one: "ACM certificate", many: "ACM certificates", code: "CERT" },
  WEB_ACL: { one: "Web ACL", many: "Web ACLs", code: "WAF" },
  CLOUDFRONT_DISTRIBUTION: { one: "CloudFront distribution", many: "CloudFront distributions", code: "CDN" },
  API_GATEWAY_VPC_LINK: { one: "VPC link", many: "VPC links", code: "VPCL" },
  VPC_LATTICE_TARGET_GROUP: { one: "VPC Lattice target group", many: "VPC Lattice target groups", code: "VPLT" },
  KINESIS_STREAM: { one: "Kinesis stream", many: "Kinesis streams", code: "KDS" },
  FIREHOSE_STREAM: { one: "Firehose stream", many: "Firehose streams", code: "KDF" },
  LAUNCH_TEMPLATE: { one: "Launch template", many: "Launch templates", code: "LT" },
  DYNAMODB_TABLE: { one: "DynamoDB table", many: "DynamoDB tables", code: "DDB" },
};

/** The words of a kind; one that a newer server knows and this page does not is spelled out from its name. */
export function kindWords(kind: string): KindWords {
  const known = (WORDS as Record<string, KindWords | undefined>)[kind];
  if (known) return known;
  const spelled = kind.toLowerCase().replaceAll("_", " ");
  const one = spelled.charAt(0).toUpperCase() + spelled.slice(1);
  return { one, many: `${one}s`, code: kind.slice(0, 4) };
}

export function countOfKind(count: number, kind: string): string {
  const words = kindWords(kind);
  return `${count.toLocaleString("en")} ${count === 1 ? words.one : words.many}`;
}

export const KINDS = Object.keys(WORDS) as ResourceKind[];

export function isKind(text: string): text is ResourceKind {
  return text in WORDS;
}

/** Kinds that a sentence names before it counts the rest. */
const NAMED = 6;

/** `Subnets, VPCs and 4 more kinds`. */
export function kindsInWords(kinds: ResourceKind[]): string {
  const names = [...new Set(kinds)].map((kind) => kindWords(kind).many);
  const rest = names.length - NAMED;
  return joined(rest > 1 ? [...names.slice(0, NAMED), `${rest} more kinds`] : names);
}

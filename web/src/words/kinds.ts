import type { ResourceKind } from "../api/generated";
import { joined } from "./counts";

/** What people call a kind. */
type KindWords = { one: string; many: string; /** At most four letters, for cards. */ code: string };

/** One, the code, and several where that is not one with an s. */
const WORDS: Record<ResourceKind, [string, string, string?]> = {
  ECS_TASK: ["ECS task", "TASK"],
  ECS_SERVICE: ["ECS service", "SVC"],
  ECS_CLUSTER: ["ECS cluster", "CLU"],
  ECS_TASK_DEFINITION: ["Task definition", "TD"],
  ECS_CONTAINER_INSTANCE: ["Container instance", "CI"],
  ECS_CAPACITY_PROVIDER: ["Capacity provider", "CAP"],
  ECS_TASK_SET: ["Task set", "SET"],
  IAM_ROLE: ["IAM role", "ROLE"],
  IAM_POLICY: ["IAM policy", "POL", "IAM policies"],
  IAM_INSTANCE_PROFILE: ["Instance profile", "PROF"],
  LOAD_BALANCER: ["Load balancer", "LB"],
  LISTENER: ["Listener", "LSN"],
  LISTENER_RULE: ["Listener rule", "RULE"],
  TARGET_GROUP: ["Target group", "TG"],
  LOG_GROUP: ["Log group", "LOG"],
  SSM_PARAMETER: ["SSM parameter", "SSM"],
  SECRET: ["Secret", "SEC"],
  KMS_KEY: ["KMS key", "KMS"],
  VPC: ["VPC", "VPC"],
  SUBNET: ["Subnet", "SUB"],
  ROUTE_TABLE: ["Route table", "RT"],
  NAT_GATEWAY: ["NAT gateway", "NAT"],
  INTERNET_GATEWAY: ["Internet gateway", "IGW"],
  VPC_ENDPOINT: ["VPC endpoint", "VPCE"],
  SECURITY_GROUP: ["Security group", "SG"],
  NETWORK_INTERFACE: ["Network interface", "ENI"],
  EC2_INSTANCE: ["EC2 instance", "EC2"],
  AUTO_SCALING_GROUP: ["Auto Scaling group", "ASG"],
  ECR_REPOSITORY: ["ECR repository", "ECR", "ECR repositories"],
  EFS_FILE_SYSTEM: ["EFS file system", "EFS"],
  EFS_ACCESS_POINT: ["EFS access point", "EFSA"],
  EFS_MOUNT_TARGET: ["EFS mount target", "EFSM"],
  S3_BUCKET: ["S3 bucket", "S3"],
  CLOUD_MAP_NAMESPACE: ["Cloud Map namespace", "NS"],
  CLOUD_MAP_SERVICE: ["Cloud Map service", "MAP"],
  HOSTED_ZONE: ["Hosted zone", "ZONE"],
  DNS_RECORD: ["DNS record", "DNS"],
  SCALABLE_TARGET: ["Scalable target", "SCAL"],
  SCALING_POLICY: ["Scaling policy", "SPOL", "Scaling policies"],
  CLOUDWATCH_ALARM: ["CloudWatch alarm", "ALRM"],
  EVENT_RULE: ["Event rule", "EVT"],
  SCHEDULE: ["Schedule", "CRON"],
  SQS_QUEUE: ["SQS queue", "SQS"],
  LAMBDA_FUNCTION: ["Lambda function", "FN"],
  SNS_TOPIC: ["SNS topic", "SNS"],
  STATE_MACHINE: ["State machine", "SFN"],
  CODEDEPLOY_GROUP: ["CodeDeploy group", "CD"],
  APP_MESH_VIRTUAL_NODE: ["App Mesh virtual node", "MESH"],
  NETWORK_ACL: ["Network ACL", "ACL"],
  DHCP_OPTIONS: ["DHCP options", "DHCP", "DHCP options"],
  ELASTIC_IP: ["Elastic IP address", "EIP", "Elastic IP addresses"],
  PREFIX_LIST: ["Prefix list", "PL"],
  VPC_PEERING_CONNECTION: ["Peering connection", "PCX"],
  TRANSIT_GATEWAY: ["Transit gateway", "TGW"],
  VPC_ENDPOINT_SERVICE: ["Endpoint service", "VPES"],
  ECR_PULL_THROUGH_CACHE_RULE: ["Pull-through cache rule", "PTC"],
  ACM_CERTIFICATE: ["ACM certificate", "CERT"],
  WEB_ACL: ["Web ACL", "WAF"],
  CLOUDFRONT_DISTRIBUTION: ["CloudFront distribution", "CDN"],
  API_GATEWAY_VPC_LINK: ["VPC link", "VPCL"],
  VPC_LATTICE_TARGET_GROUP: ["VPC Lattice target group", "VPLT"],
  KINESIS_STREAM: ["Kinesis stream", "KDS"],
  FIREHOSE_STREAM: ["Firehose stream", "KDF"],
  LAUNCH_TEMPLATE: ["Launch template", "LT"],
  DYNAMODB_TABLE: ["DynamoDB table", "DDB"],
};

/** The words of a kind; one that a newer server knows and this page does not is spelled out from its name. */
export function kindWords(kind: string): KindWords {
  const spelled = kind.toLowerCase().replaceAll("_", " ");
  const unknown: [string, string] = [spelled.charAt(0).toUpperCase() + spelled.slice(1), kind.slice(0, 4)];
  const [one, code, many = `${one}s`] = (WORDS as Record<string, [string, string, string?] | undefined>)[kind] ?? unknown;
  return { one, many, code };
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

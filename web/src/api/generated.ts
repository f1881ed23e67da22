// Written by `npm run generate` from schema.graphql and src/api/operations: do not edit.

import type { Operation } from "./operation";

export type BlindSpotReason =
  | "ACCESS_DENIED"
  | "THROTTLED"
  | "TIMEOUT"
  | "UNSUPPORTED"
  | "ERROR";

export type Direction =
  | "DEPENDENCIES"
  | "DEPENDENTS";

export type GroupBy =
  | "ACCOUNT"
  | "REGION"
  | "VPC"
  | "CLUSTER"
  | "SERVICE"
  | "OWNER"
  | "KIND"
  | "TAG";

export type Phase =
  | "START"
  | "RUN"
  | "TRAFFIC"
  | "DEPLOY"
  | "SCALE"
  | "SCHEDULE";

export type Presence =
  | "LIVE"
  | "MISSING"
  | "UNREADABLE"
  | "OUTSIDE"
  | "PLANNED";

export type Relation =
  | "RUNS"
  | "PART_OF"
  | "HOSTED_ON"
  | "CAPACITY_FROM"
  | "BACKED_BY"
  | "PULLS_FROM"
  | "READS_SECRET"
  | "LOGS_TO"
  | "MOUNTS"
  | "ENCRYPTED_BY"
  | "EXECUTION_ROLE"
  | "TASK_ROLE"
  | "ASSUMES"
  | "GRANTED_BY"
  | "BOUNDED_BY"
  | "GRANTED_ON"
  | "IN_VPC"
  | "PLACED_IN"
  | "ATTACHED_TO"
  | "PROTECTED_BY"
  | "ALLOWS"
  | "ROUTED_BY"
  | "ROUTES_VIA"
  | "REACHES_AWS_VIA"
  | "REGISTERED_IN"
  | "FORWARDS_TO"
  | "RESOLVES_TO"
  | "USES_CERTIFICATE"
  | "DISCOVERED_BY"
  | "CALLS"
  | "SCALED_BY"
  | "WATCHED_BY"
  | "STARTS"
  | "STARTS_IN"
  | "DEAD_LETTERS_TO"
  | "CONSUMES"
  | "DEPLOYED_BY";

export type ResourceKind =
  | "ECS_TASK"
  | "ECS_SERVICE"
  | "ECS_CLUSTER"
  | "ECS_TASK_DEFINITION"
  | "ECS_CONTAINER_INSTANCE"
  | "ECS_CAPACITY_PROVIDER"
  | "ECS_TASK_SET"
  | "IAM_ROLE"
  | "IAM_POLICY"
  | "IAM_INSTANCE_PROFILE"
  | "LOAD_BALANCER"
  | "LISTENER"
  | "LISTENER_RULE"
  | "TARGET_GROUP"
  | "LOG_GROUP"
  | "SSM_PARAMETER"
  | "SECRET"
  | "KMS_KEY"
  | "VPC"
  | "SUBNET"
  | "ROUTE_TABLE"
  | "NAT_GATEWAY"
  | "INTERNET_GATEWAY"
  | "VPC_ENDPOINT"
  | "SECURITY_GROUP"
  | "NETWORK_INTERFACE"
  | "EC2_INSTANCE"
  | "AUTO_SCALING_GROUP"
  | "ECR_REPOSITORY"
  | "EFS_FILE_SYSTEM"
  | "EFS_ACCESS_POINT"
  | "EFS_MOUNT_TARGET"
  | "S3_BUCKET"
  | "CLOUD_MAP_NAMESPACE"
  | "CLOUD_MAP_SERVICE"
  | "HOSTED_ZONE"
  | "DNS_RECORD"
  | "SCALABLE_TARGET"
  | "SCALING_POLICY"
  | "CLOUDWATCH_ALARM"
  | "EVENT_RULE"
  | "SCHEDULE"
  | "SQS_QUEUE"
  | "LAMBDA_FUNCTION"
  | "CODEDEPLOY_GROUP"
  | "APP_MESH_VIRTUAL_NODE"
  | "ACM_CERTIFICATE";

export type RiskLevel =
  | "CRITICAL"
  | "HIGH"
  | "MEDIUM"
  | "LOW"
  | "NONE";

export type ResourceFilter = {
  kinds?: ResourceKind[] | null;
  accounts?: string[] | null;
  regions?: string[] | null;
  presence?: Presence[] | null;
  tags?: TagFilter[] | null;
  text?: string | null;
  within?: GroupFilter[] | null;
};

export type TagFilter = {
  key: string;
  value?: string | null;
};

export type GroupFilter = {
  by: GroupBy;
  tag?: string | null;
  key: string;
};

export type GroupFigures = {
  key: string;
  label: string;
  count: number;
  dependents: number;
  blindSpots: number;
};

export type Card = {
  id: string;
  kind: ResourceKind;
  name: string;
  account: string;
  region: string;
  presence: Presence;
  owner: string | null;
};

export type Hop = {
  from: {
    id: string;
  };
  to: {
    id: string;
  };
  relation: Relation;
  phases: Phase[];
  evidence: {
    api: string;
    field: string;
    inferred: boolean;
  };
};

export type Blind = {
  account: string;
  region: string;
  api: string;
  reason: BlindSpotReason;
  message: string;
  kinds: ResourceKind[];
};

export type Step = {
  from: Card;
  to: Card;
  relation: Relation;
  phases: Phase[];
  evidence: {
    api: string;
    field: string;
    inferred: boolean;
  };
};

export type Linked = {
  from: Card;
  to: Card;
  relation: Relation;
  phases: Phase[];
  evidence: {
    api: string;
    field: string;
    inferred: boolean;
    observedAt: string | null;
  };
};

export type LinkPage = {
  totalCount: number;
  nodes: Linked[];
  pageInfo: {
    hasNextPage: boolean;
    endCursor: string | null;
  };
};

export type CoverageVariables = Record<string, never>;

export type CoverageResult = {
  coverage: {
    scopes: {
      account: string;
      region: string;
      crawledAt: string | null;
      durationMs: number | null;
      apiCalls: number;
      resources: number;
      links: number;
    }[];
    blindSpots: Blind[];
  };
};

export const Coverage: Operation<CoverageResult, CoverageVariables> = {
  name: "Coverage",
  text: "query Coverage{coverage{scopes{account region crawledAt durationMs apiCalls resources links}blindSpots{...Blind}}}fragment Blind on BlindSpot{account region api reason message kinds}",
};

export type FreshnessVariables = Record<string, never>;

export type FreshnessResult = {
  coverage: {
    scopes: {
      account: string;
      region: string;
      crawledAt: string | null;
    }[];
    blindSpots: {
      reason: BlindSpotReason;
    }[];
  };
};

export const Freshness: Operation<FreshnessResult, FreshnessVariables> = {
  name: "Freshness",
  text: "query Freshness{coverage{scopes{account region crawledAt}blindSpots{reason}}}",
};

export type StartCrawlVariables = Record<string, never>;

export type StartCrawlResult = {
  crawl: {
    id: string;
    startedAt: string;
  };
};

export const StartCrawl: Operation<StartCrawlResult, StartCrawlVariables> = {
  name: "StartCrawl",
  text: "mutation StartCrawl{crawl{id startedAt}}",
};

export type CrawlProgressVariables = Record<string, never>;

export type CrawlProgressResult = {
  crawlProgress: {
    run: string;
    scopesDone: number;
    scopesTotal: number;
    apiCalls: number;
    resources: number;
    finished: boolean;
  };
};

export const CrawlProgress: Operation<CrawlProgressResult, CrawlProgressVariables> = {
  name: "CrawlProgress",
  text: "subscription CrawlProgress{crawlProgress{run scopesDone scopesTotal apiCalls resources finished}}",
};

export type EstateVariables = {
  groupBy: GroupBy[];
  tag?: string | null;
  filter?: ResourceFilter | null;
  depth: number;
};

export type EstateResult = {
  estate: ((GroupFigures & {
    groups: ((GroupFigures & {
      groups: ((GroupFigures & {
        groups: ((GroupFigures & {
          groups: GroupFigures[];
        }))[];
      }))[];
    }))[];
  }))[];
};

export const Estate: Operation<EstateResult, EstateVariables> = {
  name: "Estate",
  text: "query Estate($groupBy:[GroupBy!]!$tag:String$filter:ResourceFilter$depth:Int!){estate(groupBy:$groupBy tag:$tag filter:$filter depth:$depth){...GroupFigures groups{...GroupFigures groups{...GroupFigures groups{...GroupFigures groups{...GroupFigures}}}}}}fragment GroupFigures on EstateGroup{key label count dependents blindSpots}",
};

export type FacetsVariables = {
  forKinds?: ResourceFilter | null;
  forAccounts?: ResourceFilter | null;
  forRegions?: ResourceFilter | null;
  forTeams?: ResourceFilter | null;
};

export type FacetsResult = {
  kinds: {
    key: string;
    count: number;
  }[];
  accounts: {
    key: string;
    count: number;
  }[];
  regions: {
    key: string;
    count: number;
  }[];
  teams: {
    key: string;
    count: number;
  }[];
};

export const Facets: Operation<FacetsResult, FacetsVariables> = {
  name: "Facets",
  text: "query Facets($forKinds:ResourceFilter$forAccounts:ResourceFilter$forRegions:ResourceFilter$forTeams:ResourceFilter){kinds:estate(groupBy:[KIND]filter:$forKinds depth:1){key count}accounts:estate(groupBy:[ACCOUNT]filter:$forAccounts depth:1){key count}regions:estate(groupBy:[REGION]filter:$forRegions depth:1){key count}teams:estate(groupBy:[OWNER]filter:$forTeams depth:1){key count}}",
};

export type TagKeysVariables = Record<string, never>;

export type TagKeysResult = {
  resources: {
    nodes: {
      tags: {
        key: string;
      }[];
    }[];
  };
};

export const TagKeys: Operation<TagKeysResult, TagKeysVariables> = {
  name: "TagKeys",
  text: "query TagKeys{resources(first:200){nodes{tags{key}}}}",
};

export type RadiusVariables = {
  of: string[];
  direction: Direction;
  maxDepth?: number | null;
  kinds?: ResourceKind[] | null;
  phases?: Phase[] | null;
  limit: number;
  withPaths: boolean;
};

export type RadiusResult = {
  blastRadius: {
    roots: Card[];
    nodes: {
      distance: number;
      resource: Card;
      path?: Step[];
    }[];
    links: Hop[];
    totalCount: number;
    truncated: boolean;
    byKind: {
      kind: ResourceKind;
      count: number;
    }[];
    byOwner: {
      owner: string | null;
      count: number;
    }[];
    blindSpots: Blind[];
  };
  everyKind: {
    totalCount: number;
    byKind: {
      kind: ResourceKind;
      count: number;
    }[];
  };
};

export const Radius: Operation<RadiusResult, RadiusVariables> = {
  name: "Radius",
  text: "query Radius($of:[ID!]!$direction:Direction!$maxDepth:Int$kinds:[ResourceKind!]$phases:[Phase!]$limit:Int!$withPaths:Boolean!){blastRadius(of:$of direction:$direction maxDepth:$maxDepth kinds:$kinds phases:$phases limit:$limit){roots{...Card}nodes{distance resource{...Card}path@include(if:$withPaths){...Step}}links{...Hop}totalCount truncated byKind{kind count}byOwner{owner count}blindSpots{...Blind}}everyKind:blastRadius(of:$of direction:$direction maxDepth:$maxDepth phases:$phases limit:1){totalCount byKind{kind count}}}fragment Card on Resource{id kind name account region presence owner}fragment Step on Link{from{...Card}to{...Card}relation phases evidence{api field inferred}}fragment Hop on Link{from{id}to{id}relation phases evidence{api field inferred}}fragment Blind on BlindSpot{account region api reason message kinds}",
};

export type ResourceDetailsVariables = {
  id: string;
};

export type ResourceDetailsResult = {
  resource: (Card & {
    tags: {
      key: string;
      value: string;
    }[];
    attributes: unknown;
    consoleUrl: string | null;
    observedAt: string;
    findings: {
      id: string;
      level: RiskLevel;
      title: string;
      detail: string;
      remediation: string;
      documentation: string | null;
    }[];
    dependencies: LinkPage;
    dependents: LinkPage;
  }) | null;
};

export const ResourceDetails: Operation<ResourceDetailsResult, ResourceDetailsVariables> = {
  name: "ResourceDetails",
  text: "query ResourceDetails($id:ID!){resource(id:$id){...Card tags{key value}attributes consoleUrl observedAt findings{id level title detail remediation documentation}dependencies:links(direction:DEPENDENCIES first:100){...LinkPage}dependents:links(direction:DEPENDENTS first:100){...LinkPage}}}fragment Card on Resource{id kind name account region presence owner}fragment LinkPage on LinkConnection{totalCount nodes{...Linked}pageInfo{hasNextPage endCursor}}fragment Linked on Link{from{...Card}to{...Card}relation phases evidence{api field inferred observedAt}}",
};

export type MoreLinksVariables = {
  id: string;
  direction: Direction;
  after?: string | null;
};

export type MoreLinksResult = {
  resource: {
    links: LinkPage;
  } | null;
};

export const MoreLinks: Operation<MoreLinksResult, MoreLinksVariables> = {
  name: "MoreLinks",
  text: "query MoreLinks($id:ID!$direction:Direction!$after:String){resource(id:$id){links(direction:$direction first:100 after:$after){...LinkPage}}}fragment LinkPage on LinkConnection{totalCount nodes{...Linked}pageInfo{hasNextPage endCursor}}fragment Linked on Link{from{...Card}to{...Card}relation phases evidence{api field inferred observedAt}}fragment Card on Resource{id kind name account region presence owner}",
};

export type ReachOfVariables = {
  id: string;
};

export type ReachOfResult = {
  blastRadius: {
    totalCount: number;
    byKind: {
      kind: ResourceKind;
      count: number;
    }[];
    byOwner: {
      owner: string | null;
      count: number;
    }[];
    blindSpots: {
      api: string;
    }[];
  };
};

export const ReachOf: Operation<ReachOfResult, ReachOfVariables> = {
  name: "ReachOf",
  text: "query ReachOf($id:ID!){blastRadius(of:[$id]limit:1){totalCount byKind{kind count}byOwner{owner count}blindSpots{api}}}",
};

export type BestMatchesVariables = {
  text: string;
  first: number;
};

export type BestMatchesResult = {
  search: Card[];
};

export const BestMatches: Operation<BestMatchesResult, BestMatchesVariables> = {
  name: "BestMatches",
  text: "query BestMatches($text:String!$first:Int!){search(text:$text first:$first){...Card}}fragment Card on Resource{id kind name account region presence owner}",
};

export type ListResourcesVariables = {
  filter?: ResourceFilter | null;
  first: number;
  after?: string | null;
};

export type ListResourcesResult = {
  resources: {
    totalCount: number;
    nodes: Card[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  };
};

export const ListResources: Operation<ListResourcesResult, ListResourcesVariables> = {
  name: "ListResources",
  text: "query ListResources($filter:ResourceFilter$first:Int!$after:String){resources(filter:$filter first:$first after:$after){totalCount nodes{...Card}pageInfo{hasNextPage endCursor}}}fragment Card on Resource{id kind name account region presence owner}",
};

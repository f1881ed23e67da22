// Written by `npm run generate` from schema.graphql and src/api/operations: do not edit.

import type { Operation } from "./operation";

export type BlindSpotReason =
  | "ACCESS_DENIED"
  | "THROTTLED"
  | "TIMEOUT"
  | "UNSUPPORTED"
  | "ERROR"
  | "STALE";

export type ChangeAction =
  | "CREATE"
  | "UPDATE"
  | "REPLACE"
  | "DELETE"
  | "NO_OP"
  | "READ"
  | "FORGET";

export type ChangeMatch =
  | "MATCHED"
  | "CREATED"
  | "NOT_FOUND"
  | "UNSUPPORTED_TYPE"
  | "AMBIGUOUS";

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

export type HistoryEvent =
  | "ADDED"
  | "CHANGED"
  | "REMOVED"
  | "FIRST_KNOWN"
  | "UNREADABLE";

export type Mark =
  | "ACCEPTED"
  | "WRONG";

export type Outcome =
  | "DOWN"
  | "DEGRADED"
  | "FAILS_ON_NEXT_START"
  | "AT_RISK"
  | "UNAFFECTED";

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
  | "PLANNED"
  | "STATED";

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
  | "FILTERED_BY"
  | "MATCHES"
  | "CONFIGURED_BY"
  | "ROUTES_VIA"
  | "REACHES_AWS_VIA"
  | "REGISTERED_IN"
  | "FORWARDS_TO"
  | "RESOLVES_TO"
  | "USES_CERTIFICATE"
  | "FRONTS"
  | "DISCOVERED_BY"
  | "CALLS"
  | "SCALED_BY"
  | "WATCHED_BY"
  | "STARTS"
  | "STARTS_IN"
  | "DEAD_LETTERS_TO"
  | "CONSUMES"
  | "SUBSCRIBED_TO"
  | "DEPLOYED_BY"
  | "SHIFTS"
  | "HOOKED_BY"
  | "LAUNCHES_FROM"
  | "USES_TABLE"
  | "REPLICATED_FROM";

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
  | "SNS_TOPIC"
  | "STATE_MACHINE"
  | "CODEDEPLOY_GROUP"
  | "APP_MESH_VIRTUAL_NODE"
  | "NETWORK_ACL"
  | "DHCP_OPTIONS"
  | "ELASTIC_IP"
  | "PREFIX_LIST"
  | "VPC_PEERING_CONNECTION"
  | "TRANSIT_GATEWAY"
  | "VPC_ENDPOINT_SERVICE"
  | "ECR_PULL_THROUGH_CACHE_RULE"
  | "ACM_CERTIFICATE"
  | "WEB_ACL"
  | "CLOUDFRONT_DISTRIBUTION"
  | "API_GATEWAY_VPC_LINK"
  | "VPC_LATTICE_TARGET_GROUP"
  | "KINESIS_STREAM"
  | "FIREHOSE_STREAM"
  | "LAUNCH_TEMPLATE"
  | "DYNAMODB_TABLE";

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

export type ChangeInput = {
  resources?: ResourceChangeInput[] | null;
  terraformPlan?: string | null;
  planId?: string | null;
  cloudFormationChangeSet?: string | null;
  taskDefinition?: string | null;
  mapping?: AddressMapping[] | null;
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

export type ResourceChangeInput = {
  id: string;
  action: ChangeAction;
  attributes?: unknown | null;
};

export type AddressMapping = {
  address: string;
  resource: string;
};

export type GroupFigures = {
  key: string;
  label: string;
  count: number;
  dependents: number;
  blindSpots: number;
  changed: number | null;
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

export type Taken = {
  id: string;
  takenAt: string;
  resources: number;
  links: number;
};

export type LinkOfDiff = {
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

export type Altered = {
  name: string;
  before: unknown | null;
  after: unknown | null;
  unknown: boolean;
  sensitive: boolean;
};

export type ChangedResource = {
  before: {
    presence: Presence;
  };
  after: Card;
  attributes: Altered[];
};

export type Kept = (Taken & {
  problem: string | null;
  changes: {
    added: number;
    removed: number;
    changed: number;
  } | null;
});

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

export type Impacted = {
  resource: Card;
  outcome: Outcome;
  phase: Phase;
  lost: number | null;
  of: number | null;
  unit: string | null;
  cause: string;
  awsError: string | null;
  path: Linked[];
};

export type Changed = {
  resource: Card | null;
  address: string;
  action: ChangeAction;
  match: ChangeMatch;
  attributes: {
    name: string;
    before: unknown | null;
    after: unknown | null;
    unknown: boolean;
    sensitive: boolean;
  }[];
};

export type Warned = {
  id: string;
  rule: string;
  level: RiskLevel;
  title: string;
  detail: string;
  remediation: string;
  documentation: string | null;
  resource: Card | null;
  affected: {
    id: string;
  }[];
  addresses: string[];
  evidence: Linked[];
};

export type Judged = {
  risk: RiskLevel;
  changes: Changed[];
  risks: Warned[];
  impacts: Impacted[];
  alreadyBroken: Impacted[];
  mended: Impacted[];
  notJudged: {
    address: string;
    action: ChangeAction;
    match: ChangeMatch;
  }[];
  blastRadius: {
    roots: Card[];
    totalCount: number;
  };
  blindSpots: Blind[];
  snapshot: {
    id: string;
    takenAt: string;
    resources: number;
    links: number;
  };
};

export type ReachedToo = {
  nodes: {
    distance: number;
    folded: number;
    label: string;
    resource: Card;
  }[];
  links: Hop[];
  nodeCount: number;
  totalCount: number;
};

export type Marked = {
  risk: string;
  mark: Mark;
  note: string | null;
  markedAt: string;
};

export type CoverageVariables = Record<string, never>;

export type CoverageResult = {
  known: {
    totalCount: number;
  };
  coverage: {
    scopes: {
      account: string;
      region: string;
      crawledAt: string | null;
      durationMs: number | null;
      apiCalls: number;
      resources: number;
      links: number;
      kept: {
        found: number;
      } | null;
    }[];
    drops: {
      account: string;
      region: string;
      before: number;
      after: number;
      percent: number;
    }[];
    blindSpots: Blind[];
  };
};

export const Coverage: Operation<CoverageResult, CoverageVariables> = {
  name: "Coverage",
  text: "query Coverage{known:resources(first:1){totalCount}coverage{scopes{account region crawledAt durationMs apiCalls resources links kept{found}}drops{account region before after percent}blindSpots{...Blind}}}fragment Blind on BlindSpot{account region api reason message kinds}",
};

export type FreshnessVariables = Record<string, never>;

export type FreshnessResult = {
  coverage: {
    scopes: {
      account: string;
      region: string;
      crawledAt: string | null;
      resources: number;
    }[];
    blindSpots: {
      reason: BlindSpotReason;
    }[];
  };
};

export const Freshness: Operation<FreshnessResult, FreshnessVariables> = {
  name: "Freshness",
  text: "query Freshness{coverage{scopes{account region crawledAt resources}blindSpots{reason}}}",
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
  changedSince?: string | null;
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
  text: "query Estate($groupBy:[GroupBy!]!$tag:String$filter:ResourceFilter$depth:Int!$changedSince:ID){estate(groupBy:$groupBy tag:$tag filter:$filter depth:$depth changedSince:$changedSince){...GroupFigures groups{...GroupFigures groups{...GroupFigures groups{...GroupFigures groups{...GroupFigures}}}}}}fragment GroupFigures on EstateGroup{key label count dependents blindSpots changed}",
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

export type BoxLinksVariables = {
  filter: ResourceFilter;
};

export type BoxLinksResult = {
  resources: {
    totalCount: number;
    nodes: {
      id: string;
      needs: {
        totalCount: number;
        nodes: {
          to: {
            id: string;
          };
          evidence: {
            inferred: boolean;
          };
        }[];
      };
      neededBy: {
        totalCount: number;
        nodes: {
          from: {
            id: string;
          };
          evidence: {
            inferred: boolean;
          };
        }[];
      };
    }[];
  };
};

export const BoxLinks: Operation<BoxLinksResult, BoxLinksVariables> = {
  name: "BoxLinks",
  text: "query BoxLinks($filter:ResourceFilter!){resources(filter:$filter first:60){totalCount nodes{id needs:links(direction:DEPENDENCIES first:60){totalCount nodes{to{id}evidence{inferred}}}neededBy:links(direction:DEPENDENTS first:60){totalCount nodes{from{id}evidence{inferred}}}}}}",
};

export type SnapshotsVariables = {
  first: number;
  after?: string | null;
};

export type SnapshotsResult = {
  snapshots: {
    totalCount: number;
    nodes: Kept[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  };
};

export const Snapshots: Operation<SnapshotsResult, SnapshotsVariables> = {
  name: "Snapshots",
  text: "query Snapshots($first:Int!$after:String){snapshots(first:$first after:$after){totalCount nodes{...Kept}pageInfo{hasNextPage endCursor}}}fragment Kept on Snapshot{...Taken problem changes{added removed changed}}fragment Taken on Snapshot{id takenAt resources links}",
};

export type DiffVariables = {
  from: string;
  to: string;
  first: number;
  skip: number;
};

export type DiffResult = {
  diff: {
    from: Taken;
    to: Taken;
    added: Card[];
    removed: Card[];
    changed: ChangedResource[];
    linksAdded: LinkOfDiff[];
    linksRemoved: LinkOfDiff[];
    addedCount: number;
    removedCount: number;
    changedCount: number;
    linksAddedCount: number;
    linksRemovedCount: number;
    byKind: {
      kind: ResourceKind;
      added: number;
      removed: number;
      changed: number;
    }[];
  };
};

export const Diff: Operation<DiffResult, DiffVariables> = {
  name: "Diff",
  text: "query Diff($from:ID!$to:ID!$first:Int!$skip:Int!){diff(from:$from to:$to){from{...Taken}to{...Taken}added(first:$first skip:$skip){...Card}removed(first:$first skip:$skip){...Card}changed(first:$first skip:$skip){...ChangedResource}linksAdded(first:$first skip:$skip){...LinkOfDiff}linksRemoved(first:$first skip:$skip){...LinkOfDiff}addedCount removedCount changedCount linksAddedCount linksRemovedCount byKind{kind added removed changed}}}fragment Taken on Snapshot{id takenAt resources links}fragment Card on Resource{id kind name account region presence owner}fragment ChangedResource on ResourceDiff{before{presence}after{...Card}attributes{...Altered}}fragment Altered on AttributeChange{name before after unknown sensitive}fragment LinkOfDiff on Link{from{...Card}to{...Card}relation phases evidence{api field inferred}}",
};

export type ResourceHistoryVariables = {
  id: string;
  first: number;
  after?: string | null;
  dependents: boolean;
};

export type ResourceHistoryResult = {
  resourceHistory: {
    snapshots: number;
    entries: {
      event: HistoryEvent;
      problem: string | null;
      snapshot: Taken;
      before: Taken | null;
      resource: Card | null;
      attributes: Altered[];
      linksAddedCount: number;
      linksRemovedCount: number;
      linksAdded: LinkOfDiff[];
      linksRemoved: LinkOfDiff[];
    }[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  };
};

export const ResourceHistory: Operation<ResourceHistoryResult, ResourceHistoryVariables> = {
  name: "ResourceHistory",
  text: "query ResourceHistory($id:ID!$first:Int!$after:String$dependents:Boolean!){resourceHistory(id:$id first:$first after:$after dependents:$dependents){snapshots entries{event problem snapshot{...Taken}before{...Taken}resource{...Card}attributes{...Altered}linksAddedCount linksRemovedCount linksAdded(first:20){...LinkOfDiff}linksRemoved(first:20){...LinkOfDiff}}pageInfo{hasNextPage endCursor}}}fragment Taken on Snapshot{id takenAt resources links}fragment Card on Resource{id kind name account region presence owner}fragment Altered on AttributeChange{name before after unknown sensitive}fragment LinkOfDiff on Link{from{...Card}to{...Card}relation phases evidence{api field inferred}}",
};

export type GraphChangedVariables = Record<string, never>;

export type GraphChangedResult = {
  graphChanged: {
    snapshot: {
      id: string;
      takenAt: string;
    };
    added: number;
    removed: number;
    changed: number;
  };
};

export const GraphChanged: Operation<GraphChangedResult, GraphChangedVariables> = {
  name: "GraphChanged",
  text: "subscription GraphChanged{graphChanged{snapshot{id takenAt}added removed changed}}",
};

export type RadiusVariables = {
  of: string[];
  direction: Direction;
  maxDepth?: number | null;
  kinds?: ResourceKind[] | null;
  phases?: Phase[] | null;
  limit: number;
  withPaths: boolean;
  snapshot?: string | null;
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
  text: "query Radius($of:[ID!]!$direction:Direction!$maxDepth:Int$kinds:[ResourceKind!]$phases:[Phase!]$limit:Int!$withPaths:Boolean!$snapshot:ID){blastRadius(of:$of direction:$direction maxDepth:$maxDepth kinds:$kinds phases:$phases limit:$limit snapshot:$snapshot){roots{...Card}nodes{distance resource{...Card}path@include(if:$withPaths){...Step}}links{...Hop}totalCount truncated byKind{kind count}byOwner{owner count}blindSpots{...Blind}}everyKind:blastRadius(of:$of direction:$direction maxDepth:$maxDepth phases:$phases limit:1 snapshot:$snapshot){totalCount byKind{kind count}}}fragment Card on Resource{id kind name account region presence owner}fragment Step on Link{from{...Card}to{...Card}relation phases evidence{api field inferred}}fragment Hop on Link{from{id}to{id}relation phases evidence{api field inferred}}fragment Blind on BlindSpot{account region api reason message kinds}",
};

export type ResourceDetailsVariables = {
  id: string;
  snapshot?: string | null;
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
  text: "query ResourceDetails($id:ID!$snapshot:ID){resource(id:$id snapshot:$snapshot){...Card tags{key value}attributes consoleUrl observedAt findings{id level title detail remediation documentation}dependencies:links(direction:DEPENDENCIES first:100){...LinkPage}dependents:links(direction:DEPENDENTS first:100){...LinkPage}}}fragment Card on Resource{id kind name account region presence owner}fragment LinkPage on LinkConnection{totalCount nodes{...Linked}pageInfo{hasNextPage endCursor}}fragment Linked on Link{from{...Card}to{...Card}relation phases evidence{api field inferred observedAt}}",
};

export type MoreLinksVariables = {
  id: string;
  direction: Direction;
  after?: string | null;
  snapshot?: string | null;
};

export type MoreLinksResult = {
  resource: {
    links: LinkPage;
  } | null;
};

export const MoreLinks: Operation<MoreLinksResult, MoreLinksVariables> = {
  name: "MoreLinks",
  text: "query MoreLinks($id:ID!$direction:Direction!$after:String$snapshot:ID){resource(id:$id snapshot:$snapshot){links(direction:$direction first:100 after:$after){...LinkPage}}}fragment LinkPage on LinkConnection{totalCount nodes{...Linked}pageInfo{hasNextPage endCursor}}fragment Linked on Link{from{...Card}to{...Card}relation phases evidence{api field inferred observedAt}}fragment Card on Resource{id kind name account region presence owner}",
};

export type ReachOfVariables = {
  id: string;
  snapshot?: string | null;
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
  text: "query ReachOf($id:ID!$snapshot:ID){blastRadius(of:[$id]limit:1 snapshot:$snapshot){totalCount byKind{kind count}byOwner{owner count}blindSpots{api}}}",
};

export type ReviewsVariables = {
  first: number;
  after?: string | null;
};

export type ReviewsResult = {
  reviews: {
    totalCount: number;
    nodes: {
      id: string;
      title: string;
      createdAt: string;
      risk: RiskLevel | null;
      problem: string | null;
      counts: {
        changes: number;
        down: number;
        degraded: number;
        failsOnNextStart: number;
        atRisk: number;
        notJudged: number;
      } | null;
    }[];
    pageInfo: {
      hasNextPage: boolean;
      endCursor: string | null;
    };
  };
};

export const Reviews: Operation<ReviewsResult, ReviewsVariables> = {
  name: "Reviews",
  text: "query Reviews($first:Int!$after:String){reviews(first:$first after:$after){totalCount nodes{id title createdAt risk problem counts{changes down degraded failsOnNextStart atRisk notJudged}}pageInfo{hasNextPage endCursor}}}",
};

export type KeptReviewVariables = {
  id: string;
};

export type KeptReviewResult = {
  review: {
    id: string;
    title: string;
    createdAt: string;
    marks: Marked[];
    assessment: Judged;
  } | null;
};

export const KeptReview: Operation<KeptReviewResult, KeptReviewVariables> = {
  name: "KeptReview",
  text: "query KeptReview($id:ID!){review(id:$id){id title createdAt marks{...Marked}assessment{...Judged}}}fragment Marked on RiskMark{risk mark note markedAt}fragment Judged on Assessment{risk changes{...Changed}risks{...Warned}impacts{...Impacted}alreadyBroken{...Impacted}mended{...Impacted}notJudged{address action match}blastRadius(limit:1){roots{...Card}totalCount}blindSpots{...Blind}snapshot{id takenAt resources links}}fragment Changed on ResourceChange{resource{...Card}address action match attributes{name before after unknown sensitive}}fragment Card on Resource{id kind name account region presence owner}fragment Warned on Risk{id rule level title detail remediation documentation resource{...Card}affected{id}addresses evidence{...Linked}}fragment Linked on Link{from{...Card}to{...Card}relation phases evidence{api field inferred observedAt}}fragment Impacted on Impact{resource{...Card}outcome phase lost of unit cause awsError path{...Linked}}fragment Blind on BlindSpot{account region api reason message kinds}",
};

export type AssessVariables = {
  change: ChangeInput;
};

export type AssessResult = {
  assess: Judged;
};

export const Assess: Operation<AssessResult, AssessVariables> = {
  name: "Assess",
  text: "query Assess($change:ChangeInput!){assess(change:$change){...Judged}}fragment Judged on Assessment{risk changes{...Changed}risks{...Warned}impacts{...Impacted}alreadyBroken{...Impacted}mended{...Impacted}notJudged{address action match}blastRadius(limit:1){roots{...Card}totalCount}blindSpots{...Blind}snapshot{id takenAt resources links}}fragment Changed on ResourceChange{resource{...Card}address action match attributes{name before after unknown sensitive}}fragment Card on Resource{id kind name account region presence owner}fragment Warned on Risk{id rule level title detail remediation documentation resource{...Card}affected{id}addresses evidence{...Linked}}fragment Linked on Link{from{...Card}to{...Card}relation phases evidence{api field inferred observedAt}}fragment Impacted on Impact{resource{...Card}outcome phase lost of unit cause awsError path{...Linked}}fragment Blind on BlindSpot{account region api reason message kinds}",
};

export type ReachedByReviewVariables = {
  id: string;
  limit: number;
};

export type ReachedByReviewResult = {
  review: {
    assessment: {
      blastRadius: ReachedToo;
    };
  } | null;
};

export const ReachedByReview: Operation<ReachedByReviewResult, ReachedByReviewVariables> = {
  name: "ReachedByReview",
  text: "query ReachedByReview($id:ID!$limit:Int!){review(id:$id){assessment{blastRadius(limit:$limit fold:[SERVICE OWNER KIND]){...ReachedToo}}}}fragment ReachedToo on BlastRadius{nodes{distance folded label resource{...Card}}links{...Hop}nodeCount totalCount}fragment Card on Resource{id kind name account region presence owner}fragment Hop on Link{from{id}to{id}relation phases evidence{api field inferred}}",
};

export type ReachedByChangeVariables = {
  change: ChangeInput;
  limit: number;
};

export type ReachedByChangeResult = {
  assess: {
    blastRadius: ReachedToo;
  };
};

export const ReachedByChange: Operation<ReachedByChangeResult, ReachedByChangeVariables> = {
  name: "ReachedByChange",
  text: "query ReachedByChange($change:ChangeInput!$limit:Int!){assess(change:$change){blastRadius(limit:$limit fold:[SERVICE OWNER KIND]){...ReachedToo}}}fragment ReachedToo on BlastRadius{nodes{distance folded label resource{...Card}}links{...Hop}nodeCount totalCount}fragment Card on Resource{id kind name account region presence owner}fragment Hop on Link{from{id}to{id}relation phases evidence{api field inferred}}",
};

export type ReportOfChangeVariables = {
  change: ChangeInput;
};

export type ReportOfChangeResult = {
  assess: {
    report: string;
  };
};

export const ReportOfChange: Operation<ReportOfChangeResult, ReportOfChangeVariables> = {
  name: "ReportOfChange",
  text: "query ReportOfChange($change:ChangeInput!){assess(change:$change){report(format:MARKDOWN)}}",
};

export type CreateReviewVariables = {
  title: string;
  change: ChangeInput;
};

export type CreateReviewResult = {
  createReview: {
    id: string;
  };
};

export const CreateReview: Operation<CreateReviewResult, CreateReviewVariables> = {
  name: "CreateReview",
  text: "mutation CreateReview($title:String!$change:ChangeInput!){createReview(title:$title change:$change){id}}",
};

export type MarkRiskVariables = {
  review: string;
  risk: string;
  mark?: Mark | null;
  note?: string | null;
};

export type MarkRiskResult = {
  markRisk: {
    marks: Marked[];
  };
};

export const MarkRisk: Operation<MarkRiskResult, MarkRiskVariables> = {
  name: "MarkRisk",
  text: "mutation MarkRisk($review:ID!$risk:ID!$mark:Mark$note:String){markRisk(review:$review risk:$risk mark:$mark note:$note){marks{...Marked}}}fragment Marked on RiskMark{risk mark note markedAt}",
};

export type ChangedSinceVariables = {
  from: string;
  to: string;
};

export type ChangedSinceResult = {
  diff: {
    added: {
      id: string;
    }[];
    removed: {
      id: string;
    }[];
    changed: {
      after: {
        id: string;
      };
    }[];
    addedCount: number;
    removedCount: number;
    changedCount: number;
  };
};

export const ChangedSince: Operation<ChangedSinceResult, ChangedSinceVariables> = {
  name: "ChangedSince",
  text: "query ChangedSince($from:ID!$to:ID!){diff(from:$from to:$to){added(first:1000){id}removed(first:1000){id}changed(first:1000){after{id}}addedCount removedCount changedCount}}",
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

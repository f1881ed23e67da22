import { isFields, type Fields, type Json } from "./change-text";

/** Fields whose values the server replaces as well (`backend/change/src/redaction.rs` has the same words), and any that ends in `password`. */
const SECRET = new Set(
  "command entrypoint dockerlabels driveropts userdata userdatabase64 input inputtemplate inputtransformer containeroverrides definition definitionstring definitionsubstitutions defaultarguments nonoverridablearguments secretstring secretstringwo secretbinary clientsecret secretaccesskey secretkey privatekey keymaterialbase64 authtoken accesstoken oauthtoken sharedsecret token basicauthcredentials apikeyvalue valuewo insecurevalue beforevalue aftervalue headervalue searchstring requestparameters responseparameters headerparameters querystringparameters bodyparameters httpparameters invocationhttpparameters".split(" "),
);
/** Fields that hold variables by their names. */
const ENVIRONMENT = /^(environment|variables|stagevariables)$|environmentvariables$/;
/** Fields whose `value` or `values` a header or a query has. */
const OF_HEADERS = /^((httpheader|querystring)(config)?|customheader|insertheaders?)$/;
/** Inside of those, what says whom a task acts as stays. */
const ROLES = /^(task|execution)rolearn$/;
/** Of a state machine's definition, what says which tasks it starts stays. */
const STARTS = /^(resource|cluster|taskdefinition|querylanguage|type)$/;
/** Keys of conditions in policies whose values are names; of these the server sorts out which it shows. */
const NAMES = /^(aws:(?!referer|useragent)|(ecs|iam|kms|elasticfilesystem):)|:resourcetag\//i;
/** Operators whose numbers and booleans are what they compare by. */
const PLAIN_OPERATORS = /^(.*:)?(bool|null|numeric|date|(not)?ipaddress)/i;
/** Options that say where logs go, by log driver; those of FireLens's own router stand without one. */
const PLAIN_LOG_OPTIONS: Record<string, RegExp> = {
  awslogs: /^(awslogs-(group|region|stream-prefix|create-group|endpoint)|mode|max-buffer-size)$/,
  awsfirelens: /^(name|@type|(s3_)?region|log_group_name|auto_create_group|delivery_stream(_name)?|stream(_name)?|(s3_)?bucket|(sts_)?role_arn)$/i,
  "": /^(config-file-(type|value)|enable-ecs-log-metadata)$/,
};
/** What has the form of a credential, in any text; of a URL whatever stands before the last @ that may end a password. */
const CREDENTIAL =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)|eyJ[\w-]{5,}\.eyJ[\w-]{2,}\.[\w-]*|(?<=[A-Za-z][A-Za-z0-9+.-]*:\/\/)(?:[^/\s@?#]+(?:@[^/\s@?#"']*)*|[^/\s@?#:["']*:\d*[^\d/\s@?#"'][^/\s@?#"']*[/?#][^\s"']*)(?=@)|(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{10,}|AIza[\w-]{35}/g;
/** Runs of the letters of AWS's secret keys; one that follows the fingerprint of its id begins behind the slash. */
const RUN = /fingerprint:[0-9a-f]{24}\/?|[A-Za-z0-9/+]{40,}/g;

/**
 * Takes out of a change what is or may be secret, before it leaves the browser. In the place of each value stands a fingerprint
 * made by chance: equal values of one file have equal ones, and nothing can be told from it. Parts of a plan that the server does
 * not read are left out. `change` itself is used up; `count` is of values.
 */
export function withoutSecrets(change: Json): { value: Json; count: number } {
  const fingerprints = new Map<string, string>();
  let hidden = 0;

  const fingerprint = (text: string): string => {
    if (/^fingerprint:[0-9a-f]{24}$/.test(text)) return text;
    hidden++;
    const known = fingerprints.get(text) ?? `fingerprint:${Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    fingerprints.set(text, known);
    return known;
  };

  /** Changes JSON that is written as text; null where it is none. */
  const inText = (text: string, how: (value: Json) => Json): string | null => {
    if (!/^\s*[{[]/.test(text)) return null;
    try {
      const before = hidden;
      const value = how(JSON.parse(text) as Json);
      return hidden === before ? text : JSON.stringify(value);
    } catch {
      return null;
    }
  };

  /** Names of fields stay, those of JSON in a text as well; so does what only the apply will tell. */
  const hide = (value: Json): Json => {
    if (value === null || value === "") return value;
    if (Array.isArray(value)) return value.map(hide);
    if (isFields(value)) return each(value, (name, inner) => (ROLES.test(plain(name)) && isArn(inner) ? inner : hide(inner)));
    if (typeof value === "string") return /^\{\{.*\}\}$/.test(value) ? value : (inText(value, hide) ?? fingerprint(value));
    return fingerprint(String(value));
  };

  const hideValues = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(hideValues);
    return isFields(value) ? each(value, (name, inner) => (/^values?$/i.test(name) ? hideConditions(inner) : inner)) : value;
  };
  /** The key of a query's pair is no secret. */
  const hideConditions = (value: Json): Json => (Array.isArray(value) && value.every(isFields) ? value.map(hideValues) : hide(value));

  /** What a state machine starts stays, and the names of its states. */
  const hideDefinition = (value: Json): Json => {
    if (typeof value === "string") return inText(value, hideDefinition) ?? hide(value);
    if (Array.isArray(value)) return value.map(hideDefinition);
    return isFields(value) ? each(value, (name, inner) => (STARTS.test(plain(name)) && typeof inner === "string" ? scrub(inner) : hideDefinition(inner))) : hide(value);
  };

  /** What conditions of a policy compare with, but for names. */
  const hideCompared = (value: Json): Json =>
    isFields(value)
      ? each(value, (operator, keys) => {
          const scalars = PLAIN_OPERATORS.test(operator);
          const compared = (own: Json): Json => (Array.isArray(own) ? own.map(compared) : scalars && typeof own !== "string" ? own : hide(own));
          return isFields(keys) ? each(keys, (key, values) => (NAMES.test(key) ? walk(values, false) : compared(values))) : walk(keys, false);
        })
      : walk(value, false);

  const scrub = (text: string): string => {
    const scrubbed = text.replace(CREDENTIAL, fingerprint);
    if (scrubbed.length < 40) return scrubbed;
    return scrubbed.replace(RUN, (run, at: number) => {
      const found = /^\/?([^]{40})(?:\/(?:fingerprint)?)?$/.exec(run)?.[1];
      const key = run.length === 40 ? run : found;
      return key && isSecretKey(key) && (isRandom(key) || !isInPath(scrubbed, at)) ? run.replace(key, fingerprint) : run;
    });
  };

  /** `ofValue` where `value` is that of a parameter or a key. */
  const walk = (value: Json, ofValue: boolean): Json => {
    if (typeof value === "string") return inText(value, (inner) => walk(inner, ofValue)) ?? scrub(value);
    if (Array.isArray(value)) return value.map((inner) => walk(inner, ofValue));
    if (!isFields(value)) return value;
    const around = Object.fromEntries(Object.entries(value).map(([name, inner]) => [plain(name), inner]));
    const type = String(around.resourcetype ?? "");
    const secret = ofValue || /^AWS::(SSM::Parameter|ApiGateway::ApiKey)$/.test(type) || value.kind === "SSM_PARAMETER" || String(value.id).includes(":parameter/");
    const foreign = type !== "" && (!type.startsWith("AWS::") || type === "AWS::CloudFormation::CustomResource");
    const driver = around.logdriver ?? "";
    const kept = typeof driver === "string" && Object.hasOwn(PLAIN_LOG_OPTIONS, driver) ? PLAIN_LOG_OPTIONS[driver] : undefined;
    const ofHeader = ["http-header", "query-string"].includes(String(around.field));
    // Addresses are replaced where it is known whose they are: on the server.
    const ofText = typeof around.type === "string" && !["A", "AAAA", "CNAME"].includes(around.type);
    const ofSetting = String(around.namespace).startsWith("aws:");
    return each(value, (name, inner) => {
      const own = plain(name);
      if (own === "tags" || own === "tagsall") return isFields(inner) ? each(inner, (_, tag) => (typeof tag === "string" ? scrub(tag) : tag)) : walk(inner, false);
      if (ENVIRONMENT.test(own)) return Array.isArray(inner) ? inner.map((one) => (isFields(one) ? each(one, (field, set) => (field.toLowerCase() === "name" ? set : hide(set))) : hide(one))) : hide(inner);
      if (own === "options" && isFields(inner)) return each(inner, (option, set) => (kept?.test(option) ? set : hide(set)));
      if (OF_HEADERS.test(own)) return hideValues(inner);
      if (/^definition(string)?$/.test(own)) return hideDefinition(inner);
      if (own === "condition") return hideCompared(inner);
      if (own === "endpoint" && "protocol" in around && !isArn(inner)) return hide(inner);
      if (foreign && /^(before|after)context$/.test(own)) return hide(inner);
      if (SECRET.has(own) || own.endsWith("password") || (own === "value" && (secret || ofSetting)) || (own === "values" && ofHeader) || (/^(resource)?records$/.test(own) && ofText)) return hide(inner);
      return walk(inner, secret);
    });
  };

  /** Hides what Terraform marks as sensitive; of containers, what may be secret is hidden already. */
  const hideMarked = (value: Json, mark: Json | undefined): Json => {
    if (mark === true) return hide(value);
    if (Array.isArray(value) && Array.isArray(mark)) return value.map((inner, index) => hideMarked(inner, mark[index]));
    return isFields(value) && isFields(mark) ? each(value, (name, inner) => (name === "container_definitions" ? inner : hideMarked(inner, mark[name]))) : value;
  };
  const hideOf = (type: Json | undefined, value: Json | undefined, ...marks: (Json | undefined)[]): Json => {
    if (!String(type).startsWith("aws_")) return hide(value ?? null);
    return marks.reduce((held: Json, mark) => hideMarked(held, mark), walk(value ?? null, /^aws_(ssm_parameter|api_gateway_api_key)$/.test(String(type))));
  };

  /** The key of a `for_each`, in an address, may be anything. */
  const texts = (fields: Fields): Fields => each(fields, (_, own) => (typeof own === "string" ? scrub(own) : own));
  const planned = (entry: Json): Json => {
    if (!isFields(entry)) return entry;
    const named = texts(entry);
    if (!isFields(entry.change)) return named;
    const { actions, before, after, after_unknown, before_sensitive, after_sensitive, replace_paths } = entry.change;
    const side = (value: Json | undefined) => hideOf(entry.type, value, before_sensitive, after_sensitive);
    return { ...named, change: sent({ actions, before: side(before), after: side(after), after_unknown, before_sensitive, after_sensitive, replace_paths }) };
  };
  const stateOf = (module: Json | undefined): Json => {
    const ofAws = listOf(module, "resources").filter((resource) => String(resource.type).startsWith("aws_"));
    return { resources: ofAws.map((resource) => ({ ...texts(resource), values: hideOf(resource.type, resource.values, resource.sensitive_values) })), child_modules: listOf(module, "child_modules").map(stateOf) };
  };
  /** References stay, constants go: they are in the changes already. Where a provider acts is needed. */
  const referring = (value: Json, of = ""): Json => {
    if (typeof value === "string") return scrub(value);
    if (Array.isArray(value)) return value.map((inner) => referring(inner, of));
    return isFields(value) ? each(value, (name, inner) => (name === "default" || (name === "constant_value" && !/^(region|role_arn)$/.test(of)) ? null : referring(inner, name))) : value;
  };

  const ofPlan = ({ format_version, terraform_version, timestamp, complete, errored, ...plan }: Fields): Json => {
    const { resource_changes, planned_values, configuration = {}, variables = {}, prior_state, deferred_changes } = plan;
    const placing = isFields(configuration) ? variablesOfPlaces(configuration.provider_config) : new Set<string>();
    return sent({
      format_version,
      terraform_version,
      timestamp,
      complete,
      errored,
      deferred_changes: Array.isArray(deferred_changes) ? deferred_changes.map(() => null) : undefined,
      resource_changes: Array.isArray(resource_changes) ? resource_changes.map(planned) : resource_changes,
      planned_values: planned_values && {},
      configuration: referring(configuration),
      variables: isFields(variables) ? each(Object.fromEntries(Object.entries(variables).filter(([name]) => placing.has(name))), (_, own) => ({ value: isFields(own) && typeof own.value === "string" ? scrub(own.value) : null })) : {},
      prior_state: isFields(prior_state) && isFields(prior_state.values) ? { values: { root_module: stateOf(prior_state.values.root_module) } } : undefined,
    });
  };

  if (isFields(change) && ("resource_changes" in change || "format_version" in change)) return { value: ofPlan(change), count: hidden };
  if (isFields(change) && Array.isArray(change.Changes)) delete change.Parameters;
  return { value: walk(change, false), count: hidden };
}

/** `SecretString`, `secret_string` and `--secret-string` are one. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}

function isArn(value: Json): boolean {
  return typeof value === "string" && /^arn:\S+$/.test(value);
}

/** Forty letters of all three sorts; a hash in hexadecimal has not. */
function isSecretKey(run: string): boolean {
  return /\d/.test(run) && /([A-Z].*){4}/.test(run) && /([a-z].*){4}/.test(run) && !run.split("/").some((part) => /^[0-9a-f]{16,}$/i.test(part));
}

/** True where the sort of letter changes as often as chance does it; in words written together it changes half as often. */
function isRandom(run: string): boolean {
  const sorts = run.replace(/[A-Z]/g, "A").replace(/[a-z]/g, "a").replace(/\d/g, "0").replaceAll("+", "/");
  return (sorts.match(/(.)(?!\1|$)/g)?.length ?? 0) >= 15;
}

/** True where the word around this place begins as a path or an ARN does. */
function isInPath(text: string, at: number): boolean {
  const begin = text.slice(0, at).search(/[^\s"']*$/);
  return text.startsWith("/", begin) || text.startsWith("arn:", begin);
}

/** Variables that say in which region and account a provider of AWS acts. */
function variablesOfPlaces(providers: Json | undefined): Set<string> {
  const references = Object.values(isFields(providers) ? providers : {}).flatMap((provider) => {
    if (!isFields(provider) || provider.name !== "aws" || !isFields(provider.expressions)) return [];
    const { region, assume_role } = provider.expressions;
    const roles = (Array.isArray(assume_role) ? assume_role : [assume_role ?? null]).map((own) => (isFields(own) ? own.role_arn : null));
    return [region, ...roles].flatMap((own) => (isFields(own) && Array.isArray(own.references) ? own.references : []));
  });
  return new Set(references.map(String).filter((own) => own.startsWith("var.")).map((own) => own.slice(4)));
}

function each(fields: Fields, change: (name: string, value: Json) => Json): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(name, value)]));
}

/** What is not there is not sent. */
function sent(fields: Record<string, Json | undefined>): Fields {
  return fields as Fields;
}

function listOf(value: Json | undefined, name: string): Fields[] {
  const list = isFields(value) ? value[name] : undefined;
  return Array.isArray(list) ? list.filter(isFields) : [];
}

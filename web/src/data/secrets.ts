import { isFields, type Fields, type Json } from "./change-text";

/** Fields whose values the server replaces as well, in whatever case a format writes them, and any that ends in `password`. */
const SECRET = new Set(
  "command entrypoint dockerlabels driveropts userdata userdatabase64 input inputtemplate inputtransformer containeroverrides secretstring secretstringwo secretbinary clientsecret secretaccesskey privatekey keymaterialbase64 authtoken sharedsecret token valuewo insecurevalue beforevalue aftervalue headervalue".split(" "),
);
/** Inside of those, what says whom a task acts as stays. */
const ROLES = /^(task|execution)rolearn$/;
/** Options that say where logs go, by log driver; those of FireLens's own router stand without one. */
const PLAIN_LOG_OPTIONS: Record<string, RegExp> = {
  awslogs: /^(awslogs-(group|region|stream-prefix|create-group|endpoint)|mode|max-buffer-size)$/,
  awsfirelens: /^(name|@type|(s3_)?region|log_group_name|auto_create_group|delivery_stream(_name)?|stream(_name)?|(s3_)?bucket|(sts_)?role_arn)$/i,
  "": /^(config-file-(type|value)|enable-ecs-log-metadata)$/,
};
/** What has the form of a credential, in any text. */
const CREDENTIAL =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)|eyJ[\w-]{5,}\.eyJ[\w-]{2,}\.[\w-]*|(?<=[A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/\s@?#]+(?=@)|(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{10,}|AIza[\w-]{35}/g;
const SECRET_KEY = /(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g;

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
    if (isFields(value)) return each(value, (name, inner) => (ROLES.test(plain(name)) && /^arn:[^\s]+$/.test(String(inner)) ? inner : hide(inner)));
    if (typeof value === "string") return /^\{\{.*\}\}$/.test(value) ? value : (inText(value, hide) ?? fingerprint(value));
    return fingerprint(String(value));
  };

  const hideValues = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(hideValues);
    return isFields(value) ? each(value, (name, inner) => (/^values?$/i.test(name) ? hideConditions(inner) : inner)) : value;
  };
  /** The key of a query's pair is no secret. */
  const hideConditions = (value: Json): Json => (Array.isArray(value) && value.every(isFields) ? value.map(hideValues) : hide(value));

  const scrub = (text: string): string => {
    const scrubbed = text.replace(CREDENTIAL, fingerprint);
    if (scrubbed.length < 40 || /^(arn:|\/)/.test(scrubbed)) return scrubbed;
    return scrubbed.replace(SECRET_KEY, (run) => (/\d/.test(run) && /([A-Z].*){4}/.test(run) && /([a-z].*){4}/.test(run) ? fingerprint(run) : run));
  };

  /** `ofParameter` where `value` is that of a parameter. */
  const walk = (value: Json, ofParameter: boolean): Json => {
    if (typeof value === "string") return inText(value, (inner) => walk(inner, ofParameter)) ?? scrub(value);
    if (Array.isArray(value)) return value.map((inner) => walk(inner, ofParameter));
    if (!isFields(value)) return value;
    const parameter = ofParameter || value.ResourceType === "AWS::SSM::Parameter" || value.kind === "SSM_PARAMETER" || String(value.id).includes(":parameter/");
    const driver = Object.entries(value).find(([name]) => plain(name) === "logdriver")?.[1] ?? "";
    const kept = typeof driver === "string" && Object.hasOwn(PLAIN_LOG_OPTIONS, driver) ? PLAIN_LOG_OPTIONS[driver] : undefined;
    const ofHeader = ["http-header", "query-string"].includes(String(value.Field ?? value.field));
    return each(value, (name, inner) => {
      const own = plain(name);
      if (own === "tags" || own === "tagsall") return isFields(inner) ? each(inner, (_, tag) => (typeof tag === "string" ? scrub(tag) : tag)) : walk(inner, false);
      if (own === "environment") return Array.isArray(inner) ? inner.map((one) => (isFields(one) ? each(one, (field, set) => (field.toLowerCase() === "name" ? set : hide(set))) : hide(one))) : hide(inner);
      if (own === "options" && isFields(inner)) return each(inner, (option, set) => (kept?.test(option) ? set : hide(set)));
      if (/^(httpheader|querystring)(config)?$/.test(own) || own === "customheader") return hideValues(inner);
      if (SECRET.has(own) || own.endsWith("password") || (own === "value" && parameter) || (own === "values" && ofHeader)) return hide(inner);
      return walk(inner, parameter);
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
    return marks.reduce((held: Json, mark) => hideMarked(held, mark), walk(value ?? null, type === "aws_ssm_parameter"));
  };

  const planned = (entry: Json): Json => {
    if (!isFields(entry) || !isFields(entry.change)) return entry;
    const { actions, before, after, after_unknown, before_sensitive, after_sensitive, replace_paths } = entry.change;
    const side = (value: Json | undefined) => hideOf(entry.type, value, before_sensitive, after_sensitive);
    return { ...entry, change: sent({ actions, before: side(before), after: side(after), after_unknown, before_sensitive, after_sensitive, replace_paths }) };
  };
  const stateOf = (module: Json | undefined): Json => {
    const ofAws = listOf(module, "resources").filter((resource) => String(resource.type).startsWith("aws_"));
    return { resources: ofAws.map((resource) => ({ ...resource, values: hideOf(resource.type, resource.values, resource.sensitive_values) })), child_modules: listOf(module, "child_modules").map(stateOf) };
  };
  /** References stay, constants go: they are in the changes already. Where a provider acts is needed. */
  const referring = (value: Json, of = ""): Json => {
    if (typeof value === "string") return scrub(value);
    if (Array.isArray(value)) return value.map((inner) => referring(inner, of));
    return isFields(value) ? each(value, (name, inner) => (name === "default" || (name === "constant_value" && !/^(region|role_arn)$/.test(of)) ? null : referring(inner, name))) : value;
  };

  const ofPlan = ({ format_version, terraform_version, timestamp, complete, errored, ...plan }: Fields): Json => {
    const { resource_changes, planned_values, configuration = {}, variables = {}, prior_state, deferred_changes } = plan;
    const providers = JSON.stringify(isFields(configuration) ? configuration.provider_config : null);
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
      variables: isFields(variables) ? Object.fromEntries(Object.entries(variables).filter(([name]) => providers?.includes(`"var.${name}"`))) : {},
      prior_state: isFields(prior_state) && isFields(prior_state.values) ? { values: { root_module: stateOf(prior_state.values.root_module) } } : undefined,
    });
  };

  if (isFields(change) && ("resource_changes" in change || "format_version" in change)) return { value: ofPlan(change), count: hidden };
  if (isFields(change) && Array.isArray(change.Changes)) delete change.Parameters;
  return { value: walk(change, false), count: hidden };
}

/** `SecretString` and `secret_string` are one. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
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

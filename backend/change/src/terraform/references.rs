//! What the configuration says of values that only the apply will tell: which resource they come from.

use std::collections::HashMap;

use serde_json::Value;

/// Expressions by address without indices, and the instances of each address.
pub(super) struct References<'p> {
    expressions: HashMap<String, &'p Value>,
    root: &'p Value,
    /// Provider key by address without indices.
    providers: HashMap<String, &'p str>,
    instances: HashMap<String, Vec<usize>>,
}

/// An attribute of a resource of the plan.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Its place among the changes.
    pub(super) entry: usize,
    /// None: the expression names the resource and not which of its attributes.
    pub(super) attribute: Option<String>,
}

/// Modules in modules deeper than this are not followed.
const DEEPEST: usize = 20;

impl<'p> References<'p> {
    /// `addresses` in the order of the changes; none for those that nothing refers to.
    pub(super) fn new<'a>(
        configuration: &'p Value,
        addresses: impl IntoIterator<Item = Option<&'a str>>,
    ) -> Self {
        let mut references = Self {
            expressions: HashMap::new(),
            root: configuration.get("root_module").unwrap_or(&Value::Null),
            providers: HashMap::new(),
            instances: HashMap::new(),
        };
        references.collect(references.root, "", 0);
        for (place, address) in addresses.into_iter().enumerate() {
            if let Some(address) = address {
                references
                    .instances
                    .entry(without_indices(address))
                    .or_default()
                    .push(place);
            }
        }
        references
    }

    fn collect(&mut self, module: &'p Value, prefix: &str, depth: usize) {
        let resources = module.get("resources").and_then(Value::as_array);
        for resource in resources.into_iter().flatten() {
            let Some(address) = resource.get("address").and_then(Value::as_str) else {
                continue;
            };
            let address = format!("{prefix}{address}");
            if let Some(key) = resource.get("provider_config_key").and_then(Value::as_str) {
                self.providers.insert(address.clone(), key);
            }
            if let Some(expressions) = resource.get("expressions") {
                self.expressions.insert(address, expressions);
            }
        }
        if depth == DEEPEST {
            return;
        }
        let calls = module.get("module_calls").and_then(Value::as_object);
        for (name, call) in calls.into_iter().flatten() {
            if let Some(inner) = call.get("module") {
                self.collect(inner, &format!("{prefix}module.{name}."), depth + 1);
            }
        }
    }

    /// The key in `provider_config` of a resource's provider.
    pub(super) fn provider_of(&self, address: &str) -> Option<&'p str> {
        self.providers.get(&without_indices(address)).copied()
    }

    /// True where the configuration sets this attribute.
    pub(super) fn sets(&self, address: &str, attribute: &str) -> bool {
        let expressions = self.expressions.get(&without_indices(address));
        expressions.is_some_and(|expressions| expressions.get(attribute).is_some())
    }

    /// The resources that the value at `path` of this resource is made from; none where it is made from anything else as well.
    pub(super) fn targets(
        &self,
        address: &str,
        path: &[Step<'_>],
        addresses: &[&str],
    ) -> Option<Vec<Target>> {
        let mut expression = *self.expressions.get(&without_indices(address))?;
        for step in path {
            if expression.get("references").is_some() {
                break;
            }
            expression = match step {
                Step::Name(name) => expression.get(name)?,
                Step::Index(index) => match expression {
                    Value::Array(blocks) => blocks.get(*index).or_else(|| blocks.last())?,
                    other => other,
                },
            };
        }
        let (module, _) = split_module(address);
        self.of_expression(expression, module, address, addresses, 0)
    }

    fn of_expression(
        &self,
        expression: &Value,
        module: &str,
        from: &str,
        addresses: &[&str],
        depth: usize,
    ) -> Option<Vec<Target>> {
        if depth > DEEPEST {
            return None;
        }
        let references: Vec<&str> = expression
            .get("references")?
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let same_index = references
            .iter()
            .any(|name| matches!(*name, "each.key" | "each.value" | "count.index"));
        let mut targets: Vec<Target> = Vec::new();
        // Terraform lists `aws_x.y.arn` and then what it begins with, `aws_x.y`.
        let mut longest: Vec<&str> = Vec::new();
        for name in references {
            let covered = longest.iter().any(|longer: &&str| {
                longer
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with(['.', '[']))
            });
            if !covered && !matches!(name, "each.key" | "each.value" | "count.index") {
                longest.push(name);
            }
        }
        for name in longest {
            if let Some(variable) = name.strip_prefix("var.") {
                let (parent, call) = self.call_of(module)?;
                let variable = variable.split(['.', '[']).next()?;
                let input = call.get("expressions")?.get(variable)?;
                targets.extend(self.of_expression(input, &parent, from, addresses, depth + 1)?);
            } else if name.starts_with("module.") {
                targets.extend(self.of_output(name, module, from, addresses, depth)?);
            } else {
                targets.push(self.of_resource(name, module, from, same_index, addresses)?);
            }
        }
        (!targets.is_empty()).then_some(targets)
    }

    fn of_output(
        &self,
        name: &str,
        module: &str,
        from: &str,
        addresses: &[&str],
        depth: usize,
    ) -> Option<Vec<Target>> {
        let steps = split_dots(name);
        let (called, output) = (steps.get(1)?, steps.get(2)?);
        let inner = format!("{module}module.{called}.");
        let call = self.module_at(&inner)?;
        let output = output.split('[').next()?;
        let expression = call
            .get("module")?
            .get("outputs")?
            .get(output)?
            .get("expression")?;
        self.of_expression(expression, &inner, from, addresses, depth + 1)
    }

    fn of_resource(
        &self,
        name: &str,
        module: &str,
        from: &str,
        same_index: bool,
        addresses: &[&str],
    ) -> Option<Target> {
        let steps = split_dots(name);
        let (kind, called) = (steps.first()?, steps.get(1)?);
        if matches!(*kind, "data" | "local" | "path" | "terraform" | "self") {
            return None;
        }
        let base = without_indices(&format!("{module}{kind}.{called}"));
        let found = self.instances.get(&base)?;
        let given = called.find('[').map(|at| &called[at..]);
        let fits = |place: &&usize| {
            let address = addresses.get(**place).copied().unwrap_or_default();
            let index = last_index(address);
            let in_module =
                module.is_empty() || !module.contains('[') || address.starts_with(module);
            in_module
                && match given {
                    Some(given) => index == Some(given),
                    None if same_index && found.len() > 1 => index == last_index(from),
                    None => true,
                }
        };
        let mut fitting = found.iter().filter(fits);
        let entry = *fitting.next()?;
        if fitting.next().is_some() {
            return None;
        }
        let attribute = steps
            .get(2)
            .and_then(|own| own.split('[').next())
            .filter(|own| !own.is_empty())
            .map(str::to_owned);
        Some(Target { entry, attribute })
    }

    /// The module that calls this one, and the call.
    fn call_of(&self, module: &str) -> Option<(String, &'p Value)> {
        let call = self.module_at(module)?;
        let steps = split_dots(module.strip_suffix('.')?);
        let outer = steps.get(..steps.len().checked_sub(2)?)?;
        let parent = if outer.is_empty() {
            String::new()
        } else {
            format!("{}.", outer.join("."))
        };
        Some((parent, call))
    }

    /// The call of a module given as `module.a.module.b["x"].`.
    fn module_at(&self, module: &str) -> Option<&'p Value> {
        let mut inside = self.root;
        let mut call = None;
        let steps = split_dots(module.strip_suffix('.')?);
        for pair in steps.chunks(2) {
            let name = pair.get(1)?.split('[').next()?;
            let own = inside.get("module_calls")?.get(name)?;
            inside = own.get("module")?;
            call = Some(own);
        }
        call
    }
}

/// A step towards a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'s> {
    Name(&'s str),
    Index(usize),
}

/// `module.a["x"].` and `aws_y.z["k"]` of `module.a["x"].aws_y.z["k"]`.
fn split_module(address: &str) -> (&str, &str) {
    let steps = split_dots(address);
    let mut end = 0;
    for pair in steps.chunks(2) {
        if pair.len() < 2 || pair[0] != "module" {
            break;
        }
        end += pair[0].len() + pair[1].len() + 2;
    }
    (
        address.get(..end).unwrap_or_default(),
        address.get(end..).unwrap_or_default(),
    )
}

/// Parts between dots; those inside of quoted keys do not count.
fn split_dots(address: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, letter) in address.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '.' if !quoted => {
                parts.push(&address[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&address[start..]);
    parts
}

/// `["k"]` of `module.a["x"].aws_y.z["k"]`.
fn last_index(address: &str) -> Option<&str> {
    let last = split_dots(address).pop()?;
    last.find('[').map(|at| &last[at..])
}

/// The address as the configuration has it.
fn without_indices(address: &str) -> String {
    let steps = split_dots(address);
    let plain = steps
        .iter()
        .map(|step| step.split('[').next().unwrap_or(step));
    plain.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn follows_references_through_modules_and_instances() {
        let configuration = json!({"root_module": {
            "resources": [
                {"address": "aws_ecs_service.one", "expressions": {
                    "task_definition": {"references": ["aws_ecs_task_definition.web.arn", "aws_ecs_task_definition.web"]},
                    "cluster": {"references": ["module.base.cluster", "module.base"]},
                    "mixed": {"references": ["aws_ecs_task_definition.web.arn", "local.x"]},
                    "network_configuration": [{"subnets": {"references": [
                        "aws_subnet.each[\"a\"].id", "aws_subnet.each[\"a\"]", "aws_subnet.each"]}}],
                }},
                {"address": "aws_ecs_service.each", "expressions": {
                    "task_definition": {"references": ["aws_subnet.each", "each.key"]},
                    "role": {"references": ["aws_subnet.each"]},
                }},
            ],
            "module_calls": {"base": {
                "expressions": {"role": {"references": ["aws_iam_role.r.arn", "aws_iam_role.r"]}},
                "module": {
                    "resources": [{"address": "aws_ecs_task_definition.inner", "expressions": {
                        "task_role_arn": {"references": ["var.role"]}}}],
                    "outputs": {"cluster": {"expression": {"references": ["aws_ecs_cluster.c.arn", "aws_ecs_cluster.c"]}}},
                },
            }},
        }});
        let addresses = [
            "aws_ecs_task_definition.web",
            "module.base.aws_ecs_cluster.c",
            "aws_subnet.each[\"a\"]",
            "aws_subnet.each[\"b.c\"]",
            "aws_iam_role.r",
        ];
        let references = References::new(&configuration, addresses.map(Some));
        let found = |address: &str, path: &[Step<'_>]| {
            references
                .targets(address, path, &addresses)
                .map(|targets| {
                    targets
                        .into_iter()
                        .map(|target| (target.entry, target.attribute.unwrap_or_default()))
                        .collect::<Vec<_>>()
                })
        };
        let named = |entry, attribute: &str| Some(vec![(entry, attribute.to_owned())]);
        let one = "aws_ecs_service.one";
        assert_eq!(
            found(one, &[Step::Name("task_definition")]),
            named(0, "arn")
        );
        assert_eq!(found(one, &[Step::Name("cluster")]), named(1, "arn"));
        assert_eq!(found(one, &[Step::Name("mixed")]), None);
        let subnets = [
            Step::Name("network_configuration"),
            Step::Index(0),
            Step::Name("subnets"),
            Step::Index(0),
        ];
        assert_eq!(found(one, &subnets), named(2, "id"));
        let each = "aws_ecs_service.each[\"b.c\"]";
        assert_eq!(found(each, &[Step::Name("task_definition")]), named(3, ""));
        assert_eq!(found(each, &[Step::Name("role")]), None);
        let inner = "module.base.aws_ecs_task_definition.inner";
        assert_eq!(
            found(inner, &[Step::Name("task_role_arn")]),
            named(4, "arn")
        );
    }
}

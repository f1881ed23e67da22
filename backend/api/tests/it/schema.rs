//! `/schema.graphql` is what the code answers, and holds all of the contract.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use async_graphql::parser::{
    parse_schema,
    types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition},
};

/// Set it to write `schema.graphql` anew: `BLASTMAP_BLESS=1 cargo test -p blastmap-api schema`.
const BLESS: &str = "BLASTMAP_BLESS";

fn path(relative: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

#[test]
fn the_schema_file_is_printed_from_the_code() {
    let (file, printed) = (path("../../schema.graphql"), blastmap_api::schema_text());
    if std::env::var_os(BLESS).is_some() {
        fs::write(&file, &printed).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == printed,
        "schema.graphql is not what the code prints: {BLESS}=1 cargo test -p blastmap-api schema writes it anew"
    );
}

#[test]
fn the_schema_text_is_the_same_each_time() {
    assert_eq!(blastmap_api::schema_text(), blastmap_api::schema_text());
}

/// Everything that has a name in a schema, and what it is: `Type.field(argument)` -> `Int = 50`.
fn names(text: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    let fields = |fields: &[async_graphql::Positioned<FieldDefinition>],
                  of: &str,
                  names: &mut BTreeMap<String, String>| {
        for field in fields {
            let field = &field.node;
            let own = format!("{of}.{}", field.name.node);
            for argument in &field.arguments {
                let (name, what) = input(&argument.node);
                names.insert(format!("{own}({name})"), what);
            }
            names.insert(own, field.ty.node.to_string());
        }
    };
    for definition in parse_schema(text).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let definition = definition.node;
        let of = definition.name.node.to_string();
        let what = match &definition.kind {
            TypeKind::Scalar => "scalar",
            TypeKind::Object(object) => {
                fields(&object.fields, &of, &mut names);
                "type"
            }
            TypeKind::Interface(interface) => {
                fields(&interface.fields, &of, &mut names);
                "interface"
            }
            TypeKind::Union(_) => "union",
            TypeKind::Enum(kind) => {
                for value in &kind.values {
                    names.insert(
                        format!("{of}.{}", value.node.value.node),
                        "value".to_owned(),
                    );
                }
                // The contract lists the values of the two tables in their descriptions.
                let description = definition.description.as_ref();
                for value in description
                    .into_iter()
                    .flat_map(|text| listed(&of, &text.node))
                {
                    names.insert(format!("{of}.{value}"), "value".to_owned());
                }
                "enum"
            }
            TypeKind::InputObject(object) => {
                for field in &object.fields {
                    let (name, what) = input(&field.node);
                    names.insert(format!("{of}.{name}"), what);
                }
                "input"
            }
        };
        names.insert(of, what.to_owned());
    }
    names
}

fn input(value: &InputValueDefinition) -> (String, String) {
    let mut what = value.ty.node.to_string();
    if let Some(default) = &value.default_value {
        write!(what, " = {}", default.node).unwrap();
    }
    (value.name.node.to_string(), what)
}

/// The values that the description of an enum of the tables lists.
fn listed(of: &str, description: &str) -> Vec<String> {
    let screaming = |word: &&str| {
        word.len() > 2
            && word
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let words = description.split(|each: char| !each.is_ascii_alphanumeric() && each != '_');
    match of {
        "ResourceKind" => words
            .filter(screaming)
            .filter(|word| *word != "SCREAMING_SNAKE")
            .map(str::to_owned)
            .collect(),
        // Each relation is followed by its ends in brackets.
        "Relation" => description
            .match_indices(" (")
            .filter_map(|(at, _)| {
                let word = description[..at]
                    .rsplit(|each: char| !each.is_ascii_alphanumeric() && each != '_')
                    .next()?;
                Some(word).filter(screaming).map(str::to_owned)
            })
            .chain(["TASK_ROLE".to_owned(), "EXECUTION_ROLE".to_owned()])
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_name_of_the_contract_is_there_and_means_the_same() {
    let contract = fs::read_to_string(path("tests/fixtures/contract.graphql")).unwrap();
    let (contract, ours) = (names(&contract), names(&blastmap_api::schema_text()));
    let wrong: Vec<String> = contract
        .iter()
        .filter(|(name, what)| ours.get(*name) != Some(what))
        .map(|(name, what)| format!("{name}: {what}, ours: {:?}", ours.get(name)))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());

    let values = |of: &str| {
        contract
            .keys()
            .filter(|name| name.starts_with(&format!("{of}.")))
            .count()
    };
    assert_eq!(
        (values("ResourceKind"), values("Relation")),
        (47, 37),
        "the lists in the descriptions are read"
    );
}

#[test]
fn every_value_of_the_tables_is_in_the_schema_with_a_description() {
    let ours = names(&blastmap_api::schema_text());
    for kind in blastmap_model::ResourceKind::ALL {
        assert!(ours.contains_key(&format!("ResourceKind.{}", kind.name())));
    }
    for relation in blastmap_model::Relation::ALL {
        assert!(ours.contains_key(&format!("Relation.{}", relation.name())));
        assert!(blastmap_api::schema_text().contains(relation.sentence()));
    }
}

#[test]
fn the_typed_resources_have_every_field_of_the_interface() {
    let ours = names(&blastmap_api::schema_text());
    let typed = [
        "EcsTask",
        "EcsService",
        "EcsCluster",
        "EcsTaskDefinition",
        "EcsContainerInstance",
        "EcsCapacityProvider",
        "IamRole",
        "LoadBalancer",
        "TargetGroup",
        "LogGroup",
        "SsmParameter",
        "Secret",
        "VpcEndpoint",
        "Subnet",
        "SecurityGroup",
        "OtherResource",
    ];
    let interface: Vec<_> = ours
        .iter()
        .filter(|(name, _)| name.starts_with("Resource."))
        .collect();
    assert!(interface.len() > 12);
    for of in typed {
        assert!(
            blastmap_api::schema_text().contains(&format!("type {of} implements Resource {{")),
            "{of}"
        );
        for (name, what) in &interface {
            let own = name.replacen("Resource", of, 1);
            assert_eq!(ours.get(&own), Some(*what), "{own}");
        }
    }
}

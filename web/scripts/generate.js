// Writes src/api/generated.ts: one typed operation for each in src/api/operations/*.graphql, checked
// against the repository's schema.graphql; and their texts alone into src/api/documents.json.
// `--check` fails instead of writing when a file is out of date.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as gql from "graphql";

const web = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const schemaFile = process.env.SCHEMA ?? join(web, "..", "schema.graphql");
const operationsFolder = join(web, "src/api/operations");
const target = join(web, "src/api/generated.ts");
const documents = join(web, "src/api/documents.json");

const schema = gql.buildSchema(readFileSync(schemaFile, "utf8"));
const files = readdirSync(operationsFolder).filter((name) => name.endsWith(".graphql")).toSorted();
const document = gql.concatAST(files.map((name) => gql.parse(new gql.Source(readFileSync(join(operationsFolder, name), "utf8"), name))));

const errors = gql.validate(schema, document);
if (errors.length > 0) {
  for (const error of errors) console.error(gql.printError ? gql.printError(error) : String(error));
  process.exit(1);
}

const fragments = new Map();
const operations = [];
for (const definition of document.definitions) {
  if (definition.kind === gql.Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  if (definition.kind === gql.Kind.OPERATION_DEFINITION) operations.push(definition);
}

const usedEnums = new Set();
const usedInputs = new Set();

function scalarType(type) {
  if (gql.isEnumType(type)) {
    usedEnums.add(type.name);
    return type.name;
  }
  if (gql.isInputObjectType(type)) {
    usedInputs.add(type.name);
    return type.name;
  }
  return { Int: "number", Float: "number", Boolean: "boolean", JSON: "unknown" }[type.name] ?? "string";
}

/** Wraps the TypeScript type of a named GraphQL type in the lists and nulls around it. */
function wrapped(type, named) {
  if (gql.isNonNullType(type)) return bare(type.ofType, named);
  return `${bare(type, named)} | null`;
}
function bare(type, named) {
  if (!gql.isListType(type)) return named;
  const item = wrapped(type.ofType, named);
  return item.includes(" ") && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}

function selectionType(selectionSet, parent, indent) {
  const fields = [];
  const parts = [];
  for (const selection of selectionSet.selections) {
    if (selection.kind === gql.Kind.FRAGMENT_SPREAD) {
      parts.push(selection.name.value);
      continue;
    }
    if (selection.kind !== gql.Kind.FIELD) throw new Error("inline fragments are not supported: name the fragment");
    const name = selection.alias?.value ?? selection.name.value;
    if (selection.name.value === "__typename") {
      fields.push(`${indent}  ${name}: string;`);
      continue;
    }
    const field = parent.getFields()[selection.name.value];
    const type = gql.getNamedType(field.type);
    const named = selection.selectionSet ? selectionType(selection.selectionSet, type, `${indent}  `) : scalarType(type);
    // A field that a directive may leave out is optional.
    const mark = selection.directives?.length ? "?" : "";
    fields.push(`${indent}  ${name}${mark}: ${wrapped(field.type, named)};`);
  }
  if (fields.length > 0) parts.push(`{\n${fields.join("\n")}\n${indent}}`);
  return parts.length > 1 ? `(${parts.join(" & ")})` : parts[0];
}

function variablesType(operation) {
  const fields = (operation.variableDefinitions ?? []).map((variable) => {
    const type = gql.typeFromAST(schema, variable.type);
    const optional = gql.isNonNullType(type) && !variable.defaultValue ? "" : "?";
    return `  ${variable.variable.name.value}${optional}: ${wrapped(type, scalarType(gql.getNamedType(type)))};`;
  });
  return fields.length > 0 ? `{\n${fields.join("\n")}\n}` : "Record<string, never>";
}

/** The operation with the fragments that it uses, directly or through others. */
function textOf(operation) {
  const needed = new Map();
  const collect = (node) =>
    gql.visit(node, {
      FragmentSpread(spread) {
        const name = spread.name.value;
        if (needed.has(name)) return;
        needed.set(name, fragments.get(name));
        collect(fragments.get(name));
      },
    });
  collect(operation);
  return gql.stripIgnoredCharacters([operation, ...needed.values()].map((node) => gql.print(node)).join("\n"));
}

const body = [];
for (const [name, fragment] of fragments) {
  const parent = schema.getType(fragment.typeCondition.name.value);
  body.push(`export type ${name} = ${selectionType(fragment.selectionSet, parent, "")};`);
}
for (const operation of operations) {
  const name = operation.name.value;
  const root = schema.getRootType(operation.operation);
  body.push(`export type ${name}Variables = ${variablesType(operation)};`);
  body.push(`export type ${name}Result = ${selectionType(operation.selectionSet, root, "")};`);
  body.push(`export const ${name}: Operation<${name}Result, ${name}Variables> = {\n  name: "${name}",\n  text: ${JSON.stringify(textOf(operation))},\n};`);
}

const inputs = [];
for (const name of usedInputs) {
  const fields = Object.values(schema.getType(name).getFields()).map(
    (field) => `  ${field.name}${gql.isNonNullType(field.type) ? "" : "?"}: ${wrapped(field.type, scalarType(gql.getNamedType(field.type)))};`,
  );
  inputs.push(`export type ${name} = {\n${fields.join("\n")}\n};`);
}
const enums = [...usedEnums].toSorted().map((name) => {
  const values = schema.getType(name).getValues().map((value) => `  | "${value.name}"`);
  return `export type ${name} =\n${values.join("\n")};`;
});

const output = [
  "// Written by `npm run generate` from schema.graphql and src/api/operations: do not edit.",
  'import type { Operation } from "./operation";',
  ...enums,
  ...inputs,
  ...body,
].join("\n\n");

// What a server that answers listed documents only must answer for the page.
const texts = JSON.stringify(operations.map(textOf), null, 1);
const written = { [target]: `${output}\n`, [documents]: `${texts}\n` };

for (const [file, text] of Object.entries(written)) {
  if (!process.argv.includes("--check")) {
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error(`${file} is out of date: run \`npm run generate\``);
    process.exit(1);
  }
}

//! Every folder of fixtures says what it says: through the core and through the command line, as YAML and as JSON.

use cilium_exec_check_core::render;
use cilium_exec_check_core::report::AccessReport;
use cilium_exec_check_tests::{File, Fixture, Observed, analyze, fixtures, report_schema};
use serde::Deserialize;
use serde_json::Value;

/// Runs a check on every fixture and lists all that fail it, so that one run shows everything that is wrong.
fn every_fixture(check: impl Fn(&Fixture) -> Result<(), String>) {
    let fixtures = fixtures();
    assert!(fixtures.len() > 20, "the fixtures are gone");
    let failures: Vec<String> = fixtures
        .iter()
        .filter_map(|fixture| {
            check(fixture).err().map(|why| format!("{} ({}): {why}", fixture.name, fixture.expect.says))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {}:\n\n{}", failures.len(), fixtures.len(), failures.join("\n\n"));
}

fn same(expected: &Observed, observed: &Observed) -> Result<(), String> {
    if expected == observed {
        return Ok(());
    }
    Err(format!("expected\n{}\nbut it was\n{}", expected.to_yaml(), observed.to_yaml()))
}

#[test]
fn every_fixture_is_judged_as_it_says() {
    every_fixture(|fixture| {
        same(&fixture.expected(), &Observed::of(&analyze(&fixture.files, &fixture.options())))
    });
}

#[test]
fn the_same_objects_as_json_are_judged_alike() {
    every_fixture(|fixture| {
        let as_json: Vec<File> = fixture.files.iter().map(to_json).collect();
        let yaml = without_places(&analyze(&fixture.files, &fixture.options()));
        let json = without_places(&analyze(&as_json, &fixture.options()));
        if yaml == json { Ok(()) } else { Err(first_difference(&yaml, &json)) }
    });
}

#[test]
fn every_report_conforms_to_the_schema() {
    let schema: Value = serde_json::from_str(&report_schema()).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    every_fixture(|fixture| {
        let text = render::json(&analyze(&fixture.files, &fixture.options()));
        let report = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
    });
}

#[test]
fn every_report_reads_back_as_it_was_written() {
    every_fixture(|fixture| {
        let report = analyze(&fixture.files, &fixture.options());
        let again: AccessReport =
            serde_json::from_str(&render::json(&report)).map_err(|error| error.to_string())?;
        if again == report { Ok(()) } else { Err("it differs".to_owned()) }
    });
}

/// One JSON List of the documents of a YAML file, under the same name.
fn to_json(file: &File) -> File {
    let documents = serde_yaml::Deserializer::from_slice(&file.bytes)
        .map(|document| Value::deserialize(document).expect("a fixture is YAML"))
        .collect::<Vec<Value>>();
    let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": documents});
    File { name: file.name.clone(), bytes: serde_json::to_vec_pretty(&list).expect("a fixture is JSON") }
}

/// The report without lines, columns and sizes, which differ where the text differs.
fn without_places(report: &AccessReport) -> Value {
    let mut value = serde_json::to_value(report).expect("a report is JSON");
    strip(&mut value);
    value
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !["line", "column", "bytes"].contains(&name.as_str()));
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

fn first_difference(left: &Value, right: &Value) -> String {
    let print = |value| serde_json::to_string_pretty(value).expect("a value is JSON");
    let (left, right) = (print(left), print(right));
    let differing = left.lines().zip(right.lines()).find(|(left, right)| left != right);
    differing.map_or_else(|| "one is longer".to_owned(), |(left, right)| format!("YAML {left}\nJSON {right}"))
}

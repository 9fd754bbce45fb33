//! The catalogue against the facts it was made from: every technique is there, with its requests, ids and severity.

use cilium_exec_check_core::technique::{CATALOGUE, Class, Reach, Severity, Technique, alternatives, find};
use cilium_exec_check_tests::{shared, skipped};
use serde_yaml::Value;
use std::collections::BTreeSet;

/// Steps that follow by themselves, which the facts have under other names.
const DERIVED: [&str; 2] = ["container-escape", "pod-token"];

/// A request as verb, group and resource.
type Asked = (String, String, String);

fn facts() -> Option<Vec<Value>> {
    let Some(folder) = shared() else {
        skipped("no folder `shared` beside the checkout: the catalogue is not compared with the facts");
        return None;
    };
    let file = folder.join("facts/techniques.yaml");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let value: Value = serde_yaml::from_str(&text).expect("the facts are YAML");
    Some(value["techniques"].as_sequence().expect("the facts list techniques").clone())
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, field: &str) -> BTreeSet<&'v str> {
    let items = value[field].as_sequence().into_iter().flatten();
    // Remarks in brackets are no ids.
    let plain = items.filter_map(Value::as_str).filter(|item| !item.starts_with('('));
    plain.map(|item| item.split(" (").next().unwrap_or(item)).collect()
}

/// Checks every technique of the facts against its entry, and lists all that differ.
fn compare(check: impl Fn(&Value, &Technique) -> Result<(), String>) {
    let Some(facts) = facts() else { return };
    let faults: Vec<String> = facts
        .iter()
        .filter_map(|fact| {
            let id = text(fact, "id");
            let entry = find(id).ok_or_else(|| "it has no entry".to_owned());
            entry.and_then(|entry| check(fact, entry)).err().map(|why| format!("{id}: {why}"))
        })
        .collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), facts.len(), faults.join("\n"));
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, facts: T, entry: T) -> Result<(), String> {
    if facts == entry {
        Ok(())
    } else {
        Err(format!("{what}: the facts have {facts:?}, the entry {entry:?}"))
    }
}

#[test]
fn every_technique_of_the_facts_has_an_entry_and_no_other_has() {
    let Some(facts) = facts() else { return };
    let known: BTreeSet<&str> = facts.iter().map(|fact| text(fact, "id")).chain(DERIVED).collect();
    let entries: BTreeSet<&str> = CATALOGUE.iter().map(|technique| technique.id).collect();
    assert_eq!(entries, known);
}

#[test]
fn classes_are_those_of_the_facts() {
    compare(|fact, entry| {
        let class = text(fact, "class").split(' ').next().unwrap_or_default();
        same("class", class, class_of(entry.class))
    });
}

fn class_of(class: Class) -> &'static str {
    match class {
        Class::Direct => "DIRECT",
        Class::DirectNetwork => "DIRECT-NETWORK",
        Class::Indirect => "INDIRECT",
        Class::Amplifier => "AMPLIFIER",
        Class::Control => "CONTROL",
        Class::Context => "CONTEXT",
        Class::Derived => "DERIVED",
        Class::Info => "INFO",
        Class::Disruption => "DOS",
        Class::NoWayIn => "NONE",
        Class::Limit => "LIMIT",
    }
}

#[test]
fn severities_are_those_of_the_facts() {
    compare(|fact, entry| {
        let resolved = match (entry.id, text(fact, "severity")) {
            // High into a container that takes input; the step is lowered elsewhere.
            ("pods-attach", "LOW") => Severity::High,
            (_, words) if words.starts_with("MEDIUM-HIGH") => Severity::Medium,
            // A condition on what is reached resolves upward.
            (_, words) if words.contains("CRITICAL") || words == "as the action" => Severity::Critical,
            (_, words) if words.starts_with("HIGH") => Severity::High,
            (_, words) if words.starts_with("MEDIUM") => Severity::Medium,
            (_, words) if words.starts_with("LOW") => Severity::Low,
            _ => Severity::None,
        };
        same("severity", resolved, entry.severity)
    });
}

#[test]
fn ids_in_other_catalogues_are_those_of_the_facts() {
    compare(|fact, entry| {
        let of = |ids: &[&'static str]| ids.iter().copied().collect::<BTreeSet<_>>();
        same("MITRE ATT&CK", list(fact, "mitre"), of(entry.mitre))?;
        same("CIS", list(fact, "cis"), of(entry.cis))?;
        same("Microsoft", list(fact, "ms_matrix"), of(entry.microsoft))
    });
}

#[test]
fn every_request_of_the_facts_is_in_the_formula() {
    compare(|fact, entry| {
        let asked: BTreeSet<Asked> = alternatives(&entry.requires)
            .into_iter()
            .flat_map(|way| way.requests.into_iter().flatten())
            .map(|it| (it.verb.to_owned(), it.group.to_owned(), it.resource.to_owned()))
            .collect();
        let mut wanted = BTreeSet::new();
        requests(&fact["requires"], &mut wanted);
        let missing: Vec<&Asked> = wanted.difference(&asked).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("no request {missing:?}")) }
    });
}

#[test]
fn requests_of_one_identity_are_told_from_those_of_several() {
    compare(|fact, entry| {
        // An alias is tried as what it stands for.
        if entry.reach == Reach::Alias {
            return Ok(());
        }
        let several = fact["requires"]["same_request"] == false;
        let spread = alternatives(&entry.requires).iter().any(|way| way.requests.len() > 1);
        // Where all but one of several parts are facts, there is one request to be made.
        let one_is_left = several && !spread && requests_of_parts(&fact["requires"]) < 2;
        if several == spread || one_is_left {
            Ok(())
        } else {
            Err(format!("spread over several: {several}, {spread}"))
        }
    });
}

/// How many of the parts of an `all` ask for something.
fn requests_of_parts(requires: &Value) -> usize {
    let parts = requires["all"].as_sequence().into_iter().flatten();
    parts
        .filter(|part| {
            let mut wanted = BTreeSet::new();
            requests(part, &mut wanted);
            !wanted.is_empty()
        })
        .count()
}

/// Every request of a formula of the facts; alternatives that are written `a|b` are taken apart.
fn requests(formula: &Value, into: &mut BTreeSet<Asked>) {
    for part in ["any", "all"].iter().flat_map(|key| formula[*key].as_sequence()).flatten() {
        requests(part, into);
    }
    let (verb, group, resource) = (text(formula, "verb"), text(formula, "group"), text(formula, "resource"));
    if resource.is_empty() || is_placeholder(group, resource) {
        return;
    }
    let whole = resource.split('|').next().unwrap_or_default();
    let parent = whole.split_once('/').map(|(parent, _)| parent);
    for item in resource.split('|') {
        let item = match parent {
            Some(parent) if !item.contains('/') => format!("{parent}/{item}"),
            _ => item.to_owned(),
        };
        into.insert((verb.to_owned(), group.to_owned(), item));
    }
}

/// Whether a resource stands for others, which the entry lists.
fn is_placeholder(group: &str, resource: &str) -> bool {
    let star = resource.contains('*') && resource != "*";
    star || resource.contains('<') || group.contains('<') || ["RES", "userextras/KEY"].contains(&resource)
}

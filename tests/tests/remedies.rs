//! What a finding says would close it is applied to the input: the finding is gone, and nobody has a new one.

use cilium_exec_check_core::Options;
use cilium_exec_check_core::report::{AccessReport, Finding, Remediation};
use cilium_exec_check_core::without::Without;
use cilium_exec_check_tests::{File, analyze, fixtures, identity, sample};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn every_remedy_of_every_fixture_closes_its_finding_and_opens_none() {
    let mut tried = 0;
    let mut faults = Vec::new();
    for fixture in fixtures() {
        let found = try_all(&fixture.files, &fixture.options());
        tried += found.0;
        faults.extend(found.1.into_iter().map(|fault| format!("{}: {fault}", fixture.name)));
    }
    assert!(tried > 10, "only {tried} remedies were there to try");
    assert!(faults.is_empty(), "{} of {tried}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_remedy_of_the_sample_closes_its_finding_and_opens_none() {
    let (tried, faults) = try_all(&sample(), &Options::default());
    assert!(tried > 5, "only {tried} remedies were there to try");
    assert!(faults.is_empty(), "{} of {tried}:\n{}", faults.len(), faults.join("\n"));
}

/// How many remedies were tried, and what was wrong with them.
fn try_all(files: &[File], options: &Options) -> (usize, Vec<String>) {
    let objects: Vec<Value> = files
        .iter()
        .flat_map(|file| serde_yaml::Deserializer::from_slice(&file.bytes))
        .map(|document| Value::deserialize(document).expect("the input is YAML"))
        .flat_map(|object| match object["items"].as_array() {
            Some(items) => items.clone(),
            None => vec![object],
        })
        .collect();
    let before = analyze(&[one_list(&objects)], options);
    let mut tried = 0;
    let mut faults = Vec::new();
    for finding in open(&before) {
        let who = identity(&finding.identity);
        if finding.remediation.is_empty() {
            faults.push(format!("{who}: nothing closes it"));
        }
        for remediation in &finding.remediation {
            tried += 1;
            match apply(&objects, remediation) {
                Ok(changed) => {
                    let after = analyze(&[one_list(&changed)], options);
                    faults.extend(
                        compare(&before, &after, finding, remediation).map(|fault| format!("{who}: {fault}")),
                    );
                }
                Err(fault) => faults.push(format!("{who}: {fault}")),
            }
            let without =
                remediation.without.iter().map(|grant| Without::parse(grant).expect("it is a grant"));
            let options = Options { without: without.collect(), ..options.clone() };
            let after = analyze(&[one_list(&objects)], &options);
            let fault = compare(&before, &after, finding, remediation);
            faults.extend(fault.map(|fault| format!("{who}: tried with --without: {fault}")));
        }
    }
    (tried, faults)
}

fn one_list(objects: &[Value]) -> File {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    File { name: "cluster.json".to_owned(), bytes: serde_json::to_vec(&list).expect("the input is JSON") }
}

fn open(report: &AccessReport) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.expected.is_none())
}

fn compare(
    before: &AccessReport,
    after: &AccessReport,
    finding: &Finding,
    remediation: &Remediation,
) -> Option<String> {
    if !remediation.closes.contains(&finding.fingerprint) {
        return Some("its remedy does not close it".to_owned());
    }
    let left: BTreeSet<String> = open(after).map(|finding| identity(&finding.identity)).collect();
    for closed in &remediation.closes {
        let of = open(before).find(|finding| finding.fingerprint == *closed);
        let Some(of) = of else { return Some(format!("it closes `{closed}`, which is no finding")) };
        if left.contains(&identity(&of.identity)) {
            return Some(format!("{} is still there after: {}", identity(&of.identity), remediation.summary));
        }
    }
    let known: BTreeSet<String> = open(before).map(|finding| identity(&finding.identity)).collect();
    let new: Vec<&String> = left.difference(&known).collect();
    if !new.is_empty() {
        return Some(format!("{new:?} came with: {}", remediation.summary));
    }
    (before.input.complete != after.input.complete).then(|| "what is complete has changed".to_owned())
}

/// The objects after `kubectl apply` of the manifest and the commands.
fn apply(objects: &[Value], remediation: &Remediation) -> Result<Vec<Value>, String> {
    let mut changed = objects.to_vec();
    for manifest in serde_yaml::Deserializer::from_str(remediation.manifest.as_deref().unwrap_or_default()) {
        let manifest = Value::deserialize(manifest).map_err(|error| error.to_string())?;
        if manifest.is_null() {
            continue;
        }
        let place = changed.iter_mut().find(|object| key(object) == key(&manifest));
        let place = place.ok_or_else(|| format!("no object to apply {manifest} to"))?;
        if place["roleRef"] != manifest["roleRef"] {
            return Err(format!("a roleRef cannot be changed: {manifest}"));
        }
        *place = manifest;
    }
    for command in &remediation.commands {
        let words = words(command);
        let (kind, name, namespace) = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["kubectl", "delete", "clusterrolebinding", name] => {
                ("ClusterRoleBinding", (*name).to_owned(), None)
            }
            ["kubectl", "delete", "rolebinding", name, "-n", namespace] => {
                ("RoleBinding", (*name).to_owned(), Some((*namespace).to_owned()))
            }
            _ => return Err(format!("an unknown command: {command}")),
        };
        let count = changed.len();
        changed
            .retain(|object| key(object) != (Some(kind.to_owned()), namespace.clone(), Some(name.clone())));
        if changed.len() + 1 != count {
            return Err(format!("it deletes {} objects: {command}", count - changed.len()));
        }
    }
    Ok(changed)
}

fn key(object: &Value) -> (Option<String>, Option<String>, Option<String>) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    (text(&object["kind"]), text(&object["metadata"]["namespace"]), text(&object["metadata"]["name"]))
}

/// The words of a command as a POSIX shell reads them.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            '\\' if !quoted => words.last_mut().expect("there is a word").extend(letters.next()),
            _ => words.last_mut().expect("there is a word").push(letter),
        }
    }
    words
}

//! What if a grant were gone: the report is that of the input without it, and indices still count in the input as it is.

use cilium_exec_check_core::model::{Location, Snapshot};
use cilium_exec_check_core::report::{AccessReport, Evidence, Source};
use cilium_exec_check_core::without::Without;
use cilium_exec_check_core::{Options, analyze};
use cilium_exec_check_tests::worlds::{on_clusters, worlds};
use cilium_exec_check_tests::{CommandLine, File, fixtures, read};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Random clusters that the law is tried on.
const CLUSTERS: u32 = 30;

#[test]
fn what_is_left_out_of_a_fixture_might_as_well_not_be_in_its_files() {
    let mut tried = BTreeSet::new();
    let mut faults = Vec::new();
    for fixture in fixtures() {
        // Fixtures share objects: each is left out of the first that has it.
        let fresh = |grants: &[Without]| tried.insert(grants.to_vec());
        let found = try_all(&fixture.files, &fixture.options(), fresh);
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", fixture.name)));
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), tried.len(), faults.join("\n"));
    assert!(tried.len() > 200, "only {} grants were there to leave out", tried.len());
}

#[test]
fn what_is_left_out_of_a_random_cluster_might_as_well_not_be_in_its_files() {
    on_clusters(worlds(), (CLUSTERS, 11), |world| {
        let faults = try_all(&world.files(), &world.options(), |_| true);
        if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
    });
}

/// Leaves out every binding, role, subject and rule that is wanted, one after the other, and all subjects of a binding
/// but one.
fn try_all(files: &[File], options: &Options, mut wanted: impl FnMut(&[Without]) -> bool) -> Vec<String> {
    let objects: Vec<Value> = files
        .iter()
        .flat_map(|file| serde_yaml::Deserializer::from_slice(&file.bytes))
        .filter_map(|document| Value::deserialize(document).ok())
        .flat_map(|object| match object["items"].as_array() {
            Some(items) => items.clone(),
            None => vec![object],
        })
        .collect();
    let snapshot = read(&[one_list(&objects)]);
    let mut all = grants(&snapshot);
    all.retain(|grants| wanted(grants));
    let faults = all.iter().filter_map(|without| {
        let options = Options { without: without.clone(), ..options.clone() };
        let told = analyze(&snapshot, &options);
        let fewer = less(&objects, without);
        let removed = analyze(&read(&[one_list(&fewer)]), &Options { without: Vec::new(), ..options });
        let names: Vec<String> = without.iter().map(Without::to_string).collect();
        let fault = if plain(&told) != plain(&removed) {
            Some("the report differs from that of the input without it".to_owned())
        } else if told.input.without != names {
            Some(format!("the report says that {:?} was left out", told.input.without))
        } else {
            evidence(&told)
                .find_map(|evidence| misplaced(evidence, &snapshot))
                .or_else(|| gone_already(&told, &snapshot, without))
        };
        fault.map(|fault| format!("{names:?}: {fault}"))
    });
    faults.collect()
}

fn grants(snapshot: &Snapshot) -> Vec<Vec<Without>> {
    let bindings = snapshot.bindings.iter().map(|it| (Without::binding(it), it.subjects.len()));
    let roles = snapshot.roles.iter().map(|it| (Without::role(it), it.rules.len()));
    let objects = bindings.chain(roles);
    let of = |(object, items): (Without, usize)| {
        let item = |index| Without { item: Some(index as u32), ..object.clone() };
        let mut all = vec![vec![object.clone()]];
        all.extend((0..items).map(|index| vec![item(index)]));
        if items > 2 {
            all.push((0..items - 1).map(item).collect());
        }
        all
    };
    objects.flat_map(of).collect()
}

/// All objects in one list, and empty lists of the kinds that grants are made of, so that those stay known.
fn one_list(objects: &[Value]) -> File {
    let mut text = json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string();
    for kind in ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"] {
        let kind = format!("{kind}List");
        text += &format!(
            "\n{}",
            json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "items": []})
        );
    }
    File { name: "cluster.json".to_owned(), bytes: text.into_bytes() }
}

/// The objects without these grants.
fn less(objects: &[Value], without: &[Without]) -> Vec<Value> {
    let is = |object: &Value, grant: &Without| {
        object["kind"] == grant.kind.as_str()
            && object["metadata"]["name"] == grant.name
            && object["metadata"]["namespace"].as_str() == grant.namespace.as_deref()
    };
    let mut left = objects.to_vec();
    // From behind, so that the indices before stay what they are.
    for grant in without.iter().rev() {
        match grant.item {
            None => left.retain(|object| !is(object, grant)),
            Some(index) => left.iter_mut().filter(|object| is(object, grant)).for_each(|object| {
                if let Some(items) = object[grant.kind.items()].as_array_mut() {
                    items.remove(index as usize);
                }
            }),
        }
    }
    left
}

/// A report without places and indices, and without what it says of its input.
fn plain(report: &AccessReport) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.retain(|name, _| !["source", "index", "without"].contains(&name.as_str()));
                fields.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(report).expect("a report is JSON");
    value["input"].take();
    strip(&mut value);
    value
}

fn evidence(report: &AccessReport) -> impl Iterator<Item = &Evidence> {
    let paths = report.findings.iter().flat_map(|finding| &finding.paths);
    let paths = paths.chain(report.blocked.iter().flat_map(|blocked| &blocked.paths));
    paths.flat_map(|path| &path.steps).flat_map(|step| &step.evidence)
}

/// What remedies take away has to be in the input, and not to be left out already.
fn gone_already(report: &AccessReport, snapshot: &Snapshot, without: &[Without]) -> Option<String> {
    let remedies = report.findings.iter().flat_map(|finding| &finding.remediation);
    let mut grants = remedies.flat_map(|remedy| &remedy.without).map(|grant| Without::parse(grant));
    let is_there = |grant: &Result<Without, String>| {
        grant.as_ref().is_ok_and(|grant| grant.missing(snapshot).is_none() && !without.contains(grant))
    };
    grants.find(|grant| !is_there(grant)).map(|grant| format!("a remedy takes {grant:?} away, which is gone"))
}

/// What is wrong with the indices of evidence, if anything: each has to count in the input that the places are in.
fn misplaced(evidence: &Evidence, snapshot: &Snapshot) -> Option<String> {
    let is = |source: &Option<Source>, at: Location| {
        source.as_ref().is_some_and(|source| (source.line, source.column) == (at.line, at.column))
    };
    let subject = evidence.binding.as_ref().zip(evidence.subject.as_ref()).is_none_or(|(it, subject)| {
        let binding = snapshot.bindings.iter().find(|binding| is(&it.source, binding.at));
        let found = binding.and_then(|binding| binding.subjects.get(subject.index as usize));
        found.is_some_and(|found| is(&subject.source, found.at))
    });
    let rule = evidence.role.as_ref().zip(evidence.rule.as_ref()).is_none_or(|(it, rule)| {
        let role = snapshot.roles.iter().find(|role| is(&it.source, role.at));
        let found = role.and_then(|role| role.rules.get(rule.index as usize));
        found.is_some_and(|found| is(&rule.source, found.at))
    });
    (!subject || !rule).then(|| format!("{evidence:?} counts wrongly"))
}

const EXEC: &str = "-f fixtures/pods-exec-create/input -f fixtures/agent/input";

#[test]
fn the_command_line_says_what_was_left_out_and_judges_the_rest() {
    let run = |rest: &str| CommandLine::new(format!("{EXEC} {rest}").split_whitespace()).run();
    let json: Value = serde_json::from_str(&run("-o json").stdout).expect("it is JSON");
    let evidence = &json["findings"][0]["paths"][0]["steps"][0]["evidence"][0];
    let named = |object: &Value| match object["namespace"].as_str() {
        Some(space) => {
            format!("{}/{space}/{}", object["kind"].as_str().unwrap(), object["name"].as_str().unwrap())
        }
        None => format!("{}/{}", object["kind"].as_str().unwrap(), object["name"].as_str().unwrap()),
    };
    let (binding, role) = (named(&evidence["binding"]), named(&evidence["role"]));
    for grant in [binding.clone(), format!("{binding}/subjects/0"), role.clone(), format!("{role}/rules/0")] {
        let ran = run(&format!("--without {grant} -o json"));
        let printed = Without::parse(&grant).expect("it is a grant").to_string();
        assert_eq!(ran.code, 0, "{grant}: {}", ran.stderr);
        let said = format!("WHAT IF: judged without {printed}, which the input grants.\n");
        assert_eq!(ran.stderr, said, "{grant}");
        let json: Value = serde_json::from_str(&ran.stdout).expect("it is JSON");
        assert_eq!(json["input"]["without"], json!([printed]), "{grant}");
        for format in ["html", "markdown", "csv", "wide"] {
            let said = run(&format!("--without {grant} --show-expected -o {format}")).stdout;
            // Markdown and CSV may set what they quote apart.
            assert!(said.contains("WHAT IF") || format == "csv", "{grant} as {format}:\n{said}");
        }
        let text = run(&format!("--without {grant}"));
        assert_eq!(text.stderr, "", "{grant}");
        assert!(text.stdout.lines().take(8).any(|line| line.starts_with("WHAT IF: ")), "{}", text.stdout);
    }
    let who = run("-o name").stdout;
    let line = format!("explain {} {EXEC} --without {binding}", who.trim());
    let explained = CommandLine::new(line.split_whitespace()).run();
    assert!(explained.stdout.contains("WHAT IF: "), "{}", explained.stdout);
}

#[test]
fn a_grant_that_is_not_in_the_input_is_a_misuse_with_a_suggestion() {
    for (grant, said) in [
        ("rolebinding/kube-system/nobody", "names nothing in the input"),
        ("pod/kube-system/x", "it looks like clusterrolebinding/NAME"),
        ("rolebinding/only", "a rolebinding is in a namespace"),
        ("clusterrole/cluster-admi", "did you mean `clusterrole/cluster-admin`"),
        ("clusterrole/cluster-admin/rules/7", "its rules are numbered from 0 to 1"),
    ] {
        let line = format!("-f fixtures/complete/input -f fixtures/agent/input --without {grant}");
        let ran = CommandLine::new(line.split_whitespace()).run();
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{grant}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{grant}: {}", ran.stderr);
    }
}

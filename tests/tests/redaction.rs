//! Redaction: no name of the input is left in any format, the same name is the same pseudonym, and nothing else changes.

use cilium_exec_check_core::model::Snapshot;
use cilium_exec_check_core::original::Originals;
use cilium_exec_check_core::redact::{redact, redact_with};
use cilium_exec_check_core::render::{self, Place, TextOptions};
use cilium_exec_check_core::report::{Acceptance, AccessReport, EntityRef};
use cilium_exec_check_core::without::{GrantKind, Without};
use cilium_exec_check_core::{Options, analysis};
use cilium_exec_check_tests::hostile::{ascii, cluster};
use cilium_exec_check_tests::{CommandLine, File, analyze, fixture, fixtures, read, report_schema, sample};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The report in every format.
fn everything(report: &AccessReport) -> Vec<(&'static str, String)> {
    let options = TextOptions { show_expected: true, width: 400, ..TextOptions::default() };
    let mut all = vec![
        ("json", render::json(report)),
        ("yaml", render::yaml(report)),
        ("text", render::text(report, &options)),
        ("wide", render::wide(report, &options)),
        ("name", render::name(report)),
        ("csv", render::csv(report)),
        ("markdown", render::markdown(report)),
        ("html", render::html(report, &Originals::default())),
    ];
    for finding in &report.findings {
        all.push((
            "explain",
            render::explain(report, &finding.identity, &[], &Originals::default(), &options),
        ));
        all.push(("picture", render::finding_picture(finding, Place::File)));
        all.extend(finding.paths.iter().map(|path| ("picture", render::path_picture(path, Place::File))));
    }
    all
}

/// Names of the input, as far as objects have them.
fn names(snapshot: &Snapshot) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut add = |name: &str| {
        names.insert(name.to_owned());
    };
    for binding in &snapshot.bindings {
        add(&binding.name);
        binding.namespace.iter().for_each(|name| add(name));
        add(&binding.role_ref.name);
        for subject in &binding.subjects {
            add(&subject.name);
            add(&subject.namespace);
        }
    }
    for role in &snapshot.roles {
        add(&role.name);
        role.namespace.iter().for_each(|name| add(name));
        role.rules.iter().flat_map(|rule| rule.resource_names.iter()).for_each(|name| add(name));
    }
    for pod in &snapshot.pods {
        add(&pod.name);
        add(&pod.namespace);
        pod.spec.service_account.iter().for_each(|name| add(name));
    }
    for workload in &snapshot.workloads {
        add(&workload.name);
        add(&workload.namespace);
    }
    snapshot.nodes.iter().for_each(|node| add(&node.name));
    snapshot.namespaces.iter().for_each(|namespace| add(&namespace.name));
    for account in &snapshot.service_accounts {
        add(&account.name);
        add(&account.namespace);
    }
    snapshot.sources.iter().for_each(|source| add(&source.name));
    names
}

/// Whether a name is made for its cluster: neither shipped nor a plain word, which the program's own texts may hold.
fn is_telling(name: &str) -> bool {
    const SHIPPED: [&str; 4] = [
        include_str!("../../core/src/defaults/control-plane.txt"),
        include_str!("../../core/src/defaults/kubernetes.txt"),
        include_str!("../../core/src/defaults/cilium.txt"),
        include_str!("../../core/src/defaults/tetragon.txt"),
    ];
    const OWN: [&str; 7] = [
        "hubble-relay",
        "cilium-config",
        "cilium-ca",
        "hubble-peer",
        "cilium-envoy",
        "kube-system",
        "kubeadm:cluster-admins",
    ];
    let words = |text: &'static str| text.split(|letter: char| letter.is_whitespace() || letter == ',');
    name.contains(['-', '.', '@', ':', '/', ' '])
        && !name.starts_with("system:")
        && !OWN.contains(&name)
        && !SHIPPED.into_iter().flat_map(words).any(|word| word == name)
}

/// Whether a name stands there as a word of its own.
fn stands_in(name: &str, text: &str) -> bool {
    let joined =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '-');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !joined(before.chars().next_back()) && !joined(after.chars().next())
    })
}

/// Reports about clusters in which every name is the mark.
fn marked_reports(mark: &str) -> Vec<AccessReport> {
    let file = File { name: format!("{mark}/{mark}.json"), bytes: ascii(&cluster(mark)).into_bytes() };
    let broken = File {
        name: format!("{mark}.yaml"),
        bytes: format!("kind: Role\nzqmark: 1\nzqmark: 2\n{mark}: [\n").into_bytes(),
    };
    let mut report = analyze(&[file, broken], &Options::default());
    assert!(report.findings.len() > 2 && !report.diagnostics.is_empty(), "{mark:?}");
    written_by_people(&mut report, mark);
    vec![report, analyze(&[small_cluster(mark)], &left_out(mark))]
}

fn left_out(mark: &str) -> Options {
    let kind = GrantKind::RoleBinding;
    let (namespace, name) = (Some(mark.to_owned()), "gone".to_owned());
    Options { without: vec![Without { kind, namespace, name, item: None }], ..Options::default() }
}

/// What the hostile cluster does not have: an owned pod, a group with members, a binding of one subject, an object
/// that is there twice and differs, no Namespace.
fn small_cluster(mark: &str) -> File {
    let rbac = "rbac.authorization.k8s.io/v1";
    let meta = |name: &str| json!({"name": name, "namespace": mark});
    let role = |verb: &str| {
        json!({"apiVersion": rbac, "kind": "Role", "metadata": meta(mark),
            "rules": [{"apiGroups": ["", mark], "resources": ["pods", "pods/exec", mark], "verbs": ["create", verb]}]})
    };
    let binding = |name: &str, subject: Value| {
        json!({"apiVersion": rbac, "kind": "RoleBinding", "metadata": meta(name), "subjects": [subject],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": mark}})
    };
    let spec = json!({"serviceAccountName": mark, "nodeName": mark, "hostNetwork": true, "containers": [{
        "name": "cilium-agent", "image": format!("quay.io/cilium/cilium:v1.18.6-{mark}"), "command": ["cilium-agent"],
        "securityContext": {"privileged": true}}]});
    let owner = json!([{"apiVersion": "apps/v1", "kind": "DaemonSet", "name": mark, "controller": true}]);
    let mut owned = meta(mark);
    owned["ownerReferences"] = owner;
    owned["labels"] = json!({"k8s-app": "cilium"});
    let items = json!([
        role("get"),
        role("list"),
        binding(mark, json!({"kind": "User", "name": mark})),
        binding("group", json!({"kind": "Group", "name": format!("system:serviceaccounts:{mark}")})),
        binding("gone", json!({"kind": "User", "name": format!("{mark}2")})),
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta(mark)},
        {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": meta(mark),
            "spec": {"template": {"metadata": {"labels": {"k8s-app": "cilium"}}, "spec": spec}}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": owned, "spec": spec},
    ]);
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    File { name: "small.json".to_owned(), bytes: ascii(&list).into_bytes() }
}

#[test]
fn no_name_of_a_marked_cluster_is_left_in_any_format() {
    for mark in [
        "zqmark",
        "zq-mark.Zq",
        "zq zqmark",
        "zq`zqmark",
        "a/zqmark/b",
        "zqmark, and user/zq out of x",
        "=zqmark\"'|",
        "日本zqmark",
        "zqmark:x@y",
        "zqmark\n\u{202e}",
    ] {
        for report in marked_reports(mark) {
            for (format, text) in everything(&redact(&report)) {
                let line = text.lines().find(|line| line.to_lowercase().contains("zq"));
                assert_eq!(line, None, "{mark:?} as {format}");
            }
        }
    }
}

#[test]
fn no_name_of_a_fixture_is_left_in_any_format() {
    let cases = fixtures().into_iter().map(|case| (case.name.clone(), case.files.clone(), case.options()));
    let embedded = [("sample".to_owned(), sample(), Options::default())];
    let mut faults = BTreeSet::new();
    let mut looked_for = 0;
    for (case, files, options) in cases.chain(embedded) {
        let snapshot = read(&files);
        let texts = everything(&redact(&analysis::analyze(&snapshot, &options)));
        for name in names(&snapshot).into_iter().filter(|name| is_telling(name)) {
            looked_for += 1;
            let found = texts.iter().filter(|(_, text)| stands_in(&name, text)).map(|(format, _)| *format);
            faults.extend(found.map(|format| format!("{case}: `{name}` in {format}")));
        }
    }
    let faults: Vec<String> = faults.into_iter().collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(looked_for > 500, "only {looked_for} names were looked for");
}

#[test]
fn a_redacted_report_says_the_same() {
    let cases = fixtures().into_iter().map(|case| analyze(&case.files, &case.options()));
    for report in cases.chain([analyze(&sample(), &Options::default())]) {
        let redacted = redact(&report);
        assert_eq!(redacted.verdict, report.verdict);
        assert_eq!(redacted.input.complete, report.input.complete);
        assert_eq!(redacted.findings.len(), report.findings.len());
        let mut who = std::collections::BTreeMap::new();
        for (new, old) in redacted.findings.iter().zip(&report.findings) {
            assert_eq!(
                (new.severity, &new.effects, &new.techniques),
                (old.severity, &old.effects, &old.techniques)
            );
            assert_eq!(new.paths.len(), old.paths.len());
            assert_ne!(new.fingerprint, "");
            for (new, old) in new.paths.iter().zip(&old.paths) {
                assert_eq!((new.certainty, new.steps.len()), (old.certainty, old.steps.len()));
                for (new, old) in new.steps.iter().zip(&old.steps) {
                    // The same pseudonym for the same name, another for another.
                    let known: &mut EntityRef =
                        who.entry(old.from.clone()).or_insert_with(|| new.from.clone());
                    assert_eq!(*known, new.from);
                    assert_eq!(new.technique, old.technique);
                }
            }
        }
        let pseudonyms: BTreeSet<&EntityRef> = who.values().collect();
        assert_eq!(pseudonyms.len(), who.len());
        assert_eq!(redact(&report), redacted);
    }
}

#[test]
fn what_is_everybodys_stays_and_what_is_not_is_numbered() {
    let case = fixture("pods-exec-create");
    let mut report = analyze(&case.files, &case.options());
    report.findings.retain(|finding| finding.expected.is_none());
    report.findings.iter_mut().for_each(|finding| finding.paths.truncate(1));
    report.notes.clear();
    let options = TextOptions { again: "-f FILE".to_owned(), ..TextOptions::default() };
    let redacted = redact(&report);
    let who = &redacted.findings[0].identity;
    assert_eq!(
        render::explain(&redacted, who, &[], &Originals::default(), &options),
        include_str!("formats/redacted.txt")
    );
}

#[test]
fn an_identity_that_holds_nothing_has_a_pseudonym_too() {
    let who = EntityRef { kind: "User".to_owned(), namespace: None, name: "nobody@example.com".to_owned() };
    let group =
        EntityRef { kind: "Group".to_owned(), namespace: None, name: "system:authenticated".to_owned() };
    let report = analyze(&sample(), &Options::default());
    let (_, called) = redact_with(&report, &[who, group.clone()]);
    assert_eq!((called[0].name.as_str(), &called[1]), ("user-4", &group));
}

#[test]
fn what_was_left_out_has_pseudonyms_too() {
    let without =
        ["rolebinding/tools/dana-edit/subjects/0", "clusterrole/edit", "clusterrole/read-all/rules/0"];
    let without = without.map(|grant| Without::parse(grant).expect("it is a grant")).to_vec();
    let report = analyze(&sample(), &Options { without, ..Options::default() });
    assert_eq!(report.input.without.len(), 3);
    let redacted = redact(&report).input.without.join(" ");
    for name in ["dana", "tools", "read-all"] {
        assert!(!redacted.contains(name), "`{name}` is in `{redacted}`");
    }
    assert!(redacted.contains("/subjects/0") && redacted.contains("clusterrole/edit"), "{redacted}");
}

#[test]
fn the_command_line_redacts_every_format_alike() {
    let line = |line: &str| CommandLine::new(line.split_whitespace()).run();
    let json: AccessReport =
        serde_json::from_str(&line("--demo --redact -o json").stdout).expect("it is a report");
    assert_eq!(json, redact(&analyze(&sample(), &Options::default())));
    let explained = line("explain user/dana@example.com --demo --redact");
    assert_eq!((explained.code, explained.stderr.as_str()), (0, ""));
    let first = explained.stdout.lines().next().unwrap_or_default();
    assert!(first.starts_with("critical  user/user-2  gains "), "{first}");
    assert!(!explained.stdout.contains("dana"), "{}", explained.stdout);
    let unknown = line("explain serviceaccount/shop/web --demo --redact").stdout;
    assert!(!unknown.contains("shop") && !unknown.contains("web"), "{unknown}");
    let files = line(
        "-f fixtures/pods-exec-create/input -f fixtures/complete/input -f fixtures/agent/input --redact",
    )
    .stdout;
    assert!(!files.contains("fixtures") && files.ends_with("explain IDENTITY -f FILE\n"), "{files}");
}

/// Fields of the report that hold words of the program, of Kubernetes or of Cilium, and numbers.
const OWN: &[&str] = &[
    "Acceptance.expires",
    "AccessReport.apiVersion",
    "AccessReport.kind",
    "AccessReport.limits",
    "BindingEvidence.kind",
    "Component.component",
    "Component.confidence",
    "Component.privilege",
    "CoverageRef.kind",
    "DiagnosticRef.code",
    "DiagnosticRef.help",
    "DiagnosticRef.severity",
    "EntityRef.kind",
    "Expectation.detail",
    "Expectation.reason",
    "Finding.fingerprint",
    "Finding.techniques",
    "Input.kubernetesVersion",
    "Note.code",
    "NoteObject.kind",
    "PrivilegeRef.code",
    "Remediation.closes",
    "RequestRef.group",
    "RequestRef.resource",
    "RequestRef.subresource",
    "RequestRef.verb",
    "RoleEvidence.kind",
    "Step.technique",
    "Tool.name",
    "Tool.version",
    "WorkloadRef.kind",
];

/// Fields that no check of exports sets.
fn written_by_people(report: &mut AccessReport, mark: &str) {
    for finding in &mut report.findings {
        let (reason, rule) = (mark.to_owned(), mark.to_owned());
        finding.accepted = Some(Acceptance { reason, expires: None, rule });
    }
}

/// What stands behind references, and behind a choice between it and nothing.
fn meant<'a>(schema: &'a Value, at: &'a Value) -> (&'a Value, Option<&'a str>) {
    let option = at["anyOf"].as_array().and_then(|options| options.iter().find(|it| it["type"] != "null"));
    let at = option.unwrap_or(at);
    match at["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        Some(name) => (&schema["$defs"][name], Some(name)),
        None => (at, None),
    }
}

/// Every field of the schema that holds text which is none of a few words, as `EntityRef.name`.
fn text_fields(schema: &Value) -> BTreeSet<String> {
    let definitions = schema["$defs"].as_object().into_iter().flatten();
    let definitions = definitions.map(|(name, definition)| (name.as_str(), definition));
    let mut fields = BTreeSet::new();
    for (owner, definition) in definitions.chain([("AccessReport", schema)]) {
        for (name, field) in definition["properties"].as_object().into_iter().flatten() {
            let (mut field, mut named) = meant(schema, field);
            while field["items"].is_object() {
                (field, named) = meant(schema, &field["items"]);
            }
            let text = Value::from("string");
            let may_be = field["type"].as_array().is_some_and(|types| types.contains(&text));
            if named.is_none() && (field["type"] == text || may_be) {
                fields.insert(format!("{owner}.{name}"));
            }
        }
    }
    fields
}

/// The fields of a value that hold a mark.
fn marked_fields(
    schema: &Value,
    at: &Value,
    field: &str,
    value: &Value,
    mark: &str,
    fields: &mut BTreeSet<String>,
) {
    let (at, owner) = meant(schema, at);
    match value {
        Value::String(text) if text.contains(mark) => {
            fields.insert(field.to_owned());
        }
        Value::Array(items) => {
            items.iter().for_each(|item| marked_fields(schema, &at["items"], field, item, mark, fields));
        }
        Value::Object(entries) => {
            let owner = owner.unwrap_or("AccessReport");
            for (name, value) in entries {
                let field = format!("{owner}.{name}");
                marked_fields(schema, &at["properties"][name], &field, value, mark, fields);
            }
        }
        _ => {}
    }
}

#[test]
fn every_field_of_the_report_is_known_to_hold_names_or_not_to() {
    let schema: Value = serde_json::from_str(&report_schema()).expect("a schema is JSON");
    let (all, mut marked) = (text_fields(&schema), BTreeSet::new());
    assert!(all.len() > 50, "only {} fields hold text", all.len());
    for report in marked_reports("zqmark") {
        let value = serde_json::to_value(&report).expect("a report is JSON");
        marked_fields(&schema, &schema, "", &value, "zqmark", &mut marked);
    }
    let own: BTreeSet<String> = OWN.iter().map(|field| (*field).to_owned()).collect();
    let unknown: Vec<&String> = all.difference(&marked).filter(|field| !own.contains(*field)).collect();
    assert!(unknown.is_empty(), "no name was seen in these; they are redacted, or hold none: {unknown:#?}");
    let both: Vec<&String> = own.intersection(&marked).collect();
    assert!(both.is_empty(), "names were seen in these: {both:#?}");
    let gone: Vec<&String> = own.difference(&all).collect();
    assert!(gone.is_empty(), "these are no fields: {gone:#?}");
}

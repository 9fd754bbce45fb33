//! 20,000 random requests and 184 edge cases are decided as Kubernetes' own authorizer decided them, every binding named.

use cilium_exec_check_core::authorizer::{Authorizer, Identity, identity_of, implied_groups, username};
use cilium_exec_check_core::model::Snapshot;
use cilium_exec_check_tests::vectors::{self, Question, Set, SubjectRow, Vector};
use cilium_exec_check_tests::{CommandLine, read};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Every set with its requests.
fn cases() -> Vec<(Set, Vec<Vector>)> {
    let mut by_set: BTreeMap<String, Vec<Vector>> = BTreeMap::new();
    for vector in vectors::requests() {
        by_set.entry(vector.s.clone()).or_default().push(vector);
    }
    let mut cases: Vec<(Set, Vec<Vector>)> = vectors::sets()
        .into_iter()
        .map(|set| {
            let requests = by_set.remove(&set.id).unwrap_or_default();
            (set, requests)
        })
        .collect();
    assert!(by_set.is_empty(), "requests without a set: {:?}", by_set.keys());
    cases.push(vectors::edge_cases());
    let all: usize = cases.iter().map(|(_, requests)| requests.len()).sum();
    assert_eq!((cases.len(), all), (41, 20_184));
    cases
}

fn snapshot(set: &Set) -> Snapshot {
    read(std::slice::from_ref(&set.file))
}

#[test]
fn every_verdict_and_every_binding_is_that_of_kubernetes() {
    let mut wrong = Vec::new();
    for (set, requests) in cases() {
        let snapshot = snapshot(&set);
        let authorizer = Authorizer::stored(&snapshot);
        for vector in requests {
            let groups: Vec<&str> = vector.q.g.iter().map(String::as_str).collect();
            let decision = authorizer.decide(&vector.q.attributes(Some(&vector.q.u), &groups));
            let labels: Vec<String> = decision.bindings.iter().map(|bound| bound.label.clone()).collect();
            if decision.allowed() != (vector.ok == 1) || labels != vector.labels() {
                wrong.push(format!("{vector:?}\n  but {labels:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}

#[test]
fn can_i_answers_json_lines_with_the_same_verdicts() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut answered = 0;
    for (set, requests) in cases() {
        let path = folder.path().join(&set.file.name);
        std::fs::write(&path, &set.file.bytes).expect("a temporary file can be written");
        let reviews: Vec<Value> = requests.iter().map(|vector| review(&vector.q)).collect();
        let lines: String = reviews.iter().map(|review| format!("{review}\n")).collect();
        let run = CommandLine::new(["can-i", "--reviews", "-", "-f"])
            .argument(&path.to_string_lossy())
            .stdin(lines.as_bytes())
            .run();
        assert_eq!(run.code, 0, "{}: {}", set.id, run.stderr);
        let answers: Vec<Value> =
            run.stdout.lines().map(|line| serde_json::from_str(line).expect("an answer is JSON")).collect();
        assert_eq!(answers.len(), requests.len(), "{}", set.id);
        for ((vector, mut review), answer) in requests.iter().zip(reviews).zip(answers) {
            let reason = vector.labels().join(", ");
            review["status"] = json!({"allowed": vector.ok == 1, "reason": reason});
            assert_eq!(answer, review, "{vector:?}");
            answered += 1;
        }
    }
    assert_eq!(answered, 20_184);
}

/// A request as Kubernetes' clients write it: empty fields are left out, but for the user.
fn review(question: &Question) -> Value {
    let mut fields: Vec<(&str, &str)> = vec![("verb", &question.v)];
    let attributes = if question.nr {
        fields.push(("path", &question.p));
        "nonResourceAttributes"
    } else {
        let resource = [
            ("group", &question.a),
            ("resource", &question.r),
            ("subresource", &question.sr),
            ("namespace", &question.ns),
            ("name", &question.n),
        ];
        fields.extend(resource.map(|(key, value)| (key, value.as_str())));
        "resourceAttributes"
    };
    fields.retain(|(_, value)| !value.is_empty());
    let fields: BTreeMap<&str, &str> = fields.into_iter().collect();
    let mut spec = json!({"user": question.u, attributes: fields});
    if !question.g.is_empty() {
        spec["groups"] = json!(question.g);
    }
    json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec})
}

#[test]
fn every_identity_can_what_kubernetes_says_it_can() {
    let questions = vectors::capabilities();
    let mut rows = 0;
    for (set, of_set) in rows_by_set() {
        let snapshot = snapshot(&set);
        let authorizer = Authorizer::stored(&snapshot);
        for row in of_set {
            rows += 1;
            let digits = |user: Option<&str>, groups: &[&str]| -> String {
                let ask =
                    |question: &Question| authorizer.decide(&question.attributes(user, groups)).allowed();
                questions.iter().map(|question| if ask(question) { '1' } else { '0' }).collect()
            };
            let implied: Vec<&str> = row.g.iter().map(String::as_str).collect();
            let own: &[&str] = if row.kind == "Group" { &[&row.name] } else { &[] };
            let found = (digits(Some(&row.u), &implied), digits(Some(&row.u), own));
            assert_eq!(found, (row.can.clone(), row.direct.clone()), "{row:?}");
        }
    }
    assert_eq!(rows, 1515);
}

#[test]
fn bindings_name_the_identities_that_kubernetes_takes_them_for() {
    for (set, of_set) in rows_by_set() {
        let snapshot = snapshot(&set);
        let ours: BTreeSet<Row> = snapshot
            .bindings
            .iter()
            .flat_map(|binding| binding.subjects.iter().filter_map(|subject| identity_of(binding, subject)))
            .map(|identity| row_of(&identity))
            .collect();
        let theirs: BTreeSet<Row> = of_set
            .into_iter()
            .map(|row| {
                let user = (row.kind != "Group").then_some(row.u);
                (row.kind, row.ns, row.name, user, row.g.into_iter().collect())
            })
            .collect();
        assert_eq!(ours, theirs, "{}", set.id);
    }
}

/// Kind, namespace, name, user name and groups.
type Row = (String, String, String, Option<String>, BTreeSet<String>);

/// The vectors know no nodes: there the name of one is a user's like any other.
fn row_of(identity: &Identity) -> Row {
    let user = username(identity);
    let mut groups: BTreeSet<String> =
        implied_groups(identity).iter().map(|group| group.to_string()).collect();
    let (kind, namespace, name) = match identity {
        Identity::User(name) => ("User", String::new(), name.to_string()),
        Identity::Group(name) => ("Group", String::new(), name.to_string()),
        Identity::ServiceAccount { namespace, name } => {
            ("ServiceAccount", namespace.to_string(), name.to_string())
        }
        Identity::Node(_) => {
            groups.remove("system:nodes");
            ("User", String::new(), user.clone().unwrap_or_default())
        }
    };
    (kind.to_owned(), namespace, name, user, groups)
}

fn rows_by_set() -> Vec<(Set, Vec<SubjectRow>)> {
    let mut by_set: BTreeMap<String, Vec<SubjectRow>> = BTreeMap::new();
    for row in vectors::subject_rows() {
        by_set.entry(row.s.clone()).or_default().push(row);
    }
    let sets = vectors::sets().into_iter();
    sets.map(|set| {
        let rows = by_set.remove(&set.id).unwrap_or_default();
        (set, rows)
    })
    .collect()
}

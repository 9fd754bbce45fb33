//! Reviews, each with what must come out.

use super::{Answers, Form, Refusal, answer};
use crate::authorizer::Authorizer;
use crate::ingest::{Limits, assemble, read_bytes};

const RBAC: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: made}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: made}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: exec, labels: {to: made}}
rules:
- {apiGroups: [""], resources: [pods/exec], verbs: [create]}
- {nonResourceURLs: [/logs/*], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everywhere}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: exec}
subjects: [{kind: User, name: jane}, {kind: Group, name: dev}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: here, namespace: ci}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: exec}
subjects: [{kind: User, name: jane}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: made}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: made}
subjects: [{kind: User, name: "on"}]
"#;

fn answered_as(reviews: &str, aggregate: bool, form: Option<Form>) -> Answers {
    let snapshot = assemble(vec![read_bytes("rbac.yaml", RBAC.as_bytes(), Limits::default())]);
    assert_eq!(snapshot.diagnostics, []);
    let authorizer =
        if aggregate { Authorizer::aggregated(&snapshot) } else { Authorizer::stored(&snapshot) };
    answer(reviews.as_bytes(), &authorizer, form, Limits::default())
}

fn answered(reviews: &str) -> Answers {
    answered_as(reviews, false, None)
}

/// A review on one line, without its closing brace.
fn open(spec: &str) -> String {
    format!(r#"{{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{{{spec}}}"#)
}

const EXEC: &str =
    r#""resourceAttributes":{"namespace":"ci","verb":"create","resource":"pods","subresource":"exec"}"#;
const BOTH: &str =
    r#","status":{"allowed":true,"reason":"clusterrolebinding/everywhere, rolebinding/ci/here"}}"#;
const NONE: &str = r#","status":{"allowed":false,"reason":""}}"#;

fn refused(line: u32, column: u32, message: &str) -> (u32, u32, String) {
    (line, column, message.to_owned())
}

fn refusals(answers: &Answers) -> Vec<(u32, u32, String)> {
    let refusal = |it: &Refusal| (it.line, it.column, it.message.clone());
    answers.refused.iter().map(refusal).collect()
}

#[test]
fn json_lines_give_json_lines_and_nothing_of_them_is_lost() {
    let spec = format!(r#""user":"jane","uid":"1","extra":{{"data":["x"],"env":["y"]}},{EXEC}"#);
    let selectors = r#""user":"eve","resourceAttributes":{"verb":"list","resource":"pods","fieldSelector":{"requirements":[{"key":"spec.nodeName","operator":"In","values":["a"]}]},"labelSelector":{"rawSelector":"a=b"}}"#;
    let (first, second) = (open(&spec), open(selectors));
    let answers = answered(&format!("{first}}}\n\n{second}}}\n"));
    assert_eq!(answers.text, format!("{first}{BOTH}\n{second}{NONE}\n"));
    assert_eq!((answers.answered, answers.refused.len()), (2, 0));
}

#[test]
fn an_answer_takes_the_place_of_an_older_one() {
    let first = open(&format!(r#""groups":["dev"],{EXEC}"#));
    let answers =
        answered(&format!(r#"{first},"status":{{"allowed":false,"denied":true}},"metadata":{{}}}}"#));
    let status = r#""status":{"allowed":true,"reason":"clusterrolebinding/everywhere"}"#;
    assert_eq!(answers.text, format!("{first},{status},\"metadata\":{{}}}}\n"));
}

#[test]
fn a_list_gives_a_list_and_a_sequence_a_sequence() {
    let review = open(&format!(r#""user":"jane",{EXEC}"#));
    let list = r#"{"apiVersion":"v1","kind":"List","items":["#;
    assert_eq!(answered(&format!("{list}{review}}}]}}")).text, format!("{list}{review}{BOTH}]}}\n"));
    assert_eq!(answered(&format!("[{review}}}]")).text, format!("[{review}{BOTH}]\n"));
    let typed = r#"{"kind":"SubjectAccessReviewList","apiVersion":"authorization.k8s.io/v1","items":[{"spec":{"user":"eve","nonResourceAttributes":{"path":"/logs/","verb":"get"}}"#;
    assert_eq!(answered(&format!("{typed}}}]}}")).text, format!("{typed}{NONE}]}}\n"));
}

const YAML: &str = "\
apiVersion: authorization.k8s.io/v1
kind: SubjectAccessReview
spec:
  user: jane
  nonResourceAttributes: {path: /logs/kubelet, verb: get}
";

#[test]
fn documents_of_yaml_give_documents_of_yaml() {
    let answers = answered(&format!(
        "# who can what\n---\n{YAML}---\n# nothing\n---\n{}",
        YAML.replace("jane", "\"on\"")
    ));
    let first = "\
apiVersion: authorization.k8s.io/v1
kind: SubjectAccessReview
spec:
  user: jane
  nonResourceAttributes:
    path: /logs/kubelet
    verb: get
status:
  allowed: true
  reason: clusterrolebinding/everywhere
";
    let second = first
        .replace("jane", "\"on\"")
        .replace("true", "false")
        .replace("clusterrolebinding/everywhere", "\"\"");
    assert_eq!(answers.text, format!("{first}---\n{second}"));
}

#[test]
fn aggregated_roles_count_where_they_are_asked_for() {
    let on = YAML.replace("jane", "on");
    assert!(answered(&on).text.contains("allowed: false"));
    assert!(answered_as(&on, true, None).text.ends_with("reason: clusterrolebinding/made\n"));
}

#[test]
fn another_form_is_written_where_it_is_asked_for() {
    let review = open(&format!(r#""user":"jane",{EXEC}"#));
    let yaml = answered_as(&format!("{review}}}\n"), false, Some(Form::Yaml)).text;
    assert_eq!(answered_as(&yaml, false, Some(Form::Json)).text.lines().next(), Some("{"));
    assert_eq!(
        answered_as(&format!("{review}}}\n"), false, Some(Form::Json)).text,
        format!("{review}{BOTH}\n")
    );
    let pretty = format!("{{\n{}\n}}", review.trim_start_matches('{'));
    assert!(answered(&pretty).text.starts_with("{\n  \"apiVersion\""));
}

#[test]
fn a_broken_line_costs_itself_only() {
    let good = open(&format!(r#""user":"jane",{EXEC}"#));
    let lines =
        [format!("{good}}}"), "garbage".to_owned(), good.clone(), format!("{good}}}"), format!("{good}}} x")];
    let answers = answered(&lines.join("\n"));
    assert_eq!(answers.text, format!("{good}{BOTH}\n").repeat(3));
    let places: Vec<u32> = answers.refused.iter().map(|refusal| refusal.line).collect();
    assert_eq!(places, [2, 4, 5], "{:?}", answers.refused);
}

#[test]
fn a_broken_document_of_yaml_costs_itself_only() {
    let answers =
        answered(&format!("{YAML}---\nspec: [\n---\n{YAML}---\nkind: SubjectAccessReview\nkind: x\n"));
    assert_eq!((answers.answered, answers.refused.len()), (2, 2));
    let lines: Vec<u32> = answers.refused.iter().map(|refusal| refusal.line).collect();
    assert_eq!(lines, [8, 16], "{:?}", answers.refused);
}

#[test]
fn what_is_no_review_is_refused_by_what_it_is() {
    let only = |reviews: &str| {
        let answers = answered(reviews);
        assert_eq!((answers.answered, answers.refused.len()), (0, 1), "{reviews}");
        refusals(&answers).remove(0)
    };
    for kind in ["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview"] {
        let message = format!("a `{kind}` is not answered");
        assert_eq!(only(&YAML.replace("SubjectAccessReview", kind)), refused(2, 7, &message));
    }
    assert_eq!(
        only(&YAML.replace("SubjectAccessReview", "Pod")),
        refused(2, 7, "`Pod` is no kind of review")
    );
    assert_eq!(
        only(&YAML.replace("io/v1", "io/v1beta1")),
        refused(1, 13, "the apiVersion `authorization.k8s.io/v1beta1` is not answered")
    );
    assert_eq!(only("spec: {}\n"), refused(1, 1, "the review has no `kind`"));
    assert_eq!(only("- 1\n"), refused(1, 3, "this is no review"));
    assert_eq!(
        only(&YAML.replace("user: jane", "user: 7")),
        refused(4, 9, "`user` must be a string, not a number")
    );
    assert_eq!(only(&YAML.replace("user:", "users:")), refused(4, 3, "`spec` has no field `users`"));
    assert_eq!(
        only(&YAML.replace("path:", "url:")),
        refused(5, 27, "`nonResourceAttributes` has no field `url`")
    );
    assert_eq!(
        only(&YAML.replace("user: jane", "groups: []")),
        refused(4, 3, "`spec` names neither a user nor a group")
    );
    let both = format!("{YAML}  resourceAttributes: {{verb: get}}\n");
    assert_eq!(
        only(&both),
        refused(5, 26, "`spec` has both `resourceAttributes` and `nonResourceAttributes`")
    );
    let neither = YAML.replace("nonResourceAttributes: {path: /logs/kubelet, verb: get}", "uid: '1'");
    assert_eq!(
        only(&neither),
        refused(4, 3, "`spec` has neither `resourceAttributes` nor `nonResourceAttributes`")
    );
}

#[test]
fn hostile_reviews_end_in_a_refusal() {
    let deep = format!("{}{}", open(r#""user":"jane","extra":"#), "[".repeat(100_000));
    for reviews in
        [deep.as_str(), "{\"a\":[\n", "\u{0}", "{", "[{]", "---\n--- |\n", "%YAML 1.2\n---\na: 1\n"]
    {
        let answers = answered(reviews);
        assert_eq!(
            (answers.text.replace("[]\n", ""), answers.refused.len()),
            (String::new(), 1),
            "{reviews:.40}"
        );
    }
    assert_eq!(answered("").refused, []);
}

#[test]
fn yaml_that_is_written_reads_back_as_it_was() {
    let texts = [
        "",
        " ",
        "a b",
        "a, b",
        "a: b",
        "a #b",
        "a:",
        "on",
        "No",
        "~",
        "1",
        "1e3",
        "0x1f",
        "1:20",
        "007",
        "-",
        "- a",
        "?",
        "!x",
        "&a",
        "*",
        "%a",
        "@a",
        "`a",
        "{",
        "[a]",
        "'",
        "\"",
        "\\",
        "a\nb",
        "\t",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "ü",
        "😀",
        "<<",
        "=",
        "---",
        "...",
        "null",
        ".inf",
        "2001-01-01",
        "system:serviceaccount:ci:a",
        "/logs/*",
        "a\u{0}b",
    ];
    let extra: Vec<String> = texts.iter().map(|text| serde_json::Value::from(*text).to_string()).collect();
    let extra = extra.join(",");
    let spec = format!(r#""user":"on","groups":[{extra}],"extra":{{"on":[{extra}],"k":[]}},{EXEC}"#);
    let json = open(&spec);
    let yaml = answered_as(&format!("{json}}}"), false, Some(Form::Yaml));
    assert_eq!(yaml.refused, []);
    let again = answered_as(&yaml.text, false, Some(Form::Json));
    assert_eq!(again.refused, [], "{}", yaml.text);
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("an answer is JSON");
    assert_eq!(value(&again.text), value(&format!("{json}{NONE}")), "{}", yaml.text);
    let other: serde_json::Value = serde_yaml::from_str(&yaml.text).expect("an answer is YAML");
    assert_eq!(other, value(&again.text));
}

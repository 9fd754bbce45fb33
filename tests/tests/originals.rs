//! The lines that evidence points at: they are those of the input, they say what the report says, and nothing else is shown.

use cilium_exec_check_core::Options;
use cilium_exec_check_core::original::{Original, Originals, Wanted};
use cilium_exec_check_core::report::{AccessReport, Evidence};
use cilium_exec_check_tests::{CommandLine, File, Scratch, analyze, fixtures, sample};
use std::io::Write;

/// Everything that a report points at, read once more from these files.
fn originals(report: &AccessReport, files: &[File]) -> Originals {
    let wanted = Wanted::of(report, report.findings.iter().flat_map(|finding| &finding.paths));
    let of_file = |file: &File| {
        wanted.search(&file.name).map(|mut search| {
            file.bytes.chunks(1000).for_each(|bytes| search.push(bytes));
            search.finish()
        })
    };
    files.iter().filter_map(of_file).flatten().collect()
}

fn evidence(report: &AccessReport) -> impl Iterator<Item = &Evidence> {
    let paths = report.findings.iter().flat_map(|finding| &finding.paths);
    paths.flat_map(|path| &path.steps).flat_map(|step| &step.evidence)
}

fn text(original: Option<&Original>) -> String {
    let Some(original) = original else { return "nothing".to_owned() };
    let lines: Vec<String> = original.numbered().map(|(number, line)| format!("{number}|{line}")).collect();
    lines.join("\n")
}

#[test]
fn every_rule_subject_and_role_ref_of_yaml_is_shown_as_it_stands_there() {
    let cases = fixtures().into_iter().map(|case| (case.name.clone(), case.files.clone(), case.options()));
    let embedded = ("sample".to_owned(), sample(), Options::default());
    let mut seen = 0;
    for (case, files, options) in cases.chain([embedded]) {
        let report = analyze(&files, &options);
        let found = originals(&report, &files);
        for evidence in evidence(&report) {
            let rule = evidence.rule.as_ref();
            assert!(rule.is_none_or(|rule| found.rule(rule).is_some()), "{case}: {rule:?}");
            let subject = evidence.subject.as_ref();
            assert!(subject.is_none_or(|subject| found.subject(subject).is_some()), "{case}: {subject:?}");
            let binding = evidence.binding.as_ref();
            assert!(binding.is_none_or(|binding| found.role_ref(binding).is_some()), "{case}: {binding:?}");
        }
        for (number, line) in found.iter().flat_map(Original::numbered) {
            seen += 1;
            let there = files.iter().any(|file| {
                let text = String::from_utf8_lossy(&file.bytes).into_owned();
                text.lines().nth(number as usize - 1) == Some(line)
            });
            assert!(there, "{case}: `{line}` is no line {number}");
        }
    }
    assert!(seen > 1_000, "only {seen} lines were shown");
}

/// A cluster in which `user/eve` may exec into Cilium's pods; the role and the binding stand where they are given.
fn shown(role: &str, binding: &str) -> [String; 3] {
    let cluster = String::from_utf8(sample().swap_remove(1).bytes).expect("the sample is text");
    let files = [
        File { name: "pods.yaml".to_owned(), bytes: cluster.into_bytes() },
        File { name: "role".to_owned(), bytes: role.as_bytes().to_vec() },
        File { name: "binding".to_owned(), bytes: binding.as_bytes().to_vec() },
    ];
    let report = analyze(&files, &Options::default());
    let found = originals(&report, &files);
    let Some(evidence) = evidence(&report).next() else { panic!("nobody gets in: {:?}", report.diagnostics) };
    [
        text(evidence.rule.as_ref().and_then(|rule| found.rule(rule))),
        text(evidence.subject.as_ref().and_then(|subject| found.subject(subject))),
        text(evidence.binding.as_ref().and_then(|binding| found.role_ref(binding))),
    ]
}

const ROLE: &str =
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\nrules:\n";
const BINDING: &str = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: b\nroleRef:\n  kind: ClusterRole\n  name: r\nsubjects:\n- kind: User\n  name: eve\n";

fn rule(rules: &str) -> String {
    let [rule, ..] = shown(&format!("{ROLE}{rules}"), BINDING);
    rule
}

#[test]
fn a_rule_is_shown_with_its_comments_up_to_where_it_ends() {
    let expected = "7|  - apiGroups: [\"\"]  # core\n8|    # the way in\n9|    resources:\n10|    - pods/exec\n11|\n12|    verbs: [create]";
    let rules = "  # first\n  - apiGroups: [\"\"]  # core\n    # the way in\n    resources:\n    - pods/exec\n\n    verbs: [create]\n\n  # second\n  - apiGroups: [\"\"]\n    resources: [nodes]\n    verbs: [list]\n";
    assert_eq!(rule(rules), expected);
    assert_eq!(rule(&rules.replace('\n', "\r\n")), expected, "with CRLF");
}

#[test]
fn a_rule_in_brackets_is_shown_up_to_their_end() {
    let flow = "{apiGroups: [\"\"], resources: ['pods/exec'], verbs: [create]}";
    let other = "{apiGroups: [\"\"], resources: [nodes], verbs: [list]}";
    assert_eq!(rule(&format!("- {flow}\n- {other}\n")), format!("6|- {flow}"));
    let one_line = format!("{}rules: [{other}, {flow}]\n", ROLE.trim_end_matches("rules:\n"));
    let [found, ..] = shown(&one_line, BINDING);
    assert_eq!(found, format!("5|{flow}"));
}

#[test]
fn json_is_shown_by_lines_and_out_of_one_line() {
    let role = r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods/exec"],"verbs":["create"]}]}"#;
    let binding = r#"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"r"},"subjects":[{"kind":"User","name":"e}\"ve"}]}"#;
    let one = |text: &str| format!("1|{text}");
    let expected = [
        one(r#"{"apiGroups":[""],"resources":["pods/exec"],"verbs":["create"]}"#),
        one(r#"{"kind":"User","name":"e}\"ve"}"#),
        "nothing".to_owned(),
    ];
    assert_eq!(shown(role, binding), expected);
    let pretty = |text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).expect("it is JSON");
        serde_json::to_string_pretty(&value).expect("it is JSON")
    };
    let expected = [
        "8|    {\n9|      \"apiGroups\": [\n10|        \"\"\n11|      ],\n12|      \"resources\": [\n13|        \"pods/exec\"\n14|      ],\n15|      \"verbs\": [\n16|        \"create\"\n17|      ]\n18|    }",
        "12|    {\n13|      \"kind\": \"User\",\n14|      \"name\": \"e}\\\"ve\"\n15|    }",
        "7|  \"roleRef\": {\n8|    \"kind\": \"ClusterRole\",\n9|    \"name\": \"r\"\n10|  },",
    ];
    assert_eq!(shown(&pretty(role), &pretty(binding)), expected.map(str::to_owned));
}

#[test]
fn what_does_not_say_the_same_by_itself_is_not_shown() {
    let anchored = "- {apiGroups: [\"\"], resources: [nodes], verbs: &v [create]}\n- {apiGroups: [\"\"], resources: [pods/exec], verbs: *v}\n";
    assert_eq!(rule(anchored), "nothing");
    let merged = "- apiGroups: &core [\"\"]\n  resources: [nodes]\n  verbs: [list]\n- apiGroups: *core\n  resources: [pods/exec]\n  verbs: [create]\n";
    assert_eq!(rule(merged), "nothing");
}

#[test]
fn a_source_that_has_changed_is_not_shown() {
    let report = analyze(&sample(), &Options::default());
    let all = originals(&report, &sample()).iter().count();
    assert!(all > 10, "only {all} places were shown");
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut files = sample();
        files.iter_mut().for_each(|file| change(&mut file.bytes));
        originals(&report, &files).iter().count()
    };
    assert_eq!(changed(|bytes| bytes.push(b'\n')), 0, "it is longer");
    let fewer =
        changed(|bytes| *bytes = String::from_utf8_lossy(bytes).replace("create", "delete").into_bytes());
    assert!(fewer < all, "rules that say something else are shown");
    let others =
        changed(|bytes| *bytes = String::from_utf8_lossy(bytes).replace("dana@", "dany@").into_bytes());
    assert!(others < all, "subjects that are somebody else are shown");
}

#[test]
fn files_and_archives_are_read_again_and_streams_are_not() {
    let scratch = Scratch::new();
    let rbac = sample().swap_remove(2).bytes;
    let path = scratch.write("rbac.yaml", &rbac);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&rbac).expect("memory takes it");
    let archive = scratch.write("rbac.yaml.gz", &packed.finish().expect("memory takes it"));
    let line = |line: &str| CommandLine::new(line.split_whitespace());
    let explain = "explain user/dana@example.com --exit-zero -f";
    let (there, again) = ("735 |     kind: User", "normalised");
    for path in [&path, &archive] {
        let ran = line(&format!("{explain} {path}")).run();
        assert!(ran.stdout.contains(there) && !ran.stdout.contains(again), "{}", ran.stdout);
        let html = line(&format!("-f {path} -o html --exit-zero")).run().stdout;
        assert!(html.contains("<i>735</i>    kind: User"), "the lines are not in the page");
    }
    let piped = line(&format!("{explain} -")).stdin(&rbac).run().stdout;
    assert!(piped.contains("rules[2], normalised  -:174") && !piped.contains(there), "{piped}");
    let redacted = line(&format!("{explain} {path} --redact")).run().stdout;
    assert!(redacted.contains("normalised") && !redacted.contains(there), "{redacted}");
}

//! Names that act on terminals and secrets in every place where they may stand: no output shows either as it is.

use cilium_exec_check_tests::hostile::{HOSTILE, ascii, cluster};
use cilium_exec_check_tests::{CommandLine, FORMATS, Ran, Scratch};
use serde_json::{Value, json};

/// What may stand in no output.
fn is_raw_control(letter: char) -> bool {
    letter.is_control() && letter != '\n' && letter != '\t'
}

/// What is shown by its code, or escaped.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\t' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[track_caller]
fn assert_shown(text: &str, of: &str) {
    let odd = text.chars().find(|letter| is_raw_control(*letter) || (is_unseen(*letter)));
    assert_eq!(odd, None, "{of} of\n{text:?}");
    assert!(
        !text.lines().any(|line| line.trim_start().starts_with("fake: line")),
        "{of}: a name starts a line"
    );
}

fn run(arguments: &[&str]) -> Ran {
    CommandLine::new(arguments.iter().copied()).run()
}

#[test]
fn names_that_act_on_terminals_are_shown_by_their_codes() {
    let scratch = Scratch::with(&[("a.json", ascii(&cluster(HOSTILE)).as_bytes())]);
    let file = scratch.join("a.json");
    let file = file.to_str().expect("the path is text");
    let report: Value = serde_json::from_str(&run(&["-f", file, "-o", "json"]).stdout).expect("it is JSON");
    let findings = report["findings"].as_array().expect("there are findings");
    let kinds: Vec<&str> =
        findings.iter().filter_map(|finding| finding["identity"]["kind"].as_str()).collect();
    assert_eq!(kinds, ["Group", "ServiceAccount", "User", "Group"], "{report:#}");
    for format in FORMATS {
        let ran = run(&["-f", file, "-v", "--progress", "always", "-o", format]);
        assert_eq!(ran.code, 1, "{format}");
        assert_shown(&ran.stdout, format);
        assert_shown(&ran.stderr, "stderr");
        let redacted = run(&["-f", file, "--redact", "-o", format]);
        assert_eq!(redacted.code, 1, "{format}");
        assert_shown(&redacted.stdout, format);
        assert!(!redacted.stdout.contains("fake: line"), "{format}: {}", redacted.stdout);
    }
    for kind in ["user/", "group/", &format!("serviceaccount/{HOSTILE}/")] {
        let ran = run(&["explain", &format!("{kind}{HOSTILE}"), "-f", file]);
        assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{kind}");
        assert_shown(&ran.stdout, "explain");
        assert!(ran.stdout.contains("x<U+001B>[31m"), "{}", ran.stdout);
    }
}

#[test]
fn json_and_yaml_keep_names_exactly() {
    let scratch = Scratch::with(&[("a.json", ascii(&cluster(HOSTILE)).as_bytes())]);
    let file = scratch.join("a.json");
    let file = file.to_str().expect("the path is text");
    let json: Value = serde_json::from_str(&run(&["-f", file, "-o", "json"]).stdout).expect("it is JSON");
    let yaml: Value = serde_yaml::from_str(&run(&["-f", file, "-o", "yaml"]).stdout).expect("it is YAML");
    assert!(json == yaml, "YAML holds something else than JSON");
    let findings = json["findings"].as_array().into_iter().flatten();
    let who: Vec<&Value> = findings.map(|finding| &finding["identity"]["name"]).collect();
    assert_eq!(who, [HOSTILE, HOSTILE, HOSTILE, "system:nodes"]);
}

#[test]
fn arguments_and_file_names_are_shown_by_their_codes() {
    let name = HOSTILE.replace('\0', "");
    let broken = format!("{name}.yaml");
    let scratch = Scratch::with(&[(&broken, b"kind: [\n"), ("archive", &gzip(b"kind: [\n"))]);
    let folder = scratch.path().to_str().expect("the path is text");
    let file = scratch.join(&broken);
    let file = file.to_str().expect("the path is text");
    for arguments in [
        vec!["-f", folder],
        vec!["-f", file, "-v", "--progress", "always"],
        vec!["-f", &name],
        vec!["--demo", "-o", &name],
        vec!["--demo", &name],
        vec!["--demo", "--fail-on", &name],
        vec!["--demo", "--kubernetes-version", &name],
        vec!["explain", &name, "--demo"],
        vec!["explain", "user/x\u{1b}[31m", "--demo"],
        vec!["techniques", &name],
        vec!["completion", &name],
        vec!["can-i", "--reviews", &name],
        vec!["--demo", &format!("--{name}")],
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert_shown(&ran.stdout, "stdout");
        assert_shown(&ran.stderr, &format!("{arguments:?}"));
    }
    let ran = run(&["-f", file, "-f", "fixtures/rbac-alone-still-finds/input", "--cilium-namespace", &name]);
    assert_shown(&ran.stdout, "stdout");
    let ran = run(&["--demo", "-o", &format!("json={folder}/nowhere/{name}")]);
    assert_eq!(ran.code, 2);
    assert_shown(&ran.stderr, "stderr");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// A cluster in which each secret place holds `MARK` and a number of its own.
fn marked() -> Value {
    let mut cluster = cluster("n");
    let mut number = 0;
    let mut mark = || {
        number += 1;
        format!("MARK{number}")
    };
    for item in cluster["items"].as_array_mut().expect("there are items") {
        item["metadata"]["annotations"] = json!({
            "kubectl.kubernetes.io/last-applied-configuration": format!("{{\"data\":\"{}\"}}", mark()),
            "kubernetes.io/description": mark(),
        });
        item["metadata"]["managedFields"] = json!([{"manager": mark(), "fieldsV1": {mark(): {}}}]);
        match item["kind"].as_str() {
            Some("Secret") => {
                item["data"] = json!({"token": mark(), "kubeconfig": mark()});
                item["stringData"] = json!({"password": mark()});
                item["type"] = json!("kubernetes.io/service-account-token");
            }
            Some("ConfigMap") => {
                item["data"] = json!({"key": mark()});
                item["binaryData"] = json!({"key": mark()});
            }
            Some("Pod") => secrets_of_containers(&mut item["spec"], &mut mark),
            Some("DaemonSet" | "Deployment" | "StatefulSet" | "ReplicaSet") => {
                item["spec"]["template"]["metadata"]["annotations"] = json!({"a": mark()});
                secrets_of_containers(&mut item["spec"]["template"]["spec"], &mut mark);
            }
            Some("Node") => {
                item["status"] =
                    json!({"nodeInfo": {"kubeletVersion": "v1.34.1"}, "images": [{"names": [mark()]}]})
            }
            _ => {}
        }
    }
    let csr = json!({"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "metadata": {"name": "csr"}, "spec": {"request": mark()}});
    let kubeconfig =
        json!({"apiVersion": "v1", "kind": "Config", "users": [{"name": "u", "user": {"token": mark()}}]});
    let items = cluster["items"].as_array_mut().expect("there are items");
    items.extend([csr, kubeconfig]);
    cluster
}

fn secrets_of_containers(spec: &mut Value, mark: &mut impl FnMut() -> String) {
    spec["initContainers"] = spec["containers"].clone();
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().expect("there are containers") {
            container["env"] = json!([{"name": "PASSWORD", "value": mark()}]);
            container["args"] = json!([format!("--token={}", mark())]);
            container["command"] = json!(["cilium-agent", format!("--password={}", mark())]);
            container["livenessProbe"] = json!({"exec": {"command": [mark()]}});
        }
    }
}

#[test]
fn secrets_stand_in_no_output() {
    let text = marked().to_string();
    assert!(text.matches("MARK").count() > 60, "the cluster holds few secrets");
    let yaml = serde_yaml::to_string(&marked()).expect("it is YAML");
    let scratch = Scratch::with(&[
        ("a.json", text.as_bytes()),
        ("b.yaml", yaml.as_bytes()),
        // The same objects again with other secrets: what differs there is no difference.
        ("c.json", text.replace("MARK", "MARK-C-").as_bytes()),
    ]);
    for name in ["a.json", "b.yaml", "."] {
        let path = scratch.join(name);
        let path = path.to_str().expect("the path is text");
        for format in FORMATS {
            let ran = run(&["-f", path, "-v", "--show-expected", "-o", format]);
            assert_eq!(ran.code, 1, "{name} as {format}: {}", ran.stderr);
            assert_unsaid(&ran, name);
        }
        for who in ["user/n", "group/n", "serviceaccount/n/n"] {
            assert_unsaid(&run(&["explain", who, "-f", path, "-v"]), name);
        }
    }
}

#[track_caller]
fn assert_unsaid(ran: &Ran, of: &str) {
    for text in [&ran.stdout, &ran.stderr] {
        let line = text.lines().find(|line| line.contains("MARK"));
        assert_eq!(line, None, "{of}");
    }
}

#[test]
fn secrets_stand_in_no_error() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: n}\n";
    let pod =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: n}\nspec:\n  containers:\n  - name: c\n";
    for text in [
        format!("{secret}data: MARK\n"),
        format!("{secret}data: [MARK]\n"),
        format!("{secret}data: {{a: [MARK]}}\n"),
        format!("{secret}data: {{a: MARK, a: MARK}}\n"),
        format!("{secret}data: {{a: 'MARK\n"),
        format!("{secret}data:\n  a: |\n  MARK\n"),
        format!("{secret}data:\n\ta: MARK\n"),
        format!("{secret}data: {{a: &MARK x, b: *MARK2}}\n"),
        format!("{secret}data: {{a: !MARK x}}\n"),
        format!("{secret}type: [MARK]\n"),
        format!("{secret}MARK\n"),
        format!("{secret}data: {{a: \"\\MARK\"}}\n"),
        format!("{secret}data: {{a: MARK\u{1}}}\n"),
        format!("{pod}    env: MARK\n"),
        format!("{pod}    env: {{MARK}}\n"),
        format!("{pod}    args: MARK: MARK\n"),
        format!("{pod}    command: {{MARK: MARK}}\n"),
        format!("{pod}    command: [[MARK]]\n"),
        format!("{pod}    stdin: MARK\n"),
        format!("{pod}    image: [MARK]\n"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {annotations: MARK, name: c}\n".to_owned(),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {annotations: {a: [MARK]}, labels: {b: {c: MARK}}, name: c}\n".to_owned(),
        "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"data\":{\"a\":MARK}}".to_owned(),
        "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"data\":{\"a\":\"MARK\" \"MARK\"}}".to_owned(),
        "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"data\":{\"a\":\"MARK\\q\"}}".to_owned(),
        "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"data\":{\"a\":\"MARK".to_owned(),
        "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"data\":{\"a\":\"x\"}} MARK".to_owned(),
        "MARK".to_owned(),
        "kind: MARK\ndata: {MARK: MARK}\n".replace("kind: MARK", "kind: Secret"),
    ] {
        for format in ["wide", "json"] {
            let cluster = ["-f", "fixtures/pods-exec-create/input", "-f", "fixtures/agent/input"];
            let line = ["-f", "-", "-v", "-o", format].into_iter().chain(cluster);
            let ran = CommandLine::new(line).stdin(text.as_bytes()).run();
            assert_eq!(ran.code, 1, "{text}");
            assert_unsaid(&ran, &text);
        }
    }
}

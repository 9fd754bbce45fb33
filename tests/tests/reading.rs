//! Files as people and attackers make them → what is found in them, what is said of them, and how the run ends.

use cilium_exec_check_tests::{CommandLine, Scratch};
use std::io::Write;

/// One way in, for `user/alice`.
const GRANT: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: debug, namespace: kube-system}
rules:
- {apiGroups: [''], resources: [pods/exec], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: debug, namespace: kube-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: debug}
subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: alice}]
";

/// Files, further arguments, the exit code, the identities found, and what is said on stderr; the folder is left out.
type Case<'a> = (&'a str, Vec<u8>, &'a str, u8, &'a str, &'a str);

fn check(cases: &[Case<'_>]) {
    let mut faults = Vec::new();
    for (name, bytes, arguments, code, found, said) in cases {
        let scratch = Scratch::new();
        let path = scratch.write(name, bytes);
        let line = ["-f", &path, "-o", "name"].into_iter().chain(arguments.split_whitespace());
        let ran = CommandLine::new(line).run().without(scratch.path());
        let found = if found.is_empty() { String::new() } else { format!("{found}\n") };
        let expected = (*code, found.as_str(), *said);
        let observed = (ran.code, ran.stdout.as_str(), ran.stderr.as_str());
        if observed != expected {
            faults.push(format!("{name} {arguments}\n  expected {expected:?}\n  observed {observed:?}"));
        }
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

const ALICE: &str = "user/alice";

fn text(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// The documents of [`GRANT`] as JSON, one a line.
fn json_lines() -> String {
    let documents = serde_yaml::Deserializer::from_str(GRANT);
    let lines = documents.map(|document| {
        let value: serde_json::Value = serde::Deserialize::deserialize(document).expect("it is YAML");
        format!("{value}\n")
    });
    lines.collect()
}

#[test]
fn every_form_of_an_export_is_read() {
    let json = json_lines();
    let list = format!(
        "{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{}]}}",
        json.trim_end().replace('\n', ",")
    );
    let utf16: Vec<u8> = GRANT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (first, second) = GRANT.split_at(200);
    check(&[
        ("a.yaml", text(GRANT), "", 1, ALICE, ""),
        ("a.yaml", text(&format!("\u{feff}{GRANT}")), "", 1, ALICE, ""),
        ("a.yaml", text(&GRANT.replace('\n', "\r\n")), "", 1, ALICE, ""),
        ("a.json", text(&json), "", 1, ALICE, ""),
        ("a.json", text(&json.replace('\n', "")), "", 1, ALICE, ""),
        ("a.json", text(&list), "", 1, ALICE, ""),
        ("a.json", text(&format!("\u{feff}{list}")), "", 1, ALICE, ""),
        ("a.json", text(&format!("[{}]", json.trim_end().replace('\n', ","))), "", 1, ALICE, ""),
        (
            "a.json",
            text(&format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{list}]}}")),
            "",
            1,
            ALICE,
            "",
        ),
        ("a.yaml", text(&format!("# Source: chart/x.yaml\n---\n{GRANT}---\n# the end\n")), "", 1, ALICE, ""),
        ("a.yaml.gz", gzip(GRANT.as_bytes()), "", 1, ALICE, ""),
        // The ending does not tell what is in a file that was named.
        ("export", gzip(GRANT.as_bytes()), "", 1, ALICE, ""),
        ("a.yaml.gz", [gzip(first.as_bytes()), gzip(second.as_bytes())].concat(), "", 1, ALICE, ""),
        (
            "a.yaml",
            utf16,
            "",
            2,
            "",
            "a.yaml: the text is UTF-16, not UTF-8\n  help: save it as UTF-8\nerror: nothing could be read\n  help: export the cluster with:\n  kubectl get clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts -A -o yaml > rbac.yaml\n  kubectl get pods,namespaces,nodes,daemonsets,deployments -A -o yaml > cluster.yaml\n",
        ),
    ]);
}

#[test]
fn what_kubernetes_writes_and_people_change_is_read_as_kubernetes_reads_it() {
    let anchored = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: &m {name: debug, namespace: kube-system}\nrules: [&r {apiGroups: [''], resources: [pods/exec], verbs: [create]}, {<<: *r, verbs: [get]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: debug, namespace: kube-system}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: debug}\nsubjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: alice}]\n";
    let nulls = GRANT
        .replace("rules:\n", "aggregationRule:\nrules:\n- {apiGroups: null, resources: null, verbs: null}\n");
    check(&[
        ("a.yaml", text(anchored), "", 1, ALICE, ""),
        ("a.yaml", text(&nulls), "", 1, ALICE, ""),
        (
            "a.yaml",
            text(&GRANT.replace(
                "subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: alice}]",
                "subjects:",
            )),
            "",
            3,
            "",
            "",
        ),
        (
            "a.yaml",
            text(&GRANT.replace("- {apiGroups: [''], resources: [pods/exec], verbs: [create]}", "")),
            "",
            3,
            "",
            "",
        ),
        // Verbs of a rule that was pasted by hand and mean what they say.
        ("a.yaml", text(&GRANT.replace("[create]", "[create, create]")), "", 1, ALICE, ""),
    ]);
}

#[test]
fn what_is_in_doubt_is_named_and_never_hides_a_finding() {
    let duplicate = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  name: b\n  namespace: n\n";
    let keys = "{\"kind\":\"Role\",\n\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"metadata\":{\"name\":\"a\",\"namespace\":\"n\"},\n\"rules\":[],\"rules\":[]}\n";
    let said_keys =
        "a.yaml:15:12: the key `rules` stands twice: on line 15 and on line 15\n  help: keep one of them\n";
    let said =
        "a.yaml:17:3: the key `name` stands twice: on line 16 and on line 17\n  help: keep one of them\n";
    let strict = "error: 1 faults in the input, and --strict takes none\n  help: they are named above; without --strict the rest is judged as incomplete\n";
    let wrong = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: x, namespace: n}\nrules: nothing\n";
    let said_wrong = "a.yaml:16:8: `rules` must be a list, not a string\n";
    let different = GRANT.split("---\n").next().unwrap_or_default().replace("create", "get");
    let said_different = "a.yaml:13:1: Role `kube-system/debug` stands at `a.yaml:1` and, different, at `a.yaml:13`\n  help: keep the one that the cluster has\n";
    let same = GRANT.split("---\n").next().unwrap_or_default();
    let cut = "kind: SecretList\napiVersion: v1\nmetadata: {continue: abc}\nitems: []\n";
    let said_cut = "a.yaml:15:22: the list was cut off by the server: `metadata.continue` is set\n  help: export it again without a limit\n";
    let denied = "kind: Status\napiVersion: v1\nstatus: Failure\nreason: Forbidden\ncode: 403\ndetails: {kind: pods}\n";
    let said_denied =
        "a.yaml:13:1: the server refused to list Pod (403)\n  help: export it as a user who may list it\n";
    let table = "NAMESPACE   NAME   AGE\nkube-system   cilium-abc   3d\n";
    let said_table = "a.yaml:13:1: this is the table that `kubectl get` prints, not YAML or JSON\n  help: add `-o yaml` to the command\n";
    let with = |more: &str| text(&format!("{GRANT}---\n{more}"));
    let faulty = |said: &str| format!("{said}{strict}");
    check(&[
        ("a.yaml", with(duplicate), "", 1, ALICE, said),
        ("a.yaml", with(duplicate), "--strict", 2, "", &faulty(said)),
        ("a.yaml", with(keys), "", 1, ALICE, said_keys),
        ("a.yaml", with(wrong), "", 1, ALICE, said_wrong),
        ("a.yaml", with(wrong), "--strict", 2, "", &faulty(said_wrong)),
        ("a.yaml", with(&different), "", 1, ALICE, said_different),
        ("a.yaml", with(&different), "--strict", 2, "", &faulty(said_different)),
        ("a.yaml", with(same), "--strict", 1, ALICE, ""),
        ("a.yaml", with(cut), "", 1, ALICE, said_cut),
        ("a.yaml", with(cut), "--strict", 1, ALICE, said_cut),
        ("a.yaml", with(denied), "", 1, ALICE, said_denied),
        ("a.yaml", with(denied), "--strict", 1, ALICE, said_denied),
        ("a.yaml", with(table), "", 1, ALICE, said_table),
    ]);
}

#[test]
fn folders_are_read_as_kubectl_reads_them() {
    let broken = b"kind: [\n";
    let folder = Scratch::with(&[
        ("a/grant.yaml", GRANT.as_bytes()),
        ("a/README.md", b"# notes\n"),
        ("a/values.txt", broken),
        ("a/sub/broken.json", broken),
        ("empty/.keep", b""),
        ("readme/README.md", b"# notes\n"),
        ("apart/role.yml", GRANT.split("---\n").next().unwrap_or_default().as_bytes()),
        ("apart/deep/er/binding.json", json_lines().lines().nth(1).unwrap_or_default().as_bytes()),
        ("beside/broken.yaml", broken),
        ("beside/grant.yaml.gz", &gzip(GRANT.as_bytes())),
    ]);
    let nothing = "There is nothing to check: no RBAC object is in the input.\nExport what is needed (kubectl lists, and reads no Secret), then check both files:\n  kubectl get clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts -A -o yaml > rbac.yaml\n  kubectl get pods,namespaces,nodes,daemonsets,deployments -A -o yaml > cluster.yaml\n  kubectl cilium-exec-check -f rbac.yaml -f cluster.yaml\n";
    let flow = "not valid YAML: while parsing a node, did not find expected node content";
    for (line, code, stdout, stderr) in [
        ("-f a", 1, "user/alice\n", String::new()),
        ("-R -f a", 1, "user/alice\n", format!("a/sub/broken.json:1:1: {flow}\n")),
        ("-f empty", 4, "", nothing.to_owned()),
        ("-f readme", 4, "", nothing.to_owned()),
        ("-f apart", 3, "", String::new()),
        ("-f apart -R", 1, "user/alice\n", String::new()),
        ("-f beside", 1, "user/alice\n", format!("beside/broken.yaml:1:1: {flow}\n")),
        ("-f a -f beside -f a/grant.yaml", 1, "user/alice\n", format!("beside/broken.yaml:1:1: {flow}\n")),
    ] {
        let words = line.split_whitespace().map(|word| match word.starts_with('-') {
            true => word.to_owned(),
            false => folder.join(word).to_string_lossy().into_owned(),
        });
        let words: Vec<String> = words.chain(["-o".to_owned(), "name".to_owned()]).collect();
        let ran = CommandLine::new(words.iter().map(String::as_str)).run().without(folder.path());
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr), (code, stdout, stderr), "{line}");
    }
}

#[test]
fn the_report_names_files_as_they_were_given() {
    let folder = Scratch::with(&[("a/grant.yaml", GRANT.as_bytes()), ("b.yaml", GRANT.as_bytes())]);
    let place = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let ran = CommandLine::new(["-f", &place("b.yaml"), "-f", &place("a"), "-f", "-", "-o", "json"])
        .stdin(GRANT.as_bytes())
        .run();
    let ran = ran.without(folder.path());
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("it is JSON");
    let sources = report["input"]["sources"].as_array().expect("there are sources").iter();
    let sources: Vec<(&str, u64)> = sources
        .map(|source| {
            (source["name"].as_str().unwrap_or_default(), source["objects"].as_u64().unwrap_or_default())
        })
        .collect();
    assert_eq!(sources, [("-", 2), ("a/grant.yaml", 2), ("b.yaml", 2)]);
}

#[test]
fn bombs_are_refused_by_the_limits_name_beside_a_finding() {
    let mut aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let more = vec![format!("*a{}", level - 1); 10].join(", ");
        aliases += &format!("a{level}: &a{level} [{more}]\n");
    }
    for (name, bytes, said) in [
        (
            "bomb.yaml",
            text(&aliases),
            "bomb.yaml:6:50: aliases expand to more than 1048576 nodes (limit `alias-nodes`)",
        ),
        (
            "bomb.yaml",
            text(&"[".repeat(100_000)),
            "bomb.yaml:1:101: nested deeper than 100 levels (limit `depth`)",
        ),
        (
            "bomb.yaml",
            text(&"- ".repeat(100_000)),
            "bomb.yaml:1:201: nested deeper than 100 levels (limit `depth`)",
        ),
        (
            "bomb.json",
            text(&"{\"a\":".repeat(100_000)),
            "bomb.json:1:501: nested deeper than 100 levels (limit `depth`)",
        ),
        (
            "bomb.yaml.gz",
            gzip(&vec![b' '; 64 << 20]),
            "bomb.yaml.gz: limit `expansion-ratio` reached: it unpacks to more than 150 times its size",
        ),
        (
            "bomb.yaml.gz",
            gzip(&b"a: b\n".repeat(12 << 20)),
            "bomb.yaml.gz: limit `expansion-ratio` reached: it unpacks to more than 150 times its size",
        ),
    ] {
        let scratch = Scratch::with(&[(name, &bytes), ("grant.yaml", GRANT.as_bytes())]);
        let (bomb, grant) = (scratch.join(name), scratch.join("grant.yaml"));
        let line =
            ["-f", bomb.to_str().unwrap_or_default(), "-f", grant.to_str().unwrap_or_default(), "-o", "name"];
        let ran = CommandLine::new(line).run().without(scratch.path());
        assert_eq!(
            (ran.code, ran.stdout.as_str(), ran.stderr.trim_end()),
            (1, "user/alice\n", said),
            "{name}"
        );
    }
}

#[test]
fn large_exports_that_are_no_bombs_are_read_whole() {
    let roles: String = (0..20_000)
        .map(|index| format!("- apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata:\n    name: r{index}\n    namespace: n\n  rules: []\n"))
        .collect();
    let pods: String = (0..5_000)
        .map(|index| format!("- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: p{index}\n    namespace: n\n  spec:\n    containers:\n    - name: c\n      image: i\n"))
        .collect();
    let list = |items: &str| format!("apiVersion: v1\nitems:\n{items}kind: List\n---\n");
    let scalar = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: n}}\ndata: {{a: {}}}\n---\n",
        "x".repeat(50 << 20)
    );
    // Objects that differ in little: what they unpack to is some 60 times as much.
    let alike: String = (0..40_000)
        .map(|index| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{index}, namespace: n, labels: {{a: {0}, b: {0}, c: {0}}}}}\n", "v".repeat(60)))
        .collect();
    let packed = gzip(format!("{GRANT}{alike}").as_bytes());
    let ratio = alike.len() / packed.len();
    assert!((30..120).contains(&ratio), "it unpacks to {ratio} times its size");
    check(&[
        ("a.yaml", text(&format!("{}{GRANT}", list(&roles))), "--strict", 1, ALICE, ""),
        (
            "a.yaml",
            text(&format!("{}{GRANT}", list(&pods))),
            "--strict --cilium-namespace kube-system",
            3,
            "",
            "",
        ),
        ("a.yaml", text(&format!("{scalar}{GRANT}")), "--strict", 1, ALICE, ""),
        ("a.yaml.gz", packed, "--strict", 1, ALICE, ""),
    ]);
}

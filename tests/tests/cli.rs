//! The command line as a user types it: what each line of it prints, where, and how it ends.

use cilium_exec_check_tests::{CommandLine, FORMATS, Ran, fixtures};

const COMPLETE: &str = "-f fixtures/complete/input -f fixtures/agent/input";
/// One finding.
const EXEC: &str = "-f fixtures/pods-exec-create/input -f fixtures/agent/input";
const PORT_FORWARD: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: forward, namespace: kube-system}
rules: [{apiGroups: [''], resources: [pods/portforward], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: forward, namespace: kube-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: forward}
subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: alice}]
";

/// Words of a command line, one after the other; `-` in it reads `stdin`.
fn run(line: &str, stdin: &str) -> Ran {
    CommandLine::new(line.split_whitespace()).stdin(stdin.as_bytes()).run()
}

fn ended(code: u8, stdout: &str, stderr: &str) -> Ran {
    Ran { code, stdout: stdout.to_owned(), stderr: stderr.to_owned() }
}

#[test]
fn every_fixture_ends_as_it_says() {
    let mut faults = Vec::new();
    for fixture in fixtures() {
        let code = run(&format!("{} -o name", fixture.arguments().join(" ")), "").code;
        if code != fixture.expect.exit {
            faults.push(format!("{}: {code}, not {}", fixture.name, fixture.expect.exit));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_format_changes_no_exit_code() {
    for (line, code) in [
        (COMPLETE, 0),
        ("-f fixtures/rbac-alone-still-finds/input", 1),
        ("-f fixtures/rbac-without-pods/input", 3),
        ("-f fixtures/pods-without-rbac/input", 4),
    ] {
        for format in FORMATS {
            assert_eq!(run(&format!("{line} -o {format}"), "").code, code, "{line} as {format}");
        }
    }
}

#[test]
fn exit_codes_go_by_their_precedence() {
    let broken = "kind: Role\nmetadata: [\n";
    for (line, stdin, code) in [
        // Complete.
        (COMPLETE, "", 0),
        // Findings, from --fail-on.
        ("-f fixtures/pods-exec-create/input", "", 1),
        ("-f fixtures/pods-exec-create/input --fail-on critical", "", 1),
        ("-f fixtures/pods-exec-create/input --fail-on none", "", 0),
        ("-f fixtures/pods-exec-create/input --exit-zero", "", 0),
        ("-f -", PORT_FORWARD, 0),
        ("-f - --fail-on high", PORT_FORWARD, 0),
        ("-f - --fail-on medium", PORT_FORWARD, 1),
        ("-f - --fail-on low", PORT_FORWARD, 1),
        ("-f - --fail-on none", PORT_FORWARD, 0),
        // A broken document: a finding comes before it, and it before completeness.
        ("-f -", broken, 3),
        ("-f - --allow-incomplete", broken, 0),
        ("-f - --exit-zero", broken, 0),
        ("-f - --strict", broken, 2),
        ("-f - --strict --exit-zero", broken, 2),
        ("-f fixtures/pods-exec-create/input -f -", broken, 1),
        ("-f fixtures/pods-exec-create/input -f - --allow-incomplete", broken, 1),
        ("-f fixtures/pods-exec-create/input -f - --fail-on none", broken, 3),
    ] {
        let line = format!("{line} {COMPLETE} --kubernetes-version 1.37 -o name");
        assert_eq!(run(&line, stdin).code, code, "{line} on\n{stdin}");
    }
    for (line, stdin, code) in [
        // Incomplete: neither denied nor absent kinds decide.
        ("-f fixtures/rbac-without-pods/input", "", 3),
        ("-f fixtures/rbac-without-pods/input --allow-incomplete", "", 0),
        ("-f fixtures/rbac-without-pods/input --exit-zero", "", 0),
        ("-f fixtures/rbac-alone-still-finds/input", "", 1),
        ("-f fixtures/rbac-alone-still-finds/input --allow-incomplete", "", 1),
        // Nothing to check.
        ("-f fixtures/pods-without-rbac/input", "", 4),
        ("-f fixtures/pods-without-rbac/input --allow-incomplete", "", 4),
        ("-f fixtures/pods-without-rbac/input --fail-on none", "", 4),
        ("-f fixtures/pods-without-rbac/input --exit-zero", "", 0),
        ("-f -", "# nothing but a comment\n", 4),
        ("-f -", "", 4),
        // No verdict.
        ("-f -", broken, 2),
        ("-f - --exit-zero", broken, 2),
        ("-f nowhere.yaml", "", 2),
    ] {
        let line = format!("{line} -o name");
        assert_eq!(run(&line, stdin).code, code, "{line} on\n{stdin}");
    }
}

#[test]
fn pods_without_cilium_are_nothing_to_check_unless_they_are_in_doubt() {
    let pods = "kind: PodList\napiVersion: v1\nitems: [{metadata: {name: web, namespace: shop}, spec: {containers: [{name: c, image: nginx}]}}]\n---\n";
    let cut = "kind: PodList\napiVersion: v1\nmetadata: {continue: abc}\nitems: []\n---\n";
    let denied = "kind: Status\napiVersion: v1\nstatus: Failure\nreason: Forbidden\ncode: 403\ndetails: {kind: pods}\n---\n";
    for (line, stdin, code) in [
        ("-f -", format!("{pods}{PORT_FORWARD}"), 4),
        ("-f - --cilium-namespace kube-system --fail-on medium", format!("{pods}{PORT_FORWARD}"), 3),
        ("-f -", format!("{cut}{PORT_FORWARD}"), 3),
        ("-f -", format!("{denied}{PORT_FORWARD}"), 3),
        ("-f -", PORT_FORWARD.to_owned(), 3),
    ] {
        assert_eq!(run(line, &stdin).code, code, "{line} on\n{stdin}");
    }
}

#[test]
fn the_sample_ends_well_unless_a_severity_is_asked_for() {
    for (line, code) in [
        ("--demo -o name", 0),
        ("--demo -o json", 0),
        ("--demo --fail-on high -o name", 1),
        ("--demo --fail-on none -o name", 0),
        ("--demo --fail-on critical --exit-zero -o name", 0),
        ("explain user/oncall@example.com --demo", 0),
        ("explain user/oncall@example.com --demo --fail-on critical", 1),
    ] {
        assert_eq!(run(line, "").code, code, "{line}");
    }
}

#[test]
fn misuse_is_said_on_stderr_with_a_way_out() {
    const MORE: &str = "\nFor more information, try '--help'.\n";
    const KNOWN: &str = "no such format (known: text, wide, json, yaml, html, markdown, csv, name)";
    let usage = "\nUsage: kubectl cilium-exec-check [OPTIONS] [COMMAND]\n";
    for (line, stderr) in [
        ("--demo -o jsn", format!("error: invalid value 'jsn' for '--output <FORMAT[=FILE]>': {KNOWN}; did you mean `json`?\n{MORE}")),
        ("--demo -o sarif", format!("error: invalid value 'sarif' for '--output <FORMAT[=FILE]>': {KNOWN}\n{MORE}")),
        ("--demo -o junit=report.xml", format!("error: invalid value 'junit=report.xml' for '--output <FORMAT[=FILE]>': {KNOWN}
{MORE}")),
        ("--demo -o json=", format!("error: invalid value 'json=' for '--output <FORMAT[=FILE]>': the file's name is missing after `=`\n{MORE}")),
        ("explan user/x", format!("error: unrecognized subcommand 'explan'\n\n  tip: a similar subcommand exists: 'explain'\n{usage}{MORE}")),
        ("--demo --fail-on hgh", format!("error: invalid value 'hgh' for '--fail-on <SEVERITY>'\n  [possible values: critical, high, medium, low, none]\n\n  tip: a similar value exists: 'high'\n{MORE}")),
        ("--demo --kubernetes-version 2", format!("error: invalid value '2' for '--kubernetes-version <VERSION>': a version looks like `1.34`\n{MORE}")),
        ("--bogus", format!("error: unexpected argument '--bogus' found\n{usage}{MORE}")),
        ("--demo -o text -o wide", "error: only one output can go to stdout; give the others a file: -o FORMAT=FILE\n  help: see `kubectl cilium-exec-check --help`\n".to_owned()),
        ("--demo -o json=a -o yaml=a", "error: two outputs go to `a`\n  help: see `kubectl cilium-exec-check --help`\n".to_owned()),
        ("explain deployer --demo", "error: `deployer` is no identity\n  help: it looks like serviceaccount/NAMESPACE/NAME, user/NAME, group/NAME or node/NAME\n".to_owned()),
        ("explain serviceaccount/ci/deploier --demo", "error: the input names no identity `serviceaccount/ci/deploier`\n  help: did you mean `serviceaccount/ci/deployer`, `serviceaccount/ci/lint`, `serviceaccount/ci/default`?\n".to_owned()),
        ("techniques pods-exce", "error: no technique is called `pods-exce`\n  help: did you mean `pods-exec`, `pods-resize`, `pods-proxy`? `kubectl cilium-exec-check techniques` lists them\n".to_owned()),
        ("-f https://example.com/a.yaml", "error: `https://example.com/a.yaml` is a URL, and nothing is downloaded\n  help: download it and give the file\n".to_owned()),
        ("--demo version", "error: this command takes no flags of the check\n  help: see `kubectl cilium-exec-check --help`\n".to_owned()),
    ] {
        assert_eq!(run(line, ""), ended(2, "", &stderr), "{line}");
    }
}

#[test]
fn commands_flags_and_formats_that_are_not_built_are_refused_and_not_in_the_help() {
    let help = run("--help", "").stdout;
    for (line, word) in [
        ("fix --demo", "  fix "),
        ("diff old.json new.json", "  diff "),
        ("collect", "  collect "),
        ("--demo -o sarif", "sarif"),
        ("--demo -o html", "html"),
        ("--demo -o markdown", "markdown"),
        ("--demo -o csv", "csv"),
        ("--demo -o dot", "dot"),
        ("--demo -o mermaid", "mermaid"),
        ("--demo -o junit", "junit"),
        ("--demo --baseline a.json", "--baseline"),
        ("--demo --accept a.yaml", "--accept"),
        ("--demo --now 2026-01-01", "--now"),
        ("--context a", "--context"),
        ("--kubeconfig a", "--kubeconfig"),
        ("--save a.tar.gz", "--save"),
    ] {
        let built = help.contains(word);
        let refused = run(line, "").code == 2;
        assert!(built != refused, "{line}: in the help: {built}, refused: {refused}");
    }
}

#[test]
fn help_names_every_command_flag_format_and_exit_code_within_120_columns() {
    let help = run("--help", "");
    assert_eq!((help.code, help.stderr.as_str()), (0, ""));
    for word in [
        "kubectl cilium-exec-check",
        "explain",
        "techniques",
        "completion",
        "version",
        "--filename",
        "--recursive",
        "--demo",
        "--kubernetes-version",
        "--cilium-namespace",
        "--without",
        "--output",
        "--show-expected",
        "--redact",
        "--open",
        "--color",
        "--progress",
        "--verbose",
        "--fail-on",
        "--allow-incomplete",
        "--strict",
        "--exit-zero",
        "text, wide, json, yaml, html, markdown, csv or name",
        "  0 ",
        "  1 ",
        "  2 ",
        "  3 ",
        "  4 ",
        "  70 ",
        "130",
        "143",
        "Examples:",
        "-o yaml > rbac.yaml",
    ] {
        assert!(help.stdout.contains(word), "`{word}` is not in\n{}", help.stdout);
    }
    for line in [
        "--help",
        "-h",
        "help",
        "explain --help",
        "help explain",
        "techniques --help",
        "completion --help",
        "version --help",
    ] {
        let help = run(line, "");
        assert_eq!((help.code, help.stderr.as_str()), (0, ""), "{line}");
        let wide = help.stdout.lines().find(|line| line.chars().count() > 120);
        assert_eq!(wide, None, "{line}");
        assert!(help.stdout.contains("Usage: kubectl cilium-exec-check"), "{line}");
    }
}

#[test]
fn the_version_is_printed_by_command_and_by_flag() {
    let version = format!("cilium-exec-check {}\n", env!("CARGO_PKG_VERSION"));
    for line in ["version", "--version", "-V"] {
        assert_eq!(run(line, ""), ended(0, &version, ""), "{line}");
    }
}

#[test]
fn completion_scripts_are_for_the_binary_that_kubectl_runs() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&format!("completion {shell}"), "");
        assert_eq!((script.code, script.stderr.as_str()), (0, ""), "{shell}");
        for word in ["kubectl-cilium_exec_check", "explain", "show-expected"] {
            assert!(script.stdout.contains(word), "{shell}: `{word}`");
        }
    }
}

#[test]
fn every_technique_is_listed_and_printed_in_full() {
    let list = run("techniques", "");
    assert_eq!((list.code, list.stderr.as_str()), (0, ""));
    let ids: Vec<&str> =
        list.stdout.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(ids.len() > 70, "only {} techniques are listed", ids.len());
    for id in ids {
        let entry = run(&format!("techniques {id}"), "");
        assert_eq!((entry.code, entry.stderr.as_str()), (0, ""), "{id}");
        for title in ["How it works", "Severity", "Requires", "What to change", "Sources"] {
            assert!(entry.stdout.contains(title), "{id} has no `{title}`:\n{}", entry.stdout);
        }
    }
}

#[test]
fn an_identity_is_known_by_all_of_its_names_and_explained_in_every_format() {
    for who in [
        "serviceaccount/ci/deployer",
        "sa/ci/deployer",
        "ServiceAccount/ci/deployer",
        "user/system:serviceaccount:ci:deployer",
        "system:serviceaccount:ci:deployer",
    ] {
        let line = format!("explain {who} --demo -o name");
        assert_eq!(run(&line, ""), ended(0, "serviceaccount/ci/deployer\n", ""), "{who}");
    }
    let text = run("--demo explain sa/ci/deployer", "").stdout;
    for line in [
        "critical  serviceaccount/ci/deployer  gains exec, node-root, identity, control, network, disrupt",
        "     request  create pods/exec named cilium-7xk2p in namespace kube-system",
        "     binding  rolebinding kube-system/ci-exec  rbac.yaml:594",
        "     subject  subjects[0]  rbac.yaml:604",
        "     role     clusterrole pod-debug  rbac.yaml:271",
        "     rule     rules[1]  rbac.yaml:284",
        "     ask      kubectl auth can-i create pods --subresource=exec -n kube-system --as=system:serviceaccount:ci:deployer",
    ] {
        assert!(text.lines().any(|have| have == line), "`{line}` is not in\n{text}");
    }
}

#[test]
fn a_member_is_told_what_it_has_through_its_groups() {
    let said = run("explain serviceaccount/shop/web --demo -o text", "");
    assert_eq!(said.code, 0);
    let first = said.stdout.lines().next();
    assert_eq!(first, Some("serviceaccount/shop/web: no way in was found through what was supplied."));
    let given = "kind: ClusterRoleBinding\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: all}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: forward}\nsubjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:serviceaccounts:shop'}]\n---\nkind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: forward}\nrules: [{apiGroups: [''], resources: [pods/exec], verbs: [create]}]\n---\nkind: ServiceAccount\napiVersion: v1\nmetadata: {name: web, namespace: shop}\n";
    let line = format!("explain sa/shop/web -f - {COMPLETE}");
    let said = run(&line, given);
    assert_eq!(said.code, 1);
    let through = "serviceaccount/shop/web is in this group, so every path of the group is its own.";
    assert!(said.stdout.contains(through), "{}", said.stdout);
}

#[test]
fn flags_before_and_after_the_command_are_one() {
    let after = run(&format!("explain user/alice {EXEC} -o name"), "");
    assert_eq!(after, ended(1, "user/alice\n", ""));
    for line in [
        format!("{EXEC} explain user/alice -o name"),
        format!("{EXEC} -o name explain user/alice"),
        format!("-o name explain {EXEC} user/alice"),
    ] {
        assert_eq!(run(&line, ""), after, "{line}");
    }
}

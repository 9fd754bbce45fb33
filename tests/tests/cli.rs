//! The command line as a user types it: what each line of it prints, where, and how it ends.

use cilium_exec_check::Environment;
use cilium_exec_check_core::render::{self, TextOptions};
use cilium_exec_check_core::{Options, demo};
use cilium_exec_check_tests::{CommandLine, File, Ran, Scratch, analyze, fixtures};

const FORMATS: [&str; 8] = ["text", "wide", "json", "yaml", "html", "markdown", "csv", "name"];
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

#[test]
fn a_file_gets_the_bytes_of_stdout_and_stdout_nothing() {
    for format in FORMATS {
        let scratch = Scratch::with(&[("report", b"old")]);
        let path = scratch.join("report");
        let printed = run(&format!("{EXEC} --fail-on none --allow-incomplete -o {format}"), "");
        let written =
            run(&format!("{EXEC} --fail-on none --allow-incomplete -o {format}={}", path.display()), "");
        assert_eq!(written, ended(0, "", ""), "{format}");
        let bytes = std::fs::read(&path).expect("the report was written");
        assert!(bytes == printed.stdout.as_bytes(), "{format}");
        let names: Vec<_> = std::fs::read_dir(scratch.path()).expect("it can be listed").flatten().collect();
        assert_eq!(names.len(), 1, "{format}: {names:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{format}");
        }
    }
}

#[test]
fn several_formats_come_from_one_run() {
    let scratch = Scratch::new();
    let (json, yaml) = (scratch.join("a.json"), scratch.join("a.yaml"));
    let line = format!("{EXEC} -o json={} -o name -o yaml={}", json.display(), yaml.display());
    assert_eq!(run(&line, ""), run(&format!("{EXEC} -o name"), ""));
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(json).expect("it was written")).expect("it is JSON");
    let yaml: serde_json::Value =
        serde_yaml::from_slice(&std::fs::read(yaml).expect("it was written")).expect("it is YAML");
    assert!(json == yaml, "JSON and YAML hold different reports");
}

#[test]
fn where_one_output_fails_none_is_changed() {
    let scratch = Scratch::with(&[("old.json", b"old")]);
    let line =
        format!("{EXEC} -o json={0}/old.json -o yaml={0}/nowhere/new.yaml -o name", scratch.path().display());
    assert_eq!(
        run(&line, "").without(scratch.path()),
        ended(2, "", "error: cannot write `nowhere/new.yaml`: no such file or folder\n")
    );
    assert_eq!(std::fs::read(scratch.join("old.json")).expect("it is there"), b"old");
    let names: Vec<_> = std::fs::read_dir(scratch.path()).expect("it can be listed").flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[test]
fn colour_goes_where_it_is_wanted_and_is_nothing_but_colour() {
    let plain = run(EXEC, "").stdout;
    let on = |terminal, no_colour, line: &str| {
        let environment =
            Environment { stdout_terminal: terminal, plain: no_colour, ..Environment::default() };
        CommandLine::new(line.split_whitespace()).environment(environment).run().stdout
    };
    for (terminal, no_colour, line, coloured) in [
        (false, false, "", false),
        (true, false, "", true),
        (true, true, "", false),
        (false, false, "--color always", true),
        (true, false, "--color never", false),
        (true, false, "--color auto", true),
        (true, true, "--color auto", false),
    ] {
        let text = on(terminal, no_colour, &format!("{EXEC} {line}"));
        assert_eq!(text.contains('\u{1b}'), coloured, "terminal: {terminal}, NO_COLOR: {no_colour}, {line}");
        assert_eq!(without_sgr(&text), plain, "{line}");
    }
    for line in ["-o wide --color always", "explain user/alice --color always"] {
        let line = format!("{EXEC} {line}");
        let uncoloured = run(&line.replace("always", "never"), "").stdout;
        assert_eq!(without_sgr(&run(&line, "").stdout), uncoloured, "{line}");
    }
}

/// The text without `ESC [ … m`; any other sequence stays, and shows.
fn without_sgr(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|letter: char| !letter.is_ascii_digit() && letter != ';').unwrap_or(after.len());
        match after.get(end..).and_then(|tail| tail.strip_prefix('m')) {
            Some(tail) => rest = tail,
            None => {
                plain.push('\u{1b}');
                rest = after;
            }
        }
    }
    plain + rest
}

#[test]
fn progress_goes_to_stderr_and_gives_way() {
    let scratch = Scratch::with(&[("a.yaml", b"# a\n"), ("b.yaml", b"# b\n")]);
    let path = scratch.path().display();
    let lines = |line: &str, environment: Environment| {
        let line = format!("{line} -f {path} -o name");
        let said = CommandLine::new(line.split_whitespace()).environment(environment).run();
        let said = said.without(scratch.path()).stderr;
        let mut lines: Vec<String> =
            said.split_inclusive('\n').filter(|line| line.contains("reading")).map(str::to_owned).collect();
        lines.sort();
        lines.concat()
    };
    let terminal = Environment { stderr_terminal: true, ..Environment::default() };
    let dumb = Environment { plain: true, ..terminal.clone() };
    assert_eq!(lines("", Environment::default()), "");
    assert_eq!(lines("--progress always", Environment::default()), "reading a.yaml\nreading b.yaml\n");
    assert_eq!(lines("--progress always", dumb.clone()), "reading a.yaml\nreading b.yaml\n");
    assert_eq!(lines("", dumb), "");
    assert_eq!(lines("--progress never", terminal.clone()), "");
    let rewritten = lines("", terminal);
    assert!(
        rewritten.starts_with("\r\u{1b}[2Kreading ") && rewritten.contains("\r\u{1b}[2KThere is nothing"),
        "{rewritten:?}"
    );
}

#[test]
fn text_fits_and_says_the_verdict_first() {
    let files =
        demo::sources().iter().map(|(name, bytes)| File { name: (*name).to_owned(), bytes: bytes.to_vec() });
    let report = analyze(&files.collect::<Vec<_>>(), &Options::default());
    for columns in [60, 80, 100, 140, 200] {
        for show_expected in [false, true] {
            let options = TextOptions { width: columns, show_expected, ..TextOptions::default() };
            let text = render::text(&report, &options);
            // The identity is never cut, so lines of the table may be wider than a narrow terminal.
            let wide = text.lines().find(|line| line.chars().count() > columns.max(100));
            assert_eq!(wide, None, "{columns} columns");
            let verdict = "7 identities can gain privileged Cilium";
            assert!(text.lines().take(8).any(|line| line.starts_with(verdict)), "{columns} columns:\n{text}");
        }
    }
}

#[test]
fn what_is_missing_is_named_within_eight_lines_and_nothing_is_called_clean() {
    for (line, words) in [
        ("-f fixtures/rbac-without-pods/input", vec!["INCOMPLETE", "Pod, Namespace, ServiceAccount, Node"]),
        ("-f fixtures/rbac-alone-still-finds/input", vec!["INCOMPLETE", "At least 1 identity"]),
        ("-f fixtures/pods-without-rbac/input", vec!["INCOMPLETE", "RoleBinding"]),
    ] {
        for format in ["text", "wide"] {
            let text = run(&format!("{line} -o {format}"), "").stdout;
            let head = text.lines().take(8).map(str::trim_start).collect::<Vec<_>>().join(" ");
            for word in &words {
                assert!(head.contains(word), "`{word}` is not in the first lines of\n{text}");
            }
        }
    }
    for line in ["--demo", "--demo -o wide", COMPLETE, "-f fixtures/rbac-without-pods/input", "--help"] {
        let text = run(line, "").stdout.to_lowercase();
        for word in ["clean", "safe", "no issues", "passed", " secure"] {
            assert!(!text.contains(word), "`{word}` in {line}");
        }
    }
    let complete = run(COMPLETE, "").stdout;
    assert!(complete.contains("no way in was found through what was supplied"), "{complete}");
}

#[test]
fn what_leads_to_the_same_answer_again_is_printed_whole() {
    let line = "-f fixtures/pods-exec-create/input -R -f fixtures/agent/input --kubernetes-version 1.34 --cilium-namespace kube-system";
    let text = run(line, "").stdout;
    assert_eq!(
        text.lines().last(),
        Some(
            "Every path: kubectl cilium-exec-check explain IDENTITY -f fixtures/pods-exec-create/input -f fixtures/agent/input -R --kubernetes-version 1.34 --cilium-namespace kube-system"
        )
    );
}

//! What a run prints: where each output goes, in what colour and width, and what its text says first.

use cilium_exec_check::Environment;
use cilium_exec_check_core::Options;
use cilium_exec_check_core::render::{self, TextOptions};
use cilium_exec_check_tests::{CommandLine, FORMATS, Ran, Scratch, analyze, sample};

const COMPLETE: &str = "-f fixtures/complete/input -f fixtures/agent/input";
/// One finding.
const EXEC: &str = "-f fixtures/pods-exec-create/input -f fixtures/agent/input";

/// Words of a command line, one after the other.
fn run(line: &str) -> Ran {
    CommandLine::new(line.split_whitespace()).run()
}

fn ended(code: u8, stdout: &str, stderr: &str) -> Ran {
    Ran { code, stdout: stdout.to_owned(), stderr: stderr.to_owned() }
}

#[test]
fn a_file_gets_the_bytes_of_stdout_and_stdout_nothing() {
    for format in FORMATS {
        let scratch = Scratch::with(&[("report", b"old")]);
        let path = scratch.join("report");
        let printed = run(&format!("{EXEC} --fail-on none --allow-incomplete -o {format}"));
        let written =
            run(&format!("{EXEC} --fail-on none --allow-incomplete -o {format}={}", path.display()));
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
    assert_eq!(run(&line), run(&format!("{EXEC} -o name")));
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
        run(&line).without(scratch.path()),
        ended(2, "", "error: cannot write `nowhere/new.yaml`: no such file or folder\n")
    );
    assert_eq!(std::fs::read(scratch.join("old.json")).expect("it is there"), b"old");
    let names: Vec<_> = std::fs::read_dir(scratch.path()).expect("it can be listed").flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[test]
fn colour_goes_where_it_is_wanted_and_is_nothing_but_colour() {
    let plain = run(EXEC).stdout;
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
        let uncoloured = run(&line.replace("always", "never")).stdout;
        assert_eq!(without_sgr(&run(&line).stdout), uncoloured, "{line}");
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
    let report = analyze(&sample(), &Options::default());
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
            let text = run(&format!("{line} -o {format}")).stdout;
            let head = text.lines().take(8).map(str::trim_start).collect::<Vec<_>>().join(" ");
            for word in &words {
                assert!(head.contains(word), "`{word}` is not in the first lines of\n{text}");
            }
        }
    }
    for line in ["--demo", "--demo -o wide", COMPLETE, "-f fixtures/rbac-without-pods/input", "--help"] {
        let text = run(line).stdout.to_lowercase();
        for word in ["clean", "safe", "no issues", "passed", " secure"] {
            assert!(!text.contains(word), "`{word}` in {line}");
        }
    }
    let complete = run(COMPLETE).stdout;
    assert!(complete.contains("no way in was found through what was supplied"), "{complete}");
}

#[test]
fn what_leads_to_the_same_answer_again_is_printed_whole() {
    let line = "-f fixtures/pods-exec-create/input -R -f fixtures/agent/input --kubernetes-version 1.34 --cilium-namespace kube-system";
    let text = run(line).stdout;
    assert_eq!(
        text.lines().last(),
        Some(
            "Every path: kubectl cilium-exec-check explain IDENTITY -f fixtures/pods-exec-create/input -f fixtures/agent/input -R --kubernetes-version 1.34 --cilium-namespace kube-system"
        )
    );
}

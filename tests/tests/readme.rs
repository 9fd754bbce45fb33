//! The README keeps its word: its picture is what the sample prints, its commands work, the tests that it names are there.

use cilium_exec_check_tests::{CommandLine, Ran, Scratch, root};
use std::collections::BTreeSet;

const REVIEWS: &str = "apiVersion: authorization.k8s.io/v1
kind: SubjectAccessReview
spec: {user: dana@example.com, resourceAttributes: {verb: create, resource: pods, namespace: tools}}
";

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("there is a README")
}

/// The lines of every block in that language.
fn blocks(language: &str) -> Vec<String> {
    let text = readme();
    let blocks = text.split("\n```").skip(1).step_by(2);
    let wanted = blocks.filter_map(|block| block.strip_prefix(&format!("{language}\n")).map(str::to_owned));
    wanted.collect()
}

fn commands() -> Vec<String> {
    blocks("sh").iter().flat_map(|block| block.lines()).map(str::to_owned).collect()
}

#[test]
fn the_picture_is_what_the_sample_prints() {
    let picture = blocks("text").into_iter().next().expect("there is a picture");
    let (command, shown) = picture.split_once('\n').expect("the picture has lines");
    assert_eq!(command, "$ kubectl cilium-exec-check --demo");
    let ran = CommandLine::new(["--demo"]).run();
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(shown.lines().collect::<Vec<_>>(), ran.stdout.lines().collect::<Vec<_>>());
}

#[test]
fn every_command_line_of_the_plugin_works() {
    let demo = |name: &str| {
        std::fs::read(root().join("core/demo").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let cluster = [demo("cluster.yaml"), b"---\n".to_vec(), demo("pods.yaml")].concat();
    let scratch = Scratch::with(&[
        ("rbac.yaml", &demo("rbac.yaml")),
        ("cluster.yaml", &cluster),
        ("reviews.yaml", REVIEWS.as_bytes()),
    ]);
    let mut checked = 0;
    for line in commands() {
        let last = line.rsplit(" | ").next().unwrap_or_default();
        let arguments = ["kubectl cilium-exec-check ", "cargo run --release -- "]
            .iter()
            .find_map(|it| last.strip_prefix(it));
        let Some(arguments) = arguments else { continue };
        let place = |word: &str| match word.rsplit_once('=') {
            Some((format, file)) => format!("{format}={}", scratch.join(file).display()),
            None if word.ends_with(".yaml") => scratch.join(word).to_string_lossy().into_owned(),
            None => word.to_owned(),
        };
        let words: Vec<String> = arguments.split_whitespace().map(place).collect();
        let Ran { code, stderr, .. } =
            CommandLine::new(words.iter().map(String::as_str)).stdin(&cluster).run();
        assert!(code < 2 && stderr.is_empty(), "{line}: {code}\n{stderr}");
        checked += 1;
    }
    assert!(checked >= 8, "only {checked} command lines were there to try");
}

#[test]
fn what_to_export_is_what_the_help_says() {
    let help = CommandLine::new(["--help"]).run().stdout;
    let exports: BTreeSet<&str> = help
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("kubectl get ") && line.contains('>'))
        .collect();
    assert_eq!(exports.len(), 2, "{exports:?}");
    let commands = commands();
    for export in exports {
        assert!(commands.iter().any(|line| line == export), "`{export}` is not in the README");
    }
}

#[test]
fn every_test_and_command_of_the_workspace_that_is_named_is_there() {
    let text = readme();
    let rows = text.split("| test | what it holds |").nth(1).expect("there is a table of tests");
    let tests: Vec<&str> = rows
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.split('`').nth(1))
        .collect();
    assert!(tests.len() > 5, "{tests:?}");
    for test in tests {
        assert!(root().join(format!("tests/tests/{test}.rs")).exists(), "there is no test `{test}`");
    }
    let xtask = std::fs::read_to_string(root().join("xtask/src/main.rs")).expect("there is xtask");
    let named: Vec<String> =
        commands().iter().filter_map(|line| line.strip_prefix("cargo xtask ").map(str::to_owned)).collect();
    assert!(named.len() >= 2, "{named:?}");
    for command in named {
        assert!(xtask.contains(&format!("name: \"{command}\"")), "there is no `cargo xtask {command}`");
    }
}

#[test]
fn every_exit_code_and_link_is_right() {
    let text = readme();
    for code in ["| 0 |", "| 1 |", "| 2 |", "| 3 |", "| 4 |", "| 70, 130, 143 |"] {
        assert!(text.contains(code), "exit code {code}");
    }
    let links: Vec<&str> = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.contains("://"))
        .collect();
    assert!(links.len() > 3, "{links:?}");
    for link in links {
        assert!(root().join(link).exists(), "`{link}` leads nowhere");
    }
}

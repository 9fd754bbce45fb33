//! The house rules that no compiler holds: how files open, how long they are, what uses what, and what they may say.

use cilium_exec_check_tests::root;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of code is one idea.
const LINES: usize = 600;
/// From here on it is listed, so that a crowded file is seen before it has to be taken apart.
const CROWDED: usize = 400;

/// The modules of core from top to bottom: a file uses its own line and those above it. `lib.rs` and the pipeline
/// (`analysis.rs`) see everything.
const LINE: &[&[&str]] = &[
    &["beside", "diagnostic", "model"],
    &["ingest"],
    &["authorizer"],
    &["review"],
    &["cilium"],
    &["technique"],
    &["defaults"],
    &["report"],
    &["coverage", "limits", "version", "without"],
    &["pod_security"],
    &["graph"],
    // A finding names what closes it, and that is worked out from its grants.
    &["finding", "remedy"],
    &["notes", "original"],
    &["redact"],
    &["render"],
    // The embedded cluster is input like any other, named here for `lib.rs`.
    &["demo"],
];

/// Every file of the repository by its path from the root, sorted; what is built or installed is left aside.
fn kept() -> Vec<String> {
    let mut files = Vec::new();
    walk(&root(), "", &mut files);
    assert!(files.len() > 50, "the repository is empty");
    files.sort();
    files
}

fn walk(folder: &Path, called: &str, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder can be listed").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if called.is_empty() { name.clone() } else { format!("{called}/{name}") };
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && !["target", ".git", "node_modules", "dist", "pkg"].contains(&name.as_str()) {
            walk(&entry.path(), &path, files);
        } else if kind.is_file() && name != ".git" {
            files.push(path);
        }
    }
}

fn code() -> Vec<(String, String)> {
    let files = kept().into_iter().filter(|name| name.ends_with(".rs"));
    let read = files.map(|name| (text(&name), name)).map(|(text, name)| (name, text));
    read.collect()
}

fn text(name: &str) -> String {
    let bytes = std::fs::read(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}:\n{}", faults.join("\n"));
}

#[test]
fn every_file_opens_with_one_sentence() {
    let faults: Vec<String> = code()
        .into_iter()
        .filter(|(_, text)| {
            !text.lines().next().is_some_and(|line| line.starts_with("//! ") && line.len() > 10)
        })
        .map(|(name, _)| name)
        .collect();
    none(&faults, "a file of code opens with a `//!` sentence that says what it turns into what");
}

#[test]
fn no_module_is_called_mod_rs() {
    let faults: Vec<String> = kept().into_iter().filter(|name| name.ends_with("/mod.rs")).collect();
    none(&faults, "a module is `foo.rs` with a folder `foo`, so that its tab has a name");
}

#[test]
fn no_file_is_crowded() {
    let mut long: Vec<(usize, String)> = code()
        .into_iter()
        .map(|(name, text)| (text.lines().count(), name))
        .filter(|(lines, _)| *lines > CROWDED)
        .collect();
    long.sort_by(|a, b| b.cmp(a));
    for (lines, name) in &long {
        eprintln!("{lines} lines: {name}");
    }
    let faults: Vec<String> =
        long.into_iter().filter(|(lines, _)| *lines > LINES).map(|(_, name)| name).collect();
    none(&faults, "a file is one idea, and under 600 lines");
}

#[test]
fn nothing_is_left_for_later() {
    // Spelt in two halves, so that this file does not find itself.
    let words =
        [["TO", "DO"], ["FIX", "ME"], ["XX", "X"], ["todo", "!("], ["unimple", "mented!("], ["dbg", "!("]]
            .map(|halves| halves.concat());
    none(
        &occurrences(&words, |name| name.ends_with(".rs") || name.ends_with(".md")),
        "what is left for later belongs into an issue",
    );
}

#[test]
fn no_path_of_one_machine_is_kept() {
    // Folders that the rules know, as `/home`, are data; where this checkout or a build of it lay is not.
    let words = [["/work", "/"].concat(), root().display().to_string(), [".cargo/", "registry/src"].concat()];
    let prose = |name: &str| !name.starts_with("tests/fixtures/") && !name.starts_with("tests/vectors/");
    none(&occurrences(&words, prose), "a path of one machine says nothing on another");
}

fn occurrences(words: &[String], of: impl Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for name in kept().into_iter().filter(|name| of(name)) {
        for (index, line) in text(&name).lines().enumerate() {
            if let Some(word) = words.iter().find(|word| line.contains(word.as_str())) {
                faults.push(format!("{name}:{}: {word}", index + 1));
            }
        }
    }
    faults
}

#[test]
fn core_uses_only_what_stands_above() {
    let place = |module: &str| LINE.iter().position(|level| level.contains(&module));
    let mut faults = Vec::new();
    for (name, text) in code() {
        let Some(inner) = name.strip_prefix("core/src/") else { continue };
        let module = module_of(Path::new(inner));
        if ["lib", "analysis"].contains(&module.as_str()) {
            continue;
        }
        let Some(own) = place(&module) else {
            faults.push(format!("{name}: `{module}` has no place in the line"));
            continue;
        };
        for used in modules_used(&text) {
            if place(&used).is_none_or(|above| above > own) {
                faults.push(format!("{name}: uses `{used}`"));
            }
        }
    }
    none(&faults, "data flows one way through core");
}

#[test]
fn rules_are_matched_in_one_place() {
    // Where rules are read, kept, printed and compared as a whole; matching them with requests is the authorizer's.
    let readers = ["authorizer", "defaults", "finding", "ingest", "model", "redact", "report"];
    let faults: Vec<String> = code()
        .into_iter()
        .filter_map(|(name, text)| Some((module_of(Path::new(name.strip_prefix("core/src/")?)), name, text)))
        .filter(|(module, _, _)| !readers.contains(&module.as_str()))
        .filter(|(_, _, text)| {
            [".verbs", ".api_groups", ".resources"].iter().any(|field| text.contains(field))
        })
        .map(|(_, name, _)| name)
        .collect();
    none(&faults, "only the authorizer compares verbs, groups and resources");
}

fn module_of(path: &Path) -> String {
    let first = path.components().next().map(|part| PathBuf::from(part.as_os_str())).unwrap_or_default();
    first.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The modules of core that a file names as `crate::NAME`, outside comments and its own tests.
fn modules_used(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut used: Vec<String> = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect())
        .filter(|name: &String| !name.is_empty() && name.starts_with(char::is_lowercase))
        .collect();
    used.sort();
    used.dedup();
    used
}

#[test]
fn core_depends_on_nothing_that_touches_the_world() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let arguments =
        ["tree", "--offline", "--edges", "normal", "--prefix", "none", "--package", "cilium-exec-check-core"];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"serde"), "cargo tree printed no tree");
    let banned = [
        "tokio",
        "reqwest",
        "hyper",
        "kube",
        "k8s-openapi",
        "rand",
        "getrandom",
        "chrono",
        "time",
        "rayon",
        "js-sys",
        "web-sys",
        "libc",
        "clap",
    ];
    let faults: Vec<String> =
        banned.iter().filter(|name| names.contains(name)).map(|name| (*name).to_owned()).collect();
    none(&faults, "core does no I/O and knows no clock, randomness or environment");
}

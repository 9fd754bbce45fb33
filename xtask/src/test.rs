//! Every check and test of the project, one after the other → one plain line `N passed, N failed`.

use crate::process::Invocation;
use crate::tally::Tally;
use crate::{Failure, setup, workspace};

/// One step: what it is called where it fails, and what is run.
struct Step {
    name: &'static str,
    invocation: Invocation,
}

/// Sets the machine up, runs every step to its end whatever the others say, and sums up.
pub(crate) fn run(_arguments: &[String]) -> Result<(), Failure> {
    setup::run(&[])?;
    let mut tally = Tally::default();
    let mut broken = Vec::new();
    for step in steps() {
        let failed_before = tally.failed;
        match step.invocation.follow(|line| tally.read(line)) {
            Ok(true) => {}
            Ok(false) => {
                // A check without tests of its own, or a build that broke before any ran, is one failure.
                if tally.failed == failed_before {
                    tally.failed += 1;
                }
                broken.push(step.name.to_owned());
            }
            Err(message) => {
                tally.failed += 1;
                broken.push(format!("{} ({message})", step.name));
            }
        }
    }
    sum_up(&tally, &broken)
}

fn sum_up(tally: &Tally, broken: &[String]) -> Result<(), Failure> {
    println!();
    for name in broken {
        println!("failed: {name}");
    }
    for reason in &tally.skips {
        println!("skipped: {reason}");
    }
    let skipped = tally.ignored + tally.skips.len() as u64;
    let tail = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    println!("{} passed, {} failed{tail}", tally.passed, tally.failed);
    if tally.failed == 0 && broken.is_empty() { Ok(()) } else { Err(Failure::failed("")) }
}

/// The steps, cheap ones first; those of the web app once it has tests.
fn steps() -> Vec<Step> {
    let mut steps = vec![
        step("format", "cargo fmt --all --check"),
        step("lints", "cargo clippy --quiet --workspace --all-targets -- -D warnings"),
        // The output of passing tests is shown for the sake of their `skipped: …` lines.
        step(
            "tests",
            "cargo test --workspace --no-fail-fast --exclude cilium-exec-check-web -- --show-output",
        ),
        step(
            "core for wasm32",
            "cargo check --quiet --package cilium-exec-check-core --target wasm32-unknown-unknown",
        ),
    ];
    steps.extend(web_steps());
    steps.push(step("dependencies", "cargo deny check bans licenses sources"));
    steps
}

fn web_steps() -> Vec<Step> {
    let mut steps = Vec::new();
    if workspace::holds(&workspace::root().join("web/tests"), "rs") {
        steps.push(step("web tests in Node", "wasm-pack test --node web"));
        steps.push(step(
            "web tests in Chromium",
            "wasm-pack test --headless --chrome --mode no-install --chromedriver /usr/bin/chromedriver web",
        ));
    }
    if workspace::root().join("tests/browser/package.json").exists() {
        steps.push(step("command line to compare with", "cargo build --package cilium-exec-check"));
        steps.push(step("web page", "cargo xtask web"));
        let within = |line| Invocation::new(line).within("tests/browser");
        steps.push(Step {
            name: "packages of the browser tests",
            invocation: within("npm ci --no-audit --no-fund"),
        });
        steps.push(Step { name: "browser tests", invocation: within("npm test") });
    }
    steps
}

fn step(name: &'static str, line: &str) -> Step {
    Step { name, invocation: Invocation::new(line) }
}

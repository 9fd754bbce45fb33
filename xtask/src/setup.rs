//! What the machine lacks → what is installed: a wasm target, three cargo tools, and Debian packages where we are root.

use crate::Failure;
use crate::process::Invocation;
use std::path::Path;

/// It has to equal the version of the library in Cargo.lock.
pub(crate) const WASM_BINDGEN: &str = "0.2.130";
const WASM_PACK: &str = "0.15.1";
const CARGO_DENY: &str = "0.20.2";

/// What a Debian package is needed for is told by the program that it brings.
const PACKAGES: &[(&str, &str)] = &[
    ("/usr/bin/node", "nodejs"),
    ("/usr/bin/npm", "npm"),
    ("/usr/bin/chromium", "chromium"),
    ("/usr/bin/chromedriver", "chromium-driver"),
    ("/usr/bin/firefox-esr", "firefox-esr"),
];

/// Installs whatever is missing, and says so; silent where nothing is.
pub(crate) fn run(_arguments: &[String]) -> Result<(), Failure> {
    debian_packages()?;
    wasm_target()?;
    // Not --locked: the lock file of this version names a crate that the registry no longer has.
    cargo_tool(
        "wasm-bindgen",
        WASM_BINDGEN,
        &format!("cargo install wasm-bindgen-cli --version {WASM_BINDGEN}"),
    )?;
    for (tool, version) in [("wasm-pack", WASM_PACK), ("cargo-deny", CARGO_DENY)] {
        cargo_tool(tool, version, &format!("cargo install {tool} --version {version} --locked"))?;
    }
    Ok(())
}

fn debian_packages() -> Result<(), Failure> {
    let missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(program, _)| !Path::new(program).exists() && !on_path(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let install = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    let root = Invocation::new("id -u").capture().is_some_and(|id| id.trim() == "0");
    if !root || !Path::new("/usr/bin/apt-get").exists() {
        return Err(Failure::unusable(format!("missing: {}; as root run: {install}", missing.join(", "))));
    }
    step(&Invocation::new("apt-get update -qq"))?;
    step(&Invocation::new(&install).with("DEBIAN_FRONTEND", "noninteractive"))
}

fn wasm_target() -> Result<(), Failure> {
    let installed = Invocation::new("rustup target list --installed").capture().unwrap_or_default();
    if installed.lines().any(|target| target == "wasm32-unknown-unknown") {
        return Ok(());
    }
    step(&Invocation::new("rustup target add wasm32-unknown-unknown"))
}

fn cargo_tool(program: &str, version: &str, install: &str) -> Result<(), Failure> {
    let found = Invocation::new(&format!("{program} --version")).capture();
    if found.is_some_and(|text| text.split_whitespace().any(|word| word == version)) {
        return Ok(());
    }
    step(&Invocation::new(install))
}

/// Runs one step of the set-up; without it the tests could not be run, which is no verdict on them.
fn step(invocation: &Invocation) -> Result<(), Failure> {
    match invocation.follow(|_| {}) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::unusable(format!("`{}` failed", invocation.line()))),
        Err(message) => Err(Failure::unusable(message)),
    }
}

/// Whether a program of this file name is on the PATH.
fn on_path(program: &str) -> bool {
    let Some(name) = Path::new(program).file_name() else { return false };
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

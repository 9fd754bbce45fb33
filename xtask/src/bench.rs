//! Generated exports → what a check of them costs, as ratios that one run gives and so mean the same on any machine.

mod figures;

use crate::process::Invocation;
use crate::{Failure, web, workspace};
use figures::{Cost, Sizes};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Pods and bindings of the exports, where none are named.
const SIZES: [usize; 2] = [1_000, 10_000];
/// A bare parse by serde_yaml takes a hundred bytes of memory for each of a file: larger exports are compared by their bytes.
const WHOLE_PARSE: usize = 10_000;
/// The best of so many runs counts: what else the machine does only adds to one.
const RUNS: usize = 3;

/// Where the release builds are.
const BUILT: &str = "target/release";

/// Prints the figures of each size.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let browser = arguments.iter().any(|word| word == "--browser");
    let named = arguments.iter().filter(|word| *word != "--browser");
    let sizes = named.map(|word| word.parse()).collect::<Result<Vec<usize>, _>>();
    let Ok(mut sizes) = sizes else {
        return Err(Failure::unusable("usage: cargo xtask bench [SIZE…] [--browser]"));
    };
    if sizes.is_empty() {
        sizes.extend(SIZES);
    }
    sizes.sort_unstable();
    web::follow(&Invocation::new(
        "cargo build --release --package cilium-exec-check-bench --package cilium-exec-check",
    ))?;
    let mut all = Sizes::default();
    for size in sizes {
        let one = of_size(size)?;
        println!("{one}");
        all.add(one);
    }
    println!("{all}");
    binary()?;
    println!("taken by the reader of lines, the rest by the general parser:");
    for folder in ["tests/fixtures", "../shared/data"] {
        if workspace::root().join(folder).is_dir() {
            print!("  {}", captured(&format!("{BUILT}/measure share {folder}"))?);
        }
    }
    authorizer()?;
    if browser { in_browser() } else { Ok(()) }
}

fn of_size(size: usize) -> Result<figures::OfSize, Failure> {
    let yaml = export(size, "yaml")?;
    let json = export(size, "json")?;
    let bytes = |path: &PathBuf| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let (yaml_bytes, json_bytes) = (bytes(&yaml), bytes(&json));
    let (yaml, json) = (yaml.display(), json.display());
    println!("{}", captured(&format!("{BUILT}/measure truth {size} {yaml}"))?.trim());
    Ok(figures::OfSize {
        size,
        yaml_bytes,
        json_bytes,
        check: best(&format!("check {yaml} 1"))?,
        both: best(&format!("check {yaml} 2")).ok(),
        read: best(&format!("read {yaml} 1"))?,
        newlines: best(&format!("newlines {yaml} 1"))?,
        serde_yaml: if size <= WHOLE_PARSE { Some(best(&format!("serde-yaml {yaml} 1"))?) } else { None },
        json: best(&format!("check {json} 1"))?,
        serde_json: best(&format!("serde-json {json} 1"))?,
    })
}

/// The export of a size; it is made once.
fn export(size: usize, format: &str) -> Result<PathBuf, Failure> {
    let folder = workspace::root().join("target/bench");
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::unusable(format!("cannot make target/bench: {error}")))?;
    let path = folder.join(format!("{size}.{format}"));
    if !path.exists() {
        let unfinished = folder.join("unfinished");
        captured(&format!("{BUILT}/measure generate {size} {format} {}", unfinished.display()))?;
        std::fs::rename(&unfinished, &path)
            .map_err(|error| Failure::unusable(format!("cannot write {}: {error}", path.display())))?;
    }
    Ok(path)
}

fn best(what: &str) -> Result<Cost, Failure> {
    let mut best: Option<Cost> = None;
    for _ in 0..RUNS {
        let cost = Cost::read(&captured(&format!("{BUILT}/measure {what}"))?)?;
        best = Some(best.map_or(cost, |known| known.better(cost)));
    }
    best.ok_or_else(|| Failure::unusable("nothing was measured"))
}

fn captured(line: &str) -> Result<String, Failure> {
    Invocation::new(line).capture().ok_or_else(|| Failure::failed(format!("`{line}` failed")))
}

/// How large the binary is, and how long it takes to start and check the sample.
fn binary() -> Result<(), Failure> {
    let name = format!("kubectl-cilium_exec_check{}", std::env::consts::EXE_SUFFIX);
    let path = workspace::root().join(BUILT).join(name);
    let size = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
    let mut least = Duration::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        captured(&format!("{} --demo", path.display()))?;
        least = least.min(start.elapsed());
    }
    println!(
        "the binary: {:.1} MB, {:.1} ms to start and check the sample",
        size as f64 / 1e6,
        least.as_secs_f64() * 1e3
    );
    Ok(())
}

/// What a request costs, by the benchmark that compares it with the default policy alone.
fn authorizer() -> Result<(), Failure> {
    let mut said = Vec::new();
    let bench = Invocation::new("cargo bench --package cilium-exec-check-core --bench authorizer");
    let done = bench.follow(|line| {
        if line.starts_with("a request:") || line.starts_with("ratio:") {
            said.push(line.to_owned());
        }
    });
    match done {
        Ok(true) => {
            println!("\nthe authorizer: {}", said.join("; "));
            Ok(())
        }
        _ => Err(Failure::failed("the benchmark of the authorizer failed")),
    }
}

/// The page in Chromium, with the largest export of up to a hundred megabytes.
fn in_browser() -> Result<(), Failure> {
    let export = export(WHOLE_PARSE, "yaml")?;
    let invocation = Invocation::new("node bench.js")
        .within("tests/browser")
        .with("EXPORT", &export.display().to_string())
        .with("MEASURE", &workspace::root().join(BUILT).join("measure").display().to_string());
    match invocation.follow(|_| {}) {
        Ok(true) => Ok(()),
        _ => Err(Failure::failed("the page could not be measured; is it built (`cargo xtask web`)?")),
    }
}

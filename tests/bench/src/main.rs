//! `measure WHAT …` → what it cost, as `CPU-SECONDS WALL-SECONDS PEAK-BYTES`: one thing a process, so that each peak is its own.

mod cost;
mod share;
mod slim;
mod truth;

use cilium_exec_check::{Environment, Io, run_to_code, sources};
use cilium_exec_check_core::ingest::assemble;
use cilium_exec_check_exports::{Format, write};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// What exports are made from.
const SEED: u64 = 7;

const USAGE: &str = "usage: measure generate SIZE yaml|json FILE\n       measure truth SIZE FILE\n       \
measure share PATH…\n       measure check|read|serde-yaml|serde-json|newlines FILE [CPUS]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["generate", size, format, file] => generate(size, format, file),
        ["truth", size, file] => {
            size.parse().map_err(other).and_then(|size| truth::compare(size, SEED, file))
        }
        ["share", paths @ ..] => share::print(paths),
        [what, file] => measure(what, file, None),
        [what, file, cpus] => cpus.parse().map_err(other).and_then(|cpus| measure(what, file, Some(cpus))),
        _ => Err(other(USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn other(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

fn generate(size: &str, format: &str, file: &str) -> io::Result<()> {
    let format = if format == "json" { Format::Json } else { Format::Yaml };
    let mut out = BufWriter::new(File::create(file)?);
    write(size.parse().map_err(other)?, SEED, format, &mut out)?;
    out.flush()
}

/// Runs one thing and says what it cost.
fn measure(what: &str, file: &str, cpus: Option<usize>) -> io::Result<()> {
    if let Some(cpus) = cpus {
        cost::only(cpus)?;
    }
    let cost = match what {
        "check" => cost::of(|| check(file, &mut io::sink()))?,
        "read" => cost::of(|| {
            let bytes = std::fs::metadata(file)?.len();
            // As the command line does.
            std::mem::forget(assemble(sources(file, &mut File::open(file)?, bytes)));
            Ok(())
        })?,
        "serde-yaml" => {
            cost::of(|| serde_yaml::from_slice::<slim::List>(&std::fs::read(file)?).map_err(other))?
        }
        "serde-json" => {
            cost::of(|| serde_json::from_slice::<slim::List>(&std::fs::read(file)?).map_err(other))?
        }
        "newlines" => cost::of(|| newlines(Path::new(file)))?,
        _ => return Err(other(USAGE)),
    };
    println!("{cost}");
    Ok(())
}

/// The whole command line, as the binary runs it.
fn check(file: &str, stdout: &mut dyn Write) -> io::Result<()> {
    let mut stderr = Vec::new();
    let arguments = ["kubectl-cilium_exec_check", "-f", file, "-o", "json"];
    let mut io = Io {
        stdin: &mut io::empty(),
        stdout,
        stderr: &mut stderr,
        open: &mut |_| Err(io::ErrorKind::NotFound.into()),
        environment: Environment::default(),
    };
    // 1 says that somebody gets in.
    match run_to_code(arguments.map(Into::into), &mut io) {
        0 | 1 => Ok(()),
        code => Err(other(format!("the check ended with {code}: {}", String::from_utf8_lossy(&stderr)))),
    }
}

/// The least that reading lines can cost.
fn newlines(file: &Path) -> io::Result<usize> {
    let mut file = File::open(file)?;
    let mut buffer = vec![0; 64 << 10];
    let mut count = 0;
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok(count);
        }
        count += memchr::memchr_iter(b'\n', buffer.get(..length).unwrap_or_default()).count();
    }
}

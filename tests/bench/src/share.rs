//! Files and folders → how much of the YAML in them the reader of lines takes, and how much the general parser.

use cilium_exec_check_core::ingest::{Limits, Taken, read_bytes};
use std::io;
use std::path::{Path, PathBuf};

/// Says it for each path.
pub(crate) fn print(paths: &[&str]) -> io::Result<()> {
    for path in paths {
        let mut taken = Taken::default();
        for file in files(Path::new(path))? {
            let read = read_bytes(&file.to_string_lossy(), &std::fs::read(&file)?, Limits::default());
            taken = taken.and(read.taken());
        }
        let all = taken.strictly + taken.by_parser;
        let share = if all == 0 { 0.0 } else { 100.0 * taken.strictly as f64 / all as f64 };
        println!("{share:.1} % of {:.1} MB in {path}", all as f64 / 1e6);
    }
    Ok(())
}

/// The files of YAML under a path, sorted.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?.iter().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            found.extend(files(&entry)?);
        } else if entry.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            found.push(entry);
        }
    }
    Ok(found)
}

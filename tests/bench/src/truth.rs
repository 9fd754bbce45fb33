//! The report on a generated export ↔ what was planted in it.

use cilium_exec_check_exports::{Format, Truth, write};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// Checks the export of this size, and says what is missing or too much.
pub(crate) fn compare(size: usize, seed: u64, file: &str) -> io::Result<()> {
    let truth = write(size, seed, Format::Yaml, &mut io::sink())?;
    let mut report = Vec::new();
    crate::check(file, &mut report)?;
    let report: Value = serde_json::from_slice(&report)?;
    let found = found(&report);
    let planted: BTreeMap<&str, &str> =
        truth.findings.iter().map(|item| (item.identity.as_str(), item.technique)).collect();
    let missing: Vec<&str> = planted
        .iter()
        .filter(|(who, technique)| !found.get(**who).is_some_and(|them| them.contains(**technique)))
        .map(|(who, _)| *who)
        .collect();
    let wrong: Vec<&String> = found.keys().filter(|who| !planted.contains_key(who.as_str())).collect();
    if !missing.is_empty() || !wrong.is_empty() {
        return Err(io::Error::other(format!("missing: {missing:?}\nnot planted: {wrong:?}")));
    }
    let Truth { findings, near_misses } = &truth;
    println!(
        "all {} planted ways in were found, none of {} near misses was",
        findings.len(),
        near_misses.len()
    );
    Ok(())
}

/// The techniques of each identity whose access is not expected.
fn found(report: &Value) -> BTreeMap<String, BTreeSet<&str>> {
    let findings = report["findings"].as_array().into_iter().flatten();
    let open = findings.filter(|finding| finding["expected"].is_null());
    let pair = |finding: &'_ Value| {
        let text = |key: &str| finding["identity"][key].as_str().unwrap_or_default().to_owned();
        let (kind, namespace) = (text("kind").to_lowercase(), text("namespace"));
        match namespace.is_empty() {
            true => format!("{kind}/{}", text("name")),
            false => format!("{kind}/{namespace}/{}", text("name")),
        }
    };
    open.map(|finding| {
        let techniques = finding["techniques"].as_array().into_iter().flatten();
        (pair(finding), techniques.filter_map(Value::as_str).collect())
    })
    .collect()
}

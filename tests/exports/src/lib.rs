//! A size and a seed → the export of a cluster, as `kubectl get … -A -o yaml` or `-o json` prints it, and what is planted in it.
//!
//! Of size n it has n pods, n bindings, n/2 Roles, n/10 namespaces, n/30 nodes with an agent of Cilium each, and for every
//! two hundred bindings one of each way in and one of each near miss. The same size and seed give the same bytes.

mod objects;
mod planted;
mod pods;
mod random;
mod yaml;

pub use planted::{Planted, Truth};

use serde_json::Value;
use std::io::{self, Write};

/// What an export is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As `kubectl get -o yaml` prints it.
    Yaml,
    /// As `kubectl get -o json` prints it.
    Json,
}

/// Writes the export of a cluster with so many pods.
pub fn write(pods: usize, seed: u64, format: Format, out: &mut dyn Write) -> io::Result<Truth> {
    match format {
        Format::Yaml => {
            out.write_all(b"apiVersion: v1\nitems:\n")?;
            let mut text = String::new();
            let truth = objects::each(pods, seed, &mut |object| {
                text.clear();
                yaml::item(object, &mut text);
                out.write_all(text.as_bytes())
            })?;
            out.write_all(b"kind: List\nmetadata:\n  resourceVersion: \"\"\n")?;
            Ok(truth)
        }
        Format::Json => {
            out.write_all(b"{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n")?;
            let mut first = true;
            let truth = objects::each(pods, seed, &mut |object| {
                out.write_all(if std::mem::take(&mut first) { b"" } else { b",\n" })?;
                json_item(object, out)
            })?;
            let end = "\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n";
            out.write_all(end.as_bytes())?;
            Ok(truth)
        }
    }
}

/// The export in memory.
pub fn export(pods: usize, seed: u64, format: Format) -> (Vec<u8>, Truth) {
    let mut bytes = Vec::new();
    let truth = write(pods, seed, format, &mut bytes);
    (bytes, truth.unwrap_or_default())
}

/// Go's encoder with four blanks, two levels deep.
fn json_item(object: &Value, out: &mut dyn Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    let pretty = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, pretty);
    serde::Serialize::serialize(object, &mut serializer)?;
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        out.write_all(if index == 0 { b"        " } else { b"\n        " })?;
        out.write_all(line)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
        let bytes = |seed| export(60, seed, Format::Yaml).0;
        assert_eq!(bytes(1), bytes(1));
        assert_ne!(bytes(1), bytes(2));
    }

    #[test]
    fn both_formats_hold_the_same_objects() {
        let (json, truth) = export(60, 1, Format::Json);
        let json: Value = serde_json::from_slice(&json).expect("it is JSON");
        let yaml = String::from_utf8(export(60, 1, Format::Yaml).0).expect("it is text");
        let kinds = json["items"].as_array().expect("it is a list").iter();
        let names: Vec<&str> = kinds.filter_map(|item| item["metadata"]["name"].as_str()).collect();
        assert!(names.len() > 200 && truth.findings.len() == 6 && truth.near_misses.len() == 5);
        assert_eq!(names.len(), yaml.lines().filter(|line| line.starts_with("- apiVersion:")).count());
        assert!(names.iter().all(|name| yaml.contains(&format!("\n    name: {name}\n"))));
    }
}

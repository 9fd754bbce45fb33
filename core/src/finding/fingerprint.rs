//! A finding's fingerprint: the same as long as the same identity gains the same by the same first techniques.

use crate::report::{EntityRef, Path};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

/// SHA-256, in hex, over the identity and the sorted (effect, first technique, target namespace, severity) of the
/// given paths. Every part is preceded by its length, so that no two lists read alike.
pub(crate) fn fingerprint<'a>(identity: &EntityRef, paths: impl Iterator<Item = &'a Path>) -> String {
    let mut digest = Sha256::new();
    let mut part = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    };
    part(&identity.kind);
    part(identity.namespace.as_deref().unwrap_or(""));
    part(&identity.name);
    let keys: BTreeSet<_> = paths.map(key).collect();
    for key in &keys {
        key.iter().for_each(|text| part(text));
    }
    let mut text = String::with_capacity(64);
    for byte in digest.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn key(path: &Path) -> [&str; 4] {
    let namespace = path.target.as_ref().and_then(|target| target.namespace.as_deref());
    let first = path.steps.first().map_or("", |step| step.technique.as_str());
    [path.effect.as_str(), first, namespace.unwrap_or(""), path.severity.as_str()]
}

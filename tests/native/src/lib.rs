//! Every fixture and the embedded cluster as input, with the digest of the JSON report that native code made of it.
//!
//! The digests are computed by the build script whenever the core or a fixture changes, so they cannot go stale.

/// One input and what native code reports of it.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// The folder's name, or `demo`.
    pub name: &'static str,
    /// The API server's (major, minor), where the case is about one.
    pub kubernetes_version: Option<(u32, u32)>,
    /// The files by the names that the report calls them.
    pub files: &'static [(&'static str, &'static [u8])],
    /// The length of the JSON report.
    pub bytes: usize,
    /// Its SHA-256.
    digest: [u8; 32],
}

include!(concat!(env!("OUT_DIR"), "/cases.rs"));

impl Case {
    /// Whether this is, byte for byte, the JSON that native code wrote.
    pub fn is_native(&self, json: &str) -> bool {
        use sha2::{Digest, Sha256};
        json.len() == self.bytes && Sha256::digest(json).as_slice() == self.digest
    }
}

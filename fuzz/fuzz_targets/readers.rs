//! Any bytes → a panic where the strict readers and the general parsers find different things in them.

#![no_main]

use cilium_exec_check_core::ingest::{Limits, SourceReader, assemble, read_bytes, read_generally};
use libfuzzer_sys::fuzz_target;

/// Small, so that limits are met.
const LIMITS: Limits = Limits { depth: 20, item_bytes: 1 << 20, alias_nodes: 1 << 10 };

/// Reads it in chunks of so many bytes.
fn in_chunks(bytes: &[u8], size: usize) -> String {
    let mut reader = SourceReader::new("f", LIMITS);
    'again: loop {
        for chunk in bytes.chunks(size) {
            if reader.push(chunk).is_err() {
                continue 'again;
            }
        }
        match reader.finish() {
            Ok(objects) => return format!("{:#?}", assemble(vec![objects])),
            Err((same, _)) => reader = same,
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let strictly = format!("{:#?}", assemble(vec![read_bytes("f", bytes, LIMITS)]));
    let generally = format!("{:#?}", assemble(vec![read_generally("f", bytes, LIMITS)]));
    assert!(strictly == generally, "strictly: {strictly}\ngenerally: {generally}");
    let size = 1 + bytes.first().map_or(0, |byte| usize::from(*byte) % 32);
    let in_chunks = in_chunks(bytes, size);
    assert!(in_chunks == strictly, "in chunks of {size}: {in_chunks}\nat once: {strictly}");
});

//! What evidence points at → the lines of the files that were given, where those can be read once more.

use super::files::{self, Input};
use super::open;
use crate::args::CheckArgs;
use cilium_exec_check_core::demo;
use cilium_exec_check_core::original::{Original, Originals, Wanted};
use cilium_exec_check_unpack as unpack;
use std::io::Cursor;

/// Reads them. Streams are gone, and with pseudonyms nothing of the input is shown as it stands.
pub(crate) fn originals(check: &CheckArgs, wanted: &Wanted) -> Originals {
    if check.redact {
        return Originals::default();
    }
    if check.demo {
        let sources = demo::sources().iter();
        return sources.flat_map(|(name, bytes)| of_bytes(name, bytes, wanted)).collect();
    }
    let inputs = files::inputs(&check.filename, check.recursive).unwrap_or_default().inputs;
    inputs.iter().flat_map(|input| of_input(input, wanted)).collect()
}

fn of_bytes(name: &str, bytes: &[u8], wanted: &Wanted) -> Vec<Original> {
    unpack::originals(name, &mut Cursor::new(bytes), bytes.len() as u64, wanted)
}

fn of_input(input: &Input, wanted: &Wanted) -> Vec<Original> {
    let Input::File { name, path } = input else { return Vec::new() };
    if !path.is_file() || !wanted.sources().any(|source| unpack::is_of(source, name)) {
        return Vec::new();
    }
    match open::open(path) {
        Ok((mut file, bytes)) => unpack::originals(name, file.as_mut(), bytes, wanted),
        Err(_) => Vec::new(),
    }
}

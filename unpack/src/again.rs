//! One file that was read → the lines of it that evidence points at, of its members where it is an archive.

use crate::visitor::Visitor;
use crate::{ReadSeek, archive};
use cilium_exec_check_core::original::{Original, Wanted};
use std::io::{ErrorKind, Read};

/// Bytes of one push.
const CHUNK: usize = 64 << 10;

/// Reads a file once more. What cannot be read, or is no longer what it was, gives no lines.
pub fn originals(name: &str, file: &mut dyn ReadSeek, bytes: u64, wanted: &Wanted) -> Vec<Original> {
    let mut looker = Looker { wanted, found: Vec::new() };
    match archive::visit(name, file, bytes, &mut looker) {
        Ok(()) => looker.found,
        Err(_) => Vec::new(),
    }
}

struct Looker<'a> {
    wanted: &'a Wanted,
    found: Vec<Original>,
}

impl Visitor for Looker<'_> {
    fn wants(&self, _index: usize) -> bool {
        true
    }

    fn member(&mut self, _index: usize, name: &str, stream: &mut dyn Read) {
        let Some(mut search) = self.wanted.search(name) else { return };
        let mut buffer = vec![0; CHUNK];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => return self.found.extend(search.finish()),
                Ok(length) => search.push(buffer.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    fn refuse(&mut self, _name: &str, _message: &str) {}
}

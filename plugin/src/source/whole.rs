//! A path or stdin → its bytes, for what is read as a whole.

use super::open;
use crate::Io;
use crate::exit::{Failure, describe};
use cilium_exec_check_core::render::shown;
use std::io::{self, Read};
use std::path::Path;

/// More than this is refused.
const BYTES: u64 = 256 << 20;

/// Reads all of it.
pub(crate) fn whole(path: &Path, io: &mut Io<'_>) -> Result<Vec<u8>, Failure> {
    let name = path.to_string_lossy();
    let read = if path == Path::new("-") {
        if io.environment.stdin_terminal {
            let _ = writeln!(io.stderr, "reading stdin from the terminal; end it with Ctrl-D");
        }
        read_to_end(io.stdin)
    } else {
        open::open(path).and_then(|(mut file, _)| read_to_end(file.as_mut()))
    };
    let bytes =
        read.map_err(|error| Failure::new(format!("cannot read `{}`: {}", shown(&name), describe(&error))))?;
    if bytes.starts_with(b"\x1f\x8b") {
        let message = format!("`{}` is compressed", shown(&name));
        return Err(Failure::with_help(message, "unpack it, and give it as a file or on stdin"));
    }
    Ok(bytes)
}

fn read_to_end(stream: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = stream.take(BYTES + 1).read_to_end(&mut bytes)?;
    if read as u64 > BYTES {
        return Err(io::Error::other("limit `whole-bytes` reached: more than 256 MiB; give it in parts"));
    }
    Ok(bytes)
}

//! An I/O error → what to say about it.

use cilium_exec_check_core::render::shown;
use std::io::{self, ErrorKind};

/// An I/O error in our own words where they are clearer than the system's.
pub fn describe(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::StorageFull => "no space left on the device".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            shown(text.trim_end_matches('.')).into_owned()
        }
    }
}

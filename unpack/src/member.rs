//! A name → whether a file or member that is called so is read.

/// Endings that are read from folders and archives: kubectl's.
const TEXT: [&str; 3] = [".yaml", ".yml", ".json"];
/// Endings of archives and compressed files that are read from folders.
const PACKED: [&str; 5] = [".gz", ".tgz", ".tar", ".zip", ".tar.gz"];

/// Whether a member of a folder or archive with this name is read.
pub fn is_text(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TEXT.iter().any(|ending| name.ends_with(ending))
}

/// Whether a file of a folder with this name is an archive or compressed.
pub fn is_packed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PACKED.iter().any(|ending| name.ends_with(ending))
}

//! Whoever is shown the members of a file, one after the other.

use std::io::Read;

/// Takes members as they come.
pub(crate) trait Visitor {
    /// Whether the member with this index is of interest.
    fn wants(&self, index: usize) -> bool;

    /// Reads one member. An error of the archive itself ends the visit; one of the member costs the member.
    fn member(&mut self, index: usize, name: &str, stream: &mut dyn Read);

    /// A member that is not read, and why.
    fn refuse(&mut self, name: &str, message: &str);
}

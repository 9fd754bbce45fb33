//! One file → its sources: itself, or the members of the archive that it is; nothing is extracted to disk.
//!
//! Both shells read through here, so that an archive gives the same names and the same objects in either.

mod again;
mod archive;
mod budget;
mod fault;
mod feed;
mod member;
mod visitor;

pub use again::originals;
pub use archive::{is_of, is_packed_content};
pub use fault::describe;
pub use feed::{source, source_with, unreadable};
pub use member::{is_packed, is_text};

use std::io::{Read, Seek};

/// What is read can be read again from its start.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

//! A file's first bytes → what it is; gzip, tar and zip → their members, one after the other, nothing on disk.

use crate::ReadSeek;
use crate::budget::{Budget, Counted, Guarded};
use crate::member::{is_packed, is_text};
use crate::visitor::Visitor;
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufReader, Cursor, Read, SeekFrom};
use zip::ZipArchive;

/// A tar header: what the magic stands behind.
const HEADER: usize = 512;
/// More members than this are refused.
const MEMBERS: usize = 100_000;

/// Shows the members of a file to a visitor; a file that is no archive is its own only member.
pub(crate) fn visit(
    name: &str,
    file: &mut dyn ReadSeek,
    bytes: u64,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let head = head(file)?;
    file.seek(SeekFrom::Start(0))?;
    if is_zip(&head) {
        return zip(name, file, bytes, visitor);
    }
    if !is_gzip(&head) {
        return match is_tar(&head) {
            true => {
                let counted = Counted::new(file);
                let budget = counted.budget();
                tar(name, BufReader::new(counted), &budget, bytes, visitor)
            }
            false => {
                visitor.member(0, name, file);
                Ok(())
            }
        };
    }
    let counted = Counted::new(file);
    let budget = counted.budget();
    let mut unpacked = Guarded::new(MultiGzDecoder::new(BufReader::new(counted)), budget.clone(), u64::MAX);
    let mut head = Vec::new();
    unpacked.by_ref().take(HEADER as u64).read_to_end(&mut head)?;
    let tarred = is_tar(&head);
    let mut unpacked = Cursor::new(head).chain(unpacked);
    if tarred {
        return tar(name, unpacked, &budget.another(), u64::MAX, visitor);
    }
    visitor.member(0, name, &mut unpacked);
    Ok(())
}

fn head(file: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(HEADER as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether a file that begins like this (512 bytes tell it) is compressed or an archive.
pub fn is_packed_content(head: &[u8]) -> bool {
    is_zip(head) || is_gzip(head) || is_tar(head)
}

fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b])
}

/// POSIX and GNU tar headers hold `ustar` at 257.
fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

fn tar(
    name: &str,
    stream: impl Read,
    budget: &Budget,
    whole: u64,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let mut archive = tar::Archive::new(stream);
    for (index, entry) in archive.entries()?.enumerate() {
        limit_members(index)?;
        let mut entry = entry?;
        let path = entry.path_bytes().into_owned();
        let path = String::from_utf8_lossy(&path);
        let member = member_name(name, &path);
        let kind = entry.header().entry_type();
        if !wanted(&path) || kind.is_dir() {
            continue;
        }
        if kind.is_symlink()
            || kind.is_hard_link()
            || kind.is_character_special()
            || kind.is_block_special()
            || kind.is_fifo()
        {
            continue;
        }
        if !(kind.is_file() || kind.is_contiguous()) {
            visitor.refuse(&member, "it is no ordinary file of the archive, and is not read");
            continue;
        }
        let mut guarded = Guarded::new(&mut entry, budget.clone(), whole);
        read_member(index, &member, &mut guarded, visitor);
    }
    Ok(())
}

fn zip(name: &str, file: &mut dyn ReadSeek, bytes: u64, visitor: &mut dyn Visitor) -> io::Result<()> {
    let counted = Counted::new(BufReader::new(file));
    let budget = counted.budget();
    let mut archive = ZipArchive::new(counted)?;
    for index in 0..archive.len() {
        limit_members(index)?;
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(error) => {
                visitor.refuse(name, &format!("member {index} cannot be read: {error}"));
                continue;
            }
        };
        let path = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let member = member_name(name, &path);
        if !wanted(&path) || !entry.is_file() {
            continue;
        }
        let mut guarded = Guarded::new(&mut entry, budget.clone(), bytes);
        read_member(index, &member, &mut guarded, visitor);
    }
    Ok(())
}

fn limit_members(index: usize) -> io::Result<()> {
    if index < MEMBERS {
        return Ok(());
    }
    Err(io::Error::other(format!("limit `archive-members` reached: it has more than {MEMBERS}")))
}

/// How reports name a member.
fn member_name(file: &str, path: &str) -> String {
    format!("{file}/{}", path.trim_start_matches("./"))
}

/// Whether a source, as reports name it, is this file or a member of it.
pub fn is_of(source: &str, file: &str) -> bool {
    source.strip_prefix(file).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn wanted(path: &str) -> bool {
    is_text(path) || is_packed(path)
}

/// Reads a member, through gzip where it is compressed by itself.
fn read_member(index: usize, name: &str, stream: &mut dyn Read, visitor: &mut dyn Visitor) {
    if !visitor.wants(index) {
        return;
    }
    if is_text(name) {
        return visitor.member(index, name, stream);
    }
    let inner = name.to_ascii_lowercase();
    if !inner.strip_suffix(".gz").is_some_and(is_text) {
        return visitor.refuse(name, "an archive within an archive is not read; unpack the outer one");
    }
    let counted = Counted::new(stream);
    let budget = counted.budget();
    let decoder = MultiGzDecoder::new(BufReader::new(counted));
    visitor.member(index, name, &mut Guarded::new(decoder, budget, u64::MAX));
}

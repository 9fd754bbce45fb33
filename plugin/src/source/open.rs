//! Paths and streams → something that can be read more than once.

use cilium_exec_check_unpack::ReadSeek;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use tempfile::{SpooledTempFile, spooled_tempfile};

/// Streams up to this size stay in memory; larger ones go to a nameless temporary file.
const IN_MEMORY: usize = 32 << 20;
/// More than this of one stream is refused.
const STREAM_BYTES: u64 = 4 << 30;

/// Opens a path; the length comes with it.
pub(super) fn open(path: &Path) -> io::Result<(Box<dyn ReadSeek>, u64)> {
    let file_type = std::fs::metadata(path)?.file_type();
    if file_type.is_file() {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        return Ok((Box::new(file), bytes));
    }
    if file_type.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if path == Path::new("/dev/null") {
        return Ok((Box::new(io::empty()), 0));
    }
    let (spool, bytes) = spool(open_stream(path, file_type)?.as_mut())?;
    Ok((Box::new(spool), bytes))
}

/// Opens a FIFO that something writes to, as `<(kubectl …)` of a shell; never waits for a writer to come.
#[cfg(unix)]
fn open_stream(path: &Path, file_type: std::fs::FileType) -> io::Result<Box<dyn Read>> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
    if !file_type.is_fifo() {
        return Err(io::Error::other("it is a socket or device, and is not read"));
    }
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    // A FIFO that nobody has open for writing reads as ended (Ok(0)), one with a writer would block; so a read that
    // ends at once was no stream at all. Whatever it gave is kept.
    let mut first = vec![0; 64 << 10];
    match (&file).read(&mut first) {
        Ok(0) => return Err(io::Error::other("nothing writes to this FIFO")),
        Ok(length) => first.truncate(length),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => first.clear(),
        Err(error) => return Err(error),
    }
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    Ok(Box::new(io::Cursor::new(first).chain(file)))
}

#[cfg(not(unix))]
fn open_stream(_path: &Path, _file_type: std::fs::FileType) -> io::Result<Box<dyn Read>> {
    Err(io::Error::other("it is no file, and is not read"))
}

/// Reads a stream to its end, so that it can be read again.
pub(super) fn spool(stream: &mut dyn Read) -> io::Result<(SpooledTempFile, u64)> {
    let mut spool = spooled_tempfile(IN_MEMORY);
    let bytes = io::copy(&mut stream.take(STREAM_BYTES), &mut spool)?;
    if bytes == STREAM_BYTES {
        return Err(io::Error::other("limit `stream-bytes` reached: more than 4 GiB; give a file instead"));
    }
    spool.seek(SeekFrom::Start(0))?;
    Ok((spool, bytes))
}

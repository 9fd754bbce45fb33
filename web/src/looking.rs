//! Files that were read, and what evidence points at → the lines that stand there, read once more.

use crate::check::HEAD;
use crate::protocol::{Event, Looking, Message, SourceFile};
use crate::slices::{Slices, head, whole};
use cilium_exec_check_core::original::{Original, Originals, Wanted};
use cilium_exec_check_unpack as unpack;
use std::io::Cursor;

/// The lines, as a message.
pub async fn looked(looking: &Looking) -> Event {
    let found = originals(&looking.files, &looking.wanted).await;
    Message::Found(found.iter().cloned().collect()).into()
}

/// The lines of these files. Those that the browser no longer reads have none.
pub async fn originals(files: &[SourceFile], wanted: &Wanted) -> Originals {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| wanted.sources().any(|source| file.holds(source))) {
        found.extend(of_file(file, wanted).await.unwrap_or_default());
    }
    found.into_iter().collect()
}

async fn of_file(file: &SourceFile, wanted: &Wanted) -> Option<Vec<Original>> {
    let head = head(&file.blob, HEAD).await.ok()?;
    if unpack::is_packed_content(&head) {
        let bytes = whole(&file.blob, |_| {}).await.ok()?;
        let length = bytes.len() as u64;
        return Some(unpack::originals(&file.name, &mut Cursor::new(bytes), length, wanted));
    }
    let mut search = wanted.search(&file.name)?;
    let mut slices = Slices::of(&file.blob).ok()?;
    while let Some(bytes) = slices.next().await.ok()? {
        search.push(bytes);
    }
    Some(search.finish())
}

//! What was chosen, dropped or pasted → files with the names that the report calls them.

use crate::check::blob_of;
use crate::folder::{Folder, files_of};
use crate::protocol::SourceFile;
use cilium_exec_check_unpack::{is_packed, is_text};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DataTransfer, DataTransferItem, File, FileList, FileSystemHandleKind};

/// What is said of a folder that holds nothing that is read.
pub const NO_FILE_IN_FOLDER: &str = "There was no .yaml, .yml or .json file and no archive in the folder.";

/// Files that were chosen; those of a chosen folder by their path in it.
pub fn chosen(list: &FileList) -> Vec<SourceFile> {
    (0..list.length()).filter_map(|index| list.item(index)).map(named).collect()
}

/// Files of a chosen folder: only those that `-f FOLDER` reads.
pub fn chosen_folder(list: &FileList) -> Vec<SourceFile> {
    let mut files = chosen(list);
    files.retain(|file| is_read(&file.name));
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// Whether a file in a folder is one that `-f FOLDER` reads: it goes by the name.
pub fn is_read(name: &str) -> bool {
    is_text(name) || is_packed(name)
}

fn named(file: File) -> SourceFile {
    let path = Reflect::get(&file, &JsValue::from_str("webkitRelativePath")).ok();
    let path = path.and_then(|path| path.as_string()).filter(|path| !path.is_empty());
    SourceFile { name: path.unwrap_or_else(|| file.name()), blob: file.into() }
}

/// What was dropped. It has to be taken out of the event at once; the folders in it are read afterwards.
pub struct Dropped {
    files: Vec<SourceFile>,
    folders: Vec<Folder>,
}

impl Dropped {
    /// Takes everything out of the event that will be gone when it is over.
    pub fn take(transfer: &DataTransfer) -> Dropped {
        let items = transfer.items();
        let mut dropped = Dropped { files: Vec::new(), folders: Vec::new() };
        for item in (0..items.length()).filter_map(|index| items.get(index)) {
            if item.kind() != "file" {
                continue;
            }
            let entry = item.webkit_get_as_entry().ok().flatten();
            if entry.as_ref().is_some_and(|entry| entry.is_directory()) {
                // Chromium refuses to read entries on a page from file://, but not handles; others have no handles.
                let folder = handle(&item).map(Folder::Promised).or(entry.map(Folder::Entry));
                dropped.folders.extend(folder);
            } else if let Ok(Some(file)) = item.get_as_file() {
                dropped.files.push(named(file));
            }
        }
        dropped
    }

    /// Whether there is no file and no folder in it.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.folders.is_empty()
    }

    /// All files, those of folders by the path that begins with the folder's name.
    pub async fn read(self) -> Result<Vec<SourceFile>, JsValue> {
        let mut files = self.files;
        for folder in self.folders {
            files.extend(files_of(folder).await?);
        }
        Ok(files)
    }
}

/// The promise of a handle, where the browser has such a thing; web-sys does not offer it yet.
fn handle(item: &DataTransferItem) -> Option<Promise> {
    let method = Reflect::get(item, &JsValue::from_str("getAsFileSystemHandle")).ok()?;
    method.dyn_into::<Function>().ok()?.call0(item).ok()?.dyn_into().ok()
}

/// Text that was pasted, as a file called `pasted.yaml`, or numbered where that name is taken.
pub fn pasted(text: &str, taken: impl Fn(&str) -> bool) -> Option<SourceFile> {
    let blob = blob_of(text.as_bytes(), "text/plain").ok()?;
    let names = std::iter::once("pasted.yaml".to_owned()).chain((2..).map(|n| format!("pasted-{n}.yaml")));
    let name = names.into_iter().find(|name| !taken(name))?;
    Some(SourceFile { name, blob })
}

/// A handle's kind is a folder.
pub(crate) fn is_folder(handle: &web_sys::FileSystemHandle) -> bool {
    handle.kind() == FileSystemHandleKind::Directory
}

/// A file, by the path in the folder that it was found in.
pub(crate) fn at_path(file: JsValue, path: String) -> Option<SourceFile> {
    file.dyn_into::<File>().ok().map(|file| SourceFile { name: path, blob: file.into() })
}

//! A dropped folder → the files in it that kubectl would read, in the order of their paths.

use crate::intake::{at_path, is_folder, is_read};
use crate::protocol::SourceFile;
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryEntry, FileSystemDirectoryHandle, FileSystemEntry, FileSystemFileEntry,
    FileSystemFileHandle, FileSystemHandle,
};

/// A folder, by either of the two ways in which browsers hand one out.
pub enum Folder {
    /// A promise of a handle.
    Promised(Promise),
    /// An entry.
    Entry(FileSystemEntry),
}

/// Its files, sorted by path; links and whatever else is no file are not handed out by browsers.
pub async fn files_of(folder: Folder) -> Result<Vec<SourceFile>, JsValue> {
    let mut files = match folder {
        Folder::Promised(promise) => {
            let handle = JsFuture::from(promise).await?.dyn_into::<FileSystemHandle>()?;
            from_handle(handle).await?
        }
        Folder::Entry(entry) => from_entry(entry).await?,
    };
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

async fn from_handle(root: FileSystemHandle) -> Result<Vec<SourceFile>, JsValue> {
    let mut files = Vec::new();
    let mut open = vec![(root.name(), root)];
    while let Some((path, handle)) = open.pop() {
        if is_folder(&handle) {
            let values = handle.unchecked_into::<FileSystemDirectoryHandle>().values();
            loop {
                let next = JsFuture::from(values.next()?).await?;
                if Reflect::get(&next, &JsValue::from_str("done"))?.is_truthy() {
                    break;
                }
                let child = Reflect::get(&next, &JsValue::from_str("value"))?;
                let child = child.unchecked_into::<FileSystemHandle>();
                open.push((format!("{path}/{}", child.name()), child));
            }
        } else if is_read(&path) {
            let file = JsFuture::from(handle.unchecked_into::<FileSystemFileHandle>().get_file()).await?;
            files.extend(at_path(file, path));
        }
    }
    Ok(files)
}

async fn from_entry(root: FileSystemEntry) -> Result<Vec<SourceFile>, JsValue> {
    let mut files = Vec::new();
    let mut open = vec![root];
    while let Some(entry) = open.pop() {
        if entry.is_directory() {
            let reader = entry.unchecked_into::<FileSystemDirectoryEntry>().create_reader();
            loop {
                // It hands out some at a time, and none when it is through.
                let some = promise(|resolve, reject| {
                    reader.read_entries_with_callback_and_callback(resolve, reject)
                });
                let some = some.await?.dyn_into::<Array>()?;
                if some.length() == 0 {
                    break;
                }
                open.extend(some.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
            }
        } else if is_read(&entry.name()) {
            let path = entry.full_path().trim_start_matches('/').to_owned();
            let entry = entry.unchecked_into::<FileSystemFileEntry>();
            let file = promise(|resolve, reject| {
                entry.file_with_callback_and_callback(resolve, reject);
                Ok(())
            });
            files.extend(at_path(file.await?, path));
        }
    }
    Ok(files)
}

/// What a function with two callbacks comes to.
async fn promise(
    call: impl FnOnce(&js_sys::Function, &js_sys::Function) -> Result<(), JsValue>,
) -> Result<JsValue, JsValue> {
    let mut call = Some(call);
    let promise = Promise::new(&mut |resolve, reject| {
        if let Some(Err(error)) = call.take().map(|call| call(&resolve, &reject)) {
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    });
    JsFuture::from(promise).await
}

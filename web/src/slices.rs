//! A blob → its bytes, slice by slice, all copied to one place.

use js_sys::{ArrayBuffer, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, ReadableStreamByobReader, ReadableStreamDefaultReader, ReadableStreamReadResult};

/// How much is asked for at a time; browsers give less.
const SLICE: f64 = 4_194_304.0;

/// The bytes of a blob from its start to its end.
pub struct Slices {
    blob: Blob,
    reader: Reader,
    /// How many bytes were given.
    given: u64,
    /// Whether there are no more.
    ended: bool,
    /// Used again for each slice.
    buffer: Vec<u8>,
}

/// What reads the stream of a blob.
enum Reader {
    /// Into a buffer that goes to the browser and comes back, so that nothing is left to be collected. It spares a
    /// Worker most of what fetching slices one by one takes: a fifth of the time of a check.
    Byob(ReadableStreamByobReader, ArrayBuffer),
    /// Where a browser knows no such reader, or its blobs no such stream.
    Default(ReadableStreamDefaultReader),
}

impl Slices {
    /// From the start on; `Err` where the browser cannot begin to read it, so that no byte came.
    pub fn of(blob: &Blob) -> Result<Self, u64> {
        let stream = blob.stream();
        let reader = match ReadableStreamByobReader::new(&stream) {
            Ok(reader) => Reader::Byob(reader, ArrayBuffer::new(blob.size().clamp(1.0, SLICE) as u32)),
            Err(_) => Reader::Default(ReadableStreamDefaultReader::new(&stream).map_err(|_| 0u64)?),
        };
        Ok(Slices { blob: blob.clone(), reader, given: 0, ended: false, buffer: Vec::new() })
    }

    /// The next slice, `None` at the end; `Err` says how many bytes came before the browser could not read on.
    pub async fn next(&mut self) -> Result<Option<&[u8]>, u64> {
        // A read that fails ends the stream.
        self.ended = true;
        let Some(bytes) = self.reader.read().await.map_err(|_| self.given)? else {
            return if self.is_whole().await { Ok(None) } else { Err(self.given) };
        };
        self.ended = false;
        self.buffer.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut self.buffer);
        self.given += u64::from(bytes.length());
        Ok(Some(&self.buffer))
    }

    /// Whether all was given, and of the file as it was chosen: a stream says nothing of a file that is cut short or
    /// written anew while it is read, and whoever asks for a slice afterwards is refused.
    async fn is_whole(&self) -> bool {
        self.given as f64 == self.blob.size() && (self.given == 0 || head(&self.blob, 1.0).await.is_ok())
    }

    /// How many bytes were given so far.
    pub fn done(&self) -> u64 {
        self.given
    }
}

impl Drop for Slices {
    fn drop(&mut self) {
        if !self.ended {
            let cancelled = match &self.reader {
                Reader::Byob(reader, _) => reader.cancel(),
                Reader::Default(reader) => reader.cancel(),
            };
            // A stream that failed meanwhile refuses, and nobody minds.
            spawn_local(async { drop(JsFuture::from(cancelled).await) });
        }
    }
}

impl Reader {
    async fn read(&mut self) -> Result<Option<Uint8Array>, JsValue> {
        match self {
            Reader::Byob(reader, room) => {
                let read = result(reader.read_with_array_buffer_view(&Uint8Array::new(room))).await?;
                let bytes = bytes_of(&read)?;
                if let Some(bytes) = &bytes {
                    *room = bytes.buffer();
                }
                Ok(bytes)
            }
            Reader::Default(reader) => bytes_of(&result(reader.read()).await?),
        }
    }
}

async fn result(promise: Promise) -> Result<ReadableStreamReadResult, JsValue> {
    Ok(JsFuture::from(promise).await?.unchecked_into())
}

/// What was read, `None` at the end.
fn bytes_of(read: &ReadableStreamReadResult) -> Result<Option<Uint8Array>, JsValue> {
    if read.get_done() == Some(true) { Ok(None) } else { read.get_value().dyn_into().map(Some) }
}

/// The first so many bytes, or all there are.
pub async fn head(blob: &Blob, most: f64) -> Result<Vec<u8>, JsValue> {
    let head = blob.slice_with_f64_and_f64(0.0, most)?.array_buffer();
    Ok(Uint8Array::new(&JsFuture::from(head).await?).to_vec())
}

/// All of it; `Err` says how many bytes came before the browser could not read on.
pub async fn whole(blob: &Blob, progress: impl Fn(u64)) -> Result<Vec<u8>, u64> {
    let mut bytes = Vec::with_capacity(blob.size() as usize);
    let mut slices = Slices::of(blob)?;
    while let Some(slice) = slices.next().await? {
        bytes.extend_from_slice(slice);
        progress(bytes.len() as u64);
    }
    Ok(bytes)
}

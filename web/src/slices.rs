//! A blob → its bytes, slice by slice, all copied to one place.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// How much is fetched at a time.
pub const SLICE: f64 = 1_048_576.0;

/// The bytes of a blob from its start to its end.
pub struct Slices<'a> {
    blob: &'a Blob,
    /// Where what was given ends.
    at: f64,
    /// The slice that begins there, which the browser fetches while the one before is read.
    ahead: Option<Promise>,
    /// Used again for each slice.
    buffer: Vec<u8>,
}

impl<'a> Slices<'a> {
    /// From the start on.
    pub fn of(blob: &'a Blob) -> Self {
        Slices { blob, at: 0.0, ahead: None, buffer: Vec::new() }
    }

    /// The next slice, `None` at the end; `Err` says how many bytes came before the browser could not read on.
    pub async fn next(&mut self) -> Result<Option<&[u8]>, u64> {
        let Some(end) = self.end_of(self.at) else { return Ok(None) };
        let fetched = self.fetched(end).await.map_err(|_| self.at as u64)?;
        self.ahead = self.end_of(end).and_then(|next| fetch(self.blob, end, next).ok());
        // Each is left for the browser to collect: it counts what buffers hold, and collects less where they are let go of.
        let bytes = Uint8Array::new(&fetched);
        self.buffer.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut self.buffer);
        self.at = end;
        Ok(Some(&self.buffer))
    }

    async fn fetched(&mut self, end: f64) -> Result<JsValue, JsValue> {
        let slice = match self.ahead.take() {
            Some(ahead) => ahead,
            None => fetch(self.blob, self.at, end)?,
        };
        JsFuture::from(slice).await
    }

    /// Where a slice that begins there ends.
    fn end_of(&self, start: f64) -> Option<f64> {
        let end = (start + SLICE).min(self.blob.size());
        (end > start).then_some(end)
    }

    /// How many bytes were given so far.
    pub fn done(&self) -> u64 {
        self.at as u64
    }
}

fn fetch(blob: &Blob, start: f64, end: f64) -> Result<Promise, JsValue> {
    Ok(blob.slice_with_f64_and_f64(start, end)?.array_buffer())
}

/// The first so many bytes, or all there are.
pub async fn head(blob: &Blob, most: f64) -> Result<Vec<u8>, JsValue> {
    Ok(Uint8Array::new(&JsFuture::from(fetch(blob, 0.0, most)?).await?).to_vec())
}

/// All of it; `Err` says how many bytes came before the browser could not read on.
pub async fn whole(blob: &Blob, progress: impl Fn(u64)) -> Result<Vec<u8>, u64> {
    let mut bytes = Vec::with_capacity(blob.size() as usize);
    let mut slices = Slices::of(blob);
    while let Some(slice) = slices.next().await? {
        bytes.extend_from_slice(slice);
        progress(bytes.len() as u64);
    }
    Ok(bytes)
}

//! A blob → its bytes, slice by slice, all copied to one place.

use js_sys::{Promise, Uint8Array};
use std::collections::VecDeque;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// How much is fetched at a time.
const SLICE: f64 = 4_194_304.0;

/// So many slices are fetched while the one before is read: the browser has several processes to pass them through.
const AHEAD: usize = 2;

/// The bytes of a blob from its start to its end.
pub struct Slices<'a> {
    blob: &'a Blob,
    /// Where what was given ends.
    given: f64,
    /// The slices that follow.
    ahead: VecDeque<Promise>,
    /// Where the last of them ends.
    asked: f64,
    /// Used again for each slice.
    buffer: Vec<u8>,
}

impl<'a> Slices<'a> {
    /// From the start on.
    pub fn of(blob: &'a Blob) -> Self {
        Slices { blob, given: 0.0, ahead: VecDeque::new(), asked: 0.0, buffer: Vec::new() }
    }

    /// The next slice, `None` at the end; `Err` says how many bytes came before the browser could not read on.
    pub async fn next(&mut self) -> Result<Option<&[u8]>, u64> {
        self.fetch_ahead().map_err(|_| self.done())?;
        let Some(slice) = self.ahead.pop_front() else { return Ok(None) };
        let fetched = JsFuture::from(slice).await.map_err(|_| self.done())?;
        self.fetch_ahead().map_err(|_| self.done())?;
        // Each is left for the browser to collect: it counts what buffers hold, and collects less where they are let go of.
        let bytes = Uint8Array::new(&fetched);
        self.buffer.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut self.buffer);
        self.given += f64::from(bytes.length());
        Ok(Some(&self.buffer))
    }

    fn fetch_ahead(&mut self) -> Result<(), JsValue> {
        while self.ahead.len() < AHEAD && self.asked < self.blob.size() {
            let end = (self.asked + SLICE).min(self.blob.size());
            self.ahead.push_back(fetch(self.blob, self.asked, end)?);
            self.asked = end;
        }
        Ok(())
    }

    /// How many bytes were given so far.
    pub fn done(&self) -> u64 {
        self.given as u64
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

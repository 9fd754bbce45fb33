//! Files that change while a Worker reads them: what a browser's stream leaves out is never taken for the end.
#![cfg(target_arch = "wasm32")]

use cilium_exec_check_web::check::blob_of;
use cilium_exec_check_web::slices::Slices;
use js_sys::{Function, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Blob;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn blob(text: &str) -> Blob {
    blob_of(text.as_bytes(), "").expect("a blob can be made")
}

/// The blob with a method of its own instead of the browser's.
fn with(blob: Blob, method: &str, body: &str, argument: &JsValue) -> Blob {
    let make = Function::new_with_args("argument", &format!("return () => {{ {body} }}"));
    let own = make.call1(&JsValue::NULL, argument).expect("it can be made");
    Reflect::set(&blob, &method.into(), &own).expect("it can be set");
    blob
}

/// All that is read, or how many bytes came before it was told that they are not all.
async fn read(blob: &Blob) -> Result<String, u64> {
    let mut slices = Slices::of(blob).expect("it can be begun");
    let mut all = Vec::new();
    while let Some(bytes) = slices.next().await? {
        all.extend_from_slice(bytes);
    }
    assert_eq!(slices.done(), all.len() as u64);
    Ok(String::from_utf8(all).expect("it is text"))
}

#[wasm_bindgen_test]
async fn a_file_is_read_to_its_end() {
    for text in ["", "a", "kind: List\n", &"x".repeat(9 << 20)] {
        assert!(read(&blob(text)).await.as_deref() == Ok(text), "{} bytes", text.len());
    }
}

#[wasm_bindgen_test]
async fn a_stream_that_fills_no_buffer_of_others_is_read_as_well() {
    let plain = "return new ReadableStream({ start(it) { it.enqueue(argument); it.close(); } })";
    let bytes = js_sys::Uint8Array::from(b"abc".as_slice());
    assert_eq!(read(&with(blob("abc"), "stream", plain, &bytes)).await.as_deref(), Ok("abc"));
}

#[wasm_bindgen_test]
async fn a_file_that_was_cut_short_or_written_anew_meanwhile_is_not_whole() {
    let stream = "return argument.stream()";
    assert_eq!(read(&with(blob("abcdef"), "stream", stream, &blob("abc"))).await, Err(3));
    assert_eq!(read(&with(blob("abc"), "stream", stream, &blob("abcdef"))).await, Err(6));
    let refused =
        "return { arrayBuffer: () => Promise.reject(new DOMException('changed', 'NotReadableError')) }";
    assert_eq!(read(&with(blob("abc"), "slice", refused, &JsValue::NULL)).await, Err(3));
}

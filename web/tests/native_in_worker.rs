//! In a Worker of a browser, where the page runs them, every report is, byte for byte, the one that native code writes.
#![cfg(target_arch = "wasm32")]

#[path = "native/same.rs"]
mod same;

use wasm_bindgen_test::wasm_bindgen_test;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn every_report_is_the_one_that_native_code_writes() {
    same::every_report_is_the_native_one().await;
}

#[wasm_bindgen_test]
async fn the_document_for_download_is_what_the_command_line_writes() {
    same::the_document_is_the_native_one().await;
}

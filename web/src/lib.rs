//! The browser app: files dropped on the page are read and judged in a Worker, the report is drawn as a table.
//!
//! The page decides nothing and parses no input: it hands files to the Worker, the Worker runs the core, and what
//! comes back is the report that the command line writes too.

pub mod app;
pub mod check;
pub mod download;
pub mod exercise;
pub mod folder;
pub mod format;
pub mod frames;
pub mod intake;
pub mod looking;
pub mod outcome;
pub mod parts;
pub mod protocol;
pub mod row;
pub mod runner;
pub mod sample;
pub mod slices;
pub mod state;
pub mod taker;
pub mod taking;
pub mod text;
pub mod view;
pub mod what_if;
pub mod worker;

use wasm_bindgen::JsCast;

/// Starts whatever this instance of the module is: the Worker, or the app in the page's element `app`.
pub fn start() {
    let global = js_sys::global();
    if let Ok(scope) = global.dyn_into::<web_sys::DedicatedWorkerGlobalScope>() {
        worker::listen(&scope);
    } else if let Some(root) = gloo::utils::document().get_element_by_id("app") {
        // What says that the page is loading, or that scripts are off.
        root.set_text_content(None);
        yew::Renderer::<app::App>::with_root_and_props(root, app::Props { runner: runner::blob_worker() })
            .render();
    }
}

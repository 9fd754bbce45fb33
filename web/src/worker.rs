//! Jobs posted to the Worker → events posted back.

use crate::check::Desk;
use crate::exercise::exercise;
use crate::protocol::{Event, Message, Work};
use gloo::events::EventListener;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Takes jobs for as long as the Worker lives; the page ends it to cancel one. Until the first one comes it exercises.
pub fn listen(scope: &DedicatedWorkerGlobalScope) {
    report_panics();
    let (replies, desk) = (scope.clone(), Desk::default());
    let asked = Rc::new(Cell::new(false));
    let idle = Rc::clone(&asked);
    wasm_bindgen_futures::spawn_local(exercise(move || !idle.get()));
    EventListener::new(scope, "message", move |event| {
        let work = event.dyn_ref::<MessageEvent>().and_then(|message| Work::from_js(&message.data()));
        let Some(work) = work else { return };
        asked.set(true);
        let (scope, desk) = (replies.clone(), desk.clone());
        wasm_bindgen_futures::spawn_local(async move {
            desk.work(&work, &|event| post(&scope, &event)).await;
        });
    })
    .forget();
}

/// Says where it broke; the panic's own text might quote the input, so it is left out.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
            post(&scope, &Message::Failed { reason: format!("internal error{place}") }.into());
        }
    }));
}

fn post(scope: &DedicatedWorkerGlobalScope, event: &Event) {
    // It fails only if the page is gone, and then nobody waits.
    let _ = scope.post_message(&event.to_js());
}

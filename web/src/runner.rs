//! A job → a running check that tells its events and ends when it is dropped; in a Worker, or right here for tests.

use crate::check;
use crate::protocol::{Event, Job, Message};
use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::document;
use js_sys::Array;
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, MessageEvent, Url, Worker};
use yew::Callback;

/// Whatever runs checks.
#[derive(Clone)]
pub struct Runner(Rc<dyn Fn(Job, Callback<Event>) -> Running>);

impl PartialEq for Runner {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A check under way: dropping it stops it.
pub struct Running {
    _held: Box<dyn Any>,
}

impl Running {
    /// It lives as long as what is held.
    pub fn new(held: impl Any) -> Self {
        Running { _held: Box::new(held) }
    }
}

impl Runner {
    /// Runs checks by this function.
    pub fn new(start: impl Fn(Job, Callback<Event>) -> Running + 'static) -> Self {
        Runner(Rc::new(start))
    }

    /// Starts one.
    pub fn start(&self, job: Job, events: Callback<Event>) -> Running {
        (self.0)(job, events)
    }
}

/// Follows the glue in the Worker's script: takes the compiled module, then leaves the messages to it. What a broken
/// instance throws must reach the page, also from within a promise.
const WORKER: &str = "
onmessage = (event) => { onmessage = null; wasm_bindgen.initSync({ module: event.data }); };
onunhandledrejection = (event) => { throw event.reason; };
";

/// Runs each check in a Worker of its own, made from this page's own script and module, so that nothing is loaded.
pub fn blob_worker() -> Runner {
    Runner::new(|job, events| match start_worker(&job, events.clone()) {
        Ok(running) => running,
        Err(_) => {
            fail(&events, "the browser refused to start the check in the background");
            Running::new(())
        }
    })
}

/// Runs checks where it is called: for tests, which have no page to take the script from.
pub fn in_place() -> Runner {
    Runner::new(|job, events| {
        let alive = Rc::new(Cell::new(true));
        let stop = StopOnDrop(alive.clone());
        wasm_bindgen_futures::spawn_local(async move {
            let tell = |event| {
                if alive.get() {
                    events.emit(event);
                }
            };
            check::check(&job, &tell).await;
        });
        Running::new(stop)
    })
}

struct StopOnDrop(Rc<Cell<bool>>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// A Worker with its listeners; without them it may be gone before it answers.
struct Held {
    worker: Worker,
    _listeners: [EventListener; 3],
}

impl Drop for Held {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

fn start_worker(job: &Job, events: Callback<Event>) -> Result<Running, JsValue> {
    let worker = Worker::new(&script_url()?)?;
    let answers = events.clone();
    let listeners = [
        EventListener::new(&worker, "message", move |event| {
            let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data).unwrap_or_default();
            match Event::from_js(&data) {
                Some(event) => answers.emit(event),
                None => fail(&answers, "the check in the background gave an unreadable answer"),
            }
        }),
        broken(&worker, "error", events.clone()),
        broken(&worker, "messageerror", events),
    ];
    worker.post_message(&wasm_bindgen::module())?;
    worker.post_message(&job.to_js())?;
    Ok(Running::new(Held { worker, _listeners: listeners }))
}

/// Told of when an instance traps: out of memory, or a fault of ours.
fn broken(worker: &Worker, kind: &'static str, events: Callback<Event>) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(worker, kind, options, move |event| {
        let text = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).unwrap_or_default();
        let memory = text.contains("memory") || text.contains("RangeError");
        // It was dealt with: nothing for the console.
        event.prevent_default();
        fail(&events, if memory { "the browser ran out of memory" } else { "internal error" });
    })
}

fn fail(events: &Callback<Event>, reason: &str) {
    events.emit(Message::Failed { reason: reason.to_owned() }.into());
}

/// Where the Worker's script is; made once, from the glue that stands in the page.
fn script_url() -> Result<String, JsValue> {
    thread_local!(static URL: std::cell::RefCell<Option<String>> = const { std::cell::RefCell::new(None) });
    if let Some(url) = URL.with_borrow(Clone::clone) {
        return Ok(url);
    }
    let glue = document().get_element_by_id("glue").and_then(|script| script.text_content());
    let glue = glue.ok_or_else(|| JsValue::from_str("the page does not hold its script"))?;
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let parts = Array::of2(&JsValue::from_str(&glue), &JsValue::from_str(WORKER));
    let blob = Blob::new_with_str_sequence_and_options(parts.unchecked_ref(), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    URL.set(Some(url.clone()));
    Ok(url)
}

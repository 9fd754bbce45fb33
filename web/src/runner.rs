//! Somebody who does what is asked, tells how it goes, and stops when dropped: a Worker, or right here for tests.

use crate::check::Desk;
use crate::protocol::{Event, Message, Work};
use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::document;
use js_sys::Array;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, MessageEvent, Url, Worker};
use yew::Callback;

/// Whatever runs checks.
#[derive(Clone)]
pub struct Runner(Rc<dyn Fn(Callback<Event>) -> Running>);

impl PartialEq for Runner {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Somebody at work: dropping it stops it, whatever it is at.
pub struct Running {
    ask: Box<dyn Fn(Work)>,
    _held: Box<dyn Any>,
}

impl Running {
    /// It takes jobs by this function, and lives as long as what is held.
    pub fn new(ask: impl Fn(Work) + 'static, held: impl Any) -> Self {
        Running { ask: Box::new(ask), _held: Box::new(held) }
    }

    /// Gives it something to do, after what it has.
    pub fn ask(&self, work: Work) {
        (self.ask)(work);
    }
}

impl Runner {
    /// Runs checks by somebody whom this function starts.
    pub fn new(start: impl Fn(Callback<Event>) -> Running + 'static) -> Self {
        Runner(Rc::new(start))
    }

    /// Starts somebody.
    pub fn start(&self, events: Callback<Event>) -> Running {
        (self.0)(events)
    }
}

/// Follows the glue in the Worker's script: takes the compiled module, then leaves the messages to it. What a broken
/// instance throws must reach the page, also from within a promise.
const WORKER: &str = "
onmessage = (event) => { onmessage = null; wasm_bindgen.initSync({ module: event.data }); };
onunhandledrejection = (event) => { throw event.reason; };
";

/// Runs checks in a Worker, made from this page's own script and module, so that nothing is loaded. The first one is there
/// beforehand, and exercises until it is needed.
pub fn blob_worker() -> Runner {
    let spare = Cell::new(Spare::start());
    Runner::new(move |events| match spare.take().and_then(|spare| spare.listened(&events)) {
        Some(running) => running,
        None => start_worker(events.clone()).unwrap_or_else(|_| {
            let refused = "the browser refused to start the check in the background";
            Running::new(move |_| fail(&events, refused), ())
        }),
    })
}

/// A Worker whom nobody asked for anything yet.
struct Spare {
    running: Running,
    /// Whoever will listen to it.
    listener: Rc<RefCell<Option<Callback<Event>>>>,
    /// It said something before it was asked: it broke.
    broken: Rc<Cell<bool>>,
}

impl Spare {
    fn start() -> Option<Spare> {
        let (listener, broken) =
            (Rc::new(RefCell::new(Option::<Callback<Event>>::None)), Rc::new(Cell::new(false)));
        let (told, said) = (listener.clone(), broken.clone());
        let events = Callback::from(move |event| match told.borrow().clone() {
            Some(listener) => listener.emit(event),
            None => said.set(true),
        });
        start_worker(events).ok().map(|running| Spare { running, listener, broken })
    }

    fn listened(self, events: &Callback<Event>) -> Option<Running> {
        self.listener.replace(Some(events.clone()));
        (!self.broken.get()).then_some(self.running)
    }
}

/// Runs checks where it is called: for tests, which have no page to take the script from.
pub fn in_place() -> Runner {
    Runner::new(|events| {
        let alive = Rc::new(Cell::new(true));
        let (stop, desk) = (StopOnDrop(alive.clone()), Desk::default());
        let ask = move |work: Work| {
            let (alive, events, desk) = (alive.clone(), events.clone(), desk.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let tell = |event| {
                    if alive.get() {
                        events.emit(event);
                    }
                };
                desk.work(&work, &tell).await;
            });
        };
        Running::new(ask, stop)
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

fn start_worker(events: Callback<Event>) -> Result<Running, JsValue> {
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
    let asked = worker.clone();
    let ask = move |work: Work| {
        // It fails on what cannot be copied, and there is no such thing in a job.
        let _ = asked.post_message(&work.to_js());
    };
    Ok(Running::new(ask, Held { worker, _listeners: listeners }))
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

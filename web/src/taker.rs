//! What is wanted of the outcome → a file that the browser saves; written away from the page, by somebody of its own.

use crate::download;
use crate::protocol::{Event, Message, SourceFile, Taking, What, Work};
use crate::runner::{Runner, Running};
use crate::state::Action;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Blob;
use yew::Callback;

/// Takes things away, for as long as the outcome stands.
#[derive(Clone)]
pub struct Taker {
    /// The whole report as JSON.
    pub document: Blob,
    /// The files that it is about.
    pub files: Rc<Vec<SourceFile>>,
    /// Names are replaced by pseudonyms.
    pub redacted: bool,
    /// Whoever writes.
    pub runner: Runner,
    /// Where it is said that something went wrong.
    pub act: Callback<Action>,
    /// Whoever is at it; dropped when it is done.
    pub busy: Rc<RefCell<Option<Running>>>,
}

impl PartialEq for Taker {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document && self.redacted == other.redacted
    }
}

impl Taker {
    /// Writes it, and saves it under this name.
    pub fn take(&self, what: What, name: String) {
        let (busy, act) = (self.busy.clone(), self.act.clone());
        let events = Callback::from(move |event: Event| {
            let blob = |event: Event| event.attachments.into_iter().next()?.dyn_into::<Blob>().ok();
            match event.message {
                Message::Taken => {
                    if blob(event).is_none_or(|blob| download::save(&blob, &name).is_err()) {
                        act.emit(Action::alert("The browser refused to save it."));
                    }
                }
                Message::Failed { reason } => {
                    act.emit(Action::alert(&format!("It could not be saved: {reason}.")))
                }
                _ => return,
            }
            // Not from within its own call.
            let busy = busy.clone();
            gloo::timers::callback::Timeout::new(0, move || drop(busy.take())).forget();
        });
        let running = self.runner.start(events);
        let (document, files) = (self.document.clone(), self.files.to_vec());
        running.ask(Work::Take(Taking { what, redacted: self.redacted, document, files }));
        self.busy.replace(Some(running));
    }

    /// Saves the document as it is.
    pub fn save(&self, name: &str) {
        if download::save(&self.document, name).is_err() {
            self.act.emit(Action::alert("The browser refused to save the report."));
        }
    }
}

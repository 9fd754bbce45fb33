//! What paths point at → the lines as they stand in the files, fetched in the background when they are to be seen.

use crate::parts::path::Way;
use crate::protocol::{Event, Looking, Message, SourceFile, Work};
use crate::runner::{Runner, Running};
use crate::text::{count, shown};
use cilium_exec_check_core::original::{Original, Originals, Wanted};
use cilium_exec_check_core::report::AccessReport;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// Whatever can read the files of the outcome again.
#[derive(Clone)]
pub struct Library {
    /// The files.
    pub files: Rc<Vec<SourceFile>>,
    /// What was read of them.
    pub report: Rc<AccessReport>,
    /// Whoever reads.
    pub runner: Runner,
}

impl PartialEq for Library {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.files, &other.files) && Rc::ptr_eq(&self.report, &other.report)
    }
}

/// The lines that were found so far.
#[derive(Clone)]
pub struct Lines {
    /// By place.
    pub originals: Rc<Originals>,
    /// Says that they are to be seen.
    pub wanted: Callback<()>,
}

impl PartialEq for Lines {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.originals, &other.originals)
    }
}

/// The lines of these paths; they are fetched at once, or when the first path opens.
#[hook]
pub fn use_lines(ways: &Rc<Vec<Way>>, at_once: bool) -> Lines {
    let found = use_state(|| Rc::new(Originals::default()));
    let seen = use_state(|| at_once);
    let library = use_context::<Library>();
    let setter = found.setter();
    use_effect_with((ways.clone(), *seen, library), move |(ways, seen, library)| {
        let running = library.as_ref().filter(|_| *seen).and_then(|library| fetch(library, ways, setter));
        move || drop(running)
    });
    let setter = seen.setter();
    let wanted = use_callback((), move |(), ()| setter.set(true));
    Lines { originals: Rc::clone(&found), wanted }
}

/// Asks somebody of its own, who is let go of when there is an answer.
fn fetch(
    library: &Library,
    ways: &[Way],
    found: UseStateSetter<Rc<Originals>>,
) -> Option<Rc<RefCell<Option<Running>>>> {
    let wanted = Wanted::of(&library.report, ways.iter().map(|way| &way.path));
    let holds = |file: &&SourceFile| wanted.sources().any(|source| file.holds(source));
    let files: Vec<SourceFile> = library.files.iter().filter(holds).cloned().collect();
    if files.is_empty() {
        return None;
    }
    let running = Rc::new(RefCell::new(None::<Running>));
    let answered = Rc::downgrade(&running);
    let events = Callback::from(move |event: Event| {
        if let Message::Found(lines) = event.message {
            found.set(Rc::new(lines.into_iter().collect()));
        }
        // Not from within its own call.
        let answered = answered.clone();
        gloo::timers::callback::Timeout::new(0, move || {
            drop(answered.upgrade().and_then(|running| running.take()));
        })
        .forget();
    });
    let somebody = library.runner.start(events);
    somebody.ask(Work::Look(Looking { wanted, files }));
    running.replace(Some(somebody));
    Some(running)
}

/// Lines with their numbers, which are not copied along.
pub fn numbered(original: &Original) -> Html {
    let more = (original.more > 0).then(|| count(original.more.into(), "more line", "more lines"));
    html! {
        <>
            <pre class="lines" tabindex="0"><code>
                { for original.numbered().map(|(number, line)| html! {
                    <><i>{ number }</i>{ shown(line) }{ "\n" }</>
                }) }
            </code></pre>
            if let Some(more) = more { <p class="quiet">{ format!("and {more}") }</p> }
        </>
    }
}

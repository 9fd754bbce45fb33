//! The whole page: what it shows in which state, and what reaches it from outside.

use crate::intake::{self, Dropped};
use crate::outcome::Gathering;
use crate::parts::cilium::Cilium;
use crate::parts::drop_zone::DropZone;
use crate::parts::files::Files;
use crate::parts::findings::Findings;
use crate::parts::folds::{Blocked, Limits, Notes};
use crate::parts::progress::Progress;
use crate::parts::promises::Promises;
use crate::parts::verdict::Verdict;
use crate::protocol::Job;
use crate::runner::Runner;
use crate::sample;
use crate::state::{Action, Announcement, State};
use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::document;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DragEvent, HtmlTextAreaElement};
use yew::prelude::*;

/// What the app is made of besides itself.
#[derive(Properties, Clone, PartialEq)]
pub struct Props {
    /// Whatever runs checks.
    pub runner: Runner,
}

/// The page.
#[component]
pub fn App(props: &Props) -> Html {
    let state = use_reducer(State::default);
    use_check(&props.runner, &state);
    let dragging = use_drops(&state);
    use_paste(&state);

    let act = {
        let dispatcher = state.dispatcher();
        Callback::from(move |action| dispatcher.dispatch(action))
    };
    let sample = act.reform(|()| Action::Replace(sample::files()));
    let started = state.outcome.is_some() || state.checking.is_some();
    html! {
        <>
            <header class={classes!("top", started.then_some("small"))}>
                <p class="product">{ "cilium-exec-check" }</p>
                <h1>{ "Who can gain privileged Cilium access?" }</h1>
                <p class="lead">
                    { "Drop what you exported from the cluster. It is read in this page only: nothing is sent, nothing is kept." }
                </p>
            </header>
            <main>
                <DropZone small={started} dragging={*dragging} act={act.clone()} {sample} />
                { announcement(&state.announcement, state.outcome.is_some() && state.checking.is_none()) }
                if let Some(checking) = &state.checking {
                    <Progress checking={checking.clone()} cancel={act.reform(|()| Action::Cancel)} />
                } else if let Some(outcome) = &state.outcome {
                    <Verdict outcome={outcome.clone()} act={act.clone()} />
                    <Findings key={state.shown()} outcome={outcome.clone()} />
                    <Files report={outcome.report.clone()} files={state.files.clone()} act={act.clone()} />
                    if outcome.report.nothing_to_check(false).is_none() {
                        <Cilium components={outcome.report.cilium.clone()} />
                    }
                    <Blocked report={outcome.report.clone()} />
                    <Notes report={outcome.report.clone()} />
                    <Limits report={outcome.report.clone()} />
                } else {
                    <Promises />
                }
            </main>
        </>
    }
}

/// Both regions are always there: assistive technology only hears of changes in what it already knows. A verdict is
/// on the page anyway, so its announcement is for those who do not see it.
fn announcement(announcement: &Announcement, repeated: bool) -> Html {
    let (status, alert) = match announcement {
        Announcement::Silence => ("", ""),
        Announcement::Status(text) => (text.as_str(), ""),
        Announcement::Alert(text) => ("", text.as_str()),
    };
    html! {
        <div class="announcements">
            <p role="status" class={classes!((repeated || status.is_empty()).then_some("unseen"))}>{ status }</p>
            <p role="alert" class={classes!(alert.is_empty().then_some("unseen"))}>{ alert }</p>
        </div>
    }
}

/// Runs the check that the state asks for, and stops it when the state asks for another or none.
#[hook]
fn use_check(runner: &Runner, state: &UseReducerHandle<State>) {
    let run = state.checking.as_ref().map(|checking| checking.run);
    let (runner, state) = (runner.clone(), state.clone());
    use_effect_with(run, move |_| {
        let running = state.checking.as_ref().map(|checking| {
            let (run, dispatcher) = (checking.run, state.dispatcher());
            let gathering = RefCell::new(Gathering::default());
            let events = Callback::from(move |event| {
                if let Some(step) = gathering.borrow_mut().take(event) {
                    dispatcher.dispatch(Action::Step(run, step));
                }
            });
            runner.start(Job { files: checking.files.to_vec() }, events)
        });
        move || drop(running)
    });
}

/// Takes what is dropped anywhere on the page, so that a near miss does not leave it; tells whether files hover over it.
#[hook]
fn use_drops(state: &UseReducerHandle<State>) -> UseStateHandle<bool> {
    let dragging = use_state(|| false);
    let (dispatcher, hovering) = (state.dispatcher(), dragging.clone());
    use_effect_with((), move |()| {
        let listen = |kind: &'static str, handle: Box<dyn Fn(&DragEvent)>| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&document(), kind, options, move |event| {
                event.prevent_default();
                handle(event.unchecked_ref());
            })
        };
        let (over, left) = (hovering.clone(), hovering.clone());
        let listeners = [
            listen("dragover", Box::new(move |_| over.set(true))),
            // Leaving one element for another inside the page has a related target.
            listen(
                "dragleave",
                Box::new(move |event| {
                    if event.related_target().is_none() {
                        left.set(false);
                    }
                }),
            ),
            listen(
                "drop",
                Box::new(move |event| {
                    hovering.set(false);
                    let Some(dropped) = event.data_transfer().as_ref().map(Dropped::take) else { return };
                    let dispatcher = dispatcher.clone();
                    wasm_bindgen_futures::spawn_local(async move {
                        dispatcher.dispatch(action_of(dropped).await);
                    });
                }),
            ),
        ];
        move || drop(listeners)
    });
    dragging
}

async fn action_of(dropped: Dropped) -> Action {
    let alert = |text: &str| Action::Announce(Announcement::Alert(text.to_owned()));
    if dropped.is_empty() {
        return alert("There was no file in what was dropped.");
    }
    match dropped.read().await {
        Ok(files) if files.is_empty() => {
            alert("There was no .yaml, .yml or .json file and no archive in the folder.")
        }
        Ok(files) => Action::Add(files),
        Err(_) => alert("The browser could not read the folder. Choose its files instead."),
    }
}

/// Takes text that is pasted anywhere but into a field.
#[hook]
fn use_paste(state: &UseReducerHandle<State>) {
    let state = state.clone();
    use_effect(move || {
        let listener = EventListener::new(&document(), "paste", move |event| {
            let event = event.unchecked_ref::<ClipboardEvent>();
            let in_field =
                event.target().is_some_and(|target| target.dyn_ref::<HtmlTextAreaElement>().is_some());
            let Some(data) = event.clipboard_data().filter(|_| !in_field) else { return };
            let mut files = data.files().as_ref().map(intake::chosen).unwrap_or_default();
            let text = data.get_data("text/plain").unwrap_or_default();
            if files.is_empty() && !text.trim().is_empty() {
                files.extend(intake::pasted(&text, |name| state.has(name)));
            }
            if !files.is_empty() {
                state.dispatch(Action::Add(files));
            }
        });
        move || drop(listener)
    });
}

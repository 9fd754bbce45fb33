//! The whole page: what it shows in which state, and what reaches it from outside.

use crate::frames::use_frames;
use crate::intake::{self, Dropped};
use crate::outcome::{Gathering, Outcome};
use crate::parts::asked::Asked;
use crate::parts::cilium::Cilium;
use crate::parts::drop_zone::DropZone;
use crate::parts::files::Files;
use crate::parts::findings::Findings;
use crate::parts::folds::{Blocked, Limits, Notes};
use crate::parts::fonts::Fonts;
use crate::parts::lines::Library;
use crate::parts::progress::Progress;
use crate::parts::promises::Promises;
use crate::parts::verdict::Verdict;
use crate::parts::what_if::WhatIf;
use crate::protocol::{Event, Job, Work};
use crate::runner::{Runner, Running};
use crate::sample;
use crate::state::{Action, Announcement, State, nothing};
use crate::taker::Taker;
use crate::what_if::Switches;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::document;
use std::cell::RefCell;
use std::rc::Rc;
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
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    let sample = act.reform(|()| Action::Replace(sample::files()));
    let started = state.outcome.is_some() || state.checking.is_some();
    let reading = state.checking.as_ref().filter(|checking| !checking.again);
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
                { announcement(&state.announcement, state.outcome.is_some() && reading.is_none()) }
                if let Some(checking) = reading {
                    <Progress checking={checking.clone()} cancel={act.reform(|()| Action::Cancel)} />
                } else if let Some(outcome) = &state.outcome {
                    <Answer state={State::clone(&state)} outcome={outcome.clone()} runner={props.runner.clone()}
                        act={act.clone()} />
                } else {
                    <Promises />
                }
            </main>
            <Fonts />
        </>
    }
}

/// What the answer is drawn from.
#[derive(Properties, PartialEq)]
struct AnswerProps {
    state: State,
    outcome: Outcome,
    runner: Runner,
    act: Callback<Action>,
}

/// Everything about the last check that was finished.
#[component]
fn Answer(props: &AnswerProps) -> Html {
    let AnswerProps { state, outcome, runner, act } = props;
    let report = &outcome.report;
    let asked = state.known_options();
    let switches = use_memo((asked.without.clone(), act.clone()), |(off, act)| Switches {
        off: Rc::new(off.clone()),
        toggle: act.reform(Action::Switch),
        try_out: act.reform(Action::Try),
    });
    let (redacted, busy) = (use_state(|| false), use_mut_ref(|| None));
    let redact = {
        let setter = redacted.setter();
        use_callback((), move |redacted, ()| setter.set(redacted))
    };
    let taker = Taker {
        document: outcome.document.clone(),
        files: state.files.clone(),
        redacted: *redacted,
        runner: runner.clone(),
        act: act.clone(),
        busy,
    };
    let library = Library { files: state.files.clone(), report: report.clone(), runner: runner.clone() };
    let shown = use_frames(4);
    html! {
        <ContextProvider<Taker> context={taker}>
        <ContextProvider<Switches> context={(*switches).clone()}>
        <ContextProvider<Library> context={library}>
            <Verdict outcome={outcome.clone()} options={state.options.clone()} {redact} act={act.clone()} />
            if shown > 1 {
                <Asked options={asked} report={report.clone()} act={act.clone()} />
            }
            if shown > 2 {
                <Findings key={state.shown()} outcome={outcome.clone()} difference={state.difference.clone()} />
            }
            if shown > 3 {
                <Files report={report.clone()} files={state.files.clone()} act={act.clone()} />
                if nothing(report, &state.options).is_none() {
                    <Cilium components={report.cilium.clone()} />
                }
                <Blocked report={report.clone()} />
                <Notes report={report.clone()} />
                <Limits report={report.clone()} />
                <WhatIf difference={state.difference.clone()} busy={state.checking.is_some()} undo={state.can_undo()}
                    act={act.clone()} />
            }
        </ContextProvider<Library>>
        </ContextProvider<Switches>>
        </ContextProvider<Taker>>
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

/// Runs the check that the state asks for, and stops it when the state asks for another or none. Whoever read the files
/// of the outcome stays, and is asked again about them.
#[hook]
fn use_check(runner: &Runner, state: &UseReducerHandle<State>) {
    let running = use_mut_ref(|| Option::<Running>::None);
    let run = state.checking.as_ref().map(|checking| checking.run);
    let (runner, state) = (runner.clone(), state.clone());
    use_effect_with((run, state.held), move |_| {
        let mut running = running.borrow_mut();
        if !state.held {
            running.take();
        }
        let Some(checking) = &state.checking else { return };
        let files = match (checking.again, &*running) {
            (true, Some(_)) => None,
            _ => Some(checking.files.to_vec()),
        };
        let somebody = running.get_or_insert_with(|| runner.start(events(&state)));
        somebody.ask(Work::Check(Job { run: checking.run, options: checking.options.clone(), files }));
    });
}

/// Turns events of whoever runs checks into steps of the state.
fn events(state: &UseReducerHandle<State>) -> Callback<Event> {
    let dispatcher = state.dispatcher();
    let gathering = RefCell::new(Gathering::default());
    Callback::from(move |event: Event| {
        let run = event.run;
        if let Some(step) = gathering.borrow_mut().take(event) {
            dispatcher.dispatch(Action::Step(run, step));
        }
    })
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
    if dropped.is_empty() {
        return Action::alert("There was no file in what was dropped.");
    }
    match dropped.read().await {
        Ok(files) if files.is_empty() => Action::alert(intake::NO_FILE_IN_FOLDER),
        Ok(files) => Action::Add(files),
        Err(_) => Action::alert("The browser could not read the folder. Choose its files instead."),
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

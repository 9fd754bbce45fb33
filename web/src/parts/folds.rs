//! What is no finding but belongs to the answer → folded lists: blocked identities, notes, limits.

use crate::parts::path::{Paths, Way};
use crate::row::{file_line, identity, qualified};
use crate::text::{count, grouped, shown};
use cilium_exec_check_core::report::{AccessReport, BlockedIdentity, Note, Path};
use std::rc::Rc;
use yew::prelude::*;

/// What the lists are drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The report.
    pub report: Rc<AccessReport>,
}

/// So many are listed; all of them are in the JSON.
const LISTED: usize = 100;

/// Identities that something in the input stands in the way of.
#[component]
pub fn Blocked(props: &Props) -> Html {
    let blocked = &props.report.blocked;
    let title = count(blocked.len() as u64, "blocked identity", "blocked identities");
    let list = html! {
        <>
            <p>{ "They hold grants that would lead to Cilium if nothing stood in the way; they do not count." }</p>
            { for blocked.iter().take(LISTED).map(|it| html! {
                <section>
                    <h3>{ shown(&identity(&it.identity)) }</h3>
                    <Paths ways={ways(it)} omitted={0} nested={true} />
                </section>
            }) }
        </>
    };
    fold(&title, blocked.len(), list)
}

fn ways(blocked: &BlockedIdentity) -> Rc<Vec<Way>> {
    let way = |path: &Path| Way { who: blocked.identity.clone(), path: path.clone(), closed: false };
    Rc::new(blocked.paths.iter().map(way).collect())
}

/// Notes.
#[component]
pub fn Notes(props: &Props) -> Html {
    let notes = &props.report.notes;
    let title = count(notes.len() as u64, "note", "notes");
    fold(&title, notes.len(), html! { <ul>{ for notes.iter().take(LISTED).map(note) }</ul> })
}

/// What exported YAML cannot show.
#[component]
pub fn Limits(props: &Props) -> Html {
    let limits = &props.report.limits;
    let list = limits.iter().take(LISTED).map(|limit| html! { <li>{ shown(limit) }</li> });
    fold("What exported files cannot show", limits.len(), html! { <ul>{ for list }</ul> })
}

fn note(note: &Note) -> Html {
    let object = note.object.as_ref();
    let name = object.map(|object| qualified(&object.kind, object.namespace.as_deref(), &object.name));
    html! {
        <li>
            if let Some(name) = name { <span class="name">{ shown(&name) }</span>{ ": " } }
            { shown(&note.message) }
            if let Some(source) = object.and_then(|object| object.source.as_ref()) {
                { " " }<span class="place">{ shown(&file_line(source)) }</span>
            }
        </li>
    }
}

/// A list under a heading, closed at first; nothing at all where there is nothing in it.
fn fold(title: &str, number: usize, list: Html) -> Html {
    if number == 0 {
        return html! {};
    }
    html! {
        <details class="fold">
            <summary><h2>{ title }</h2></summary>
            { list }
            if number > LISTED {
                <p class="quiet">{ format!("and {} more, all in the JSON", grouped((number - LISTED) as u64)) }</p>
            }
        </details>
    }
}

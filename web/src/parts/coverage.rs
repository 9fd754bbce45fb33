//! What the input says of each kind → a folded list.

use crate::text::{grouped, shown};
use cilium_exec_check_core::report::{CoverageRef, KindState};
use yew::prelude::*;

/// What the list is drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// One entry a kind.
    pub entries: Vec<CoverageRef>,
}

/// The list.
#[component]
pub fn Coverage(props: &Props) -> Html {
    let entries = &props.entries;
    if entries.is_empty() {
        return html! {};
    }
    let there = entries.iter().filter(|entry| entry.state == KindState::Present).count();
    html! {
        <details>
            <summary>{ format!("What was in the input: {there} of {} kinds", entries.len()) }</summary>
            <ul class="coverage">
                { for entries.iter().map(|entry| html! {
                    <li class={state(entry.state)}>
                        <span class="name">{ shown(&entry.kind) }</span>
                        <span class="state">{ shown(&text(entry)) }</span>
                    </li>
                }) }
            </ul>
        </details>
    }
}

fn text(entry: &CoverageRef) -> String {
    let number = if entry.objects > 0 { format!(", {}", grouped(entry.objects)) } else { String::new() };
    let reason = entry.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}{number}{reason}", state(entry.state))
}

fn state(state: KindState) -> &'static str {
    match state {
        KindState::Present => "present",
        KindState::Absent => "absent",
        KindState::Partial => "partial",
        KindState::Denied => "denied",
    }
}

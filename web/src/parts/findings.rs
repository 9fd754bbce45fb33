//! The findings → the table, and a fold with the expected ones in a table of their own.

use crate::outcome::{Entry, Outcome};
use crate::parts::table::Table;
use crate::text::count;
use crate::what_if::Difference;
use std::rc::Rc;
use yew::prelude::*;

/// What the tables are drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The outcome.
    pub outcome: Outcome,
    /// How it differs from what was found before grants were left out, if some are.
    pub difference: Option<Rc<Difference>>,
}

/// All findings.
#[component]
pub fn Findings(props: &Props) -> Html {
    let split = use_memo((props.outcome.clone(), props.difference.clone()), |(outcome, difference)| {
        let (expected, found): (Vec<Entry>, Vec<Entry>) =
            outcome.entries.iter().cloned().partition(|entry| entry.row.expected.is_some());
        let found = difference.as_ref().map_or_else(|| Rc::new(found), |it| Rc::clone(&it.entries));
        (Rc::new(expected), found)
    });
    let (expected, found) = &*split;
    let title = count(expected.len() as u64, "expected identity", "expected identities");
    html! {
        <>
            if !found.is_empty() {
                <section class="findings" aria-label="Findings">
                    <Table name="Findings" entries={found.clone()} />
                </section>
            }
            if !expected.is_empty() {
                <details class="fold">
                    <summary><h2>{ title }</h2></summary>
                    <p>{ "Shipped with Kubernetes or Cilium: they reach Cilium, and are meant to." }</p>
                    <Table name="Expected" entries={expected.clone()} />
                </details>
            }
        </>
    }
}

//! The findings → the table, and a fold with the expected ones in a table of their own.

use crate::outcome::{Entry, Outcome};
use crate::parts::table::Table;
use crate::text::count;
use std::rc::Rc;
use yew::prelude::*;

/// What the tables are drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The outcome.
    pub outcome: Outcome,
}

/// All findings.
#[component]
pub fn Findings(props: &Props) -> Html {
    let split = use_memo(props.outcome.entries.clone(), |entries| {
        let (expected, open): (Vec<Entry>, Vec<Entry>) =
            entries.iter().cloned().partition(|entry| entry.row.expected.is_some());
        (Rc::new(expected), Rc::new(open))
    });
    let (expected, open) = &*split;
    let title = count(expected.len() as u64, "expected identity", "expected identities");
    html! {
        <>
            if !open.is_empty() {
                <section class="findings" aria-label="Findings">
                    <Table name="Findings" entries={open.clone()} />
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

//! What is left out → what closes by that, and the way back; it stays in sight while something is left out.

use crate::row::Row;
use crate::state::Action;
use crate::text::{grouped, shown};
use crate::what_if::{Difference, Switches, grant_words};
use std::rc::Rc;
use yew::prelude::*;

/// What it is drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// How what is found now differs from what was found before.
    pub difference: Option<Rc<Difference>>,
    /// A check is under way.
    pub busy: bool,
    /// There is a change to take back.
    pub undo: bool,
    /// Where the buttons go.
    pub act: Callback<Action>,
}

/// So many are named.
const NAMED: usize = 4;

/// The bar; nothing while everything is as it is.
#[component]
pub fn WhatIf(props: &Props) -> Html {
    let off = use_context::<Switches>().map(|switches| switches.off).unwrap_or_default();
    if off.is_empty() && !props.busy {
        return html! {};
    }
    let put_back = props.act.reform(|_| Action::PutBack);
    html! {
        <section class="what-if" aria-label="What if">
            if !off.is_empty() {
                <h2>{ "What if without" }</h2>
                <ul class="off">
                    { for off.iter().map(|grant| {
                        let (words, it) = (shown(&grant_words(grant)), grant.clone());
                        html! {
                            <li>
                                <span>{ words.clone() }</span>{ " " }
                                <button type="button" class="plain" onclick={props.act.reform(move |_| Action::Switch(it.clone()))}
                                    aria-label={format!("Put back {words}")}>{ "Put back" }</button>
                            </li>
                        }
                    }) }
                </ul>
            }
            if props.busy {
                <p class="so busy">{ "Looking again …" }</p>
            } else if let Some(difference) = &props.difference {
                <p class="so"><strong>{ difference.words() }</strong>{ named(&difference.closed) }</p>
            }
            <p class="buttons">
                if props.busy {
                    <button type="button" onclick={props.act.reform(|_| Action::Cancel)}>{ "Cancel" }</button>
                } else {
                    if props.undo {
                        <button type="button" onclick={props.act.reform(|_| Action::Undo)}>{ "Undo" }</button>
                    }
                    <button type="button" onclick={put_back}>{ "Put everything back" }</button>
                }
            </p>
        </section>
    }
}

/// ` Closed: a, b and 3 more.`
fn named(closed: &[Rc<Row>]) -> String {
    if closed.is_empty() {
        return String::new();
    }
    let names = closed.iter().take(NAMED).map(|row| shown(&row.who)).collect::<Vec<_>>().join(", ");
    match closed.len().saturating_sub(NAMED) {
        0 => format!(" Closed: {names}."),
        more => format!(" Closed: {names} and {} more.", grouped(more as u64)),
    }
}

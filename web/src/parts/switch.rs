//! A grant, or all that a remedy takes away → a button that leaves it out of the analysis, or puts it back.

use crate::text::shown;
use crate::what_if::{Switches, grant_words};
use cilium_exec_check_core::without::Without;
use yew::prelude::*;

/// What the button is about.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The grant; nothing is shown for none.
    pub grant: Option<Without>,
}

/// The button. Without anybody who takes grants out there is none.
#[component]
pub fn Switch(props: &Props) -> Html {
    let (Some(switches), Some(grant)) = (use_context::<Switches>(), props.grant.clone()) else {
        return html! {};
    };
    let off = switches.off.contains(&grant);
    let label =
        format!("{} {}", if off { "Put back" } else { "What if without" }, shown(&grant_words(&grant)));
    let click = switches.toggle.reform(move |_| grant.clone());
    html! {
        <button type="button" class={classes!("plain", "switch", off.then_some("off"))} onclick={click}
            aria-label={label}>
            { if off { "Put back" } else { "What if without?" } }
        </button>
    }
}

/// What the button of a remedy is about.
#[derive(Properties, PartialEq)]
pub struct TrialProps {
    /// What the remedy takes away; nothing is shown for none.
    pub grants: Vec<Without>,
}

/// The button that shows what a remedy would close.
#[component]
pub fn Trial(props: &TrialProps) -> Html {
    let grants = props.grants.clone();
    let Some(switches) = use_context::<Switches>().filter(|_| !grants.is_empty()) else {
        return html! {};
    };
    let off = grants.iter().all(|grant| switches.off.contains(grant));
    let click = switches.try_out.reform(move |_| grants.clone());
    html! {
        <button type="button" class={classes!("plain", "switch", off.then_some("off"))} onclick={click}>
            { if off { "Take the remedy back" } else { "Try this remedy" } }
        </button>
    }
}

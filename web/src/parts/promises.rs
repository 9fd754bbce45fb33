//! What somebody who is here for the first time gets → three short answers under the empty drop zone.

use yew::prelude::*;

const PROMISES: [(&str, &str); 3] = [
    (
        "What it answers",
        "The Cilium agent is root on its node. This lists every user, group and ServiceAccount that can get into it, \
         each with the binding, the role and the rule that let it, by file and line, and what to change.",
    ),
    (
        "What it reads",
        "Roles, bindings, pods and whatever else kubectl exports, as YAML or JSON, also in .gz, .tar.gz and .zip. \
         What is missing is named, and the answer says how far it holds.",
    ),
    (
        "Where your data goes",
        "Nowhere. This page is one file without a connection to anything; it works offline, and keeps nothing once \
         it is closed. The same check runs in a terminal as kubectl cilium-exec-check.",
    ),
];

/// The answers.
#[component]
pub fn Promises() -> Html {
    html! {
        <dl class="promises">
            { for PROMISES.map(|(term, text)| html! { <div><dt>{ term }</dt><dd>{ text }</dd></div> }) }
        </dl>
    }
}

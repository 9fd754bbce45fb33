//! What the core is told besides the files → fields that are judged by at once when they change.

use crate::state::Action;
use crate::text::shown;
use cilium_exec_check_core::Options;
use cilium_exec_check_core::report::{AccessReport, VersionSource};
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the fields show.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is asked for.
    pub options: Options,
    /// The report, for what the input itself says.
    pub report: Rc<AccessReport>,
    /// Where changes go.
    pub act: Callback<Action>,
}

/// The minors of Kubernetes 1 that can be chosen, the newest first.
const MINORS: std::ops::RangeInclusive<u32> = 24..=37;

/// The fields, folded.
#[component]
pub fn Asked(props: &Props) -> Html {
    let options = &props.options;
    let version = props.act.reform(|event: Event| {
        let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::Version(chosen.parse().ok().map(|minor| (1, minor)))
    });
    let namespaces = props.act.reform(|event: Event| {
        let text = event.target_unchecked_into::<HtmlInputElement>().value();
        Action::Namespaces(names(&text))
    });
    let chosen = options.kubernetes_version.map(|(_, minor)| minor);
    html! {
        <details class="asked">
            <summary>{ "Options" }{ shown(&summary(options)) }</summary>
            <form class="fields" onsubmit={|event: SubmitEvent| event.prevent_default()}>
                <label>
                    <span>{ "Kubernetes version of the API server" }</span>
                    <select onchange={version}>
                        <option value="" selected={chosen.is_none()}>{ from_input(&props.report, chosen) }</option>
                        { for MINORS.rev().map(|minor| html! {
                            <option value={minor.to_string()} selected={chosen == Some(minor)}>{ format!("1.{minor}") }</option>
                        }) }
                    </select>
                </label>
                <label>
                    <span>{ "Namespaces that Cilium runs in" }</span>
                    <input type="text" placeholder="detected" autocomplete="off" spellcheck="false"
                        value={options.cilium_namespaces.join(" ")} onchange={namespaces} />
                </label>
            </form>
        </details>
    }
}

/// Names between spaces or commas, each once.
fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split([' ', ',', '\t']).filter(|name| !name.is_empty()) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// What is set, so that it shows while the fields are folded.
fn summary(options: &Options) -> String {
    let version = options.kubernetes_version.map(|(major, minor)| format!("Kubernetes {major}.{minor}"));
    let namespaces = (!options.cilium_namespaces.is_empty())
        .then(|| format!("Cilium in {}", options.cilium_namespaces.join(", ")));
    let set: Vec<String> = version.into_iter().chain(namespaces).collect();
    if set.is_empty() { String::new() } else { format!(": {}", set.join(" · ")) }
}

fn from_input(report: &AccessReport, chosen: Option<u32>) -> String {
    let version = report.input.kubernetes_version.as_deref().filter(|_| chosen.is_none());
    match (version, report.input.kubernetes_version_source) {
        (Some(version), VersionSource::Nodes) => format!("as the nodes say: {version} or newer"),
        (Some(version), _) => format!("as the input says: {version}"),
        (None, _) => "as the input says".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn names_are_told_apart_by_spaces_and_commas() {
        assert_eq!(names("kube-system, cilium\tcilium "), ["kube-system", "cilium"]);
        assert_eq!(names(" , "), [""; 0]);
    }
}

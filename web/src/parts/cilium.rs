//! What was taken for Cilium → one line for the verdict, and a list with the reasons.

use crate::row::{file_line, qualified};
use crate::text::{count, shown};
use cilium_exec_check_core::report::Component;
use std::collections::BTreeSet;
use yew::prelude::*;

/// `Cilium 1.18.6 in kube-system: agent on 3 nodes (root-equivalent), operator`; `None` without any.
pub fn summary(components: &[Component]) -> Option<String> {
    if !components.is_empty() && components.iter().all(|component| component.confidence == "assumed") {
        let namespaces: BTreeSet<&str> = components.iter().map(|it| it.namespace.as_str()).collect();
        let namespaces = namespaces.into_iter().collect::<Vec<_>>().join(", ");
        return Some(format!("No pods of Cilium in the input; they are assumed to run in: {namespaces}"));
    }
    let sure: Vec<&Component> =
        components.iter().filter(|component| component.confidence != "possible").collect();
    let main = sure.iter().find(|component| component.component == "agent").or(sure.first())?;
    let version = main.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let parts = sure.iter().map(|component| {
        let nodes = component.nodes.len() as u64;
        let on = if nodes > 0 { format!(" on {}", count(nodes, "node", "nodes")) } else { String::new() };
        let privilege = if component.privilege == "root-equivalent" { " (root-equivalent)" } else { "" };
        format!("{}{on}{privilege}", component.component)
    });
    let parts = parts.collect::<Vec<_>>().join(", ");
    Some(format!("Cilium{version} in {}: {parts}", main.namespace))
}

/// What the list is drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The components.
    pub components: Vec<Component>,
}

/// The list of components.
#[component]
pub fn Cilium(props: &Props) -> Html {
    if props.components.is_empty() {
        return html! {};
    }
    let title = count(props.components.len() as u64, "Cilium component", "Cilium components");
    html! {
        <details class="fold">
            <summary><h2>{ title }</h2></summary>
            <ul class="components">{ for props.components.iter().map(component) }</ul>
        </details>
    }
}

fn component(component: &Component) -> Html {
    let namespace = &component.namespace;
    let workload = match &component.workload {
        Some(workload) => qualified(&workload.kind, Some(namespace), &workload.name),
        None => format!("in {namespace}"),
    };
    let mut facts = vec![component.confidence.clone(), component.privilege.clone()];
    facts.push(count(component.pods, "pod", "pods"));
    facts.push(count(component.nodes.len() as u64, "node", "nodes"));
    facts.extend(component.version.iter().map(|version| format!("version {version}")));
    facts.extend(component.service_account.iter().map(|account| format!("runs as {account}")));
    html! {
        <li>
            <p><strong>{ shown(&component.component) }</strong>{ " " }{ shown(&workload) }</p>
            <p class="quiet">{ shown(&facts.join(" · ")) }</p>
            if !component.evidence.is_empty() {
                <ul>
                    { for component.evidence.iter().map(|evidence| html! {
                        <li>
                            { shown(&format!("{}: {}", evidence.container, evidence.detail)) }
                            if let Some(source) = &evidence.source {
                                { " " }<span class="place">{ shown(&file_line(source)) }</span>
                            }
                        </li>
                    }) }
                </ul>
            }
        </li>
    }
}

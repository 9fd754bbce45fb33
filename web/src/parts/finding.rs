//! One finding → what it means, every path, and what closes it.

use crate::parts::path::Paths;
use crate::text::{count, grouped, shown, shown_block};
use cilium_exec_check_core::report::{Finding, Remediation};
use std::rc::Rc;
use yew::prelude::*;

/// What the detail is drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The finding.
    pub finding: Rc<Finding>,
}

/// The finding, opened.
#[component]
pub fn FindingDetail(props: &Props) -> Html {
    let finding = &props.finding;
    let paths = use_memo(finding.clone(), |finding| finding.paths.clone());
    html! {
        <div class="opened">
            { for about(finding).iter().map(|line| html! { <p>{ shown(line) }</p> }) }
            <Paths {paths} omitted={finding.paths_omitted} nested={false} />
            if !finding.remediation.is_empty() {
                <h3 class="remedies">{ "What closes it" }</h3>
                { for finding.remediation.iter().map(remediation) }
            }
        </div>
    }
}

/// One sentence for each thing that is worth knowing about the identity.
fn about(finding: &Finding) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(finding.expected.iter().map(|expected| format!("Expected: {}", expected.detail)));
    lines.extend(finding.accepted.iter().map(|accepted| format!("Accepted: {}", accepted.reason)));
    if finding.baseline {
        lines.push("In the baseline.".to_owned());
    }
    let held = &finding.held_by;
    if held.pods > 0 {
        lines.push(examples("Held by", held.pods, ("pod", "pods"), &held.examples));
    }
    let members = &finding.members;
    if members.service_accounts > 0 {
        let words = ("ServiceAccount", "ServiceAccounts");
        lines.push(examples("Members in the input:", members.service_accounts, words, &members.examples));
    }
    lines
}

/// `Held by 4 pods: ci/a, ci/b and 2 more`.
fn examples(lead: &str, number: u64, (one, many): (&str, &str), examples: &[String]) -> String {
    let number_of = count(number, one, many);
    if examples.is_empty() {
        return format!("{lead} {number_of}");
    }
    let names = examples.join(", ");
    match number.saturating_sub(examples.len() as u64) {
        0 => format!("{lead} {number_of}: {names}"),
        rest => format!("{lead} {number_of}: {names} and {} more", grouped(rest)),
    }
}

fn remediation(remediation: &Remediation) -> Html {
    let commands = remediation.commands.join("\n");
    html! {
        <div class="remedy">
            <p>{ shown(&remediation.summary) }</p>
            if !commands.is_empty() { <pre tabindex="0"><code>{ shown_block(&commands) }</code></pre> }
            if let Some(manifest) = &remediation.manifest {
                <pre tabindex="0"><code>{ shown_block(manifest.trim_end()) }</code></pre>
            }
            if !remediation.breaks.is_empty() {
                <p class="quiet">{ "It also takes away:" }</p>
                <ul>{ for remediation.breaks.iter().map(|it| html! { <li>{ shown(it) }</li> }) }</ul>
            }
        </div>
    }
}

//! One finding → what it means, every path, and what closes it.

use crate::parts::copy::Copy;
use crate::parts::path::{Paths, Way, gone};
use crate::parts::switch::Trial;
use crate::text::{count, grouped, shown, shown_block};
use cilium_exec_check_core::report::{Finding, Path, Remediation};
use cilium_exec_check_core::without::Without;
use std::rc::Rc;
use yew::prelude::*;

/// What the detail is drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The finding.
    pub finding: Rc<Finding>,
    /// What it was before grants were left out, where that is something else.
    pub before: Option<Rc<Finding>>,
    /// It is gone by what is left out.
    pub closed: bool,
}

/// The finding, opened.
#[component]
pub fn FindingDetail(props: &Props) -> Html {
    let finding = &props.finding;
    let ways =
        use_memo((finding.clone(), props.before.clone(), props.closed), |(finding, before, closed)| {
            let gone = before.as_ref().map(|before| gone(&before.paths, &finding.paths)).unwrap_or_default();
            let who = &finding.identity;
            let way = |path: &Path, closed| Way { who: who.clone(), path: path.clone(), closed };
            let now = finding.paths.iter().map(|path| way(path, *closed));
            now.chain(gone.into_iter().map(|path| way(path, true))).collect::<Vec<_>>()
        });
    html! {
        <div class="opened">
            { for about(finding).iter().map(|line| html! { <p>{ shown(line) }</p> }) }
            if !finding.remediation.is_empty() {
                <h3 class="remedies">{ "What closes it" }</h3>
                { for finding.remediation.iter().map(remediation) }
            }
            <Paths {ways} omitted={finding.paths_omitted} nested={false} />
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
            <p>{ shown(&remediation.summary) }{ " " }<Trial grants={grants(remediation)} /></p>
            if !commands.is_empty() { { block(&commands, "the commands") } }
            if let Some(manifest) = &remediation.manifest { { block(manifest, "the manifest") } }
            if !remediation.breaks.is_empty() {
                <p class="quiet">{ "It also takes away:" }</p>
                <ul>{ for remediation.breaks.iter().map(|it| html! { <li>{ shown(it) }</li> }) }</ul>
            }
        </div>
    }
}

/// What it takes away; nothing where that is not known exactly.
fn grants(remediation: &Remediation) -> Vec<Without> {
    let grants = remediation.without.iter().map(|grant| Without::parse(grant));
    grants.collect::<Result<_, _>>().unwrap_or_default()
}

/// Text to be taken along. What is copied is exactly it; what is shown makes everything in it visible.
fn block(text: &str, what: &'static str) -> Html {
    html! {
        <div class="taken">
            <pre tabindex="0"><code>{ shown_block(text.trim_end()) }</code></pre>
            <Copy text={text.to_owned()} {what} />
        </div>
    }
}

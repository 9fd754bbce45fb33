//! Paths → each step by step: who, by which binding, role and rule, may do what, and where that is written.

use crate::row::{authorizer, entity, file_line, qualified, title};
use crate::text::{grouped, shown, shown_block};
use cilium_exec_check_core::report::{Certainty, Evidence, Path, RequestRef, Source, Step, Target};
use cilium_exec_check_core::technique;
use std::rc::Rc;
use yew::prelude::*;

/// What the paths are drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The paths.
    pub paths: Rc<Vec<Path>>,
    /// How many more there are.
    pub omitted: u64,
    /// Whether the first one is closed like the others.
    pub folded: bool,
}

/// All paths.
#[component]
pub fn Paths(props: &Props) -> Html {
    html! {
        <>
            { for (0..props.paths.len()).map(|index| html! {
                <OnePath key={index} paths={props.paths.clone()} {index} open={index == 0 && !props.folded} />
            }) }
            if props.omitted > 0 {
                <p class="quiet">{ format!("and {} more paths", grouped(props.omitted)) }</p>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct PathProps {
    paths: Rc<Vec<Path>>,
    index: usize,
    open: bool,
}

/// One path; its steps are drawn only while it is open.
#[component]
fn OnePath(props: &PathProps) -> Html {
    let open = use_state(|| props.open);
    let setter = open.clone();
    let toggle = Callback::from(move |_| setter.set(!*setter));
    let Some(path) = props.paths.get(props.index) else { return html! {} };
    html! {
        <section class="path">
            <h3>
                <button type="button" onclick={toggle} aria-expanded={open.to_string()}>
                    { shown(&headline(path)) }
                </button>
            </h3>
            if *open {
                { conditions(path) }
                <ol class="steps">{ for path.steps.iter().map(step) }</ol>
            }
        </section>
    }
}

/// `exec · critical · DaemonSet kube-system/cilium, 3 pods on 3 nodes`.
fn headline(path: &Path) -> String {
    let mut parts = vec![path.effect.as_str().to_owned(), path.severity.as_str().to_owned()];
    match path.certainty {
        Certainty::Certain => {}
        Certainty::Conditional => parts.push("conditional".to_owned()),
        Certainty::Blocked => parts.push("blocked".to_owned()),
    }
    parts.extend(path.target.as_ref().map(target));
    parts.join(" · ")
}

fn target(target: &Target) -> String {
    let namespace = target.namespace.as_deref();
    let mut text = match &target.workload {
        Some(workload) => qualified(&workload.kind, namespace, &workload.name),
        None => {
            namespace.map_or_else(|| "the cluster".to_owned(), |namespace| format!("namespace {namespace}"))
        }
    };
    let numbers = [(target.pods, "pods"), (target.nodes, "nodes")];
    for (number, word) in numbers.into_iter().filter(|(number, _)| *number > 0) {
        text.push_str(&format!(", {word}: {}", grouped(number)));
    }
    text
}

fn conditions(path: &Path) -> Html {
    let word = if path.certainty == Certainty::Blocked { "Blocked:" } else { "If:" };
    html! {
        <>
            if let Some(expected) = &path.expected {
                <p class="quiet">{ shown(&format!("Expected: {}", expected.detail)) }</p>
            }
            if !path.conditions.is_empty() {
                <p class="quiet">{ word }</p>
                <ul class="conditions">{ for path.conditions.iter().map(|it| html! { <li>{ shown(it) }</li> }) }</ul>
            }
        </>
    }
}

fn step(step: &Step) -> Html {
    let mechanism = technique::find(&step.technique).map(|technique| technique.mechanism);
    html! {
        <li>
            <p class="move">
                <strong>{ shown(&entity(&step.from)) }</strong>
                { " → " }
                <strong>{ shown(&entity(&step.to)) }</strong>
            </p>
            <p>{ shown(title(&step.technique)) }{ " " }<code>{ shown(&step.technique) }</code></p>
            if let Some(text) = mechanism.filter(|text| !text.is_empty()) {
                <p class="quiet">{ for with_code(text) }</p>
            }
            { for step.evidence.iter().map(evidence) }
        </li>
    }
}

/// The catalogue sets code in backticks.
fn with_code(text: &str) -> impl Iterator<Item = Html> {
    text.split('`').enumerate().map(|(index, part)| match index % 2 {
        0 => html! { { part } },
        _ => html! { <code>{ part }</code> },
    })
}

fn evidence(evidence: &Evidence) -> Html {
    html! {
        <dl class="evidence">
            if let Some(binding) = &evidence.binding {
                { fact("bound by", &qualified(&binding.kind, binding.namespace.as_deref(), &binding.name),
                    binding.source.as_ref()) }
            }
            if let Some(subject) = &evidence.subject {
                { fact("as subject", &format!("number {}", subject.index + 1), subject.source.as_ref()) }
            }
            if let Some(role) = &evidence.role {
                { fact("to", &qualified(&role.kind, role.namespace.as_deref(), &role.name), role.source.as_ref()) }
            }
            if let Some(rule) = &evidence.rule {
                <dt>{ "by rule" }</dt>
                <dd>
                    { place(rule.source.as_ref()) }
                    <pre tabindex="0"><code>{ shown_block(rule.excerpt.trim_end()) }</code></pre>
                </dd>
            } else {
                { fact("by", authorizer(evidence.authorizer), None) }
            }
            { fact("which allows", &request(&evidence.request), None) }
            if let Some(command) = &evidence.can_i {
                <dt>{ "ask the cluster" }</dt>
                <dd><code class="command">{ shown(command) }</code></dd>
            }
        </dl>
    }
}

fn fact(term: &str, text: &str, source: Option<&Source>) -> Html {
    html! { <><dt>{ term }</dt><dd>{ shown(text) }{ " " }{ place(source) }</dd></> }
}

fn place(source: Option<&Source>) -> Html {
    source.map_or_else(
        Html::default,
        |source| html! { <span class="place">{ shown(&file_line(source)) }</span> },
    )
}

/// `create pods/exec in kube-system`.
fn request(request: &RequestRef) -> String {
    let part = |lead: &str, text: &str| if text.is_empty() { String::new() } else { format!("{lead}{text}") };
    let group = part(".", &request.group);
    let subresource = part("/", &request.subresource);
    let name = part(" ", request.name.as_deref().unwrap_or_default());
    let namespace = part(" in ", request.namespace.as_deref().unwrap_or_default());
    format!("{} {}{group}{subresource}{name}{namespace}", request.verb, request.resource)
}

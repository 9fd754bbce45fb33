//! Paths → each step by step: who, by which binding, role and rule, may do what, and where that is written.

use crate::parts::copy::Copy;
use crate::parts::lines::{Lines, numbered, use_lines};
use crate::parts::picture::Picture;
use crate::parts::switch::Switch;
use crate::row::{EFFECTS, authorizer, entity, file_line, how, qualified, title};
use crate::text::{count, grouped, shown, shown_block};
use crate::what_if::{of_binding, of_rule};
use cilium_exec_check_core::original::{Original, Originals};
use cilium_exec_check_core::report::{
    Certainty, EntityRef, Evidence, Path, RequestRef, RoleEvidence, RuleEvidence, Source, Step, Target,
};
use cilium_exec_check_core::technique::{self, Effect};
use cilium_exec_check_core::without::Without;
use std::collections::HashSet;
use std::rc::Rc;
use yew::prelude::*;

/// One path.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// Whose it is.
    pub who: EntityRef,
    /// The path.
    pub path: Path,
    /// It is gone by what is left out.
    pub closed: bool,
}

/// What the paths are drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The paths.
    pub ways: Rc<Vec<Way>>,
    /// How many more there are.
    pub omitted: u64,
    /// They stand under a heading of their own, and all of them are closed at first.
    pub nested: bool,
}

/// All paths, by what they lead to.
#[component]
pub fn Paths(props: &Props) -> Html {
    let lines = use_lines(&props.ways, !props.nested);
    let groups = EFFECTS.into_iter().filter_map(|effect| {
        let of_effect = props.ways.iter().enumerate().filter(|(_, way)| way.path.effect == effect);
        let indices: Vec<usize> = of_effect.map(|(index, _)| index).collect();
        (!indices.is_empty()).then(|| html! {
            <Group key={effect.as_str()} ways={props.ways.clone()} {indices} {effect} nested={props.nested} />
        })
    });
    html! {
        <ContextProvider<Lines> context={lines}>
            { for groups }
            if props.omitted > 0 {
                <p class="quiet">{ format!("and {} more paths", grouped(props.omitted)) }</p>
            }
        </ContextProvider<Lines>>
    }
}

/// The paths of before that are no longer there.
pub fn gone<'a>(before: &'a [Path], now: &[Path]) -> Vec<&'a Path> {
    let left: HashSet<String> = now.iter().map(key).collect();
    before.iter().filter(|path| !left.contains(&key(path))).collect()
}

/// What the report tells paths of one finding apart by: effect, first technique, target, bindings of the first step.
fn key(path: &Path) -> String {
    let first = path.steps.first();
    let technique = first.map(|step| step.technique.as_str()).unwrap_or_default();
    let target = path.target.as_ref().map(target).unwrap_or_default();
    let bindings = first.into_iter().flat_map(|step| &step.evidence).filter_map(|it| it.binding.as_ref());
    let bindings = bindings.map(|it| qualified(&it.kind, it.namespace.as_deref(), &it.name));
    format!("{}\n{technique}\n{target}\n{}", path.effect.as_str(), bindings.collect::<Vec<_>>().join("\n"))
}

/// What an effect means, in words.
fn meaning(effect: Effect) -> &'static str {
    match effect {
        Effect::Exec => "Runs code inside a privileged Cilium container",
        Effect::NodeRoot => "Becomes root on a node that runs a Cilium agent",
        Effect::Identity => "Acts as a Cilium ServiceAccount",
        Effect::Control => "Changes what Cilium does",
        Effect::Network => "Reaches endpoints of Cilium pods",
        Effect::Disrupt => "Deletes, evicts or moves Cilium pods",
    }
}

#[derive(Properties, PartialEq)]
struct GroupProps {
    ways: Rc<Vec<Way>>,
    indices: Vec<usize>,
    effect: Effect,
    nested: bool,
}

/// So many paths of one effect are listed at first.
const LISTED: usize = 4;

/// The paths to one effect.
#[component]
fn Group(props: &GroupProps) -> Html {
    let all = use_state(|| false);
    let number = props.indices.len();
    let shown = if *all || number == LISTED + 1 { number } else { number.min(LISTED) };
    let more = {
        let all = all.clone();
        Callback::from(move |_| all.set(true))
    };
    let level = if props.nested { "h4" } else { "h3" };
    html! {
        <section class="effect">
            <@{level}>
                { meaning(props.effect) }
                <span class="quiet">{ format!(" {} · {}", props.effect.as_str(), ways(props)) }</span>
            </@>
            <ul class="paths">
                { for props.indices.iter().take(shown).map(|&index| html! {
                    <OnePath key={keyed(props, index)} ways={props.ways.clone()} {index}
                        open={index == 0 && !props.nested} />
                }) }
            </ul>
            if shown < number {
                <button type="button" class="plain" onclick={more}>
                    { format!("Show {} more", grouped((number - shown) as u64)) }
                </button>
            }
        </section>
    }
}

/// A path keeps what was opened of it while others come and go.
fn keyed(props: &GroupProps, index: usize) -> String {
    let Some(way) = props.ways.get(index) else { return String::new() };
    let own = key(&way.path);
    let twins = props.ways.iter().take(index).filter(|way| key(&way.path) == own).count();
    format!("{twins}\n{own}")
}

/// `4 ways`, `4 ways, 1 of them closed`.
fn ways(props: &GroupProps) -> String {
    let all = props.indices.iter().filter_map(|index| props.ways.get(*index));
    let closed = all.filter(|way| way.closed).count();
    let all = count(props.indices.len() as u64, "way", "ways");
    match closed {
        0 => all,
        closed if closed == props.indices.len() => format!("{all}, closed"),
        closed => format!("{all}, {} of them closed", grouped(closed as u64)),
    }
}

#[derive(Properties, PartialEq)]
struct PathProps {
    ways: Rc<Vec<Way>>,
    index: usize,
    open: bool,
}

/// One path; its steps are drawn only while it is open.
#[component]
fn OnePath(props: &PathProps) -> Html {
    let open = use_state(|| props.open);
    let lines = use_context::<Lines>();
    let (setter, wanted) = (open.clone(), lines.as_ref().map(|lines| lines.wanted.clone()));
    let toggle = Callback::from(move |_| {
        wanted.iter().for_each(|wanted| wanted.emit(()));
        setter.set(!*setter);
    });
    let originals = lines.map(|lines| lines.originals).unwrap_or_default();
    let Some(Way { who, path, closed }) = props.ways.get(props.index) else { return html! {} };
    html! {
        <li class={classes!("path", closed.then_some("closed"))}>
            <button type="button" class="turn" onclick={toggle} aria-expanded={open.to_string()}>
                <span class="how">{ shown(&how(path)) }</span>{ " " }
                <span class="quiet">{ if *closed { "closed".to_owned() } else { shown(&about(path)) } }</span>
            </button>
            if *open {
                { conditions(path) }
                <div class="told">
                    <Picture who={who.clone()} path={path.clone()} />
                    <ol class="steps">{ for path.steps.iter().map(|it| step(it, &originals)) }</ol>
                </div>
            }
        </li>
    }
}

/// `critical · conditional · DaemonSet kube-system/cilium, 3 pods on 3 nodes`.
fn about(path: &Path) -> String {
    let mut parts = vec![path.severity.as_str().to_owned()];
    match path.certainty {
        Certainty::Certain => {}
        Certainty::Conditional => parts.push("conditional".to_owned()),
        Certainty::Blocked => parts.push("blocked".to_owned()),
    }
    parts.extend(path.expected.as_ref().map(|_| "expected".to_owned()));
    parts.extend(path.target.as_ref().map(target));
    parts.join(" · ")
}

fn target(target: &Target) -> String {
    let namespace = target.namespace.as_deref();
    let text = match &target.workload {
        Some(workload) => qualified(&workload.kind, namespace, &workload.name),
        None => {
            namespace.map_or_else(|| "the cluster".to_owned(), |namespace| format!("namespace {namespace}"))
        }
    };
    let pods = (target.pods > 0).then(|| count(target.pods, "pod", "pods"));
    let nodes = (target.nodes > 0).then(|| count(target.nodes, "node", "nodes"));
    match (pods, nodes) {
        (Some(pods), Some(nodes)) => format!("{text}, {pods} on {nodes}"),
        (Some(number), None) | (None, Some(number)) => format!("{text}, {number}"),
        (None, None) => text,
    }
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

fn step(step: &Step, originals: &Originals) -> Html {
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
            { for step.evidence.iter().map(|it| evidence(it, originals)) }
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

fn evidence(evidence: &Evidence, originals: &Originals) -> Html {
    let written = |original: Option<&Original>| original.map(numbered).unwrap_or_default();
    html! {
        <dl class="evidence">
            if let Some(by) = &evidence.by {
                { fact("asked as", &entity(by), None, None, Html::default()) }
            }
            if let Some(binding) = &evidence.binding {
                { fact("bound by", &qualified(&binding.kind, binding.namespace.as_deref(), &binding.name),
                    binding.source.as_ref(), of_binding(binding, None), written(originals.role_ref(binding))) }
                if let Some(subject) = &evidence.subject {
                    { fact("as subject", &format!("number {}", subject.index + 1), subject.source.as_ref(),
                        of_binding(binding, Some(subject.index)), written(originals.subject(subject))) }
                }
            }
            if let Some(role) = &evidence.role {
                { fact("to", &qualified(&role.kind, role.namespace.as_deref(), &role.name), role.source.as_ref(), None,
                    Html::default()) }
            }
            if let Some(rule) = &evidence.rule {
                { by_rule(rule, evidence.role.as_ref(), originals) }
            } else {
                { fact("by", authorizer(evidence.authorizer), None, None, Html::default()) }
            }
            { fact("which allows", &request(&evidence.request), None, None, Html::default()) }
            if let Some(command) = &evidence.can_i {
                <dt>{ "ask the cluster" }</dt>
                <dd>
                    <code class="command">{ shown(command) }</code>{ " " }
                    <Copy text={command.clone()} what="the command" />
                </dd>
            }
        </dl>
    }
}

/// The rule: its lines, or where they are not at hand what was read of them.
fn by_rule(rule: &RuleEvidence, role: Option<&RoleEvidence>, originals: &Originals) -> Html {
    let grant = role.and_then(|role| of_rule(role, rule.index));
    let (said, lines) = match originals.rule(rule) {
        Some(original) => ("", numbered(original)),
        None => {
            let text = shown_block(rule.excerpt.trim_end());
            (", normalised", html! { <pre tabindex="0"><code>{ text }</code></pre> })
        }
    };
    fact("by rule", &format!("number {}{said}", rule.index + 1), rule.source.as_ref(), grant, lines)
}

fn fact(term: &str, text: &str, source: Option<&Source>, grant: Option<Without>, lines: Html) -> Html {
    html! {
        <>
            <dt>{ term }</dt>
            <dd>{ shown(text) }{ " " }{ place(source) }{ " " }<Switch {grant} />{ lines }</dd>
        </>
    }
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

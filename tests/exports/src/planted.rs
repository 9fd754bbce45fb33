//! The ways in that are planted, and the near misses that must not be taken for some.

use crate::objects::{binding, group, role, rule, service_account, user};
use crate::random::Random;
use serde_json::Value;

/// Everything that is known of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    /// Who gets in, and by what.
    pub findings: Vec<Planted>,
    /// Who looks as if, and does not get in.
    pub near_misses: Vec<String>,
}

/// One planted way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// `user/NAME`, `group/NAME` or `serviceaccount/NAMESPACE/NAME`.
    pub identity: String,
    /// The id of the technique.
    pub technique: &'static str,
}

/// Id of the technique, the rule, and the namespace; cluster-wide where that is `None`.
type Way = (&'static str, Value, Option<&'static str>);

/// A rule of one group, resource and verb.
fn one(group: &str, resource: &str, verb: &str, names: &[&str]) -> Value {
    rule(&[group], &[resource], &[verb], names)
}

fn ways() -> Vec<Way> {
    let system = Some("kube-system");
    vec![
        ("pods-exec", one("", "pods/exec", "create", &[]), system),
        ("pods-exec", one("", "*/exec", "create", &[]), system),
        ("nodes-proxy-get", one("", "nodes/proxy", "get", &[]), None),
        ("pods-ephemeralcontainers", one("", "pods/ephemeralcontainers", "patch", &[]), system),
        ("workload-template-patch", one("apps", "daemonsets", "patch", &["cilium"]), system),
        ("sa-token-create", one("", "serviceaccounts/token", "create", &["cilium"]), system),
    ]
}

fn near_misses() -> Vec<(Value, &'static str)> {
    vec![
        (one("", "pods/exec", "create", &[]), "default"),
        (one("", "pods/*", "*", &[]), "kube-system"),
        (one("apps", "pods/exec", "create", &[]), "kube-system"),
        (one("", "nodes/proxy", "get", &[]), "kube-system"),
        (one("", "pods/exec", "create", &["coredns-0"]), "kube-system"),
    ]
}

/// The roles and bindings of all of them, one of each for every two hundred bindings.
pub(crate) fn plant(count: usize, random: &mut Random, spaces: &[String]) -> (Vec<Value>, Truth) {
    let (mut objects, mut truth) = (Vec::new(), Truth::default());
    for turn in 0..(count / 200).max(1) {
        for (place, (technique, rule, namespace)) in ways().into_iter().enumerate() {
            let name = format!("planted-{turn}-{place}");
            let space = random.pick(spaces.get(2..).unwrap_or(spaces));
            let (who, identity) = match (turn + place) % 3 {
                0 => (user(&format!("{name}@example.com")), format!("user/{name}@example.com")),
                1 => (service_account(space, &name), format!("serviceaccount/{space}/{name}")),
                _ => (group(&name), format!("group/{name}")),
            };
            let kind = if namespace.is_some() { "Role" } else { "ClusterRole" };
            objects.push(role(&name, namespace, vec![rule]));
            objects.push(binding(&name, namespace, (kind, &name), vec![who]));
            truth.findings.push(Planted { identity, technique });
        }
        for (place, (rule, namespace)) in near_misses().into_iter().enumerate() {
            let name = format!("near-miss-{turn}-{place}");
            let who = format!("{name}@example.com");
            objects.push(role(&name, Some(namespace), vec![rule]));
            objects.push(binding(&name, Some(namespace), ("Role", &name), vec![user(&who)]));
            truth.near_misses.push(format!("user/{who}"));
        }
    }
    (objects, truth)
}

//! Steps to more rights: everything at once, bound roles, grown roles, rewritten objects.

use super::Step;
use crate::oracle::cluster::{Cluster, Holder};
use crate::oracle::grants::{self, Ask, Who, ask, ask_cluster, names};
use crate::oracle::joint::{Part, change, make};
use crate::oracle::place::{Actor, Gained, Place};
use cilium_exec_check_core::model::Role;
use cilium_exec_check_core::report::Certainty;

const RBAC: &str = "rbac.authorization.k8s.io";

/// The steps of an actor.
pub(super) fn steps(cluster: &Cluster<'_>, actor: &Actor) -> Vec<Step> {
    let holder = cluster.holder(actor);
    let mut tried = Tried { cluster, actor, holder, steps: Vec::new() };
    tried.webhooks();
    tried.bind();
    tried.grow();
    tried.bind_and_grow();
    tried.steps
}

/// Every verb on everything in the cluster; no rule with resourceNames allows it.
pub(in crate::oracle) fn everything() -> Ask {
    ask_cluster("*", "*", "*", "")
}

struct Tried<'c, 'a> {
    cluster: &'c Cluster<'a>,
    actor: &'c Actor,
    holder: Holder<'a>,
    steps: Vec<Step>,
}

/// A question about an object of a namespace or, without one, of the cluster.
fn on(verb: &str, resource: &str, namespace: Option<&str>, name: &str) -> Ask {
    match namespace {
        Some(namespace) => ask(verb, RBAC, resource, namespace, name),
        None => ask_cluster(verb, RBAC, resource, name),
    }
}

/// A role that an actor is bound to, and where the binding holds.
struct Bound {
    kind: String,
    namespace: Option<String>,
    name: String,
    scope: Option<String>,
}

impl Tried<'_, '_> {
    /// Adds a step to holding something more, where it is more.
    fn gain(&mut self, ways: &[Vec<Ask>], gained: Gained, scope: Option<&str>) {
        let roles = &self.cluster.snapshot.roles;
        let held = match gained {
            Gained::Everything => self.holder.holds_everything(scope),
            Gained::Role(index) => self.holder.covers(&roles[index].rules, scope),
        };
        if !held {
            self.add(ways, Certainty::Certain, self.holding(gained, scope));
        }
    }

    fn add(&mut self, ways: &[Vec<Ask>], certainty: Certainty, to: Place) {
        if self.holder.may_any(ways) {
            self.steps.push(Step { to, certainty });
        }
    }

    /// What somebody else writes later is rewritten, or seen, token Secrets included: that it will be is not shown.
    fn webhooks(&mut self) {
        let group = "admissionregistration.k8s.io";
        for name in names(self.cluster.snapshot) {
            let mut ways = make(group, "mutatingwebhookconfigurations", None, &name);
            ways.extend(change(group, "mutatingwebhookconfigurations", None, &name));
            self.add(&ways, Certainty::Conditional, Place::Admin);
            let mut ways = make(group, "validatingwebhookconfigurations", None, &name);
            ways.extend(change(group, "validatingwebhookconfigurations", None, &name));
            for (namespace, name) in self.cluster.accounts() {
                let to = Place::Acts(Actor::own(Who::Account(namespace, name)));
                self.add(&ways, Certainty::Conditional, to);
            }
        }
    }

    /// `bind` is asked on the role, in the namespace of the binding; the binding must be written by the same identity.
    fn bind(&mut self) {
        let namespaces = self.cluster.namespaces();
        let scopes = namespaces.iter().map(|name| Some(name.as_str())).chain([None]);
        for scope in scopes {
            let before = self.steps.len();
            for (index, role) in self.cluster.snapshot.roles.iter().enumerate() {
                let resource = if role.namespace.is_none() { "clusterroles" } else { "roles" };
                if role.namespace.is_some() && role.namespace.as_deref() != scope {
                    continue;
                }
                let bind = on("bind", resource, scope, &role.name);
                let ways: Part = self
                    .written(scope, role.namespace.as_deref(), &role.name)
                    .into_iter()
                    .map(|mut way| {
                        way.push(bind.clone());
                        way
                    })
                    .collect();
                let all = role.rules.iter().any(|rule| grants::allows(rule, &everything()));
                let gained = if all { Gained::Everything } else { Gained::Role(index) };
                self.gain(&ways, gained, scope);
            }
            self.bind_cluster_admin(scope);
            // Whoever may bind everything gains nothing more by binding less.
            let everything = self.holding(Gained::Everything, scope);
            let bound = self.steps.split_off(before);
            let all = bound.iter().any(|step| step.to == everything);
            self.steps.extend(bound.into_iter().filter(|step| !all || step.to == everything));
        }
    }

    /// Every API server has it, whether it is in the input or not.
    fn bind_cluster_admin(&mut self, scope: Option<&str>) {
        let known = self.cluster.snapshot.roles.iter();
        if known.clone().any(|role| role.namespace.is_none() && *role.name == *"cluster-admin") {
            return;
        }
        let bind = on("bind", "clusterroles", scope, "cluster-admin");
        let ways = self.written(scope, None, "cluster-admin");
        let ways: Part =
            ways.into_iter().map(|way| [&way[..], std::slice::from_ref(&bind)].concat()).collect();
        self.gain(&ways, Gained::Everything, scope);
    }

    /// A role that may be bound, by right or because its rules are held already, and then be given every rule. Whoever gets
    /// everything in the cluster by a request gets nothing more by the same one in a namespace.
    fn bind_and_grow(&mut self) {
        let namespaces = self.cluster.namespaces();
        for (kind, verb) in ["clusterroles", "roles"]
            .into_iter()
            .flat_map(|kind| ["update", "patch"].map(|verb| (kind, verb)))
        {
            for scope in [None].into_iter().chain(namespaces.iter().map(|name| Some(name.as_str()))) {
                let roles = self.cluster.snapshot.roles.iter();
                let ways: Part =
                    roles.flat_map(|role| self.bound_and_grown(role, kind, verb, scope)).collect();
                self.gain(&ways, Gained::Everything, scope);
                if scope.is_none() && self.holder.may_any(&ways) {
                    break;
                }
            }
        }
    }

    fn bound_and_grown(&self, role: &Role, kind: &str, verb: &str, scope: Option<&str>) -> Part {
        let within = role.namespace.as_deref();
        let is_kind = within.is_none() == (kind == "clusterroles");
        let bind = on("bind", kind, scope, &role.name);
        let bindable = || self.holder.may(&bind) || self.holder.covers(&role.rules, scope);
        if !is_kind || (within.is_some() && within != scope) || !bindable() {
            return Part::new();
        }
        let grow = ["escalate", verb].map(|verb| on(verb, kind, within, &role.name));
        self.written(scope, within, &role.name)
            .into_iter()
            .map(|way| [&way[..], &grow[..]].concat())
            .collect()
    }

    /// A new binding in a scope, or one there that refers to the role already.
    fn written(&self, scope: Option<&str>, within: Option<&str>, role: &str) -> Part {
        let resource = if scope.is_none() { "clusterrolebindings" } else { "rolebindings" };
        let mut ways = Part::new();
        for name in names(self.cluster.snapshot) {
            ways.extend(make(RBAC, resource, scope, &name));
        }
        let kind = if within.is_none() { "ClusterRole" } else { "Role" };
        for binding in &self.cluster.snapshot.bindings {
            let refers = *binding.role_ref.kind == *kind && *binding.role_ref.name == *role;
            if refers && binding.namespace.as_deref() == scope {
                ways.extend(change(RBAC, resource, scope, &binding.name));
            }
        }
        ways
    }

    /// With `escalate`, a role that one is bound to can be given every rule, where the binding holds.
    fn grow(&mut self) {
        for Bound { kind, namespace, name, scope } in self.bound_to() {
            let (resource, within) = match kind.as_str() {
                "ClusterRole" => ("clusterroles", None),
                _ => ("roles", namespace.as_deref()),
            };
            let exists = self
                .cluster
                .snapshot
                .roles
                .iter()
                .any(|role| role.namespace.as_deref() == within && *role.name == *name);
            let escalate = on("escalate", resource, within, &name);
            let mut ways = vec![
                vec![on("update", resource, within, &name), escalate.clone()],
                vec![on("patch", resource, within, &name), escalate.clone()],
            ];
            if !exists {
                // A PUT or an apply that makes it needs `create` with its name; a POST has no name at all.
                ways.iter_mut().for_each(|way| way.push(on("create", resource, within, &name)));
                ways.push(vec![on("create", resource, within, ""), on("escalate", resource, within, "")]);
            }
            self.gain(&ways, Gained::Everything, scope.as_deref());
        }
    }

    /// The roles that the actor is bound to, existing or not. One that it bound itself to, it may bind and grow at once.
    fn bound_to(&self) -> Vec<Bound> {
        let mut bound = Vec::new();
        for binding in &self.cluster.snapshot.bindings {
            let named: Vec<Who> =
                binding.subjects.iter().filter_map(|item| grants::subject(binding, item)).collect();
            let names_it = self.cluster.counts(&self.actor.who, &named);
            let kind = binding.role_ref.kind.to_string();
            let scope = binding.namespace.as_ref().map(|name| name.to_string());
            let valid = kind == "ClusterRole" || (kind == "Role" && scope.is_some());
            if names_it && valid {
                let name = binding.role_ref.name.to_string();
                bound.push(Bound { kind, namespace: scope.clone(), name, scope });
            }
        }
        bound
    }

    fn holding(&self, gained: Gained, scope: Option<&str>) -> Place {
        if gained == Gained::Everything && scope.is_none() {
            return Place::Admin;
        }
        Place::Acts(Actor { gained: Some((gained, scope.map(str::to_owned))), ..self.actor.clone() })
    }
}

//! Steps to another identity: tokens, Secrets, impersonation, certificates of nodes, and what a kubelet may do.

use super::Step;
use crate::oracle::cluster::{Cluster, Holder};
use crate::oracle::grants::{Ask, Who, ask, ask_cluster, names};
use crate::oracle::joint::{Part, make};
use crate::oracle::place::{Actor, Place};
use cilium_exec_check_core::report::Certainty;

const AUTHENTICATION: &str = "authentication.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const REQUESTS: &str = "certificatesigningrequests";

/// The steps of an actor.
pub(super) fn steps(cluster: &Cluster<'_>, actor: &Actor) -> Vec<Step> {
    let holder = cluster.holder(actor);
    let mut tried = Tried { cluster, actor, holder, steps: Vec::new() };
    tried.tokens();
    tried.secrets();
    tried.bootstrap_tokens();
    tried.node_certificates();
    tried.kubelet();
    // One request carries one impersonation.
    if !actor.borrowed {
        tried.impersonation();
        tried.groups();
        tried.single_actions();
    }
    tried.steps
}

struct Tried<'c, 'a> {
    cluster: &'c Cluster<'a>,
    actor: &'c Actor,
    holder: Holder<'a>,
    steps: Vec<Step>,
}

fn borrowed(who: Who) -> Place {
    Place::Acts(Actor { borrowed: true, ..Actor::own(who) })
}

impl Tried<'_, '_> {
    fn add(&mut self, ways: &[Vec<Ask>], certainty: Certainty, to: Place) {
        if self.holder.may_any(ways) {
            self.steps.push(Step { to, certainty });
        }
    }

    fn tokens(&mut self) {
        for (namespace, name) in self.cluster.accounts() {
            let asked = ask("create", "", "serviceaccounts/token", &namespace, &name);
            let to = Place::Acts(Actor::own(Who::Account(namespace, name)));
            self.add(&[vec![asked]], Certainty::Certain, to);
        }
    }

    /// Token Secrets of the input; where Secrets were not exported, those that an account may have.
    fn secrets(&mut self) {
        let read = |namespace: &str, name: &str| -> Part {
            let mut ways = vec![vec![ask("get", "", "secrets", namespace, name)]];
            for verb in ["list", "watch"] {
                ways.push(vec![ask(verb, "", "secrets", namespace, name)]);
                ways.push(vec![ask(verb, "", "secrets", namespace, "")]);
            }
            ways
        };
        for secret in &self.cluster.snapshot.secrets {
            if secret.secret_type.as_deref() != Some("kubernetes.io/service-account-token") {
                continue;
            }
            let Some(account) = &secret.service_account else { continue };
            let to = Who::Account(secret.namespace.to_string(), account.to_string());
            self.add(&read(&secret.namespace, &secret.name), Certainty::Certain, Place::Acts(Actor::own(to)));
        }
        if self.cluster.secrets_known() {
            return;
        }
        for (namespace, name) in self.cluster.accounts() {
            let prefix = format!("{name}-token-");
            let known = names(self.cluster.snapshot).into_iter();
            let mut guesses: Vec<String> = known.filter(|guess| guess.starts_with(&prefix)).collect();
            guesses.push("a-secret-of-any-name".to_owned());
            let to = Place::Acts(Actor::own(Who::Account(namespace.clone(), name)));
            for guess in guesses {
                self.add(&read(&namespace, &guess), Certainty::Conditional, to.clone());
            }
        }
    }

    fn bootstrap_tokens(&mut self) {
        let known = names(self.cluster.snapshot).into_iter();
        let token_names = known.filter(|name| name.starts_with("bootstrap-token-"));
        let made: Part = token_names
            .chain(["bootstrap-token-a1b2c3".to_owned()])
            .flat_map(|name| make("", "secrets", Some("kube-system"), &name))
            .collect();
        for who in self.cluster.subjects() {
            let Who::Group(name) = &who else { continue };
            if name == "system:bootstrappers" || name.starts_with("system:bootstrappers:") {
                self.add(&made, Certainty::Certain, Place::Acts(Actor::own(who)));
            }
        }
    }

    /// csr-nodeclient-autoapprove: both by one identity, as the review is made for whoever asks for the certificate. A
    /// kubelet may ask for its own name only.
    fn node_certificates(&mut self) {
        if self.actor.who.is_kubelet() {
            return;
        }
        let autoapproved = ask_cluster("create", CERTIFICATES, "certificatesigningrequests/nodeclient", "");
        let mut ways = Part::new();
        for name in names(self.cluster.snapshot) {
            for mut way in make(CERTIFICATES, REQUESTS, None, &name) {
                way.push(autoapproved.clone());
                ways.push(way);
            }
        }
        for node in self.cluster.nodes() {
            self.add(&ways, Certainty::Certain, Place::Acts(Actor::own(Who::Node(node))));
        }
    }

    /// The node authorizer: tokens of the accounts whose tokens pods of the node hold.
    fn kubelet(&mut self) {
        let group = Who::Group("system:nodes".to_owned());
        // With a role bound to it, it may still do no more as a kubelet.
        if self.actor.gained.is_some() {
            return;
        }
        for (_, pod) in self.cluster.pods() {
            let there = match &self.actor.who {
                Who::Node(node) => pod.spec.node_name.as_deref() == Some(node.as_str()),
                who => *who == group && !self.actor.borrowed && pod.spec.node_name.is_some(),
            };
            let Some(account) = self.cluster.token(pod).filter(|_| there) else { continue };
            let to = Place::Acts(Actor::own(Who::Account(pod.namespace.to_string(), account)));
            self.steps.push(Step { to, certainty: Certainty::Certain });
        }
    }

    /// An account need not exist to be impersonated.
    fn impersonation(&mut self) {
        let mut accounts = self.cluster.accounts();
        accounts.extend(self.cluster.spoken_of());
        for (namespace, name) in accounts {
            let asked = ask("impersonate", "", "serviceaccounts", &namespace, &name);
            self.add(&[vec![asked]], Certainty::Certain, borrowed(Who::Account(namespace, name)));
        }
        for who in self.cluster.users() {
            if let Who::User(name) = &who {
                let asked = ask_cluster("impersonate", "", "users", name);
                self.add(&[vec![asked]], Certainty::Certain, borrowed(who));
            }
        }
        // Kubernetes lets it mint every token; an export without the default policy does not show it.
        let manager = "system:kube-controller-manager";
        if !self.cluster.subjects().contains(&Who::User(manager.to_owned())) {
            let asked = ask_cluster("impersonate", "", "users", manager);
            self.add(&[vec![asked]], Certainty::Conditional, Place::Admin);
        }
        for node in self.cluster.nodes() {
            let user = ask_cluster("impersonate", "", "users", &format!("system:node:{node}"));
            let group = ask_cluster("impersonate", "", "groups", "system:nodes");
            self.add(&[vec![user, group]], Certainty::Certain, borrowed(Who::Node(node)));
        }
    }

    /// A group, with any user or account in the same request.
    fn groups(&mut self) {
        let mut carriers = Vec::new();
        for name in names(self.cluster.snapshot) {
            carriers.push(ask_cluster("impersonate", "", "users", &name));
            for namespace in self.cluster.namespaces() {
                carriers.push(ask("impersonate", "", "serviceaccounts", &namespace, &name));
            }
        }
        let masters = Who::Group("system:masters".to_owned());
        let mut groups = self.cluster.subjects();
        groups.insert(masters.clone());
        for who in groups {
            let Who::Group(name) = &who else { continue };
            let group = ask_cluster("impersonate", "", "groups", name);
            let ways: Part = carriers.iter().map(|carrier| vec![carrier.clone(), group.clone()]).collect();
            let to = if who == masters { Place::Admin } else { borrowed(who) };
            self.add(&ways, Certainty::Certain, to);
        }
    }

    /// Exec as somebody who may exec.
    fn execs_as(&mut self, who: Who, ways: &[Vec<Ask>], on: &str) {
        if who == self.actor.who {
            return;
        }
        let other = self.cluster.holder(&Actor::own(who));
        for (index, pod) in self.cluster.pods() {
            let exec = |verb| ask(verb, "", "pods/exec", &pod.namespace, &pod.name);
            if other.may(&exec("create")) {
                let with_exec: Part = ways.iter().map(|way| [&way[..], &[exec(on)]].concat()).collect();
                self.add(&with_exec, self.cluster.since(36), Place::InPod(index));
            }
        }
    }

    /// Constrained impersonation: exec as an account or user that may exec, a token as a node that may mint it.
    fn single_actions(&mut self) {
        let since = self.cluster.since(36);
        let mut accounts = self.cluster.accounts();
        accounts.extend(self.cluster.spoken_of());
        let accounts = accounts.into_iter().map(|(namespace, name)| {
            let mode = "impersonate:serviceaccount";
            let asked = ask(mode, AUTHENTICATION, "serviceaccounts", &namespace, &name);
            (Who::Account(namespace, name), asked, "impersonate-on:serviceaccount:create")
        });
        let users = self.cluster.users().into_iter().filter_map(|who| {
            let Who::User(name) = &who else { return None };
            let asked = ask_cluster("impersonate:user-info", AUTHENTICATION, "users", name);
            Some((who, asked, "impersonate-on:user-info:create"))
        });
        for (who, asked, on) in accounts.chain(users) {
            self.execs_as(who, &[vec![asked]], on);
        }
        let any_user = names(self.cluster.snapshot)
            .into_iter()
            .map(|name| ask_cluster("impersonate:user-info", AUTHENTICATION, "users", &name));
        let any_user: Vec<Ask> = any_user.collect();
        for who in self.cluster.subjects() {
            let Who::Group(name) = &who else { continue };
            // The API server refuses this group in every mode but the legacy one.
            if name == "system:masters" {
                continue;
            }
            let group = ask_cluster("impersonate:user-info", AUTHENTICATION, "groups", name);
            let ways: Part = any_user.iter().map(|user| vec![user.clone(), group.clone()]).collect();
            self.execs_as(who, &ways, "impersonate-on:user-info:create");
        }
        for (_, pod) in self.cluster.pods() {
            let Some(node) = &pod.spec.node_name else { continue };
            let Some(account) = self.cluster.token(pod) else { continue };
            if self.actor.who == Who::Node(node.to_string()) {
                continue;
            }
            let asked = ask_cluster("impersonate:arbitrary-node", AUTHENTICATION, "nodes", node);
            let verb = "impersonate-on:arbitrary-node:create";
            let on = ask(verb, "", "serviceaccounts/token", &pod.namespace, &account);
            let to = Place::Acts(Actor::own(Who::Account(pod.namespace.to_string(), account)));
            self.add(&[vec![asked, on]], since, to);
        }
    }
}

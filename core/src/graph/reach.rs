//! What a technique does with what it is tried on: one function for each [`Reach`] of the table.

mod accounts;
mod certificates;
mod cilium;
mod cluster;
mod constrained;
mod namespaces;
mod nodes;
mod pods;
mod templates;

use super::act::Attempt;
use crate::technique::Reach;

/// Tries one technique on everything there is.
pub(super) fn attempt(attempt: &mut Attempt<'_, '_>) {
    match attempt.technique.reach {
        Reach::RunsInPod
        | Reach::AddsContainer
        | Reach::SwapsImage
        | Reach::Attaches
        | Reach::TouchesPod(_) => pods::attempt(attempt),
        Reach::RunsInPodsOfNode => nodes::attempt(attempt),
        Reach::RewritesTemplate => templates::attempt(attempt),
        Reach::MakesPod | Reach::MountsHostPath => namespaces::makes_pod(attempt),
        Reach::MakesPodAs => namespaces::makes_pod_as(attempt),
        Reach::LiftsPodSecurity => namespaces::lifts_pod_security(attempt),
        Reach::MakesNamespace => namespaces::makes_namespace(attempt),
        Reach::MintsToken | Reach::ImpersonatesServiceAccount => accounts::account(attempt),
        Reach::ImpersonatesUser => accounts::user(attempt),
        Reach::ImpersonatesGroup => accounts::group(attempt),
        Reach::ReadsSecret => accounts::token_secret(attempt),
        Reach::MintsTokenSecret => accounts::new_token_secret(attempt),
        Reach::MintsBootstrapToken => certificates::bootstrap(attempt),
        Reach::IssuesClientCertificate => certificates::client(attempt),
        Reach::IssuesNodeCertificate => certificates::node(attempt),
        Reach::Everything => cluster::everything(attempt),
        Reach::RewritesAdmitted => cluster::rewrites_admitted(attempt),
        Reach::GrowsRole => cluster::grows_role(attempt),
        Reach::BindsRole => cluster::binds_role(attempt),
        Reach::TouchesService(effect) => cilium::service(attempt, effect),
        Reach::ControlsCilium => cilium::controls(attempt),
        Reach::ImpersonatesForAction => constrained::attempt(attempt),
        Reach::RemovesGuard
        | Reach::SeesAdmitted
        | Reach::ActsAsNode
        | Reach::StealsPods
        | Reach::ControlsOther
        | Reach::Alias
        | Reach::Follows
        | Reach::Nothing => {}
    }
}

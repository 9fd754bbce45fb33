//! What a technique does with what it is tried on: one function for each [`Reach`] of the table.

mod accounts;
mod bindings;
mod certificates;
mod cilium;
mod cluster;
mod constrained;
mod namespaces;
mod nodes;
mod pods;
mod roles;
mod stolen;
mod templates;

use super::act::Attempt;
use crate::technique::Reach;

pub(super) use namespaces::{changes_object, finds_object};

/// The resource of the one object that all requests of a technique on it are about.
pub(super) fn one_object(reach: Reach) -> Option<&'static str> {
    match reach {
        Reach::MintsTokenSecret => Some(accounts::SECRETS),
        // What is made, approved and read back.
        Reach::IssuesClientCertificate | Reach::IssuesNodeCertificate => Some(certificates::REQUESTS),
        _ => None,
    }
}

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
        Reach::HasPodMade => {
            namespaces::makes_pod(attempt);
            namespaces::makes_pod_as(attempt);
        }
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
        Reach::SeesAdmitted => cluster::sees_admitted(attempt),
        Reach::MapsCloudIdentity => cluster::maps_cloud_identity(attempt),
        Reach::GrowsRole => roles::grows_role(attempt),
        Reach::BindsRole => bindings::binds_role(attempt),
        Reach::StealsPods => stolen::attempt(attempt),
        Reach::TouchesService(effect) => cilium::service(attempt, effect),
        Reach::ControlsCilium => cilium::controls(attempt),
        Reach::ServesCilium => cilium::serves(attempt),
        Reach::ImpersonatesForAction => constrained::attempt(attempt),
        // What no role grants follows by itself: see `sinks`.
        Reach::ActsAsNode | Reach::Follows => {}
        Reach::Enables | Reach::Alias | Reach::Nothing => {}
    }
}

//! The catalogue: one entry a technique; the engine, the docs and every format are driven by it.

mod derived;
mod direct;
mod nodes;
mod pods;
mod words;

use super::Technique;

/// Every technique, sorted by id.
pub static CATALOGUE: &[Technique] = &[
    derived::CLUSTER_ADMIN,
    derived::CONTAINER_ESCAPE,
    derived::GROUP_WIDE_GRANT,
    derived::NODE_COMPROMISE,
    nodes::NODES_PROXY_CREATE,
    nodes::NODES_PROXY_GET,
    derived::POD_TOKEN,
    direct::PODS_ATTACH,
    pods::PODS_DELETE_EVICT,
    direct::PODS_EPHEMERALCONTAINERS,
    direct::PODS_EXEC,
    direct::PODS_IMAGE_SWAP,
    pods::PODS_LOG,
    pods::PODS_PORTFORWARD,
    pods::PODS_PROXY,
    pods::SERVICES_PROXY,
    direct::WORKLOAD_TEMPLATE_PATCH,
];

/// The technique with this id.
pub fn find(id: &str) -> Option<&'static Technique> {
    CATALOGUE.iter().find(|technique| technique.id == id)
}

//! An identity of the report → IDENTITY as it is typed, as `serviceaccount/ci/deployer`.

use cilium_exec_check_core::report::EntityRef;

/// The identity as the command line takes it.
pub fn identity(entity: &EntityRef) -> String {
    let kind = entity.kind.to_lowercase();
    match &entity.namespace {
        Some(namespace) => format!("{kind}/{namespace}/{}", entity.name),
        None => format!("{kind}/{}", entity.name),
    }
}

//! Identities, as the command line takes them; and the report as one of them a line.

use super::terminal::shown;
use crate::report::{AccessReport, EntityRef};

/// `serviceaccount/NAMESPACE/NAME`, `user/NAME`, `group/NAME` or `node/NAME`; other entities likewise.
pub fn identity(entity: &EntityRef) -> String {
    let kind = entity.kind.to_lowercase();
    let text = match &entity.namespace {
        Some(namespace) => format!("{kind}/{namespace}/{}", entity.name),
        None => format!("{kind}/{}", entity.name),
    };
    shown(&text).into_owned()
}

/// The findings that are neither expected, accepted nor in the baseline.
pub fn name(report: &AccessReport) -> String {
    report
        .findings
        .iter()
        .filter(|finding| finding.is_open())
        .map(|finding| identity(&finding.identity) + "\n")
        .collect()
}

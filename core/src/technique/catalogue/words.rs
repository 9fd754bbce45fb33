//! The words that the catalogue's formulas are written in.

use super::super::{NamePattern, RequestPattern, Requirement, Scope};

pub(super) const APPS: &str = "apps";
pub(super) const BATCH: &str = "batch";

/// One request on a resource of the core group.
pub(super) const fn core(
    verb: &'static str,
    resource: &'static str,
    scope: Scope,
    name: NamePattern,
) -> Requirement {
    of(verb, "", resource, scope, name)
}

/// One request on a resource of a group.
pub(super) const fn of(
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    scope: Scope,
    name: NamePattern,
) -> Requirement {
    Requirement::Request(RequestPattern { verb, group, resource, scope, name })
}

/// An existing object is changed: `update` or `patch`.
macro_rules! change {
    ($group:expr, $resource:expr, $scope:expr, $name:expr) => {
        $crate::technique::Requirement::Any(&[
            super::words::of("update", $group, $resource, $scope, $name),
            super::words::of("patch", $group, $resource, $scope, $name),
        ])
    };
}

/// A new object is made: a POST carries no name, a server-side apply carries it and needs `patch` and `create`
/// (k8s.io/apiserver pkg/endpoints/handlers/patch.go).
macro_rules! make {
    ($group:expr, $resource:expr, $scope:expr) => {
        super::words::make!($group, $resource, $scope, $crate::technique::NamePattern::Chosen)
    };
    ($group:expr, $resource:expr, $scope:expr, $name:expr) => {
        $crate::technique::Requirement::Any(&[
            super::words::of("create", $group, $resource, $scope, $crate::technique::NamePattern::Absent),
            $crate::technique::Requirement::AllOfOne(&[
                super::words::of("patch", $group, $resource, $scope, $name),
                super::words::of("create", $group, $resource, $scope, $name),
            ]),
        ])
    };
}

pub(super) use {change, make};

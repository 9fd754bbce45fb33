//! Image references and labels → the version that people call it by.

use super::signatures::{SIGNATURES, Signal};
use super::workloads::Template;
use super::{ComponentKind, judge};
use std::collections::BTreeSet;

/// The repository of an image reference, without tag and digest, registry included.
pub(super) fn repository(image: &str) -> &str {
    split(image).0
}

/// Repository and tag. A colon before the last slash is the registry's port.
fn split(image: &str) -> (&str, Option<&str>) {
    let bytes = image.as_bytes();
    let named = memchr::memchr(b'@', bytes).and_then(|end| image.get(..end)).unwrap_or(image);
    let colon = memchr::memrchr(b':', named.as_bytes());
    match colon.and_then(|colon| Some((named.get(..colon)?, named.get(colon + 1..)?))) {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (named, None),
    }
}

/// The versions of what runs, joined where pods of different versions run side by side.
pub(super) fn version(kind: ComponentKind, templates: &[Template<'_>]) -> Option<String> {
    let versions: BTreeSet<String> =
        templates.iter().filter_map(|template| of_template(kind, template)).collect();
    (!versions.is_empty()).then(|| versions.into_iter().collect::<Vec<_>>().join(", "))
}

fn of_template(kind: ComponentKind, template: &Template<'_>) -> Option<String> {
    let signals = SIGNATURES.iter().find(|signature| signature.kind == kind)?.signals;
    let told_by = |wanted: fn(&Signal) -> bool| {
        signals.iter().filter(move |(_, signal)| wanted(signal)).find_map(|(_, signal)| {
            judge::running(template.spec)
                .filter(|container| judge::container_holds(signal, container))
                .find_map(|container| parse(split(container.image.as_deref()?).1?))
        })
    };
    told_by(|signal| matches!(signal, Signal::Image(_)))
        .or_else(|| told_by(|signal| matches!(signal, Signal::Command(_))))
        .or_else(|| told_by(|signal| matches!(signal, Signal::Container(_))))
        .or_else(|| parse(template.labels.get("app.kubernetes.io/version")?))
        .or_else(|| of_chart(template.labels.get("helm.sh/chart")?))
}

/// `NAME-VERSION`, as the label `helm.sh/chart` has it.
fn of_chart(label: &str) -> Option<String> {
    label.match_indices('-').find_map(|(at, _)| parse(label.get(at + 1..)?))
}

/// A tag as a version: `v1.18.12`, `1.19.0-rc.1`, `v1.17.6-eksa.3`; `None` for hashes and names. Build stamps go:
/// `v1.36.9-1782267392-edeb3f2` is 1.36.9.
fn parse(tag: &str) -> Option<String> {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let mut parts = tag.split('-');
    let numbers = parts.next()?;
    let count = numbers.split('.').count();
    let numeric =
        |part: &str| !part.is_empty() && part.len() <= 6 && part.bytes().all(|b| b.is_ascii_digit());
    if !(2..=4).contains(&count) || !numbers.split('.').all(numeric) {
        return None;
    }
    let mut version = numbers.to_owned();
    let plain = |part: &str| part.len() <= 20 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    for part in parts.take_while(|part| plain(part) && !is_stamp(part) && !is_flavour(part)).take(3) {
        version.push('-');
        version.push_str(part);
    }
    Some(version)
}

/// A time, a date or a commit.
fn is_stamp(part: &str) -> bool {
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    (part.len() >= 6 && digits) || (part.len() >= 7 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// What the image is built on, not what it is.
fn is_flavour(part: &str) -> bool {
    matches!(part, "distroless" | "amd64" | "arm64" | "linux")
}

#[cfg(test)]
mod tests {
    use super::{of_chart, parse, split};

    #[test]
    fn references_split_into_repository_and_tag() {
        let expected = [
            ("cilium", "cilium", None),
            ("quay.io/cilium/cilium:v1.18.12", "quay.io/cilium/cilium", Some("v1.18.12")),
            ("quay.io/cilium/cilium:v1.18.12@sha256:00ff", "quay.io/cilium/cilium", Some("v1.18.12")),
            ("registry.corp:5000/net/x@sha256:00ff", "registry.corp:5000/net/x", None),
            ("registry.corp:5000/net/x", "registry.corp:5000/net/x", None),
            ("", "", None),
        ];
        for (image, repository, tag) in expected {
            assert_eq!(split(image), (repository, tag), "{image}");
        }
    }

    #[test]
    fn tags_become_the_version_that_people_call_it_by() {
        let expected = [
            ("v1.18.12", Some("1.18.12")),
            ("1.18", Some("1.18")),
            ("v1.21.0-pre.0", Some("1.21.0-pre.0")),
            ("v1.19.0-rc.1", Some("1.19.0-rc.1")),
            ("v1.17.6-eksa.3", Some("1.17.6-eksa.3")),
            ("v1.18.6-260101", Some("1.18.6")),
            ("v1.14.8-distroless", Some("1.14.8")),
            ("v1.36.9-1782267392-edeb3f2af56c37c407efa1f63f0b32f595399bbc", Some("1.36.9")),
            ("1755531540-60ee83e", None),
            ("62093c5c233ea914bfa26a10ba41f8780d9b737f", None),
            ("latest", None),
            ("v1", None),
            ("1.2.3.4.5", None),
            ("1.2.x", None),
            ("", None),
        ];
        for (tag, version) in expected {
            assert_eq!(parse(tag).as_deref(), version, "{tag}");
        }
    }

    #[test]
    fn a_chart_label_ends_in_its_version() {
        assert_eq!(of_chart("cilium-1.20.2").as_deref(), Some("1.20.2"));
        assert_eq!(of_chart("rke2-cilium-1.20.102").as_deref(), Some("1.20.102"));
        assert_eq!(of_chart("cilium-1.21.0-pre.0").as_deref(), Some("1.21.0-pre.0"));
        assert_eq!(of_chart("cilium"), None);
    }
}

//! Inputs as people have them → what is read of them; every input is read in several ways, which must agree.

use super::node::{Fault, Pos};
use super::*;

/// Reads the sources, each in chunks of several sizes and as a whole, and demands one and the same snapshot.
fn snapshot(sources: &[(&str, &[u8])]) -> Snapshot {
    let limits = Limits { item_bytes: 1 << 20, ..Limits::default() };
    let at_once = assemble(sources.iter().map(|(name, bytes)| read_bytes(name, bytes, limits)).collect());
    for chunk in [1, 7, 4096] {
        let read = sources.iter().rev().map(|(name, bytes)| in_chunks(name, bytes, chunk, limits)).collect();
        assert_eq!(format!("{:#?}", assemble(read)), format!("{at_once:#?}"), "chunks of {chunk}");
    }
    let general = sources.iter().map(|(name, bytes)| read_generally(name, bytes, limits)).collect();
    assert_eq!(format!("{:#?}", assemble(general)), format!("{at_once:#?}"), "without the strict readers");
    let whole = sources.iter().map(|(name, bytes)| as_a_whole(name, bytes, limits)).collect();
    assert_eq!(format!("{:#?}", assemble(whole)), format!("{at_once:#?}"), "read as a whole");
    at_once
}

fn in_chunks(name: &str, bytes: &[u8], size: usize, limits: Limits) -> SourceObjects {
    let mut reader = SourceReader::new(name, limits);
    'again: loop {
        for chunk in bytes.chunks(size) {
            if reader.push(chunk).is_err() {
                continue 'again;
            }
        }
        match reader.finish() {
            Ok(objects) => return objects,
            Err((same, Restart)) => reader = same,
        }
    }
}

fn as_a_whole(name: &str, bytes: &[u8], limits: Limits) -> SourceObjects {
    let why = Fault::new(Code::Syntax, Pos::default(), "asked to");
    let mut reader = SourceReader::new(name, limits);
    reader.restart(Again::Whole(why));
    assert_eq!(reader.push(bytes), Ok(()), "a whole document is never sent back");
    reader.finish().expect("a whole document is never sent back")
}

/// What was read, a line for each object, kind in doubt, ignored kind and diagnostic.
fn summary(snapshot: &Snapshot) -> String {
    let mut lines = Vec::new();
    let name =
        |at: Location| format!("{}:{}:{}", snapshot.sources[at.source.0 as usize].name, at.line, at.column);
    let full = |namespace: &str, name: &str| {
        if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") }
    };
    for it in &snapshot.roles {
        let kind = if it.namespace.is_some() { "Role" } else { "ClusterRole" };
        lines.push(format!(
            "{kind} {} {}",
            full(it.namespace.as_deref().unwrap_or(""), &it.name),
            name(it.at)
        ));
        for rule in &it.rules {
            lines.push(format!(
                "  {:?} {:?} {:?} :{}",
                rule.verbs, rule.api_groups, rule.resources, rule.at.line
            ));
        }
    }
    for it in &snapshot.bindings {
        let kind = if it.namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
        lines.push(format!(
            "{kind} {} {}",
            full(it.namespace.as_deref().unwrap_or(""), &it.name),
            name(it.at)
        ));
        for subject in &it.subjects {
            lines.push(format!(
                "  {} {} :{}",
                subject.kind,
                full(&subject.namespace, &subject.name),
                subject.at.line
            ));
        }
    }
    lines.extend(
        snapshot.pods.iter().map(|it| format!("Pod {} {}", full(&it.namespace, &it.name), name(it.at))),
    );
    lines.extend(
        snapshot
            .workloads
            .iter()
            .map(|it| format!("{} {} {}", it.kind, full(&it.namespace, &it.name), name(it.at))),
    );
    lines.extend(
        snapshot
            .service_accounts
            .iter()
            .map(|it| format!("ServiceAccount {} {}", full(&it.namespace, &it.name), name(it.at))),
    );
    lines.extend(snapshot.namespaces.iter().map(|it| format!("Namespace {} {}", it.name, name(it.at))));
    lines.extend(
        snapshot.nodes.iter().map(|it| format!("Node {} {:?} {}", it.name, it.kubelet_version, name(it.at))),
    );
    lines.extend(snapshot.secrets.iter().map(|it| {
        format!("Secret {} {:?} {:?}", full(&it.namespace, &it.name), it.secret_type, it.service_account)
    }));
    lines
        .extend(snapshot.config_maps.iter().map(|it| format!("ConfigMap {}", full(&it.namespace, &it.name))));
    lines.extend(
        snapshot
            .services
            .iter()
            .map(|it| format!("Service {} {:?}", full(&it.namespace, &it.name), it.selector)),
    );
    lines.extend(snapshot.volumes.iter().map(|it| {
        format!("{} {} {:?} {:?}", it.kind, full(&it.namespace, &it.name), it.host_path, it.volume_name)
    }));
    lines.extend(snapshot.named.iter().map(|it| format!("{} {}", it.kind, it.name)));
    for (kind, it) in &snapshot.coverage {
        if it.state != CoverageState::Present || it.objects == 0 {
            lines.push(format!("~ {kind} {:?} {} {}", it.state, it.objects, it.reasons.join("; ")));
        }
    }
    if snapshot.coverage.len() == kinds::KINDS.len()
        && snapshot.coverage.values().all(|it| it.state == CoverageState::Partial)
    {
        lines.retain(|line| !line.starts_with('~'));
        lines.push("~ every kind is partial".to_owned());
    }
    lines.extend(snapshot.server_version.map(|(major, minor)| format!("server {major}.{minor}")));
    lines.extend(snapshot.ignored.iter().map(|(kind, count)| format!("ignored {kind} {count}")));
    for it in &snapshot.diagnostics {
        let help = it.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        lines.push(format!("{:?} {} {}: {}{help}", it.level, it.code.as_str(), name(it.at), it.message));
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    check_bytes(&[("f", text.as_bytes())], expected);
}

#[track_caller]
fn check_bytes(sources: &[(&str, &[u8])], expected: &str) {
    let expected: Vec<&str> =
        expected.lines().map(|line| line.strip_prefix("        ").unwrap_or(line)).collect();
    assert_eq!(summary(&snapshot(sources)), expected.join("\n").trim());
}

mod crew;
mod damage;
mod documents;
mod hostile;
mod lines;
mod lists;
mod objects;
mod tokens;

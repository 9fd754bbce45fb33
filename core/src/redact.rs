//! A report → the same report with a pseudonym for every name that tells whose cluster it is.
//!
//! The same name gets the same pseudonym throughout a report, in every field and text. What Kubernetes or Cilium's charts
//! call things themselves stays: it tells nothing, and says what is reached. Numbers, places in files, verdict and order
//! stay as well; names of files do not. What people wrote (reasons of an accept file) is left out.

mod known;
mod names;
mod texts;

use crate::finding::fingerprint;
use crate::report::{
    AccessReport, BindingEvidence, Component, DiagnosticRef, EntityRef, Evidence, Finding, Note, Path,
    Remediation, RoleEvidence, RuleEvidence, Source, Step, Target, WorkloadRef,
};
use crate::without::{GrantKind, Without};
use names::{Kind, Names};
use std::collections::BTreeMap;
use texts::Form;

/// What stands for text that people wrote.
const LEFT_OUT: &str = "redacted";

/// The report with pseudonyms.
pub fn redact(report: &AccessReport) -> AccessReport {
    redact_with(report, &[]).0
}

/// The report with pseudonyms, and what these identities are called in it.
pub fn redact_with(report: &AccessReport, who: &[EntityRef]) -> (AccessReport, Vec<EntityRef>) {
    let mut names = Names::default();
    let mut who = who.to_vec();
    // First the names that stand by themselves, then those that only texts hold, then all of them are replaced.
    for read_texts in [false, true] {
        let mut pass = Redactor::new(&mut names, read_texts);
        let _ = pass.report(report);
        who.clone().iter_mut().for_each(|entity| pass.entity(entity));
        names.settle();
    }
    names.give_at_once();
    let mut pass = Redactor::new(&mut names, true);
    who.iter_mut().for_each(|entity| pass.entity(entity));
    (pass.report(report), who)
}

/// One pass over a report.
struct Redactor<'a> {
    names: &'a mut Names,
    /// Whether texts are looked into.
    read_texts: bool,
    /// What texts became.
    told: BTreeMap<Form, BTreeMap<String, String>>,
}

impl<'a> Redactor<'a> {
    fn new(names: &'a mut Names, read_texts: bool) -> Self {
        Redactor { names, read_texts, told: BTreeMap::new() }
    }
}

impl Redactor<'_> {
    fn report(&mut self, report: &AccessReport) -> AccessReport {
        let mut report = report.clone();
        for source in &mut report.input.sources {
            source.name = self.names.file(&source.name);
        }
        report.findings.iter_mut().for_each(|finding| self.finding(finding));
        let fingerprints = renamed_fingerprints(&mut report.findings);
        for closes in report.findings.iter_mut().flat_map(|finding| &mut finding.remediation) {
            for closed in &mut closes.closes {
                *closed = fingerprints.get(closed).cloned().unwrap_or_else(|| LEFT_OUT.to_owned());
            }
        }
        for blocked in &mut report.blocked {
            self.entity(&mut blocked.identity);
            blocked.paths.iter_mut().for_each(|path| self.path(path));
        }
        report.cilium.iter_mut().for_each(|component| self.component(component));
        report.notes.iter_mut().for_each(|note| self.note(note));
        report.diagnostics.iter_mut().for_each(|found| self.diagnostic(found));
        for grant in &mut report.input.without {
            *grant = self.grant(grant);
        }
        report.input.without.sort();
        for kind in &mut report.input.coverage {
            kind.reason = kind.reason.as_deref().map(|reason| self.message(reason));
        }
        report
    }

    fn finding(&mut self, finding: &mut Finding) {
        self.entity(&mut finding.identity);
        finding.paths.iter_mut().for_each(|path| self.path(path));
        for example in &mut finding.held_by.examples {
            *example = self.qualified(Kind::Pod, example);
        }
        for example in &mut finding.members.examples {
            *example = self.qualified(Kind::Account, example);
        }
        if let Some(expected) = &mut finding.expected {
            expected.detail = self.message(&expected.detail);
        }
        if let Some(accepted) = &mut finding.accepted {
            accepted.reason = LEFT_OUT.to_owned();
            accepted.rule = LEFT_OUT.to_owned();
        }
        finding.remediation.iter_mut().for_each(|remedy| self.remediation(remedy));
    }

    fn remediation(&mut self, remedy: &mut Remediation) {
        remedy.summary = self.summary(&remedy.summary);
        for command in &mut remedy.commands {
            *command = self.command(command);
        }
        remedy.manifest = remedy.manifest.as_deref().map(|manifest| self.manifest(manifest));
        for breaks in &mut remedy.breaks {
            *breaks = self.breaks(breaks);
        }
        for grant in &mut remedy.without {
            *grant = self.grant(grant);
        }
    }

    fn path(&mut self, path: &mut Path) {
        path.steps.iter_mut().for_each(|step| self.step(step));
        path.target.iter_mut().for_each(|target| self.target(target));
        for condition in &mut path.conditions {
            *condition = self.message(condition);
        }
        if let Some(expected) = &mut path.expected {
            expected.detail = self.message(&expected.detail);
        }
    }

    fn target(&mut self, target: &mut Target) {
        self.namespace(&mut target.namespace);
        target.workload.iter_mut().for_each(|workload| self.workload(workload));
    }

    fn workload(&mut self, workload: &mut WorkloadRef) {
        workload.kind = self.names.kind_word(&workload.kind);
        workload.name = self.names.name(Kind::Workload, &workload.name);
    }

    fn step(&mut self, step: &mut Step) {
        self.entity(&mut step.from);
        self.entity(&mut step.to);
        step.evidence.iter_mut().for_each(|evidence| self.evidence(evidence));
    }

    fn evidence(&mut self, evidence: &mut Evidence) {
        evidence.by.iter_mut().for_each(|by| self.entity(by));
        let request = &mut evidence.request;
        request.verb = self.names.name(Kind::Verb, &request.verb);
        request.resource = self.names.name(Kind::Resource, &request.resource);
        request.group = self.names.api_group(&request.group);
        self.namespace(&mut request.namespace);
        request.name = request.name.as_deref().map(|name| self.names.name(Kind::Object, name));
        evidence.binding.iter_mut().for_each(|binding| self.binding(binding));
        evidence.role.iter_mut().for_each(|role| self.role(role));
        evidence.rule.iter_mut().for_each(|rule| self.rule(rule));
        evidence.subject.iter_mut().for_each(|subject| self.source(&mut subject.source));
        evidence.can_i = evidence.can_i.as_deref().map(|command| self.command(command));
    }

    fn binding(&mut self, binding: &mut BindingEvidence) {
        self.namespace(&mut binding.namespace);
        binding.name = self.names.name(Kind::Binding, &binding.name);
        self.source(&mut binding.source);
    }

    fn role(&mut self, role: &mut RoleEvidence) {
        self.namespace(&mut role.namespace);
        role.name = self.names.name(Kind::Role, &role.name);
        self.source(&mut role.source);
    }

    /// What was left out, as `--without` takes it.
    fn grant(&mut self, grant: &str) -> String {
        let Ok(mut grant) = Without::parse(grant) else { return LEFT_OUT.to_owned() };
        let kind = match grant.kind {
            GrantKind::ClusterRoleBinding | GrantKind::RoleBinding => Kind::Binding,
            GrantKind::ClusterRole | GrantKind::Role => Kind::Role,
        };
        self.namespace(&mut grant.namespace);
        grant.name = self.names.name(kind, &grant.name);
        grant.to_string()
    }

    fn rule(&mut self, rule: &mut RuleEvidence) {
        let own = rule.api_groups.iter().any(|group| self.names.api_group(group) != *group);
        for verb in &mut rule.verbs {
            *verb = self.names.name(Kind::Verb, verb);
        }
        for group in &mut rule.api_groups {
            *group = self.names.api_group(group);
        }
        for resource in &mut rule.resources {
            *resource = self.names.resource(resource, own);
        }
        for name in &mut rule.resource_names {
            *name = self.names.name(Kind::Object, name);
        }
        rule.excerpt = self.excerpt(&rule.excerpt, own);
        self.source(&mut rule.source);
    }

    fn component(&mut self, component: &mut Component) {
        component.namespace = self.names.name(Kind::Namespace, &component.namespace);
        component.workload.iter_mut().for_each(|workload| self.workload(workload));
        component.service_account =
            component.service_account.as_deref().map(|name| self.names.name(Kind::Account, name));
        // What follows the numbers is a build's own.
        component.version = component.version.as_deref().map(numbers);
        for node in &mut component.nodes {
            *node = self.names.name(Kind::Node, node);
        }
        for reason in &mut component.evidence {
            reason.container = self.names.name(Kind::Container, &reason.container);
            reason.detail = self.host_path(&reason.detail);
            self.source(&mut reason.source);
        }
    }

    fn note(&mut self, note: &mut Note) {
        if let Some(object) = &mut note.object {
            let mut entity = EntityRef {
                kind: object.kind.clone(),
                namespace: object.namespace.clone(),
                name: object.name.clone(),
            };
            self.entity(&mut entity);
            (object.kind, object.namespace, object.name) = (entity.kind, entity.namespace, entity.name);
            self.source(&mut object.source);
        }
        note.message = self.note_message(&note.message);
    }

    fn diagnostic(&mut self, found: &mut DiagnosticRef) {
        self.source(&mut found.source);
        found.message = self.message(&found.message);
        found.help = found.help.as_deref().map(|help| self.message(help));
    }

    fn entity(&mut self, entity: &mut EntityRef) {
        self.namespace(&mut entity.namespace);
        let kind = match entity.kind.as_str() {
            "ClusterAdmin" => return,
            "User" => {
                entity.name = self.names.user(&entity.name);
                return;
            }
            "Group" => {
                entity.name = self.names.group(&entity.name);
                return;
            }
            "NodeRoot" if entity.name == "any" => return,
            "Node" | "NodeRoot" => Kind::Node,
            "ServiceAccount" => Kind::Account,
            "Namespace" => Kind::Namespace,
            "Pod" => Kind::Pod,
            "Workload" | "DaemonSet" | "Deployment" | "StatefulSet" | "ReplicaSet" => Kind::Workload,
            "Role" | "ClusterRole" => Kind::Role,
            "RoleBinding" | "ClusterRoleBinding" => Kind::Binding,
            _ => Kind::Object,
        };
        entity.kind = self.names.kind_word(&entity.kind);
        entity.name = self.names.name(kind, &entity.name);
    }

    fn namespace(&mut self, namespace: &mut Option<String>) {
        if let Some(namespace) = namespace {
            *namespace = self.names.name(Kind::Namespace, namespace);
        }
    }

    fn source(&mut self, source: &mut Option<Source>) {
        if let Some(source) = source {
            source.file = self.names.file(&source.file);
        }
    }

    /// `NAMESPACE/NAME`.
    fn qualified(&mut self, kind: Kind, text: &str) -> String {
        match text.split_once('/') {
            Some((namespace, name)) => {
                let namespace = self.names.name(Kind::Namespace, namespace);
                format!("{namespace}/{}", self.names.name(kind, name))
            }
            None => self.names.name(kind, text),
        }
    }
}

/// A fingerprint is made of names, and whoever guesses them can try: those of a redacted report are made of its
/// pseudonyms. Old to new.
fn renamed_fingerprints(findings: &mut [Finding]) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    for finding in findings {
        let counting = |path: &&Path| path.expected.is_none() && path.counts();
        let new = fingerprint(&finding.identity, finding.paths.iter().filter(counting));
        renamed.insert(std::mem::replace(&mut finding.fingerprint, new.clone()), new);
    }
    renamed
}

/// `1.18.6` of `1.18.6-acme.3`.
fn numbers(version: &str) -> String {
    let end = version.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(version.len());
    version.get(..end).unwrap_or_default().trim_end_matches('.').to_owned()
}

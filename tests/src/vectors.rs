//! The vectors of the real authorizer → sets of roles and bindings, requests with their verdicts, identities with theirs.

use crate::File;
use cilium_exec_check_core::authorizer::{Attributes, ResourceTarget, Target};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::io::Read;

/// A request, by the field names of the vectors.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Question {
    pub u: String,
    pub g: Vec<String>,
    pub v: String,
    pub a: String,
    pub r: String,
    pub sr: String,
    pub ns: String,
    pub n: String,
    pub nr: bool,
    pub p: String,
}

/// A request with the verdict of Kubernetes.
#[derive(Debug, Clone, Deserialize)]
pub struct Vector {
    /// The set.
    pub s: String,
    /// The request.
    #[serde(flatten)]
    pub q: Question,
    /// 1 where it is allowed.
    pub ok: u8,
    /// Every binding that allows it.
    #[serde(default)]
    pub by: Vec<String>,
    /// What it shows.
    #[serde(default)]
    pub note: String,
}

/// A set of roles and bindings.
#[derive(Debug, Clone)]
pub struct Set {
    /// Its id.
    pub id: String,
    /// Its objects.
    pub file: File,
}

/// An identity with what it can do.
#[derive(Debug, Clone, Deserialize)]
pub struct SubjectRow {
    /// The set.
    pub s: String,
    /// `User`, `Group` or `ServiceAccount`.
    pub kind: String,
    /// The namespace of a ServiceAccount.
    #[serde(default)]
    pub ns: String,
    /// Its name.
    pub name: String,
    /// The user that it is asked as.
    pub u: String,
    /// The groups that it is asked with.
    pub g: Vec<String>,
    /// One digit for each capability.
    pub can: String,
    /// The same without implied groups.
    pub direct: String,
}

impl Vector {
    /// The bindings as the authorizer prints them.
    pub fn labels(&self) -> Vec<String> {
        let label = |by: &String| match by.strip_prefix("crb:") {
            Some(name) => format!("clusterrolebinding/{name}"),
            None => format!("rolebinding/{}", by.trim_start_matches("rb:")),
        };
        self.by.iter().map(label).collect()
    }
}

impl Question {
    /// What it is about.
    pub fn target(&self) -> Target<'_> {
        if self.nr {
            return Target::Path(&self.p);
        }
        Target::Resource(ResourceTarget {
            group: &self.a,
            resource: &self.r,
            subresource: &self.sr,
            namespace: &self.ns,
            name: &self.n,
        })
    }

    /// It as the core takes it, asked by this user with these groups.
    pub fn attributes<'a>(&'a self, user: Option<&'a str>, groups: &'a [&'a str]) -> Attributes<'a> {
        Attributes { user, groups, verb: &self.v, target: self.target() }
    }
}

/// The sets of the random requests.
pub fn sets() -> Vec<Set> {
    #[derive(Deserialize)]
    struct Line {
        id: String,
        list: serde_json::Value,
    }
    let lines: Vec<Line> = packed("snapshots.jsonl.gz");
    let set = |line: Line| {
        let bytes = serde_json::to_vec(&line.list).expect("JSON is written as JSON");
        Set { file: File { name: format!("{}.json", line.id), bytes }, id: line.id }
    };
    lines.into_iter().map(set).collect()
}

/// The random requests.
pub fn requests() -> Vec<Vector> {
    packed("requests.jsonl.gz")
}

/// The set of the edge cases, and the edge cases.
pub fn edge_cases() -> (Set, Vec<Vector>) {
    let file = File { name: "edge-rbac.yaml".to_owned(), bytes: bytes("edge/edge-rbac.yaml") };
    (Set { id: "edge".to_owned(), file }, lines(&bytes("edge/edge.jsonl")))
}

/// The identities.
pub fn subject_rows() -> Vec<SubjectRow> {
    packed("subjects.jsonl.gz")
}

/// The questions of each identity's digits.
pub fn capabilities() -> Vec<Question> {
    #[derive(Deserialize)]
    struct Capability {
        q: Question,
    }
    let all: Vec<Capability> =
        serde_json::from_slice(&bytes("capabilities.json")).expect("the questions are JSON");
    all.into_iter().map(|capability| capability.q).collect()
}

fn bytes(name: &str) -> Vec<u8> {
    let path = crate::root().join("tests/vectors").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn packed<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let mut text = Vec::new();
    GzDecoder::new(bytes(name).as_slice()).read_to_end(&mut text).expect("the vectors unpack");
    lines(&text)
}

fn lines<T: DeserializeOwned>(text: &[u8]) -> Vec<T> {
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("a vector is JSON")).collect()
}

//! Files → their objects as plain values, found by kind and name, and the lines of the files.

use crate::run::File;
use serde::Deserialize;
use serde_json::Value;

/// The input, and the exact version where one is given.
#[derive(Debug)]
pub struct Given {
    objects: Vec<Value>,
    texts: Vec<(String, Vec<String>)>,
    pub(super) minor: Option<u32>,
}

impl Given {
    /// Reads files; Lists are taken apart.
    ///
    /// # Panics
    /// Where a file is no YAML.
    pub fn new(files: &[File], minor: Option<u32>) -> Self {
        let mut objects = Vec::new();
        for document in files.iter().flat_map(|file| serde_yaml::Deserializer::from_slice(&file.bytes)) {
            let value = Value::deserialize(document).expect("the input is YAML");
            take_apart(value, &mut objects);
        }
        let text = |file: &File| {
            let lines = String::from_utf8_lossy(&file.bytes).lines().map(str::to_owned).collect();
            (file.name.clone(), lines)
        };
        Given { objects, texts: files.iter().map(text).collect(), minor }
    }

    /// Every object of a kind.
    pub(super) fn all<'g>(&'g self, kind: &'g str) -> impl Iterator<Item = &'g Value> {
        self.objects.iter().filter(move |object| object["kind"] == kind)
    }

    /// Whether objects of a kind are in the input.
    pub(super) fn has(&self, kind: &str) -> bool {
        self.all(kind).next().is_some()
    }

    /// An object by kind, namespace and name.
    pub(super) fn object(&self, kind: &str, namespace: Option<&str>, name: &str) -> Option<&Value> {
        self.objects.iter().find(|object| {
            object["kind"] == kind
                && object["metadata"]["name"] == name
                && object["metadata"]["namespace"].as_str() == namespace
        })
    }

    /// A line of a file, from 1.
    pub(super) fn line(&self, file: &str, line: u32) -> Option<&str> {
        let (_, lines) = self.texts.iter().find(|(name, _)| name == file)?;
        lines.get((line as usize).checked_sub(1)?).map(String::as_str)
    }

    /// What pods of a workload run: its own template, or that of one of its pods.
    pub(super) fn specs_of(&self, namespace: &str, workload: &str) -> Vec<&Value> {
        let here = |object: &&Value| object["metadata"]["namespace"] == *namespace;
        let templates =
            self.objects.iter().filter(here).filter(|object| object["metadata"]["name"] == *workload);
        let mut specs: Vec<&Value> = templates
            .filter_map(|object| {
                let job = &object["spec"]["jobTemplate"]["spec"]["template"]["spec"];
                let own = &object["spec"]["template"]["spec"];
                [own, job].into_iter().find(|spec| spec.is_object())
            })
            .collect();
        let prefix = format!("{workload}-");
        let pods = self.all("Pod").filter(here).filter(|pod| {
            pod["metadata"]["name"].as_str().is_some_and(|name| name == workload || name.starts_with(&prefix))
        });
        specs.extend(pods.map(|pod| &pod["spec"]));
        specs
    }
}

fn take_apart(value: Value, objects: &mut Vec<Value>) {
    match value.get("items").and_then(Value::as_array) {
        Some(items) if value["kind"].as_str().is_some_and(|kind| kind.ends_with("List")) => {
            items.iter().for_each(|item| take_apart(item.clone(), objects));
        }
        _ if value.is_object() => objects.push(value),
        _ => {}
    }
}

/// The strings of a list.
pub(super) fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

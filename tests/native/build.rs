//! Fixtures and the embedded cluster → `cases.rs`: their files, and the digest of the report made of them right here.

use cilium_exec_check_core::ingest::{Limits, assemble, read_bytes};
use cilium_exec_check_core::{Options, analyze, demo, render};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What of `expect.yaml` says what the input is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expect {
    on: Option<String>,
    kubernetes_version: Option<String>,
}

/// A file by its name in the report, and where it is.
struct File {
    name: String,
    path: PathBuf,
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut cases = String::new();
    for name in names(&folder) {
        let expect = expect(&folder, &name);
        let version = expect.kubernetes_version.as_deref().map(version);
        let mut files = input(&folder, &name);
        files.extend(expect.on.iter().flat_map(|base| input(&folder, base)));
        let sources: Vec<(String, Vec<u8>)> = files
            .iter()
            .map(|file| (file.name.clone(), std::fs::read(&file.path).expect("a fixture can be read")))
            .collect();
        let json = json(&sources, version);
        let list: Vec<String> = files
            .iter()
            .map(|file| {
                let path = file.path.canonicalize().expect("a fixture is there");
                format!("({:?}, include_bytes!({:?}))", file.name, path)
            })
            .collect();
        write_case(&mut cases, &name, version, &format!("&[{}]", list.join(", ")), &json);
    }
    let sources: Vec<(String, Vec<u8>)> =
        demo::sources().iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    let list: Vec<String> = sources.iter().map(|(name, bytes)| format!("({name:?}, &{bytes:?})")).collect();
    write_case(&mut cases, "demo", None, &format!("&[{}]", list.join(", ")), &json(&sources, None));
    let text = format!("/// Every case.\npub const CASES: &[Case] = &[\n{cases}];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it")).join("cases.rs");
    std::fs::write(out, text).expect("the build's folder can be written");
}

/// The folders that are cases.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder of fixtures can be listed").flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().join("expect.yaml").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn expect(folder: &Path, name: &str) -> Expect {
    let text = std::fs::read_to_string(folder.join(name).join("expect.yaml")).expect("it can be read");
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}/expect.yaml: {error}"))
}

/// The input of a case, with that of the one it builds on.
fn input(folder: &Path, name: &str) -> Vec<File> {
    let entries = std::fs::read_dir(folder.join(name).join("input")).expect("a fixture has input").flatten();
    let mut files: Vec<File> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            File { name: format!("fixtures/{name}/input/{file}"), path }
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn version(text: &str) -> (u32, u32) {
    let (major, minor) = text.split_once('.').expect("a version has a dot");
    (major.parse().expect("a major is a number"), minor.parse().expect("a minor is a number"))
}

fn json(sources: &[(String, Vec<u8>)], kubernetes_version: Option<(u32, u32)>) -> String {
    let read = sources.iter().map(|(name, bytes)| read_bytes(name, bytes, Limits::default()));
    let options = Options { kubernetes_version, ..Options::default() };
    render::json(&analyze(&assemble(read.collect()), &options))
}

fn write_case(cases: &mut String, name: &str, version: Option<(u32, u32)>, files: &str, json: &str) {
    let digest: [u8; 32] = Sha256::digest(json).into();
    let written = writeln!(
        cases,
        "Case {{ name: {name:?}, kubernetes_version: {version:?}, files: {files}, bytes: {}, digest: {digest:?} }},",
        json.len()
    );
    written.expect("text grows");
}

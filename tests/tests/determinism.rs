//! The same objects give the same report in whatever order they come.

use cilium_exec_check_core::report::AccessReport;
use cilium_exec_check_core::{Options, render};
use cilium_exec_check_tests::{File, Shuffle, analyze, fixtures, shared, skipped};
use std::path::Path;

/// Other orders that are tried of each input.
const ORDERS: u64 = 4;

#[test]
fn the_order_of_files_changes_no_byte() {
    for fixture in fixtures() {
        one_per_object_in_any_order(&fixture.name, &fixture.files, &fixture.options());
    }
}

#[test]
fn the_order_of_files_of_charts_and_default_policies_changes_no_byte() {
    let Some(shared) = shared() else { return skipped("order of charts' manifests: no folder ../shared") };
    let file = |path: &str| File {
        name: path.to_owned(),
        bytes: std::fs::read(shared.join("data").join(path)).expect("the data is there"),
    };
    let mut files = vec![file("default-rbac/default-rbac-v1.34.4.yaml")];
    files.extend(objects(&file("cilium-manifests/1.17.18-all.yaml")));
    let whole = render::json(&analyze(&files, &Options::default()));
    for seed in 0..ORDERS {
        let shuffled = render::json(&analyze(&Shuffle(seed).list(files.clone()), &Options::default()));
        assert!(shuffled == whole, "order {seed} differs");
    }
}

#[test]
fn the_order_of_objects_in_a_file_moves_places_only() {
    for fixture in fixtures() {
        let whole = without_places(&analyze(&fixture.files, &fixture.options()));
        for seed in 0..ORDERS {
            let files: Vec<File> = fixture.files.iter().map(|file| rejoined(file, seed)).collect();
            let shuffled = without_places(&analyze(&files, &fixture.options()));
            assert!(shuffled == whole, "{}: order {seed} differs", fixture.name);
        }
    }
}

/// Splits files so that each holds one object, and reads these in several orders.
fn one_per_object_in_any_order(name: &str, files: &[File], options: &Options) {
    let files: Vec<File> = files.iter().flat_map(objects).collect();
    let whole = render::json(&analyze(&files, options));
    for seed in 0..ORDERS {
        let shuffled = render::json(&analyze(&Shuffle(seed).list(files.clone()), options));
        assert!(shuffled == whole, "{name}: order {seed} differs");
    }
}

fn documents(file: &File) -> Vec<String> {
    let text = String::from_utf8(file.bytes.clone()).expect("the input is UTF-8");
    text.split("\n---\n").map(|document| format!("{}\n", document.trim_end())).collect()
}

fn objects(file: &File) -> Vec<File> {
    let stem = Path::new(&file.name).with_extension("");
    let numbered = documents(file).into_iter().enumerate();
    numbered
        .map(|(index, document)| File {
            name: format!("{}-{index:03}.yaml", stem.display()),
            bytes: document.into_bytes(),
        })
        .collect()
}

fn rejoined(file: &File, seed: u64) -> File {
    File { name: file.name.clone(), bytes: Shuffle(seed).list(documents(file)).join("---\n").into_bytes() }
}

/// The JSON with every line number and column left out.
fn without_places(report: &AccessReport) -> String {
    let text = render::json(report);
    let lines = text.lines().map(str::trim_start);
    lines
        .filter(|line| !line.starts_with("\"line\":") && !line.starts_with("\"column\":"))
        .collect::<Vec<_>>()
        .join("\n")
}

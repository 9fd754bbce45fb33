//! What the strict readers cost for each byte of an export, against the general parsers and a bare parse of the same bytes.
//!
//! All are measured in one run, so that the ratios mean the same on every machine. Run with
//! `cargo bench -p cilium-exec-check-core --bench readers`.

// Core has no clock; measuring it needs one.
#![allow(clippy::disallowed_methods)]

use cilium_exec_check_core::ingest::{Limits, SourceObjects, read_bytes, read_generally};
use cilium_exec_check_exports::{Format, export};
use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// So few that a run is short, and enough for every kind of object.
const PODS: usize = 200;
const SEED: u64 = 7;

/// An export in one of the forms that people have.
struct Input {
    name: &'static str,
    bytes: Vec<u8>,
    /// Reads it as a tree that keeps everything, without looking at what it means.
    bare: fn(&[u8]) -> bool,
}

fn inputs() -> Vec<Input> {
    let (yaml, _) = export(PODS, SEED, Format::Yaml);
    let (pretty, _) = export(PODS, SEED, Format::Json);
    let value: serde_json::Value = serde_json::from_slice(&pretty).expect("the export is JSON");
    let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    let parse = |bytes: &[u8]| serde_yaml::from_slice::<serde_yaml::Value>(bytes).is_ok();
    vec![
        Input { name: "YAML", bytes: yaml, bare: parse },
        Input { name: "JSON", bytes: pretty, bare: json },
        Input { name: "compact JSON", bytes: value.to_string().into_bytes(), bare: json },
    ]
}

/// Reads it, and demands that the readers took what they are measured with.
fn read(bytes: &[u8], strictly: bool) -> SourceObjects {
    let read = if strictly { read_bytes } else { read_generally };
    let objects = read("export", black_box(bytes), Limits::default());
    let taken = objects.taken();
    assert!(if strictly { taken.by_parser == 0 } else { taken.strictly == 0 }, "{taken:?}");
    objects
}

/// The least time that something takes of several tries.
fn least(mut work: impl FnMut()) -> Duration {
    let tries = (0..7).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    tries.min().unwrap_or_default()
}

fn of_input(group: &mut BenchmarkGroup<'_, WallTime>, input: &Input) {
    let Input { name, bytes, bare } = input;
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function(format!("{name}, strictly"), |bencher| bencher.iter(|| read(bytes, true)));
    let strictly = least(|| drop(black_box(read(bytes, true))));
    let generally = least(|| drop(black_box(read(bytes, false))));
    let parsed = least(|| assert!(bare(black_box(bytes)), "the export is read by any parser"));
    let ratio = |other: Duration| strictly.as_secs_f64() / other.as_secs_f64().max(f64::MIN_POSITIVE);
    println!(
        "ratio: {name}, strictly ÷ generally {:.3}, ÷ a bare parse to a tree {:.3}",
        ratio(generally),
        ratio(parsed)
    );
}

fn readers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("readers");
    group.sample_size(20).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(300));
    for input in inputs() {
        of_input(&mut group, &input);
    }
    group.finish();
}

criterion_group!(benches, readers);
criterion_main!(benches);

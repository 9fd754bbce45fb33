//! Measured costs → the ratios that are printed.

use crate::Failure;
use std::fmt;

/// What one thing cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    /// Seconds of processor time, of all threads.
    pub(crate) cpu: f64,
    /// Seconds.
    pub(crate) wall: f64,
    /// Bytes that were resident at a time, at most.
    pub(crate) peak: f64,
}

impl Cost {
    /// From what `measure` prints.
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        match numbers.as_slice() {
            [cpu, wall, peak] => Ok(Cost { cpu: *cpu, wall: *wall, peak: *peak }),
            _ => Err(Failure::failed(format!("`measure` printed `{}`", text.trim()))),
        }
    }

    /// The smaller of each.
    pub(crate) fn better(self, other: Cost) -> Cost {
        Cost {
            cpu: self.cpu.min(other.cpu),
            wall: self.wall.min(other.wall),
            peak: self.peak.min(other.peak),
        }
    }
}

/// What was measured of one size.
#[derive(Debug, Clone)]
pub(crate) struct OfSize {
    pub(crate) size: usize,
    pub(crate) yaml_bytes: u64,
    pub(crate) json_bytes: u64,
    /// The whole check of YAML, on one processor.
    pub(crate) check: Cost,
    /// The same on two.
    pub(crate) both: Option<Cost>,
    /// Reading alone, on one.
    pub(crate) read: Cost,
    pub(crate) newlines: Cost,
    /// A bare parse; left out where it would take too much memory.
    pub(crate) serde_yaml: Option<Cost>,
    /// The whole check of JSON.
    pub(crate) json: Cost,
    pub(crate) serde_json: Cost,
}

impl fmt::Display for OfSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.yaml_bytes as f64;
        let megabytes = bytes / 1e6;
        let check = self.check;
        writeln!(
            f,
            "{} pods, {megabytes:.1} MB of YAML, {:.1} MB of JSON",
            self.size,
            self.json_bytes as f64 / 1e6
        )?;
        writeln!(f, "  check of YAML          {:8.3} s CPU, {:.0} MB/s", check.cpu, megabytes / check.cpu)?;
        if let Some(bare) = self.serde_yaml {
            writeln!(f, "    ÷ bare serde_yaml    {:8.3}", check.cpu / bare.cpu)?;
        }
        writeln!(f, "    ÷ counting newlines  {:8.1}", check.cpu / self.newlines.cpu)?;
        let analysis = (check.cpu - self.read.cpu).max(0.0);
        writeln!(f, "    analysis ÷ all       {:8.3}", analysis / check.cpu)?;
        writeln!(f, "    peak memory ÷ bytes  {:8.3}", check.peak / bytes)?;
        if let Some(both) = self.both {
            writeln!(f, "    one ÷ two processors {:8.2}", check.wall / both.wall)?;
        }
        let json = self.json;
        writeln!(
            f,
            "  check of JSON          {:8.3} s CPU, {:.0} MB/s",
            json.cpu,
            self.json_bytes as f64 / 1e6 / json.cpu
        )?;
        writeln!(f, "    ÷ bare serde_json    {:8.2}", json.cpu / self.serde_json.cpu)?;
        write!(f, "    peak memory ÷ bytes  {:8.3}", json.peak / self.json_bytes as f64)
    }
}

/// What was measured of all sizes, from small to large.
#[derive(Debug, Default)]
pub(crate) struct Sizes(Vec<OfSize>);

impl Sizes {
    pub(crate) fn add(&mut self, size: OfSize) {
        self.0.push(size);
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (small, large) in self.0.iter().zip(self.0.iter().skip(1)) {
            let growth = (large.yaml_bytes as f64 / small.yaml_bytes as f64).ln();
            let exponent = |small: f64, large: f64| (large / small).ln() / growth;
            let time = exponent(small.check.cpu, large.check.cpu);
            let memory = exponent(small.check.peak, large.check.peak);
            writeln!(
                f,
                "from {} to {}: time grows by the power {time:.3}, memory by {memory:.3}",
                small.size, large.size
            )?;
        }
        // Where the bare parse was left out, its time for each byte stands for it.
        let parsed =
            self.0.iter().rev().find_map(|size| Some((size.serde_yaml?.cpu, size.yaml_bytes as f64)));
        for size in self.0.iter().filter(|size| size.serde_yaml.is_none()) {
            if let Some((cpu, bytes)) = parsed {
                let bare = cpu / bytes * size.yaml_bytes as f64;
                writeln!(
                    f,
                    "{} pods ÷ bare serde_yaml by its time for each byte: {:.3}",
                    size.size,
                    size.check.cpu / bare
                )?;
            }
        }
        Ok(())
    }
}

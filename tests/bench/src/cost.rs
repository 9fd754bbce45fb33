//! Something to do → the processor time, time and memory that it took.

use std::fmt;
use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

/// What something cost.
pub(crate) struct Cost {
    cpu: Duration,
    wall: Duration,
    /// Of the whole process, so far; 0 where the system does not tell.
    peak: u64,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6} {:.6} {}", self.cpu.as_secs_f64(), self.wall.as_secs_f64(), self.peak)
    }
}

/// Does it once, and lets go of what it gives.
pub(crate) fn of<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<Cost> {
    let (cpu, wall) = (cpu(), Instant::now());
    drop(black_box(work()?));
    let wall = wall.elapsed();
    let spent = self::cpu().zip(cpu).map_or(wall, |(now, then)| now.saturating_sub(then));
    Ok(Cost { cpu: spent, wall, peak: peak() })
}

/// Of all threads of the process; `None` where the system is not asked.
#[cfg(target_os = "linux")]
fn cpu() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(Duration::new(time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?))
}

#[cfg(not(target_os = "linux"))]
fn cpu() -> Option<Duration> {
    None
}

/// The most memory that was resident at a time, as Linux tells it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// Keeps the process to so many processors, which is what it then takes for their number.
#[cfg(target_os = "linux")]
pub(crate) fn only(cpus: usize) -> io::Result<()> {
    let allowed = rustix::thread::sched_getaffinity(None)?;
    let mut chosen = rustix::thread::CpuSet::new();
    let ours = (0..rustix::thread::CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu));
    ours.take(cpus).for_each(|cpu| chosen.set(cpu));
    Ok(rustix::thread::sched_setaffinity(None, &chosen)?)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn only(_cpus: usize) -> io::Result<()> {
    Err(io::Error::other("only Linux is asked to use fewer processors"))
}

//! A law tried on random clusters; the smallest that breaks it is shown.

use super::World;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use std::str::FromStr;

/// Says how many clusters are compared, where a test asks.
pub const HOW_MANY: &str = "CILIUM_EXEC_CHECK_CLUSTERS";

/// Another number gives other clusters, where a test asks.
pub const SEED: &str = "CILIUM_EXEC_CHECK_SEED";

/// What the surroundings say, or else this.
pub fn said<T: FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Tries a law on so many clusters; the same seed gives the same ones.
pub fn on_clusters(
    worlds: impl Strategy<Value = World>,
    (clusters, seed): (u32, u64),
    law: impl Fn(&World) -> Result<(), String>,
) {
    let config = Config {
        cases: clusters,
        failure_persistence: None,
        max_shrink_iters: 1500,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&worlds, |world| law(&world).map_err(TestCaseError::fail));
    if let Err(TestError::Fail(why, world)) = outcome {
        panic!("{why}\nKubernetes {:?}\n{}", world.minor, world.documents().join("---\n"));
    }
}

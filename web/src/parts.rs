//! The parts of the page, one component or a small family a file.

pub mod asked;
pub mod cilium;
pub mod copy;
pub mod coverage;
pub mod drop_zone;
pub mod files;
pub mod filters;
pub mod finding;
pub mod findings;
pub mod folds;
pub mod fonts;
pub mod lines;
pub mod path;
pub mod picture;
pub mod progress;
pub mod promises;
pub mod rows;
pub mod switch;
pub mod table;
pub mod take_away;
pub mod verdict;
pub mod what_if;

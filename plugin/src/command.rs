//! The commands: arguments and input in, text on stdout and an exit code out.

pub(crate) mod can_i;
pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod print;
mod what_if;

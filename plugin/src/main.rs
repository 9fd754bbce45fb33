//! The kubectl plugin's entry point.

fn main() {}

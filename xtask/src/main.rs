//! What cargo alone cannot do: the web page, all tests, generated tables.

fn main() {}

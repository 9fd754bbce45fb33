//! Prints the JSON Schema of the report; `cargo xtask schema` writes it to where it is kept.

fn main() {
    print!("{}", cilium_exec_check_tests::report_schema());
}

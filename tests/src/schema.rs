//! The report's types → its JSON Schema.

use cilium_exec_check_core::report::AccessReport;
use schemars::generate::SchemaSettings;

/// The JSON Schema (draft 2020-12) of what `-o json` prints, as text with a newline at its end.
pub fn report_schema() -> String {
    // What is written, not what is accepted: keys are always present, null when unset.
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = generator.into_root_schema_for::<AccessReport>();
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    text.push('\n');
    text
}

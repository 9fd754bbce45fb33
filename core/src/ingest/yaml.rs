//! The text of YAML documents → events for the builder, with the places that the whole source gives them.

use super::Limits;
use super::build::{Builder, depth_fault};
use super::node::{Fault, Pos, Value};
use super::text::Lines;
use crate::diagnostic::Code;
use crate::model::Name;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput, Tag};

/// Reads the documents of one piece of text, one at a time.
pub(super) struct YamlReader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    lines: Lines<'a>,
    limits: Limits,
}

/// What a call of [`YamlReader::step`] did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An event went to the builder.
    Fed,
    /// The document ended.
    DocumentEnd,
    /// The text ended.
    End,
}

impl<'a> YamlReader<'a> {
    /// `text` holds no control characters: see [`super::text::checked`].
    pub(super) fn new(text: &'a str, lines: Lines<'a>, limits: Limits) -> Self {
        YamlReader { parser: Parser::new_from_str(text), lines, limits }
    }

    /// Hands one event to the builder.
    pub(super) fn step(&mut self, builder: &mut Builder) -> Result<Step, Fault> {
        let Some(event) = self.parser.next_event() else { return Ok(Step::End) };
        let (event, span) = event.map_err(|error| self.scan_fault(&error))?;
        let at = self.pos(&span.start);
        match event {
            Event::StreamEnd => return Ok(Step::End),
            Event::DocumentEnd => return Ok(Step::DocumentEnd),
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
            Event::Alias(anchor) => builder.alias(at, anchor)?,
            Event::MappingStart(anchor, tag) => {
                check_collection_tag(builder, at, tag.as_deref(), "map");
                builder.begin(at, true, anchor)?;
            }
            Event::SequenceStart(anchor, tag) => {
                check_collection_tag(builder, at, tag.as_deref(), "seq");
                builder.begin(at, false, anchor)?;
            }
            Event::MappingEnd | Event::SequenceEnd => builder.end()?,
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(builder, at, &text, style, tag.as_deref());
                builder.scalar(at, value, anchor)?;
            }
        }
        Ok(Step::Fed)
    }

    fn pos(&self, mark: &Marker) -> Pos {
        let column = u32::try_from(mark.col()).unwrap_or(u32::MAX).saturating_add(1);
        Pos { line: self.lines.number(mark.line().saturating_sub(1)), column }
    }

    fn scan_fault(&self, error: &saphyr_parser::ScanError) -> Fault {
        let at = self.pos(error.marker());
        if error.info().contains("recursion limit") {
            return depth_fault(self.limits, at);
        }
        Fault::new(Code::Syntax, at, format!("not valid YAML: {}", error.info()))
    }
}

fn check_collection_tag(builder: &mut Builder, at: Pos, tag: Option<&Tag>, own: &str) {
    if let Some(tag) = tag
        && !(tag.is_yaml_core_schema() && tag.suffix == own)
        && !is_non_specific(tag)
    {
        builder.fault(tag_fault(at, tag));
    }
}

fn scalar(builder: &mut Builder, at: Pos, text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain { plain(text) } else { Value::Text(Name::from(text)) };
    };
    if is_non_specific(tag) || (tag.is_yaml_core_schema() && tag.suffix == "str") {
        return Value::Text(if style == ScalarStyle::Plain && text == "~" { "".into() } else { text.into() });
    }
    match tag.suffix.as_str() {
        "null" if tag.is_yaml_core_schema() => Value::Null,
        "int" | "float" | "bool" if tag.is_yaml_core_schema() => Value::Plain(Name::from(text)),
        _ => {
            builder.fault(tag_fault(at, tag));
            Value::Null
        }
    }
}

/// YAML 1.1 and 1.2 agree on what null is.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        _ => Value::Plain(Name::from(text)),
    }
}

/// `! x` means that `x` is text.
fn is_non_specific(tag: &Tag) -> bool {
    tag.handle.is_empty() && tag.suffix == "!"
}

fn tag_fault(at: Pos, tag: &Tag) -> Fault {
    let name = if tag.is_yaml_core_schema() {
        format!("!!{}", tag.suffix)
    } else {
        format!("{}{}", tag.handle, tag.suffix)
    };
    Fault::new(Code::Syntax, at, format!("the tag `{name}` is not read"))
        .help("write the value without a tag")
}

//! The text of a document that is in memory → what it holds, whether it is JSON or YAML.

use super::Limits;
use super::build::Builder;
use super::document::Document;
use super::found::Found;
use super::json::{self, JsonReader};
use super::kinds::find_resource;
use super::names::Names;
use super::node::{Fault, Pos};
use super::yaml::{Step, YamlReader};
use crate::diagnostic::Code;

/// Where the lines of a piece of text stand in its source.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lines<'a> {
    /// The first line is this one; the others follow it.
    From(u32),
    /// Each line's number: lines between them were taken out.
    Each(&'a [u32]),
}

impl Lines<'_> {
    /// The number of the line with this index.
    pub(super) fn number(&self, index: usize) -> u32 {
        match self {
            Lines::From(first) => first.saturating_add(u32::try_from(index).unwrap_or(u32::MAX)),
            Lines::Each(lines) => lines.get(index).or(lines.last()).copied().unwrap_or(1),
        }
    }
}

/// The text, if it is UTF-8 without the control characters that YAML refuses (YAML 1.2.2, 5.1; its parser takes them).
pub(super) fn checked<'a>(bytes: &'a [u8], lines: Lines<'_>) -> Result<&'a str, Fault> {
    let text = utf8(bytes, lines)?;
    check_characters(text, lines)?;
    Ok(text)
}

/// The text, if it is UTF-8.
pub(super) fn utf8<'a>(bytes: &'a [u8], lines: Lines<'_>) -> Result<&'a str, Fault> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = place(bytes.get(..error.valid_up_to()).unwrap_or_default(), lines);
        Fault::new(Code::UnreadableSource, at, "the text is not UTF-8").help("save it as UTF-8")
    })
}

fn check_characters(text: &str, lines: Lines<'_>) -> Result<(), Fault> {
    let bytes = text.as_bytes();
    let suspect = |byte: &u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127 | 0xc2);
    let mut from = 0;
    while let Some(next) = bytes.get(from..).unwrap_or_default().iter().position(suspect) {
        let index = from + next;
        match text.get(index..).and_then(|rest| rest.chars().next()) {
            Some(c) if c.is_control() && c != '\u{85}' => {
                let at = place(bytes.get(..index).unwrap_or_default(), lines);
                let message = format!("the control character `U+{:04X}` is not allowed", u32::from(c));
                return Err(Fault::new(Code::Syntax, at, message));
            }
            _ => from = index + 1,
        }
    }
    Ok(())
}

/// Where the byte after `before` stands.
fn place(before: &[u8], lines: Lines<'_>) -> Pos {
    let at = json::advance(Pos { line: 1, column: 1 }, before);
    Pos { line: lines.number(usize::try_from(at.line).unwrap_or(1).saturating_sub(1)), column: at.column }
}

/// What refuses a document or item that is too long.
pub(super) fn size_fault(limits: Limits, at: Pos) -> Fault {
    let message =
        format!("a document or list item of more than {} bytes (limit `item-bytes`)", limits.item_bytes);
    Fault::new(Code::LimitExceeded, at, message).help("export the kinds into files of their own")
}

/// Reads one document: as JSON where it looks like it, else or if that fails as YAML.
pub(super) fn read_document(text: &str, lines: Lines<'_>, limits: Limits, names: &Names) -> Found {
    if let Some(found) = refusals(text, lines) {
        return found;
    }
    let as_json = text.trim_start().starts_with(['{', '[']).then(|| json_values(text, lines, limits, names));
    match as_json {
        Some(Ok(found)) => return found,
        Some(Err(Broken { found, fault })) if json::is_final(&fault) => return *found,
        _ => {}
    }
    // Strings of JSON may hold characters that YAML may not.
    if let Err(fault) = check_characters(text, lines) {
        let mut found = Found::default();
        found.refuse(&fault, None);
        return found;
    }
    match yaml_documents(text, lines, limits, names) {
        Ok(found) => found,
        // Flow mappings of YAML look like JSON; what is neither is more likely JSON.
        Err(broken) => match as_json {
            Some(Err(json))
                if text
                    .trim_start()
                    .trim_start_matches(['{', '[', ' ', '\n', '\r', '\t'])
                    .starts_with('"') =>
            {
                *json.found
            }
            _ => *broken.found,
        },
    }
}

/// What was read before the text broke off, the diagnostic included.
struct Broken {
    found: Box<Found>,
    fault: Fault,
}

fn yaml_documents(text: &str, lines: Lines<'_>, limits: Limits, names: &Names) -> Result<Found, Broken> {
    let mut found = Found::default();
    let mut reader = YamlReader::new(text, lines, limits);
    let table = table_fault(text, lines);
    let (mut builder, mut document) = (Builder::new(limits), Document::default());
    loop {
        let step = match (reader.step(&mut builder), &table) {
            (Ok(Step::DocumentEnd), Some(table)) if builder.is_scalar() => Err(table.clone()),
            (Err(_), Some(table)) => Err(table.clone()),
            (step, _) => step,
        };
        if let Some(item) = builder.take_item() {
            document.item(item, &builder.identity(), names);
        }
        match step {
            Ok(Step::Fed) => {}
            Ok(Step::DocumentEnd) => {
                found.append(std::mem::take(&mut document).finish(builder.finish(), None, names));
                builder = Builder::new(limits);
            }
            Ok(Step::End) => return Ok(found),
            Err(fault) => {
                found.append(document.finish(builder.finish(), Some(fault.clone()), names));
                return Err(Broken { found: Box::new(found), fault });
            }
        }
    }
}

/// JSON values one after another, as JSON Lines are.
fn json_values(text: &str, lines: Lines<'_>, limits: Limits, names: &Names) -> Result<Found, Broken> {
    let mut found = Found::default();
    let mut bytes = text.as_bytes();
    let mut at = Pos { line: 1, column: 1 };
    loop {
        let blank = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len());
        at = json::advance(at, bytes.get(..blank).unwrap_or_default());
        bytes = bytes.get(blank..).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(found);
        }
        let (mut builder, mut document) = (Builder::new(limits), Document::default());
        let line = lines.number(usize::try_from(at.line).unwrap_or(1).saturating_sub(1));
        let mut reader = JsonReader::new(Pos { line, ..at });
        let before = bytes;
        loop {
            let (used, step) = reader.step(bytes, true, &mut builder, names);
            bytes = bytes.get(used..).unwrap_or_default();
            if let Some(item) = builder.take_item() {
                document.item(item, &builder.identity(), names);
            }
            match step {
                Ok(json::Step::Fed | json::Step::Starved) => {}
                Ok(json::Step::End) => break,
                Err(fault) => {
                    found.append(document.finish(builder.finish(), Some(fault.clone()), names));
                    return Err(Broken { found: Box::new(found), fault });
                }
            }
        }
        at = json::advance(at, before.get(..before.len() - bytes.len()).unwrap_or_default());
        found.append(document.finish(builder.finish(), None, names));
    }
}

/// What kubectl prints for each list that the server refused, where there is nothing else.
fn refusals(text: &str, lines: Lines<'_>) -> Option<Found> {
    const REFUSED: &str = "Error from server (Forbidden): ";
    if !text.trim_start().starts_with(REFUSED) {
        return None;
    }
    let mut found = Found::default();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let resource = line.strip_prefix(REFUSED)?.split(' ').next()?;
        found.deny(find_resource(resource, None), Pos { line: lines.number(index), column: 1 });
    }
    Some(found)
}

/// What refuses the table that `kubectl get` prints: a first line of column names in capitals.
fn table_fault(text: &str, lines: Lines<'_>) -> Option<Fault> {
    let (index, first) = text.lines().enumerate().find(|(_, line)| !line.trim().is_empty())?;
    let mut words = first.split_whitespace();
    let named = words.next().is_some_and(|word| matches!(word, "NAME" | "NAMESPACE"));
    let rest: Vec<&str> = words.collect();
    let capitals =
        |word: &&str| word.bytes().all(|byte| byte.is_ascii_uppercase() || b"()-/0123456789".contains(&byte));
    (named && !rest.is_empty() && rest.iter().all(capitals)).then(|| {
        let at = Pos { line: lines.number(index), column: 1 };
        Fault::new(Code::TableOutput, at, "this is the table that `kubectl get` prints, not YAML or JSON")
            .help("add `-o yaml` to the command")
    })
}

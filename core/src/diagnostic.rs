//! Everything odd about an input, as data: a code, where it is, what is wrong, and what to do.

use crate::model::Location;

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something was not read, so the verdict is a lower bound.
    Error,
    /// Everything was read, but the reader should know.
    Warning,
}

/// What kind of oddity it is. Codes are API: they are printed, and never renamed within v1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Code {
    /// The source could not be opened, decompressed or decoded.
    UnreadableSource,
    /// The text is not valid YAML or JSON.
    Syntax,
    /// A mapping holds the same key twice.
    DuplicateKey,
    /// A field has a type that Kubernetes refuses.
    WrongType,
    /// A limit on depth, size or expansion was reached.
    LimitExceeded,
    /// The same object was given twice, with different content.
    ConflictingObject,
    /// A namespaced object names no namespace.
    MissingNamespace,
    /// The server answered with a `Status` object instead of a list.
    AccessDenied,
    /// A list was cut off by the server (`metadata.continue` is set).
    TruncatedList,
    /// The text looks like the table that `kubectl get` prints without `-o yaml`.
    TableOutput,
}

impl Code {
    /// The code as it is printed, in kebab case.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::UnreadableSource => "unreadable-source",
            Code::Syntax => "syntax",
            Code::DuplicateKey => "duplicate-key",
            Code::WrongType => "wrong-type",
            Code::LimitExceeded => "limit-exceeded",
            Code::ConflictingObject => "conflicting-object",
            Code::MissingNamespace => "missing-namespace",
            Code::AccessDenied => "access-denied",
            Code::TruncatedList => "truncated-list",
            Code::TableOutput => "table-output",
        }
    }
}

/// One oddity of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of oddity.
    pub code: Code,
    /// Whether something was lost.
    pub level: Level,
    /// What is wrong: lower case, no final period, input in backticks; never a Secret's or annotation's value.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where it is; line and column are 0 where the whole source is meant.
    pub at: Location,
}

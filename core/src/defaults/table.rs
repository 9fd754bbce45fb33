//! A table of shipped facts, one a line → facts by the object that they are about.
//!
//! ```text
//! versions VERSION…                                                 all that the table knows, oldest first
//! rule     KIND NAMESPACE NAME  VERBS GROUPS RESOURCES NAMES URLS   VERSIONS
//! subject  KIND NAMESPACE NAME  ROLE-KIND ROLE  KIND NAMESPACE NAME VERSIONS
//! ```
//!
//! `-` is an empty field, `""` the core group, `VERSIONS` are ranges over the versions or `*` for all. `$namespace` is
//! the namespace of the chart's release, `$release…` a name that starts with the release's, `$any` any name.

use std::collections::BTreeMap;

/// A name or namespace as a table has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Token<'a> {
    /// This one.
    Exact(&'a str),
    /// The release's, with this after it.
    Release(&'a str),
    /// Whatever it is.
    Any,
}

/// Which object: its namespace (`None` for cluster-wide ones) and its name.
pub(super) type Object<'a> = (Option<Token<'a>>, Token<'a>);

/// Versions of a table, as bits in the order of its `versions` line.
pub(super) type Versions = u64;

/// The lists of a rule: verbs, groups, resources, resource names, non-resource URLs.
pub(super) type Lists<'a> = [Vec<&'a str>; 5];

/// A rule of a role; its lists are sorted and without doubles.
#[derive(Debug)]
pub(super) struct RuleFact {
    pub(super) lists: Lists<'static>,
    pub(super) versions: Versions,
}

/// A subject of a binding, and the role that the binding refers to.
#[derive(Debug)]
pub(super) struct SubjectFact {
    pub(super) role_kind: &'static str,
    pub(super) role: Token<'static>,
    pub(super) kind: &'static str,
    pub(super) object: Object<'static>,
    pub(super) versions: Versions,
    /// It stands in the table of what installers add.
    pub(super) by_hand: bool,
}

/// What one project ships.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) versions: Vec<&'static str>,
    pub(super) rules: BTreeMap<Object<'static>, Vec<RuleFact>>,
    pub(super) subjects: BTreeMap<Object<'static>, Vec<SubjectFact>>,
}

impl Table {
    /// Every exact name and namespace, and every word of a rule.
    pub(super) fn names(&'static self) -> impl Iterator<Item = &'static str> {
        let exact = |token: &Token<'static>| match token {
            Token::Exact(name) => Some(*name),
            Token::Release(_) | Token::Any => None,
        };
        let objects = self.rules.keys().chain(self.subjects.keys());
        let subjects = self.subjects.values().flatten();
        let tokens = objects
            .flat_map(|(namespace, name)| namespace.iter().chain([name]))
            .chain(subjects.flat_map(|fact| fact.object.0.iter().chain([&fact.object.1, &fact.role])));
        let words = self.rules.values().flatten().flat_map(|fact| &fact.lists).flatten().copied();
        tokens.filter_map(exact).chain(words)
    }

    /// Reads the lines of `generated`, then those of `by_hand`; a line of no known form holds nothing.
    pub(super) fn parse(generated: &'static str, by_hand: &'static str) -> Self {
        let mut table = Table::default();
        for (text, by_hand) in [(generated, false), (by_hand, true)] {
            for line in text.lines() {
                table.line(line, by_hand);
            }
        }
        table
    }

    fn line(&mut self, line: &'static str, by_hand: bool) {
        let fields: Vec<&'static str> = line.split_ascii_whitespace().collect();
        match fields[..] {
            ["versions", ..] => self.versions = fields.into_iter().skip(1).collect(),
            ["rule", _, namespace, name, verbs, groups, resources, names, urls, versions] => {
                let lists = [verbs, groups, resources, names, urls].map(list);
                let versions = self.mask(versions);
                self.rules.entry(object(namespace, name)).or_default().push(RuleFact { lists, versions });
            }
            ["subject", _, namespace, name, role_kind, role, kind, whose, who, versions] => {
                let fact = SubjectFact {
                    role_kind,
                    role: token(role),
                    kind,
                    object: object(whose, who),
                    versions: self.mask(versions),
                    by_hand,
                };
                self.subjects.entry(object(namespace, name)).or_default().push(fact);
            }
            _ => {}
        }
    }

    /// The versions that a field names: none where it names one that the table does not know.
    fn mask(&self, field: &str) -> Versions {
        let bit = |version: &str| {
            let index = self.versions.iter().position(|known| *known == version)?;
            1_u64.checked_shl(u32::try_from(index).ok()?)
        };
        let upto = |last: u64| last | (last - 1);
        let range = |range: &str| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some(upto(bit(last)?) & !(bit(first)? - 1))
        };
        if field == "*" {
            return self.versions.last().and_then(|last| bit(last)).map_or(0, upto);
        }
        field.split(',').map(range).try_fold(0, |all, range| Some(all | range?)).unwrap_or(0)
    }
}

fn object(namespace: &'static str, name: &'static str) -> Object<'static> {
    ((namespace != "-").then(|| token(namespace)), token(name))
}

fn token(field: &'static str) -> Token<'static> {
    match field {
        "$any" => Token::Any,
        "$namespace" => Token::Release(""),
        _ => field.strip_prefix("$release").map_or(Token::Exact(field), Token::Release),
    }
}

fn list(field: &'static str) -> Vec<&'static str> {
    if field == "-" {
        return Vec::new();
    }
    field.split(',').map(|item| if item == "\"\"" { "" } else { item }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# a comment\nversions 1.9 1.10 1.11 main\n\
        rule Role $namespace $release-x get,list \"\",apps pods - /a 1.10-main\n\
        subject ClusterRoleBinding - $any ClusterRole a User - u 1.9,1.11\n\
        subject RoleBinding n b Role a Group - g 1.12\n";

    #[test]
    fn a_line_is_read_field_by_field() {
        let table = Table::parse(TABLE, "");
        let key = (Some(Token::Release("")), Token::Release("-x"));
        let rule = &table.rules[&key][0];
        assert_eq!(rule.lists, [vec!["get", "list"], vec!["", "apps"], vec!["pods"], vec![], vec!["/a"]]);
        assert_eq!(rule.versions, 0b1110);
        let subject = &table.subjects[&(None, Token::Any)][0];
        assert_eq!((subject.kind, subject.object), ("User", (None, Token::Exact("u"))));
        assert_eq!(subject.versions, 0b0101);
    }

    #[test]
    fn a_version_that_the_table_does_not_know_ships_nothing() {
        let table = Table::parse(TABLE, "");
        assert_eq!(table.subjects[&(Some(Token::Exact("n")), Token::Exact("b"))][0].versions, 0);
    }
}

//! What the user asks of the table → which rows it shows, in which order, and which of them are open.

use crate::outcome::Entry;
use crate::row::Row;
use cilium_exec_check_core::technique::{Effect, Severity};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::rc::Rc;
use yew::Reducible;

/// The table as the user has set it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct View {
    /// What a row has to be.
    pub query: Query,
    /// How rows are sorted.
    pub order: Order,
    /// Whose entries are open.
    pub open: Rc<BTreeSet<String>>,
}

/// What a row has to be to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Each word of this stands somewhere in it.
    pub text: String,
    /// It is this bad.
    pub severity: Option<Severity>,
    /// It gains this.
    pub effect: Option<Effect>,
}

/// A column and a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Order {
    /// The column.
    pub column: Column,
    /// From the last to the first.
    pub reversed: bool,
}

/// What rows can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Column {
    /// The report's own order: the worst first.
    #[default]
    Severity,
    /// Who.
    Identity,
    /// By which request.
    How,
    /// By which grant.
    GrantedBy,
    /// Where that is written.
    Where,
}

impl Column {
    /// All of them, from left to right.
    pub const ALL: [Column; 5] =
        [Column::Severity, Column::Identity, Column::How, Column::GrantedBy, Column::Where];

    /// Its heading.
    pub fn heading(self) -> &'static str {
        match self {
            Column::Severity => "Severity",
            Column::Identity => "Identity",
            Column::How => "How",
            Column::GrantedBy => "Granted by",
            Column::Where => "Where",
        }
    }

    /// What rows are compared by; the report's order needs nothing.
    fn key(self, row: &Row) -> &str {
        match self {
            Column::Severity => "",
            Column::Identity => &row.who,
            Column::How => &row.how,
            Column::GrantedBy => &row.granted_by,
            Column::Where => &row.place,
        }
    }
}

/// What the user changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The words to look for.
    Text(String),
    /// The severity to show alone.
    Severity(Option<Severity>),
    /// The effect to show alone.
    Effect(Option<Effect>),
    /// The column to sort by; the same one again turns it round.
    Sort(Column),
    /// Whose entry to open or close.
    Toggle(String),
    /// Everything is to be shown.
    All,
}

impl Reducible for View {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut view = (*self).clone();
        match change {
            Change::Text(text) => view.query.text = text,
            Change::Severity(severity) => view.query.severity = severity,
            Change::Effect(effect) => view.query.effect = effect,
            Change::Sort(column) => {
                view.order.reversed = view.order.column == column && !view.order.reversed;
                view.order.column = column;
            }
            Change::Toggle(who) => {
                let open = Rc::make_mut(&mut view.open);
                if !open.remove(&who) {
                    open.insert(who);
                }
            }
            Change::All => view.query = Query::default(),
        }
        Rc::new(view)
    }
}

/// The indices of the entries to show, in the order to show them in.
pub fn pick(entries: &[Entry], query: &Query, order: Order) -> Vec<usize> {
    let rows: Vec<&Row> = entries.iter().map(|entry| &*entry.row).collect();
    pick_rows(&rows, query, order)
}

fn pick_rows(rows: &[&Row], query: &Query, order: Order) -> Vec<usize> {
    let words: Vec<String> = query.text.split_whitespace().map(str::to_lowercase).collect();
    let wanted = |row: &Row| {
        query.severity.is_none_or(|severity| row.severity == severity)
            && query.effect.is_none_or(|effect| row.effects.contains(&effect))
            && words.iter().all(|word| row.words.contains(word.as_str()))
    };
    let mut picked: Vec<(usize, &Row)> =
        rows.iter().copied().enumerate().filter(|(_, row)| wanted(row)).collect();
    if order.column != Column::Severity {
        // It is stable: what is alike stays in the report's order.
        picked.sort_by(|(_, a), (_, b)| natural(order.column.key(a), order.column.key(b)));
    }
    let mut picked: Vec<usize> = picked.into_iter().map(|(index, _)| index).collect();
    if order.reversed {
        picked.reverse();
    }
    picked
}

/// As people sort: `rbac.yaml:9` before `rbac.yaml:12`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (text_a, rest_a) = split(a, false);
        let (text_b, rest_b) = split(b, false);
        let (number_a, next_a) = split(rest_a, true);
        let (number_b, next_b) = split(rest_b, true);
        let by_text = text_a.cmp(text_b);
        let (plain_a, plain_b) = (number_a.trim_start_matches('0'), number_b.trim_start_matches('0'));
        let by_number = plain_a.len().cmp(&plain_b.len()).then_with(|| plain_a.cmp(plain_b));
        let order = by_text.then(by_number);
        if order.is_ne() || (next_a.is_empty() && next_b.is_empty()) {
            return order;
        }
        (a, b) = (next_a, next_b);
    }
}

/// The digits at the start, or what is before the first digit; and the rest.
fn split(text: &str, digits: bool) -> (&str, &str) {
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cilium_exec_check_core::report::EntityRef;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn row(who: &str, severity: Severity, effects: &[Effect], place: &str) -> Row {
        Row {
            fingerprint: who.to_owned(),
            identity: EntityRef { kind: "User".to_owned(), namespace: None, name: who.to_owned() },
            severity,
            effects: effects.to_vec(),
            who: who.to_owned(),
            how: "exec into cilium".to_owned(),
            granted_by: "RoleBinding x".to_owned(),
            place: place.to_owned(),
            paths: 1,
            expected: None,
            words: format!("{who} exec into cilium {place}").to_lowercase(),
        }
    }

    fn picked(query: Query, order: Order) -> Vec<usize> {
        let rows = [
            row("user/Dana", Severity::Critical, &[Effect::Exec, Effect::NodeRoot], "rbac.yaml:12, 3"),
            row("group/auditors", Severity::Critical, &[Effect::NodeRoot], "rbac.yaml:9, 3"),
            row("user/erin", Severity::Medium, &[Effect::Network], "a.yaml:100"),
        ];
        pick_rows(&rows.iter().collect::<Vec<_>>(), &query, order)
    }

    #[wasm_bindgen_test]
    fn a_row_is_shown_if_it_holds_every_word_in_any_case() {
        let text = |text: &str| picked(Query { text: text.to_owned(), ..Query::default() }, Order::default());
        assert_eq!(text(""), [0, 1, 2]);
        assert_eq!(text("dana"), [0]);
        assert_eq!(text("  RBAC  cilium "), [0, 1]);
        assert_eq!(text("dana auditors"), [0; 0]);
    }

    #[wasm_bindgen_test]
    fn severity_and_effect_narrow_it_down() {
        let query = Query { severity: Some(Severity::Critical), ..Query::default() };
        assert_eq!(picked(query.clone(), Order::default()), [0, 1]);
        assert_eq!(picked(Query { effect: Some(Effect::Exec), ..query }, Order::default()), [0]);
    }

    #[wasm_bindgen_test]
    fn rows_are_sorted_as_people_sort_and_turned_round() {
        let by = |column, reversed| picked(Query::default(), Order { column, reversed });
        assert_eq!(by(Column::Severity, true), [2, 1, 0]);
        assert_eq!(by(Column::Identity, false), [1, 0, 2]);
        assert_eq!(by(Column::Where, false), [2, 1, 0]);
        assert_eq!(by(Column::Where, true), [0, 1, 2]);
        assert_eq!(by(Column::How, false), [0, 1, 2]);
    }

    #[wasm_bindgen_test]
    fn the_same_column_again_turns_the_order_round() {
        let sort = |view: Rc<View>, column| view.reduce(Change::Sort(column));
        let view = sort(Rc::new(View::default()), Column::Identity);
        assert_eq!(view.order, Order { column: Column::Identity, reversed: false });
        let view = sort(view, Column::Identity);
        assert_eq!(view.order, Order { column: Column::Identity, reversed: true });
        assert_eq!(sort(view, Column::Where).order, Order { column: Column::Where, reversed: false });
    }

    #[wasm_bindgen_test]
    fn numbers_in_names_are_compared_as_numbers() {
        for (less, more) in [("a9", "a10"), ("a", "a1"), ("a1b2", "a1b10"), ("", "x"), ("a01", "a2")] {
            assert_eq!(natural(less, more), Ordering::Less, "{less} {more}");
            assert_eq!(natural(more, less), Ordering::Greater, "{more} {less}");
        }
    }
}

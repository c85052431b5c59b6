//! One text for one content, whatever the order and layout in which it was written: what a version is the hash of.

use std::fmt::Write as _;

use toml::{Table, Value};

use super::provision::Provision;

/// The canonical text of a provision: each field with its length before it, tables in the order of their keys.
pub(super) fn canonical(provision: &Provision, parameters: &Table) -> String {
    let mut text = String::new();
    let until = provision.until.map_or_else(String::new, |until| until.to_string());
    let basis = format!("{:?}", provision.basis);
    for field in [&provision.rule, &provision.source, &basis, &provision.scope.to_string()] {
        push_text(&mut text, field);
    }
    push_text(&mut text, &provision.from.to_string());
    push_text(&mut text, &until);
    push_table(&mut text, parameters);
    text
}

/// The path of the first decimal number in `table`, if there is one.
pub(super) fn decimal_field(table: &Table) -> Option<String> {
    table.iter().find_map(|(key, value)| decimal_in(value).map(|rest| format!("{key}{rest}")))
}

fn decimal_in(value: &Value) -> Option<String> {
    match value {
        Value::Float(_) => Some(String::new()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(place, item)| decimal_in(item).map(|rest| format!("[{place}]{rest}")))
        }
        Value::Table(table) => decimal_field(table).map(|rest| format!(".{rest}")),
        Value::String(_) | Value::Integer(_) | Value::Boolean(_) | Value::Datetime(_) => None,
    }
}

fn push_text(text: &mut String, field: &str) {
    push(text, format_args!("{}:{field}", field.len()));
}

fn push_table(text: &mut String, table: &Table) {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    push(text, format_args!("t{}", entries.len()));
    for (key, value) in entries {
        push_text(text, key);
        push_value(text, value);
    }
}

fn push_value(text: &mut String, value: &Value) {
    match value {
        Value::String(value) => push_text(text, value),
        Value::Integer(value) => push(text, format_args!("i{value};")),
        Value::Float(value) => push(text, format_args!("f{value};")),
        Value::Boolean(value) => push(text, format_args!("b{value};")),
        Value::Datetime(value) => push(text, format_args!("d{value};")),
        Value::Array(items) => {
            push(text, format_args!("a{}", items.len()));
            items.iter().for_each(|item| push_value(text, item));
        }
        Value::Table(table) => push_table(text, table),
    }
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let _ = text.write_fmt(what);
}

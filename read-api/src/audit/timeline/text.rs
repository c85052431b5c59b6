//! Text of others made fit to stand in the picture.

use chrono::{DateTime, Utc};

/// So many columns of a name are shown; the row's title has the whole.
const LABEL_COLUMNS: usize = 21;

/// A time of day, to the second.
pub(super) fn clock(at: DateTime<Utc>) -> String {
    at.format("%H:%M:%S").to_string()
}

/// The most that a list in words has.
const LISTED: usize = 100;

/// The most characters of a name in words.
const WHOLE_CHARS: usize = 256;

/// Some words one after the other, the rest of a long list left out.
pub(super) fn listed(mut words: impl Iterator<Item = String>) -> String {
    let mut list = words.by_ref().take(LISTED).collect::<Vec<_>>().join(", ");
    if words.next().is_some() {
        list.push_str(", …");
    }
    list
}

/// A name in words: escaped, its emptiness told.
pub(super) fn whole(name: &str) -> String {
    if name.is_empty() {
        return EMPTY.to_owned();
    }
    escaped(&name.chars().take(WHOLE_CHARS).collect::<String>())
}

/// What stands for a name without a character.
const EMPTY: &str = "(vide · empty)";

/// A name for the column of names: escaped, cut to the column, spaces at its ends and emptiness made visible.
pub(super) fn label(name: &str) -> String {
    if name.is_empty() {
        return EMPTY.to_owned();
    }
    let inner = name.trim_matches(' ');
    let spaces = |count| "␣".repeat(count);
    let before = name.len() - name.trim_start_matches(' ').len();
    let after = if inner.is_empty() { 0 } else { name.len() - before - inner.len() };
    let shown = format!("{}{inner}{}", spaces(before), spaces(after));
    let mut columns = 0;
    let mut label = String::new();
    for c in shown.chars() {
        let escaped = escaped(c.encode_utf8(&mut [0; 4]));
        columns += match c {
            _ if is_invisible(c) => 8,
            '\u{1100}'.. => 2,
            _ => 1,
        };
        if columns > LABEL_COLUMNS {
            label.push('…');
            break;
        }
        label.push_str(&escaped);
    }
    label
}

/// Text as XML character data and attribute value: markup escaped (XML 1.0 §2.4), and what XML does not allow (§2.2),
/// what is invisible and what turns the direction of writing shown by its code point.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if is_invisible(c) => escaped.push_str(&format!("[U+{:04X}]", u32::from(c))),
            c => escaped.push(c),
        }
    }
    escaped
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
        || u32::from(c) & 0xfffe == 0xfffe
}

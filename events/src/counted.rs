//! Numbers of things in a sentence: each language has its own idea of where many begins.

use std::fmt::Display;

/// As French writes it: one up to but not with two, so that none and one and a half are one, and a comma before decimals.
pub fn fr<N: Display + PartialOrd + From<u8>>(count: N, one: &str, many: &str) -> String {
    let thing = if count < N::from(2) { one } else { many };
    format!("{} {thing}", count.to_string().replace('.', ","))
}

/// As English writes it: one is one alone.
pub fn en<N: Display + PartialOrd + From<u8>>(count: N, one: &str, many: &str) -> String {
    let thing = if count == N::from(1) { one } else { many };
    format!("{count} {thing}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_begins_many_where_it_does() {
        let days = |count: u64| (fr(count, "jour", "jours"), en(count, "day", "days"));
        assert_eq!(days(0), ("0 jour".to_owned(), "0 days".to_owned()));
        assert_eq!(days(1), ("1 jour".to_owned(), "1 day".to_owned()));
        assert_eq!(days(2), ("2 jours".to_owned(), "2 days".to_owned()));
        assert_eq!((fr(1.5, "jour", "jours"), en(1.5, "day", "days")), ("1,5 jour".to_owned(), "1.5 days".to_owned()));
    }
}

//! Lists with quality values, as `Accept` and `Accept-Language` carry them (RFC 9110, section 12.4.2).

use axum::http::{HeaderMap, HeaderName};

/// One member of the list, `value` without its parameters, `weight` in thousandths (0 to 1,000).
#[derive(Debug, PartialEq, Eq)]
pub struct Preference<'a> {
    /// The media range or language range, as sent.
    pub value: &'a str,
    /// The `q` parameter in thousandths; 1,000 where absent or unreadable.
    pub weight: u16,
}

/// The preferences of every header of that `name`, in the order sent.
pub fn preferences<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<Preference<'a>> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(preference)
        .collect()
}

fn preference(member: &str) -> Option<Preference<'_>> {
    let mut parts = member.split(';').map(str::trim);
    let value = parts.next().filter(|value| !value.is_empty())?;
    let weight =
        parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))).map_or(1_000, thousandths);
    Some(Preference { value, weight })
}

fn thousandths(quality: &str) -> u16 {
    match quality.split_once('.') {
        None if quality == "0" => 0,
        Some(("0", digits)) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            format!("{digits:0<3}").get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(1_000)
        }
        _ => 1_000,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::ACCEPT;

    use proptest::prelude::*;

    use super::*;

    fn parsed(header: &str) -> Vec<(String, u16)> {
        let headers = HeaderMap::from_iter([(ACCEPT, header.parse().unwrap())]);
        preferences(&headers, &ACCEPT).into_iter().map(|each| (each.value.to_owned(), each.weight)).collect()
    }

    #[test]
    fn weights_are_thousandths_and_default_to_one() {
        let expected = [("text/csv", 1_000), ("application/json", 500), ("*/*", 0)].map(|(v, w)| (v.to_owned(), w));
        assert_eq!(parsed("text/csv;charset=utf-8, application/json; q=0.5, */*;q=0.000"), expected);
    }

    #[test]
    fn what_cannot_be_read_weighs_one() {
        assert_eq!(parsed("a/b;q=high,,;q=0.1, c/d;q=-1"), [("a/b".to_owned(), 1_000), ("c/d".to_owned(), 1_000)]);
    }

    proptest! {
        #[test]
        fn whatever_is_sent_weighs_at_most_one(value in prop::collection::vec(any::<u8>(), 0..80), member in "[a-z*]{1,4}/[a-z*]{1,4} ?; ?q=[01]\\.?[0-9]{0,5}") {
            let values = [axum::http::HeaderValue::from_bytes(&value).ok(), member.parse().ok()];
            let headers: HeaderMap = values.into_iter().flatten().map(|value| (ACCEPT, value)).collect();
            prop_assert!(preferences(&headers, &ACCEPT).iter().all(|each| each.weight <= 1_000));
        }
    }
}

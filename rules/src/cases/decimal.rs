//! Decimal numbers, read and written exactly.

use crate::quantity::Ratio;

const MOST_DIGITS: usize = 15;
const MOST_SHIFT: i32 = 9;
const MOST_DECIMALS: usize = 12;

/// The exact value of a number as JSON writes it; none when it is no number, or longer than money and days ever are.
pub(super) fn parse(text: &str) -> Option<Ratio> {
    let (sign, unsigned) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (units, decimals) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(units) || !is_number(decimals) || units.len() + decimals.len() > MOST_DIGITS {
        return None;
    }
    let digits: i128 = format!("{units}{decimals}").parse().ok()?;
    let shift = exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(decimals.len()).ok()?)?;
    let power = Ratio::from_integer(10_i128.checked_pow(shift.unsigned_abs())?);
    if shift > MOST_SHIFT || shift < -i32::try_from(MOST_DIGITS).ok()? {
        return None;
    }
    let value = Ratio::from_integer(sign * digits);
    Some(if shift < 0 { value / power } else { value * power })
}

/// The number in decimals, cut where they do not end.
pub(super) fn write(value: Ratio) -> String {
    let ten = Ratio::from_integer(10);
    let magnitude = if value < Ratio::from_integer(0) { -value } else { value };
    let mut text = format!("{}{}", if magnitude == value { "" } else { "-" }, magnitude.trunc());
    let mut rest = magnitude.fract();
    for place in 0..MOST_DECIMALS {
        if rest == Ratio::from_integer(0) {
            return text;
        }
        if place == 0 {
            text.push('.');
        }
        rest *= ten;
        text.push_str(&rest.trunc().to_string());
        rest = rest.fract();
    }
    if rest != Ratio::from_integer(0) {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(parse("3125.50"), Some(Ratio::new(312_550, 100)));
        assert_eq!(parse("0.1"), Some(Ratio::new(1, 10)));
        assert_eq!(parse("-2.5"), Some(Ratio::new(-5, 2)));
        assert_eq!(parse("2.5e3"), Some(Ratio::from_integer(2500)));
        assert_eq!(parse("25E-1"), Some(Ratio::new(5, 2)));
    }

    #[test]
    fn what_is_no_number_or_absurd_is_refused() {
        for text in
            ["", "-", ".5", "5.", "1,5", "1e", "1e99", "1e-99", "NaN", "0x1", "1e9999999999", "9999999999999999"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for text in ["0", "12", "20.7", "-3.25", "0.5"] {
            assert_eq!(write(parse(text).unwrap()), text);
        }
        assert_eq!(write(Ratio::new(1, 3)), "0.333333333333…");
    }
}

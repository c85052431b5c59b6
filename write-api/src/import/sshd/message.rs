//! What OpenSSH's server writes, as `auth_log` in its auth.c forms it:
//! `Failed password for invalid user NAME from ADDRESS port PORT ssh2`.

use super::kind::Kind;
use super::record::LEVELS;
use super::stamp::number;
use super::{MAX_REPEATS, Reason};
use events::account::Verdict;
use events::username::{LoginName, MAX_BYTES};

/// One message of sshd.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A password was tried.
    Attempt(Tried),
    /// Something else.
    Other(Kind),
}

/// What a message says of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tried {
    pub(super) verdict: Verdict,
    pub(super) invalid_user: bool,
    pub(super) name: LoginName,
    pub(super) address: String,
    pub(super) port: u16,
    pub(super) count: u32,
}

/// How messages about passwords begin. PAM asks for them by keyboard-interactive (RFC 4256) where the server leaves it to
/// PAM, and what it asked is not told: a one-time code counts as a password there.
const PASSWORDS: [(&[u8], Verdict); 4] = [
    (b"Failed password for ", Verdict::Failed),
    (b"Accepted password for ", Verdict::Accepted),
    (b"Failed keyboard-interactive/pam for ", Verdict::Failed),
    (b"Accepted keyboard-interactive/pam for ", Verdict::Accepted),
];

/// Whether the text begins as a password attempt.
pub(super) fn begins_as_attempt(text: &[u8]) -> bool {
    PASSWORDS.iter().any(|(prefix, _)| text.starts_with(prefix))
}

/// Whether a password attempt is anywhere in the text, one that is cut after its first words too.
pub(super) fn holds_attempt(text: &[u8]) -> bool {
    let beginnings = PASSWORDS.iter().map(|(prefix, _)| prefix.trim_ascii_end());
    beginnings.into_iter().any(|prefix| text.windows(prefix.len()).any(|window| window == prefix))
}

/// Whether the text breaks off before it says what was tried: it may have been an attempt, and is no message of sshd's.
fn is_cut(text: &[u8]) -> bool {
    text.is_empty() || PASSWORDS.iter().any(|(prefix, _)| prefix.starts_with(text))
}

/// Reads one message, which may be several of the same.
pub(super) fn message(text: &[u8]) -> Result<Message, Reason> {
    let text = text.trim_ascii_end();
    let (count, text) = match repeated(text) {
        Some((count, inner)) => (Some(count), inner),
        None if REPEATED.starts_with(text) || text.starts_with(REPEATED) => return Err(Reason::Form),
        None => (None, text),
    };
    let text = after_level(text);
    if is_cut(text) {
        return Err(Reason::Form);
    }
    let Some((verdict, rest)) =
        PASSWORDS.iter().find_map(|(prefix, verdict)| Some((*verdict, text.strip_prefix(*prefix)?)))
    else {
        return Ok(Message::Other(Kind::of_message(text)));
    };
    let count = count.map_or(Ok(1), repeats)?;
    Ok(Message::Attempt(Tried { count, ..tried(verdict, rest)? }))
}

/// An attempt without the `info: ` that a logging system may be told to write in front.
fn after_level(text: &[u8]) -> &[u8] {
    let after = LEVELS.iter().find_map(|level| text.strip_prefix(*level)?.strip_prefix(b": "));
    after.filter(|message| begins_as_attempt(message)).unwrap_or(text)
}

/// A number of repetitions: the port is the same in all of them, so they are of one connection and few.
pub(super) fn repeats(digits: &[u8]) -> Result<u32, Reason> {
    number(digits, 1..=9).filter(|count| (1..=MAX_REPEATS).contains(count)).ok_or(Reason::Count)
}

const REPEATED: &[u8] = b"message repeated ";

/// rsyslog's `message repeated 3 times: [ … ]`: the number's digits and the message.
fn repeated(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(REPEATED)?;
    let end = text.iter().position(|byte| *byte == b' ')?;
    let (digits, rest) = text.split_at_checked(end)?;
    let inner = rest.strip_prefix(b" times: [")?;
    Some((digits, inner.strip_suffix(b"]")?.trim_ascii()))
}

/// Reads `[invalid user ]NAME from ADDRESS port PORT ssh2`, or `ssh1` as OpenSSH wrote up to 7.5; what ends before that is
/// cut, and its port may be. The last ` from ` is sshd's own: an address has no space, and a name may hold anything,
/// ` from 192.0.2.1 port 22 ssh2` too.
fn tried(verdict: Verdict, text: &[u8]) -> Result<Tried, Reason> {
    let (invalid_user, text) = [&b"invalid user "[..], b"illegal user "]
        .iter()
        .find_map(|prefix| text.strip_prefix(*prefix))
        .map_or((false, text), |rest| (true, rest));
    const FROM: &[u8] = b" from ";
    let at = text.windows(FROM.len()).rposition(|window| window == FROM).ok_or(Reason::Form)?;
    let (name, rest) = text.split_at_checked(at).ok_or(Reason::Form)?;
    let words: Vec<&[u8]> = rest.trim_ascii_start().split(|byte| *byte == b' ').collect();
    let [b"from", address, b"port", port, end @ ..] = words.as_slice() else { return Err(Reason::Form) };
    if !matches!(end, [b"ssh2" | b"ssh1"] | [b"ssh2" | b"ssh1", b"[preauth]"]) {
        return Err(Reason::Form);
    }
    if verdict == Verdict::Accepted && (invalid_user || name.is_empty()) {
        return Err(Reason::Nobody);
    }
    if !invalid_user && name.len() > MAX_BYTES {
        return Err(Reason::LongName);
    }
    Ok(Tried {
        verdict,
        invalid_user,
        name: LoginName::verbatim(&text_of(name)),
        address: address_text(address).ok_or(Reason::Address)?,
        port: number(port, 1..=5).and_then(|port| u16::try_from(port).ok()).ok_or(Reason::Port)?,
        count: 1,
    })
}

/// An IPv4 or IPv6 address, with its zone, or a host name (RFC 1123 §2.1).
fn address_text(bytes: &[u8]) -> Option<String> {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b".:-_%".contains(byte);
    ((1..=255).contains(&bytes.len()) && bytes.iter().all(allowed)).then(|| text_of(bytes))
}

/// Bytes as text; those that are not UTF-8 as sshd itself writes them, `\351`.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\{byte:03o}")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn attempt(text: &str) -> Tried {
        match message(text.as_bytes()) {
            Ok(Message::Attempt(tried)) => tried,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_forms_of_an_attempt() {
        let tried = attempt("Failed password for invalid user  0101 from 5.188.10.180 port 49811 ssh2");
        assert_eq!((tried.name.reveal(), tried.invalid_user, tried.port), (" 0101", true, 49811));
        let tried = attempt("Accepted password for fztu from fe80::1%eth0 port 22 ssh2");
        assert_eq!((tried.verdict, tried.address.as_str()), (Verdict::Accepted, "fe80::1%eth0"));
        assert_eq!(attempt("Failed password for invalid user  from UNKNOWN port 65535 ssh2").name.reveal(), "");
        assert_eq!(attempt("Failed password for root from host.example port 1 ssh2").address, "host.example");
        assert_eq!(attempt("Failed password for root from 192.0.2.1 port 1 ssh1").port, 1);
        assert_eq!(
            attempt("message repeated 5 times: [ Failed password for root from 192.0.2.1 port 2 ssh2]").count,
            5
        );
    }

    #[test]
    fn bytes_of_another_encoding_stand_as_sshd_writes_them() {
        let Ok(Message::Attempt(tried)) = message(b"Failed password for Andr\xe9 from 192.0.2.1 port 2 ssh2") else {
            panic!("no attempt")
        };
        assert_eq!(tried.name.reveal(), "Andr\\351");
    }

    #[test]
    fn attempts_that_cannot_be_read() {
        for (text, reason) in [
            ("Failed password for root", Reason::Form),
            ("Failed password for root from 192.0.2.1", Reason::Form),
            ("Failed password for root from 192.0.2.1 port 2 ssh2 and more", Reason::Form),
            ("Failed password for root from 192.0.2.1 port 65536 ssh2", Reason::Port),
            ("Failed password for root from 192.0.2.1 port -1 ssh2", Reason::Port),
            ("Failed password for root from 192.0.2.1;rm port 1 ssh2", Reason::Address),
            ("Accepted password for  from 192.0.2.1 port 1 ssh2", Reason::Nobody),
            ("Accepted password for invalid user root from 192.0.2.1 port 1 ssh2", Reason::Nobody),
            ("message repeated 0 times: [ Failed password for root from 192.0.2.1 port 2 ssh2]", Reason::Count),
            (
                "message repeated 99999999999 times: [ Failed password for root from 192.0.2.1 port 2 ssh2]",
                Reason::Count,
            ),
            ("message repeated -2 times: [ Failed password for root from 192.0.2.1 port 2 ssh2]", Reason::Count),
        ] {
            assert_eq!(message(text.as_bytes()), Err(reason), "{text}");
        }
    }

    #[test]
    fn no_account_has_a_name_longer_than_one_may_be() {
        let tried = |invalid: &str, bytes| {
            message(format!("Failed password for {invalid}{} from 192.0.2.1 port 1 ssh2", "a".repeat(bytes)).as_bytes())
        };
        assert!(matches!(tried("", MAX_BYTES), Ok(Message::Attempt(_))));
        assert_eq!(tried("", MAX_BYTES + 1), Err(Reason::LongName));
        assert!(matches!(tried("invalid user ", MAX_BYTES + 1), Ok(Message::Attempt(_))), "nothing shows it");
    }

    #[test]
    fn a_message_that_breaks_off_where_an_attempt_may_have_been_is_reported() {
        for whole in [
            "Failed password for root from 192.0.2.1 port 2 ssh2",
            "Accepted password for root from 192.0.2.1 port 2 ssh2",
            "Failed keyboard-interactive/pam for root from 192.0.2.1 port 2 ssh2",
            "message repeated 5 times: [ Failed password for root from 192.0.2.1 port 2 ssh2]",
        ] {
            for end in 0..whole.len() {
                assert_eq!(message(&whole.as_bytes()[..end]), Err(Reason::Form), "{}", &whole[..end]);
            }
        }
        assert_eq!(message(b"Failed n"), Ok(Message::Other(Kind::OtherMethod)), "what can be no attempt is none");
    }

    #[test]
    fn only_passwords_are_attempts() {
        for (text, kind) in [
            ("Failed none for invalid user a from 192.0.2.1 port 2 ssh2", Kind::OtherMethod),
            ("Failed publickey for root from 192.0.2.1 port 2 ssh2: RSA SHA256:x", Kind::OtherMethod),
            ("Failed keyboard-interactive for root from 192.0.2.1 port 2 ssh2", Kind::OtherMethod),
            ("Failed keyboard-interactive/bsdauth for root from 192.0.2.1 port 2 ssh2", Kind::OtherMethod),
            ("Postponed keyboard-interactive/pam for root from 192.0.2.1 port 2 ssh2", Kind::OtherMethod),
            ("Partial password for root from 192.0.2.1 port 2 ssh2", Kind::PartialSuccess),
            ("Invalid user Failed password for root from 192.0.2.1 port 2", Kind::InvalidUser),
            ("message repeated 0 times: [ Invalid user a from 192.0.2.1]", Kind::InvalidUser),
        ] {
            assert_eq!(message(text.as_bytes()), Ok(Message::Other(kind)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_sshd_forms_is_read_back(
            name in prop_oneof!["\\PC{0,40}", "[a-z ]{0,9} from 192\\.0\\.2\\.1 port 5( ssh2)?", Just(String::new())],
            invalid_user: bool,
            accepted: bool,
            pam: bool,
            address in prop_oneof![any::<std::net::IpAddr>().prop_map(|ip| ip.to_string()), "[a-z][a-z0-9.-]{0,30}"],
            port: u16,
            count in 1..=MAX_REPEATS,
        ) {
            prop_assume!(!(accepted && (invalid_user || name.is_empty())));
            prop_assume!(invalid_user || !(name.starts_with("invalid user ") || name.starts_with("illegal user ")));
            let verdict = if accepted { Verdict::Accepted } else { Verdict::Failed };
            let word = if accepted { "Accepted" } else { "Failed" };
            let method = if pam { "keyboard-interactive/pam" } else { "password" };
            let invalid = if invalid_user { "invalid user " } else { "" };
            let once = format!("{word} {method} for {invalid}{name} from {address} port {port} ssh2");
            let written = if count == 1 { once } else { format!("message repeated {count} times: [ {once}]") };
            let name = LoginName::verbatim(&name);
            prop_assert_eq!(message(written.as_bytes()), Ok(Message::Attempt(Tried { verdict, invalid_user, name, address, port, count })));
        }
    }
}

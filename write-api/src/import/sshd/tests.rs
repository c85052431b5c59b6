use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const LABSZ: &[u8] = include_bytes!("../../../../src/demo/OpenSSH_part1.log");

fn read(log: &[u8]) -> Vec<Line> {
    SshdLog::new(log, Some(2015), Utc).collect::<Result<_, _>>().unwrap()
}

fn attempts(log: &[u8]) -> Vec<Attempt> {
    read(log)
        .into_iter()
        .filter_map(|line| match line {
            Line::Attempt(attempt) => Some(attempt),
            _ => None,
        })
        .collect()
}

/// The reasons reported, with their lines.
fn reported(log: &[u8]) -> Vec<(u64, Reason)> {
    read(log)
        .into_iter()
        .filter_map(|line| match line {
            Line::Malformed { line, reason } => Some((line, reason)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_morning_of_a_real_server() {
    let attempts = attempts(LABSZ);
    let count =
        |verdict| attempts.iter().filter(|tried| tried.verdict == verdict).map(|tried| tried.count).sum::<u32>();
    assert_eq!((count(Verdict::Failed), count(Verdict::Accepted)), (341, 1));

    let names: BTreeSet<&str> = attempts.iter().map(|tried| tried.name.reveal()).collect();
    assert_eq!(names.len(), 63);
    assert!(names.contains(" 0101"));
    let known: BTreeSet<&str> =
        attempts.iter().filter(|tried| !tried.invalid_user).map(|tried| tried.name.reveal()).collect();
    assert_eq!(known, BTreeSet::from(["root", "fztu", "uucp", "sshd", "mysql", "git", "ftp"]));

    let first = attempts.first().unwrap();
    assert_eq!(
        (first.line, first.at.to_rfc3339().as_str(), first.host.as_deref(), first.pid, first.port),
        (6, "2015-12-10T06:55:48+00:00", Some("LabSZ"), Some(24200), 38926)
    );
}

#[test]
fn every_other_line_of_it_has_a_kind() {
    let mut kinds = BTreeMap::new();
    for line in read(LABSZ) {
        match line {
            Line::Attempt(_) => {}
            Line::Skipped { kind, .. } => *kinds.entry(kind.as_str()).or_insert(0) += 1,
            Line::Malformed { line, reason } => panic!("line {line}: {reason}"),
        }
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            ("connection", 43),
            ("disconnection", 287),
            ("invalid-user", 200),
            ("other-method", 4),
            ("pam", 445),
            ("reverse-mapping", 85),
            ("session", 2)
        ]
    );
}

#[test]
fn lines_that_are_reported() {
    assert_eq!(
        reported(
            b"Feb 30 06:55:46 h sshd[1]: Invalid user a from 192.0.2.1\n\
              Dec 10 25:00:00 h sshd[1]: Failed password for root from 192.0.2.1 port 1 ssh2\n\
              yesterday h sshd[1]: Failed password for root from 192.0.2.1 port 1 ssh2\n\
              Failed password for root from 192.0.2.1 port 1 ssh2\n\
              Dec 10 06:55:46 h sshd[1]: Failed password for root\n\
              Dec 10 06:55:46 h message repeated 0 times: Failed password for root\n\
              Dec 10 06:55:46 h sshd[1]: message repeated 1001 times: [ Failed password for a from 192.0.2.1 port 1 ssh2]\n\
              Dec 10 06:55:46 h sshd[1]: Invalid user \0 from 192.0.2.1\n\
              Dec 10 06:55:46 h sshd[1]: Failed password for\n\
              Dec 10 06:55:46 h sshd[1]: Failed passwo\n\
              Failed password for"
        ),
        [
            (1, Reason::NoSuchDate),
            (2, Reason::NoSuchDate),
            (3, Reason::Header),
            (4, Reason::Header),
            (5, Reason::Form),
            (6, Reason::Header),
            (7, Reason::Count),
            (8, Reason::NotText),
            (9, Reason::Form),
            (10, Reason::Form),
            (11, Reason::Header),
        ]
    );
}

#[test]
fn a_repetition_under_a_process_is_of_what_that_process_said_last() {
    let log = b"Dec 10 06:55:46 h sshd[1]: Failed password for a from 192.0.2.1 port 1 ssh2\n\
                Dec 10 06:55:47 h sshd[2]: Failed password for b from 192.0.2.2 port 2 ssh2\n\
                Dec 10 06:55:48 h sshd[1]: last message repeated 3 times\n\
                Dec 10 06:55:49 h sshd[1]: last message repeated 2 times\n\
                Dec 10 06:55:49 g sshd[1]: last message repeated 2 times\n\
                Dec 10 06:55:50 h sshd[2]: Connection closed by 192.0.2.2 port 2\n\
                Dec 10 06:55:51 h sshd[2]: last message repeated 4 times\n\
                Dec 10 06:55:52 h sshd[3]: last message repeated 4 times\n\
                Dec 10 06:55:53 h sshd[1]: last message repeated 0 times\n";
    let counted: Vec<_> = attempts(log)
        .iter()
        .map(|tried| (tried.line, tried.name.reveal().to_owned(), tried.pid, tried.count))
        .collect();
    let (a, b) = ("a".to_owned(), "b".to_owned());
    assert_eq!(
        counted,
        [(1, a.clone(), Some(1), 1), (2, b, Some(2), 1), (3, a.clone(), Some(1), 3), (4, a, Some(1), 2)]
    );
    let skipped: Vec<_> = read(log).into_iter().filter(|line| matches!(line, Line::Skipped { .. })).collect();
    let repetition = |line| Line::Skipped { line, kind: Kind::Repetition };
    let closed = Line::Skipped { line: 6, kind: Kind::Connection };
    assert_eq!(skipped, [repetition(5), closed, repetition(7), repetition(8)]);
    assert_eq!(reported(log), [(9, Reason::Count)]);
}

#[test]
fn other_names_of_the_server_and_a_level_in_front_say_the_same() {
    for (program, level) in [
        ("in.sshd", ""),
        ("com.openssh.sshd", ""),
        ("/usr/libexec/sshd-session", ""),
        ("sshd-auth", ""),
        ("sshd", "info: "),
        ("sshd", "error: "),
    ] {
        let log = format!("Dec 10 06:55:46 h {program}[1]: {level}Failed password for a from 192.0.2.1 port 1 ssh2\n");
        assert_eq!(attempts(log.as_bytes()).len(), 1, "{log}");
    }
}

#[test]
fn another_programs_quotation_is_no_attempt() {
    assert_eq!(
        read(b"Dec 10 06:55:46 h sudo: root : COMMAND=/bin/grep sshd[1]: Failed password for a from 192.0.2.1 port 1 ssh2\n"),
        [Line::Skipped { line: 1, kind: Kind::OtherProgram }]
    );
}

#[test]
fn a_line_of_megabytes_costs_one_line() {
    let mut log = b"Dec 10 06:55:46 h sshd[1]: Failed password for ".to_vec();
    log.resize(3 << 20, b'a');
    log.extend_from_slice(b"\r\nDec 10 06:55:48 h sshd[1]: Failed password for root from 192.0.2.1 port 1 ssh2");
    assert_eq!(reported(&log), [(1, Reason::TooLong)]);
    assert_eq!(attempts(&log).iter().map(|tried| tried.line).collect::<Vec<_>>(), [2]);
}

#[test]
fn what_a_power_cut_leaves_in_front_of_a_line_is_no_part_of_it() {
    let mut log = vec![0; 700];
    log.extend_from_slice(b"Dec 10 06:55:48 h sshd[1]: Failed password for root from 192.0.2.1 port 1 ssh2\n");
    assert_eq!(attempts(&log).len(), 1);
}

#[test]
fn a_binary_file_is_reported_once() {
    for file in [
        &b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc"[..],
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xfeD\0e\0c\0\n\0",
        &[0; 64 * 1024],
    ] {
        let mut log = SshdLog::new(file, Some(2015), Utc);
        assert!(matches!(log.next(), Some(Err(ReadError::Binary { line: 1 }))));
        assert!(log.next().is_none());
    }
}

#[test]
fn a_log_that_turns_binary_is_given_up_after_some_lines() {
    let log = [b"Dec 10 06:55:48 h sshd[1]: x\n".as_slice(), &b"\0\x01\x02\n".repeat(1000)].concat();
    let lines: Vec<_> = SshdLog::new(&log[..], Some(2015), Utc).collect();
    assert_eq!(lines.len(), 1 + BINARY_RUN as usize);
    assert!(matches!(lines.last(), Some(Err(ReadError::Binary { line: 17 }))));
}

#[test]
fn dates_without_a_year_need_one() {
    let mut log = SshdLog::new(LABSZ, None, Utc);
    assert!(matches!(log.next(), Some(Err(ReadError::YearMissing { line: 1 }))));
    assert!(log.next().is_none());
}

#[test]
fn nothing_reported_or_printed_quotes_a_name() {
    let lines = read(b"Dec 10 06:55:46 h sshd[1]: Failed password for hunter2 from 192.0.2.1 port 1 ssh2\nFailed password for hunter2\n");
    assert!(!format!("{lines:?}").contains("hunter2"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(log in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = SshdLog::new(&log[..], Some(2015), Utc).count();
    }

    #[test]
    fn an_attempt_is_the_same_in_json(
        name in "[^\\p{C}]{0,40}",
        port: u16,
        as_bytes: bool,
        host in proptest::option::of("[a-z]{1,9}"),
        pid in proptest::option::of(1..4_000_000u32),
        seconds in 631_152_000..4_000_000_000i64,
    ) {
        let message = format!("Failed password for invalid user {name} from 192.0.2.1 port {port} ssh2");
        let message_json = if as_bytes { serde_json::json!(message.as_bytes()) } else { serde_json::json!(message) };
        let journald = serde_json::json!({
            "__REALTIME_TIMESTAMP": (seconds * 1_000_000).to_string(), "_HOSTNAME": host, "_COMM": "sshd",
            "_PID": pid.map(|pid| pid.to_string()), "MESSAGE": message_json,
        });
        let at = DateTime::from_timestamp_secs(seconds).unwrap();
        let docker = serde_json::json!({ "log": format!("{message}\n"), "stream": "stderr", "time": at.to_rfc3339() });
        for (line, host, pid) in [(journald, host, pid), (docker, None, None)] {
            let log = format!("{line}\n");
            let read: Vec<Line> = SshdLog::new(log.as_bytes(), None, Utc).until(at).collect::<Result<_, _>>().unwrap();
            let [Line::Attempt(attempt)] = read.as_slice() else { panic!("{read:?}") };
            let verdict = attempt.verdict;
            prop_assert_eq!((attempt.name.reveal(), attempt.port, verdict), (name.as_str(), port, Verdict::Failed));
            prop_assert_eq!((attempt.at, &attempt.host, attempt.pid, attempt.invalid_user), (at, &host, pid, true));
        }
    }

    #[test]
    fn any_object_is_read(values in proptest::collection::vec(("__REALTIME_TIMESTAMP|_HOSTNAME|SYSLOG_IDENTIFIER|_COMM|_PID|MESSAGE|log|time|x", prop_oneof![
        "\\PC{0,30}".prop_map(serde_json::Value::from),
        "-?[0-9]{1,25}".prop_map(serde_json::Value::from),
        Just(serde_json::Value::from("sshd")),
        any::<i64>().prop_map(serde_json::Value::from),
        proptest::collection::vec(any::<u16>(), 0..20).prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ]), 0..9)) {
        let object: serde_json::Value = values.into_iter().collect::<serde_json::Map<_, _>>().into();
        let log = object.to_string();
        prop_assert_eq!(SshdLog::new(log.as_bytes(), Some(2015), Utc).count(), 1);
    }

    #[test]
    fn a_damaged_log_is_read_to_its_end(from in 0..LABSZ.len() - 400, damage in proptest::collection::vec((0..400usize, any::<u8>()), 0..20)) {
        let mut log = LABSZ[from..from + 400].to_vec();
        for (at, byte) in damage {
            log[at] = byte;
        }
        let _ = SshdLog::new(&log[..], Some(2015), Utc).count();
    }

    #[test]
    fn any_start_of_a_line_is_read(start in "(<[0-9]{1,3}>)?(1 )?([A-Z][a-z]{2} [0-9 ]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ])? ?[0-9:]{8}[.,+Z0-9-]{0,8} ?\\PC{0,20}") {
        let _ = SshdLog::new(start.as_bytes(), Some(2015), Utc).count();
    }
}

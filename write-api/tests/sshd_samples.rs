//! Logs of many systems: for each sample, the attempts that it reports and how many lines are of another kind.

#![expect(clippy::unwrap_used, clippy::panic, reason = "the reader of samples is a helper of tests, outside of them")]

use chrono::Utc;
use events::account::Verdict;
use write_api::import::sshd::{Line, SshdLog};

/// `AT HOST PID [!]NAME ADDRESS:PORT ×COUNT`, `!` for an accepted password, `?` for a name that has no account.
fn attempts(sample: &str, year: Option<i32>) -> (Vec<String>, usize) {
    let path = format!("{}/tests/samples/sshd/{sample}.txt", env!("CARGO_MANIFEST_DIR"));
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let (mut attempts, mut skipped) = (Vec::new(), 0);
    for line in SshdLog::new(file, year, Utc) {
        match line.unwrap() {
            Line::Attempt(attempt) => attempts.push(format!(
                "{} {} {} {}{}{:?} {} {} ×{}",
                attempt.at.format("%FT%T%.f"),
                attempt.host.as_deref().unwrap_or("-"),
                attempt.pid.map_or("-".to_owned(), |pid| pid.to_string()),
                if attempt.verdict == Verdict::Accepted { "!" } else { "" },
                if attempt.invalid_user { "?" } else { "" },
                attempt.name.reveal(),
                attempt.address,
                attempt.port,
                attempt.count,
            )),
            Line::Skipped { .. } => skipped += 1,
            Line::Malformed { line, reason } => panic!("{sample}, line {line}: {reason}"),
        }
    }
    (attempts, skipped)
}

macro_rules! samples {
    ($($test:ident: $sample:literal, $year:expr, $skipped:literal skipped, [$($attempt:literal),* $(,)?];)*) => {
        $(#[test]
        fn $test() {
            assert_eq!(attempts($sample, $year), (vec![$($attempt.to_owned()),*], $skipped));
        })*
    };
}

samples! {
    debian_11: "debian-11-auth", Some(2023), 3 skipped, [
        r#"2023-12-09T06:25:09 srv-web.paris.example 4033 ?"admin" 192.0.2.14 40112 ×1"#,
        r#"2023-12-09T06:25:11 srv-web.paris.example 4033 ?"admin" 192.0.2.14 40112 ×2"#,
        r#"2023-12-10T07:00:00 srv-web.paris.example 4101 !"marie.curie" 2001:db8::42 51515 ×1"#,
    ];
    debian_12: "debian-12-auth", None, 3 skipped, [
        r#"2023-12-10T05:55:48.654321 srv-web 24200 ?"webmaster" 192.0.2.31 38926 ×1"#,
    ];
    debian_13: "debian-13-auth", None, 2 skipped, [
        r#"2025-08-12T07:00:03.000200 trixie 812 "root" 192.0.2.7 4242 ×1"#,
        r#"2025-08-12T07:00:09.000400 trixie 815 !"dupont" 192.0.2.8 4243 ×1"#,
    ];
    password_asked_for_by_pam: "pam-auth", None, 5 skipped, [
        r#"2024-05-14T06:12:09.412007 srv-ssh 5120 "root" 192.0.2.71 51834 ×1"#,
        r#"2024-05-14T06:12:14.880310 srv-ssh 5120 ?"guest" 192.0.2.71 51836 ×2"#,
        r#"2024-05-14T06:13:00.000900 srv-ssh 5133 !"dupont" 192.0.2.72 51901 ×1"#,
    ];
    rhel_9: "rhel-9-secure", Some(2024), 3 skipped, [
        r#"2024-01-16T00:00:01 node01 1731 "root" 198.51.100.9 60022 ×1"#,
    ];
    freebsd_over_new_year: "freebsd-auth", Some(2023), 3 skipped, [
        r#"2023-12-31T23:59:59 bsd 777 "root" 203.0.113.5 1111 ×1"#,
        r#"2024-01-01T00:00:03 bsd 777 "root" 203.0.113.5 1111 ×2"#,
        r#"2024-01-01T00:00:10 bsd 780 ?"toor" 203.0.113.5 1112 ×1"#,
    ];
    rfc_5424: "rfc5424", None, 1 skipped, [
        r#"2024-02-29T12:00:00.003 bsd.example.net 1234 ?"oracle" 203.0.113.77 50022 ×1"#,
        r#"2024-02-29T12:00:01 - - !"pat" 203.0.113.78 50023 ×1"#,
    ];
    macos_secure: "macos-secure", Some(2024), 2 skipped, [
        r#"2024-03-03T10:00:05 mini 412 "_www" 192.0.2.60 49152 ×1"#,
        r#"2024-03-03T10:00:06 mini 412 "_www" 192.0.2.60 49152 ×1"#,
    ];
    macos_log_show: "macos-log-show", None, 2 skipped, [
        r#"2024-03-03T09:00:05.223456 localhost 412 "admin" 192.0.2.60 49152 ×1"#,
        r#"2024-03-03T09:00:07 localhost 413 !"admin" ::1 49153 ×1"#,
    ];
    journalctl_short: "journalctl-short", Some(2023), 2 skipped, [
        r#"2023-12-10T06:55:48 srv 11 "root" 192.0.2.1 22 ×1"#,
        r#"2023-12-10T07:55:48.000123 srv 12 "root" 192.0.2.1 23 ×1"#,
        r#"2023-12-10T08:55:48 srv 13 "root" 192.0.2.1 24 ×1"#,
    ];
    journalctl_short_iso: "journalctl-short-iso", None, 0 skipped, [
        r#"2023-12-10T05:55:48 srv 11 "root" 192.0.2.1 22 ×1"#,
        r#"2023-12-10T05:55:49.500 srv 11 "root" 192.0.2.1 22 ×1"#,
        r#"2023-12-10T05:55:50 srv 11 !"root" 192.0.2.1 22 ×1"#,
    ];
    journalctl_short_full_unix_and_with_unit: "journalctl-others", None, 0 skipped, [
        r#"2023-12-10T05:55:48 srv 11 "root" 192.0.2.1 22 ×1"#,
        r#"2023-12-10T05:55:49 srv 11 "root" 192.0.2.1 22 ×1"#,
        r#"2023-12-10T05:55:50.123456 srv 11 "root" 192.0.2.1 22 ×1"#,
        r#"2023-12-10T05:55:51 srv 11 "root" 192.0.2.1 22 ×1"#,
    ];
    journalctl_json: "journalctl-json", None, 2 skipped, [
        r#"2023-12-10T05:55:48.123456 srv 11 ?"bob" 192.0.2.1 22 ×1"#,
        r#"2023-12-10T05:55:50.123456 srv 11 "\\351" 192.0.2.1 2 ×1"#,
    ];
    docker_json_file: "docker-json-file", None, 1 skipped, [
        r#"2023-12-10T05:55:48.123456789 - - "root" 172.17.0.1 40404 ×1"#,
        r#"2023-12-10T05:55:50 box 7 !"root" 172.17.0.1 40405 ×1"#,
    ];
    docker_logs_with_timestamps_and_kubernetes: "docker-timestamps", None, 1 skipped, [
        r#"2023-12-10T05:55:48.123456789 - - "root" 172.17.0.1 40404 ×1"#,
        r#"2023-12-10T05:55:50.123456789 - - !"root" 172.17.0.1 40405 ×1"#,
        r#"2023-12-10T05:55:51.123456789 - - "root" 10.0.0.1 40406 ×1"#,
    ];
    busybox_and_openwrt: "busybox-messages", Some(2023), 2 skipped, [
        r#"2023-06-25T00:49:15 alpine 3029 ?"guest" 192.0.2.23 53522 ×1"#,
        r#"2023-06-25T00:49:17 - 3030 "root" 192.0.2.23 53523 ×1"#,
    ];
    solaris: "solaris-authlog", Some(2023), 1 skipped, [
        r#"2023-12-12T00:10:55 sun 21698 ?"x" 192.0.2.9 40410 ×1"#,
    ];
    aix: "aix-syslog", Some(2023), 1 skipped, [
        r#"2023-04-12T15:19:47 lpar1 774360 "root" 192.0.2.20 54748 ×1"#,
        r#"2023-04-12T15:19:50 lpar2 774361 "root" csm01.example 54749 ×1"#,
    ];
    windows: "windows-sshd", None, 1 skipped, [
        r#"2023-12-10T06:55:48.123 - - ?"admin" 192.0.2.77 50123 ×1"#,
    ];
    loghost_with_priority: "loghost-priority", Some(2021), 0 skipped, [
        r#"2021-12-10T06:55:48 fw01 4721 "root" 203.0.113.45 51234 ×1"#,
        r#"2021-12-10T06:55:49 - 4722 "root" 203.0.113.45 51235 ×1"#,
        r#"2021-12-10T06:55:50 fw01 4723 "root" 203.0.113.45 51236 ×1"#,
        r#"2021-12-10T06:55:51 fw01 - "root" 203.0.113.45 51237 ×1"#,
    ];
    names_of_every_kind: "names", Some(2023), 0 skipped, [
        r#"2023-12-10T06:55:48 h 1 ?"" 192.0.2.1 1 ×1"#,
        r#"2023-12-10T06:55:48 h 1 ?" 0101" 192.0.2.1 2 ×1"#,
        r#"2023-12-10T06:55:48 h 1 ?"two words" 192.0.2.1 3 ×1"#,
        r#"2023-12-10T06:55:48 h 1 ?"x from 203.0.113.9 port 5 ssh2" 192.0.2.1 4 ×1"#,
        r#"2023-12-10T06:55:48 h 1 ?"Andr\\303\\251" 192.0.2.1 5 ×1"#,
        r#"2023-12-10T06:55:48 h 1 ?"invalid user" 192.0.2.1 6 ×1"#,
    ];
}

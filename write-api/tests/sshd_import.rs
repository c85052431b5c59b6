//! A real log, recorded through the commands of a login.

#![expect(clippy::unwrap_used, reason = "a test ends where its setting does")]

use chrono::Utc;
use events::Clock;
use journal::Journal;
use migrations::Role;
use std::sync::Arc;
use test_support::Database;
use vault::{Attachments, MasterKey, Vault};
use write_api::import::{ImportError, Input, SshdReport, import_sshd};
use write_api::{Config, WriteApi};

const LOG: &[u8] = include_bytes!("../../src/demo/OpenSSH_part1.log");

struct Setting {
    database: Database,
    api: WriteApi,
}

impl Setting {
    async fn new() -> Self {
        Self::at(Clock::system()).await
    }

    async fn at(clock: Clock) -> Self {
        let database = Database::new().await;
        let pool = database.pool(Role::Writer);
        let journal = Journal::open(pool.clone(), journal::Config::default()).await.unwrap();
        let vault = Vault::new(pool.clone(), MasterKey::generate().unwrap());
        let attachments =
            Attachments::in_folder(vault.clone(), &std::env::temp_dir().join("intraparis-tests")).unwrap();
        let api = WriteApi::open(journal, vault, attachments, pool, clock, Config::default()).await.unwrap();
        Self { database, api }
    }

    async fn import(&self, log: &[u8], year: i32) -> Result<SshdReport, ImportError> {
        import_sshd(&self.api, Input::Bytes(Arc::from(log)), "OpenSSH_part1.log", Some(year), Utc).await
    }

    async fn count(&self, kinds: &[&str]) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM journal.event WHERE type = ANY ($1)")
            .bind(kinds)
            .fetch_one(&self.database.owner())
            .await
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_log_suspends_ten_names_and_every_attempt_is_recorded() {
    let setting = Setting::new().await;
    let report = setting.import(LOG, 2023).await.unwrap();

    assert_eq!((report.attempts, report.failed, report.accepted), (342, 341, 1));
    assert_eq!((report.names, report.existing), (63, 7));
    assert_eq!((report.compared, report.refused, report.known_before), (94, 248, 0));
    let existing: Vec<_> = report.suspensions.iter().filter(|suspension| suspension.existing).collect();
    let existing: Vec<_> =
        existing.iter().map(|suspension| (suspension.name.as_str(), suspension.at.format("%T").to_string())).collect();
    let expected = [("root", "07:13:56"), ("uucp", "09:11:50"), ("ftp", "09:18:18"), ("git", "10:55:49")];
    assert_eq!(existing, expected.map(|(name, at)| (name, at.to_owned())));
    assert_eq!(report.suspensions.len(), 10);

    assert_eq!(setting.count(&["LoginAttempted", "LoginRefused"]).await, 342);
    assert_eq!(setting.count(&["LoginFailed", "LoginSucceeded"]).await, 94);
    assert_eq!(setting.count(&["AccountSuspended"]).await, 10);
    assert_eq!(setting.count(&["AccountProvisioned"]).await, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_log_again_reports_the_same_and_records_nothing() {
    let setting = Setting::new().await;
    let first = setting.import(LOG, 2023).await.unwrap();
    let all = setting.count(&["LoginAttempted", "LoginRefused", "LoginFailed", "LoginSucceeded", "AccountSuspended"]);
    let before = all.await;
    let again = setting.import(LOG, 2023).await.unwrap();
    assert_eq!(again, SshdReport { known_before: 342, ..first });
    let all = setting.count(&["LoginAttempted", "LoginRefused", "LoginFailed", "LoginSucceeded", "AccountSuspended"]);
    assert_eq!(all.await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_imported_is_refused_under_other_dates_and_nothing_is_done() {
    let setting = Setting::new().await;
    let lines: Vec<&[u8]> = LOG.split_inclusive(|byte| *byte == b'\n').collect();
    setting.import(&lines[..700].concat(), 2023).await.unwrap();
    let head = setting.api.head().position();

    let other_year = setting.import(LOG, 2024).await;
    assert!(matches!(other_year, Err(ImportError::OtherDates { line: 6 })), "{other_year:?}");
    let east = chrono::FixedOffset::east_opt(3_600).unwrap();
    let other_zone = import_sshd(&setting.api, Input::Bytes(Arc::from(LOG)), "log", Some(2023), east).await;
    let told = other_zone.unwrap_err().to_string();
    assert!(told.contains("--year et --zone d’alors") && told.contains("--year and --zone as then"), "{told}");
    assert_eq!(setting.api.head().position(), head, "no account is opened, no attempt recorded");

    // A log that begins with lines nobody has imported, and more of them than are looked at at once.
    let new: String = (0..600)
        .map(|n| {
            let (minute, second) = (n / 60, n % 60);
            format!("Dec 10 06:{minute:02}:{second:02} LabSZ sshd[1]: Failed password for zoe from 192.0.2.1 port {n} ssh2\n")
        })
        .collect();
    let overlapping = [new.as_bytes(), LOG].concat();
    let refused = setting.import(&overlapping, 2024).await;
    assert!(matches!(refused, Err(ImportError::OtherDates { line: 606 })), "{refused:?}");
    assert_eq!(setting.api.head().position(), head, "no line before the one that is refused is recorded");
    assert_eq!(setting.import(&overlapping, 2023).await.unwrap().attempts, 942, "the year of then is taken");
}

#[tokio::test]
async fn a_year_that_no_log_is_of_is_refused_by_its_option() {
    let setting = Setting::new().await;
    for year in [i32::MIN, -1, 0, 1989, 2100, 9999, i32::MAX] {
        let told = setting.import(LOG, year).await.unwrap_err().to_string();
        assert!(
            told.starts_with("--year : attendu, une année de 1990 à ") && told.contains("expected a year"),
            "{told}"
        );
    }
    assert_eq!(setting.api.head().position().get(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_has_grown_is_known_up_to_where_it_was() {
    let setting = Setting::new().await;
    let whole = Setting::new().await.import(LOG, 2023).await.unwrap();
    let lines: Vec<&[u8]> = LOG.split_inclusive(|byte| *byte == b'\n').collect();
    let before = setting.import(&lines[..700].concat(), 2023).await.unwrap();
    let grown = setting.import(LOG, 2023).await.unwrap();
    assert!((1..342).contains(&before.attempts));
    assert_eq!(grown, SshdReport { known_before: before.attempts, ..whole });
    assert_eq!(setting.count(&["LoginAttempted", "LoginRefused"]).await, 342);
    assert_eq!(setting.count(&["LoginFailed", "LoginSucceeded"]).await, 94);

    let equal = "Dec 10 23:55:48 LabSZ sshd[1]: Failed password for zoe from 192.0.2.1 port 1 ssh2\n";
    let twice = setting.import(equal.repeat(2).as_bytes(), 2023).await.unwrap();
    let thrice = setting.import(equal.repeat(3).as_bytes(), 2023).await.unwrap();
    assert_eq!(
        (twice.known_before, thrice.known_before, thrice.suspensions.len()),
        (0, 2, 1),
        "equal lines are several"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_imports_of_one_log_at_once_record_it_once() {
    let setting = Setting::new().await;
    let (one, other) = tokio::join!(setting.import(LOG, 2023), setting.import(LOG, 2023));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one.existing, other.existing), (7, 7));
    assert_eq!(one.known_before + other.known_before, 342, "each attempt is known to the one or the other");
    assert_eq!(setting.count(&["AccountProvisioned"]).await, 7);
    assert_eq!(setting.count(&["LoginAttempted", "LoginRefused"]).await, 342);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_line_that_was_cut_is_reported_and_counts_once_when_it_is_whole() {
    let setting = Setting::new().await;
    let line = "Dec 10 23:55:48 LabSZ sshd[1]: Failed password for zoe from 192.0.2.1 port 54321 ssh2";
    let whole = format!("{line}\n{}", line.replace("54321", "54322"));
    let (cut, _) = whole.rsplit_once("4322 ssh2").unwrap();
    let told = setting.import(cut.as_bytes(), 2023).await.unwrap();
    assert_eq!((told.attempts, told.malformed_lines), (1, 1), "{told}");
    assert_eq!(told.malformed.first().map(|malformed| malformed.line), Some(2));
    let told = setting.import(whole.as_bytes(), 2023).await.unwrap();
    assert_eq!(
        (told.attempts, told.known_before, told.malformed_lines),
        (2, 1, 0),
        "whole without its line feed: {told}"
    );
    assert!(told.suspensions.is_empty(), "two failures are no three");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_attempt_of_nobody_is_reported_by_its_line_and_the_rest_goes_on() {
    let setting = Setting::new().await;
    for nobody in ["", "invalid user q"] {
        let log =
            ["Failed password for before", &format!("Accepted password for {nobody}"), "Failed password for after"]
                .map(|said| format!("Dec 10 23:55:48 LabSZ sshd[1]: {said} from 192.0.2.1 port 1 ssh2\n"));
        let told = setting.import(log.concat().as_bytes(), 2023).await.unwrap();
        assert_eq!((told.attempts, told.failed, told.names, told.malformed_lines), (2, 2, 2, 1), "{told}");
        let reason = "a password accepted for the empty name, or for one that the log itself calls invalid";
        let malformed = told.malformed.first().map(|malformed| (malformed.line, malformed.reason.to_string()));
        assert_eq!(malformed, Some((2, reason.to_owned())));
    }
    assert_eq!(setting.count(&["LoginAttempted"]).await, 2, "the second log says the same of the others");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_broke_off_goes_on_where_it_stopped() {
    let setting = Setting::new().await;
    let owner = setting.database.owner();
    let whole = Setting::new().await.import(LOG, 2023).await.unwrap();
    for position in [60, 61, 150, 300] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "CREATE OR REPLACE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'enough'; END $$;
             CREATE OR REPLACE TRIGGER break_off BEFORE INSERT ON journal.event FOR EACH ROW
                 WHEN (new.position > {position}) EXECUTE FUNCTION break_off();"
        )))
        .execute(&owner)
        .await
        .unwrap();
        assert!(setting.import(LOG, 2023).await.is_err());
    }
    sqlx::raw_sql("DROP TRIGGER break_off ON journal.event").execute(&owner).await.unwrap();

    let rest = setting.import(LOG, 2023).await.unwrap();

    assert!((1..342).contains(&rest.known_before));
    assert_eq!(rest, SshdReport { known_before: rest.known_before, ..whole });
    assert_eq!(setting.count(&["LoginAttempted", "LoginRefused"]).await, 342);
    assert_eq!(setting.count(&["LoginFailed", "LoginSucceeded"]).await, 94);
}

#[tokio::test]
async fn what_is_no_log_is_refused_and_opens_nothing() {
    let setting = Setting::new().await;
    assert!(setting.import(b"\x1f\x8b\x08\x00\x00", 2023).await.is_err());
    let empty = setting.import(b"", 2023).await.unwrap();
    assert_eq!((empty.attempts, empty.names), (0, 0));
    assert_eq!(setting.count(&["AccountProvisioned"]).await, 0);
}

#[tokio::test]
async fn a_date_that_no_log_has_is_reported_by_its_line() {
    let setting = Setting::new().await;
    let line = |date: &str| format!("{date} LabSZ sshd[1]: Failed password for zoe from 192.0.2.1 port 1 ssh2\n");
    let dates = ["0000-01-01T00:00:00Z", "1989-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "2023-12-10T06:55:48Z"];
    let report = setting.import(dates.map(line).concat().as_bytes(), 2023).await.unwrap();
    assert_eq!((report.attempts, report.malformed_lines), (1, 3), "{report}");
    assert_eq!(report.malformed.iter().map(|malformed| malformed.line).collect::<Vec<_>>(), [1, 2, 3]);
}

#[tokio::test]
async fn a_log_most_of_which_is_to_come_names_the_option() {
    let november = "2023-11-27T22:00:00Z".parse().unwrap();
    let setting = Setting::at(Clock::from_fn(move || november)).await;
    let option = "vérifiez l’année donnée (--year)";
    let to_come = setting.import(LOG, 2023).await.unwrap();
    assert_eq!((to_come.attempts, to_come.out_of_time), (0, to_come.malformed_lines));
    assert!(to_come.to_string().contains(option), "{to_come}");
    let before = setting.import(LOG, 2022).await.unwrap();
    assert_eq!((before.attempts, before.out_of_time), (342, 0));
    assert!(!before.to_string().contains(option), "{before}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_forge_lines_stand_escaped_in_the_report() {
    let setting = Setting::new().await;
    let line = "Dec 10 06:55:48 LabSZ sshd[1]: Failed password for \x1b[31mroot from 192.0.2.1 port 1 ssh2\n";
    let report = setting.import(line.repeat(4).as_bytes(), 2023).await.unwrap();
    assert_eq!(report.suspensions.len(), 1);
    assert!(!report.to_string().contains('\x1b'), "{report}");
    assert!(report.to_string().contains("    2023-12-10 06:55:48 UTC  "), "{report}");
}

/// On 25 October 2020 the clocks of Paris went back from 03:00 to 02:00, on 29 March forward from 02:00 to 03:00.
#[tokio::test(flavor = "multi_thread")]
async fn the_clocks_of_a_place_go_back_and_forward() {
    const LINES: [&str; 5] = [
        "Mar 29 01:30:00 host sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2",
        "Mar 29 02:30:00 host sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2",
        "Oct 25 02:50:00 host sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2",
        "Oct 25 02:10:00 host sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2",
        "Oct 25 03:10:00 host sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2",
    ];
    let setting = Setting::new().await;
    let log = Input::Bytes(Arc::from(LINES.join("\n").as_bytes()));
    let report = import_sshd(&setting.api, log, "auth.log", Some(2020), chrono_tz::Europe::Paris).await.unwrap();

    let malformed: Vec<_> = report.malformed.iter().map(|malformed| malformed.line).collect();
    assert_eq!((report.attempts, malformed), (4, vec![2]), "{report:?}");
    let at: Vec<chrono::DateTime<Utc>> = sqlx::query_scalar(
        "SELECT occurred_at FROM journal.event WHERE type IN ('LoginAttempted', 'LoginRefused') ORDER BY position",
    )
    .fetch_all(&setting.database.owner())
    .await
    .unwrap();
    let at: Vec<_> = at.iter().map(|at| at.format("%m-%d %H:%M").to_string()).collect();
    assert_eq!(at, ["03-29 00:30", "10-25 00:50", "10-25 01:10", "10-25 02:10"]);

    // Nothing tells that the first line of this part is of the later hour.
    let part = || Input::Bytes(Arc::from(LINES[3..].join("\n").as_bytes()));
    let refused = import_sshd(&setting.api, part(), "auth.log", Some(2020), chrono_tz::Europe::Paris).await;
    assert!(refused.unwrap_err().to_string().contains("--zone +01:00"));
    let winter = chrono::FixedOffset::east_opt(3_600).unwrap();
    let report = import_sshd(&setting.api, part(), "auth.log", Some(2020), winter).await.unwrap();
    assert_eq!((report.attempts, report.known_before), (2, 2));
}

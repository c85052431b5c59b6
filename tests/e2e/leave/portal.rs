//! A unit of two, imported, with human resources beside.

use crate::process::{Person, Process, expect, intraparis, intraparis_json};
use chrono::{Datelike, NaiveDate};
use events::Clock;
use events::date::in_paris;
use reqwest::StatusCode;
use rules::RuleBook;
use serde_json::{Value, json};
use std::fs;
use test_support::Database;

const DEPARTMENTS: &str = "dept_no,dept_name\nd1,Propreté\n";
const MANAGERS: &str = "emp_no,dept_no,from_date,to_date\n9,d1,2000-01-01,9999-01-01\n";
const ASSIGNMENTS: &str = "emp_no,dept_no,from_date,to_date\n1,d1,1985-06-26,9999-01-01\n9,d1,1985-06-26,9999-01-01\n";
const TITLES: &str = "emp_no,title,from_date,to_date\n1,Agent,1985-06-26,9999-01-01\n";

/// An agent of an imported unit, its manager, and human resources.
pub struct Portal {
    pub database: Database,
    pub api: Process,
    pub agent: Person,
    pub manager: Person,
    pub hr: Person,
}

impl Portal {
    pub async fn open() -> Self {
        let database = Database::new().await;
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in
            [("departments", DEPARTMENTS), ("dept_manager", MANAGERS), ("dept_emp", ASSIGNMENTS), ("titles", TITLES)]
        {
            fs::write(folder.path().join(format!("{name}.csv")), text).unwrap();
        }
        let imported = intraparis_json(&database, &["import", "hr", folder.path().to_str().unwrap(), "--json"]);
        assert_eq!((&imported["employments"], &imported["bad"]), (&json!(2), &json!([])), "{imported}");
        let api = Process::start(&database, "up");
        let of_number = async |number: &str, given: &str, family: &str| {
            let arguments = ["accounts", "provision", given, family, "--staff-number", number, "--json"];
            Person::first_login(&api, intraparis_json(&database, &arguments)).await
        };
        let agent = of_number("1", "Marie", "Curie").await;
        let manager = of_number("9", "Jean", "Chef").await;
        let hr = Person::with_roles(&database, &api, "Camille", "Durand", &["hr"]).await;
        Self { database, api, agent, manager, hr }
    }

    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Value {
        let answer = who.post(&self.api, path, &body).send().await.unwrap();
        let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap());
        assert!(status.is_success(), "{path}: {body}");
        body
    }

    /// What is read once the projections are at what `written` answered.
    pub async fn read(&self, who: &Person, path: &str, written: &Value) -> Value {
        let request = who.get(&self.api, path).header("At-Least-Position", written["position"].to_string());
        expect(request.send().await, StatusCode::OK).await
    }

    pub fn verified(&self) -> Value {
        let output = intraparis(&self.database, &["leave", "verify", "--json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let sound = report["violations"] == json!([]) && report["overdrawn"] == json!([]);
        assert_eq!(output.status.success(), sound, "{report}");
        report
    }
}

/// Two days of work after each other, a month ahead.
pub fn two_days() -> (NaiveDate, NaiveDate) {
    let book = RuleBook::embedded().unwrap();
    let ahead = in_paris(Clock::system().now()) + chrono::Days::new(30);
    let works = |day: &NaiveDate| day.weekday().num_days_from_monday() < 5 && !book.calendar().is_holiday(*day);
    let first = ahead.iter_days().find(|day| works(day) && works(&day.succ_opt().unwrap())).unwrap();
    (first, first.succ_opt().unwrap())
}

/// The first Monday of a month.
pub fn a_monday(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_weekday_of_month_opt(year, month, chrono::Weekday::Mon, 1).unwrap()
}

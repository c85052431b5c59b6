//! Files of other systems: what is wrong is named by its line, and hinders nothing else.

use crate::app::App;
use std::fs;
use std::path::Path;
use write_api::account::agent_of_staff_number;
use write_api::import::{HrError, Input, People, Reading, import_absences, import_hr};

const DEPARTMENTS: &str = "dept_no,dept_name\nd1,Propreté\nd2,Voirie\n";
const MANAGERS: &str = "emp_no,dept_no,from_date,to_date\n9,d1,2000-01-01,9999-01-01\n";
const ASSIGNMENTS: &str = "emp_no,dept_no,from_date,to_date\n1,d1,1985-06-26,9999-01-01\n2,d1,2001-02-03,2003-01-01\n2,d2,2003-01-01,9999-01-01\n";
const TITLES: &str = "emp_no,title,from_date,to_date\n1,Agent,1985-06-26,9999-01-01\n2,Chef,2001-02-03,9999-01-01\n";
const HEADER: &str = "ID,Reason for absence,Month of absence,Day of the week,Seasons,Absenteeism time in hours\n";

fn folder(change: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in
        [("departments", DEPARTMENTS), ("dept_manager", MANAGERS), ("dept_emp_1_2", ASSIGNMENTS), ("titles", TITLES)]
    {
        fs::write(folder.path().join(format!("{name}.csv")), text).unwrap();
    }
    for (name, text) in change {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

async fn read(app: &App, folder: &Path) -> (usize, Vec<String>) {
    let report = import_hr(&app.api, folder, &app.operator()).await.unwrap();
    (report.employments, report.bad.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn an_hr_base_is_recorded_and_the_same_again_changes_nothing() {
    let app = App::start().await;
    let folder = folder(&[]);
    assert_eq!(read(&app, folder.path()).await, (3, vec![]));
    let first = app.events(agent_of_staff_number(&app.api, "2").await.unwrap()).await;
    assert_eq!(
        first,
        ["ServiceEntered", "StatusSet", "WorkingTimeSet", "WorkPatternSet", "UnitAssigned", "UnitAssigned", "TitleSet"]
    );
    let before = app.api.head().position();
    assert_eq!(read(&app, folder.path()).await, (3, vec![]));
    assert_eq!(app.api.head().position(), before);
}

/// A date that was corrected takes the place of the wrong one, and what human resources recorded themselves stays.
#[tokio::test]
async fn a_corrected_date_of_an_hr_base_takes_the_place_of_the_wrong_one() {
    let app = App::start().await;
    read(&app, folder(&[]).path()).await;
    let agent = agent_of_staff_number(&app.api, "2").await.unwrap();
    let hr = app.agent("Rh", &[events::account::Role::Hr]).await;
    let title = serde_json::json!({ "from": "2005-01-01", "title": "Directeur" });
    assert_eq!(app.post(&hr, &format!("/v1/agents/{agent}/employment"), title).await.0, 200);
    let corrected = ASSIGNMENTS.replace("2,d1,2001-02-03,2003-01-01", "2,d1,2001-09-03,2003-01-01");
    let titled = TITLES.replace("2,Chef,2001-02-03", "2,Chef,2001-09-03");
    let changed: [(&str, &[u8]); 2] = [("dept_emp_1_2.csv", corrected.as_bytes()), ("titles.csv", titled.as_bytes())];
    assert_eq!(read(&app, folder(&changed).path()).await, (3, vec![]));
    let unit = app.api.journal().unit::<commands::employment::Employment>(app.operator());
    let employment = unit.fresh_state(agent).await.unwrap().into_inner();
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    assert_eq!(employment.entries(), &[day("2001-09-03")].into());
    assert_eq!(
        employment.units().iter().map(|(from, _)| from).collect::<Vec<_>>(),
        [day("2001-09-03"), day("2003-01-01")]
    );
    let titles: Vec<_> = employment.titles().iter().map(|(from, title)| (from, title.as_str())).collect();
    assert_eq!(titles, [(day("2001-09-03"), "Chef"), (day("2005-01-01"), "Directeur")]);
    let before = app.api.head().position();
    assert_eq!(read(&app, folder(&changed).path()).await, (3, vec![]));
    let torn = format!("{ASSIGNMENTS}2,d1,2001-02-30,9999-01-01\n");
    let titled_only = [("dept_emp_1_2.csv", torn.as_bytes()), ("titles.csv", titled.as_bytes())];
    assert_eq!(app.api.head().position(), before, "the same again");
    assert_eq!(read(&app, folder(&titled_only).path()).await.0, 2, "the agent is in service since September");
    assert_eq!(app.api.head().position(), before, "a row that cannot be read withdraws nothing");
}

/// What human resources put right or withdrew stays while the files say what they said; where they say something else of
/// it, that counts.
#[tokio::test]
async fn an_hr_base_leaves_what_human_resources_have_put_right() {
    let app = App::start().await;
    read(&app, folder(&[]).path()).await;
    let agent = agent_of_staff_number(&app.api, "2").await.unwrap();
    let hr = app.agent("Rh", &[events::account::Role::Hr]).await;
    let path = format!("/v1/agents/{agent}/employment");
    let right = serde_json::json!({
        "from": "2001-02-03", "status": "contract", "title": "Directeur",
        "working_time": { "quota": 8000, "full_time_week_minutes": 2100 },
    });
    assert_eq!(app.post(&hr, &path, right).await.0, 200);
    let mistake = serde_json::json!({ "attribute": "unit", "from": "2003-01-01", "motive": "Erreur" });
    assert_eq!(app.post(&hr, &format!("{path}/withdraw"), mistake).await.0, 200);
    let before = app.api.head().position();
    assert_eq!(read(&app, folder(&[]).path()).await, (3, vec![]));
    assert_eq!(app.api.head().position(), before, "the same again");
    let titled = TITLES.replace("2,Chef", "2,Adjoint");
    assert_eq!(read(&app, folder(&[("titles.csv", titled.as_bytes())]).path()).await, (3, vec![]));
    let told = app.events(agent).await;
    assert_eq!(told.last().map(String::as_str), Some("TitleSet"));
    assert_eq!(told.len(), 7 + 4 + 1, "the title alone: {told:?}");
}

/// An exit date that leaves less than is taken is recorded, and what is overdrawn is reported.
#[tokio::test]
async fn an_hr_base_with_an_exit_date_reports_what_it_overdraws() {
    let app = App::start().await;
    read(&app, folder(&[]).path()).await;
    let agent = agent_of_staff_number(&app.api, "1").await.unwrap();
    let hr = app.agent("Rh", &[events::account::Role::Hr]).await;
    let taken = serde_json::json!({ "type": "annual-leave", "first": "2026-02-02", "last": "2026-02-20" });
    let (status, body) = app.post(&hr, &format!("/v1/agents/{agent}/absences"), taken).await;
    assert_eq!(status, 201, "{body}");
    let left = ASSIGNMENTS.replace("1,d1,1985-06-26,9999-01-01", "1,d1,1985-06-26,2026-04-01");
    let report = import_hr(&app.api, folder(&[("dept_emp_1_2.csv", left.as_bytes())]).path(), &app.operator()).await;
    let report = report.unwrap();
    let overdrawn: Vec<_> =
        report.overdrawn.iter().map(|one| (one.number, one.counter.as_str(), one.half_days)).collect();
    assert_eq!(overdrawn, [(1, "annual-leave:2026", 17)]);
    assert!(report.to_string().contains("agent 1 : il manque 8,5 jours à annual-leave:2026"), "{report}");
}

/// A term of office with a corrected date takes the place of the wrong one, and one that human resources put right stays.
#[tokio::test]
async fn a_corrected_term_of_office_takes_the_place_of_the_wrong_one() {
    let app = App::start().await;
    read(&app, folder(&[]).path()).await;
    let hr = app.agent("Rh", &[events::account::Role::Hr]).await;
    let units = app.api.journal().unit::<commands::unit::Unit>(app.operator());
    let unit = uuid::Uuid::new_v5(&uuid::Uuid::from_u128(0x6d1f_70a8_2c2e_4f0b_9a55_3c1e_88b7_0d42), b"d1");
    let led = async || {
        let state = units.fresh_state(unit).await.unwrap().into_inner();
        state.managers().iter().map(|(from, manager)| (from.to_string(), *manager)).collect::<Vec<_>>()
    };
    let (nine, two) =
        (agent_of_staff_number(&app.api, "9").await.unwrap(), agent_of_staff_number(&app.api, "2").await.unwrap());
    let until = MANAGERS.replace("2000-01-01,9999-01-01", "2000-05-01,2020-01-01");
    let corrected: [(&str, &[u8]); 1] = [("dept_manager.csv", until.as_bytes())];
    assert_eq!(read(&app, folder(&corrected).path()).await, (3, vec![]));
    assert_eq!(led().await, [("2000-05-01".to_owned(), Some(nine)), ("2020-01-01".to_owned(), None)]);

    let appoint = serde_json::json!({ "manager": two, "from": "2020-01-01" });
    assert_eq!(app.post(&hr, &format!("/v1/units/{unit}/manager"), appoint).await.0, 200);
    let before = app.api.head().position();
    assert_eq!(read(&app, folder(&corrected).path()).await, (3, vec![]));
    assert_eq!(app.api.head().position(), before, "what human resources put right stays");

    let torn = format!("{MANAGERS}x,d1,2000-01-01,9999-01-01\n");
    read(&app, folder(&[("dept_manager.csv", torn.as_bytes())]).path()).await;
    assert_eq!(led().await.len(), 3, "a row that cannot be read withdraws nothing");
    let nobody: [(&str, &[u8]); 1] = [("dept_manager.csv", b"emp_no,dept_no,from_date,to_date\n")];
    read(&app, folder(&nobody).path()).await;
    assert_eq!(led().await, [("2020-01-01".to_owned(), Some(two))]);
}

/// Rows that overlap say who is where on each day: the one that began last, and after its end the one that runs on.
#[tokio::test]
async fn rows_that_overlap_leave_nobody_in_the_wrong_place() {
    let app = App::start().await;
    let header = "emp_no,dept_no,from_date,to_date\n";
    let managers = format!("{header}9,d1,2020-01-01,2022-01-01\n8,d1,2021-01-01,9999-01-01\n");
    let assignments = format!("{header}2,d1,2015-01-01,9999-01-01\n2,d2,2018-01-01,2019-01-01\n");
    let overlapping = [("dept_manager.csv", managers.as_bytes()), ("dept_emp_1_2.csv", assignments.as_bytes())];
    let titles = ("titles.csv", b"emp_no,title,from_date,to_date\n".as_slice());
    assert_eq!(read(&app, folder(&[overlapping[0], overlapping[1], titles]).path()).await, (3, vec![]));
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let unit =
        |code: &[u8]| uuid::Uuid::new_v5(&uuid::Uuid::from_u128(0x6d1f_70a8_2c2e_4f0b_9a55_3c1e_88b7_0d42), code);
    let units = app.api.journal().unit::<commands::unit::Unit>(app.operator());
    let led = units.fresh_state(unit(b"d1")).await.unwrap().into_inner();
    let eight = agent_of_staff_number(&app.api, "8").await.unwrap();
    assert_eq!(led.manager_on(day("2026-01-01")), Some(eight), "the first term ends within the second");
    let employments = app.api.journal().unit::<commands::employment::Employment>(app.operator());
    let agent = agent_of_staff_number(&app.api, "2").await.unwrap();
    let employment = employments.fresh_state(agent).await.unwrap().into_inner();
    let placed = |date| employment.units().on(day(date)).map(|unit| unit.as_uuid());
    assert_eq!([placed("2018-06-01"), placed("2019-01-01")], [Some(unit(b"d2")), Some(unit(b"d1"))]);
}

#[tokio::test]
async fn who_leads_a_department_and_whose_place_cannot_be_read_is_not_in_service_since_his_term() {
    let app = App::start().await;
    let assignments = format!("{ASSIGNMENTS}9,d1,1995-02-30,9999-01-01\n");
    let (employments, bad) = read(&app, folder(&[("dept_emp_1_2.csv", assignments.as_bytes())]).path()).await;
    assert_eq!((employments, bad.len()), (2, 1), "{bad:?}");
    assert_eq!(app.events(agent_of_staff_number(&app.api, "9").await.unwrap()).await, [""; 0]);
}

const IN_TURN: &str = "deux personnes seraient chacune le supérieur de l’autre, directement ou non, un jour au moins — two would manage each other, directly or not, on some day";

/// Neither a term of office nor an assignment makes two manage each other; terms that follow each other do not.
#[tokio::test]
async fn an_hr_base_makes_nobody_the_manager_of_his_own_manager() {
    let app = App::start().await;
    let header = "emp_no,dept_no,from_date,to_date\n";
    let managers = format!("{header}1,d1,2000-01-01,2010-01-01\n2,d2,2005-01-01,9999-01-01\n");
    let crossed = format!("{header}1,d2,2000-01-01,9999-01-01\n2,d1,2000-01-01,9999-01-01\n");
    let parted = format!("{header}1,d2,2000-01-01,9999-01-01\n2,d2,2000-01-01,9999-01-01\n");
    let base = |managers: &str, assignments: &str| {
        folder(&[("dept_manager.csv", managers.as_bytes()), ("dept_emp_1_2.csv", assignments.as_bytes())])
    };
    let refused = |row: &str, said: &str| (2, vec![format!("{row} : {said}")]);
    let of_field = format!("emp_no : {}", IN_TURN.replace("— ", "— emp_no: "));
    assert_eq!(read(&app, base(&managers, &crossed).path()).await, refused("dept_manager.csv, ligne 3", &of_field));
    let apart = managers.replace("2010-01-01", "2005-01-01");
    assert_eq!(read(&app, base(&apart, &crossed).path()).await, (2, vec![]), "one after the other");

    let app = App::start().await;
    assert_eq!(read(&app, base(&managers, &parted).path()).await, (2, vec![]));
    let (employments, bad) = read(&app, base(&managers, &crossed).path()).await;
    assert_eq!((employments, bad), (1, vec![format!("dept_emp_1_2.csv, ligne 3 : {IN_TURN}")]));
}

#[tokio::test]
async fn an_hr_base_places_nobody_in_a_unit_after_its_last_day() {
    let app = App::start().await;
    let hr = app.agent("Rh", &[events::account::Role::Hr]).await;
    let (status, unit) = app.post(&hr, "/v1/units", serde_json::json!({ "code": "d2", "name": "Voirie" })).await;
    assert_eq!(status, 201, "{unit}");
    let close = format!("/v1/units/{}/close", unit["unit"].as_str().unwrap());
    assert_eq!(app.post(&hr, &close, serde_json::json!({ "on": "2002-12-31" })).await.0, 200);
    let (employments, bad) = read(&app, folder(&[]).path()).await;
    assert_eq!(employments, 3);
    assert_eq!(
        bad,
        [
            "departments, ligne 3 : Déjà enregistré — Already recorded",
            "dept_emp_1_2.csv, ligne 4 : dept_no : cette unité est fermée après le 2002-12-31 — dept_no: the unit is closed after 2002-12-31",
        ]
    );
    let journal = app.api.journal().unit::<commands::employment::Employment>(app.operator());
    let agent = agent_of_staff_number(&app.api, "2").await.unwrap();
    assert_eq!(journal.fresh_state(agent).await.unwrap().inner().units().iter().count(), 1, "the unit before");
}

#[tokio::test]
async fn bad_rows_of_an_hr_base_are_named_and_the_rest_recorded() {
    let app = App::start().await;
    let wrong = [
        ("dept_emp_1_2.csv", b"emp_no,dept_no,from_date,to_date\n1,d1,2001-02-30,9999-01-01\n1,d1,2001-02-28,9999-01-01\nx,d1,2001-01-01,9999-01-01\n2,d9,2001-01-01,9999-01-01\n2,d1,2002-01-01,2001-01-01\n1,d2,2001-02-28,9999-01-01\n3,d\xe91,2001-01-01,9999-01-01\n3,d1\n".as_slice()),
    ];
    let (employments, bad) = read(&app, folder(&wrong).path()).await;
    assert_eq!(employments, 2, "1 and the manager");
    assert_eq!(
        bad,
        [
            "dept_emp_1_2.csv, ligne 2 : from_date : n’est pas une date existante écrite AAAA-MM-JJ — from_date: not an existing date written YYYY-MM-DD",
            "dept_emp_1_2.csv, ligne 4 : emp_no : n’est pas un nombre entier — emp_no: not a whole number",
            "dept_emp_1_2.csv, ligne 5 : dept_no : ce service n’existe pas — dept_no: no such department",
            "dept_emp_1_2.csv, ligne 6 : to_date : n’est pas après from_date — to_date: not after from_date",
            "dept_emp_1_2.csv, ligne 7 : from_date : la ligne 3 dit déjà quelque chose à partir de cette date — from_date: line 3 says something from this date already",
            "dept_emp_1_2.csv, ligne 8 : n’est pas une ligne de CSV en UTF-8 aux guillemets refermés — not a line of CSV in UTF-8 with quotes that close",
            "dept_emp_1_2.csv, ligne 9 : 2 champs, et la première ligne en nomme 4 — 2 fields where the first line names 4",
            "titles.csv, ligne 3 : emp_no : aucun service n’a cette personne — emp_no: no department has this person",
        ]
    );
}

#[tokio::test]
async fn files_that_are_missing_or_have_other_columns_change_nothing() {
    let app = App::start().await;
    let said = async |folder: tempfile::TempDir| {
        import_hr(&app.api, folder.path(), &app.operator()).await.unwrap_err().to_string()
    };
    assert!(
        said(folder(&[("titles.csv", b"emp_no,from_date,to_date\n")])).await.ends_with("column `title` is missing")
    );
    assert!(said(folder(&[("titles.csv", b"")])).await.contains("titles.csv : le fichier est vide"));
    assert!(
        said(folder(&[("dept_emp_2.csv", b"emp_no\n")]))
            .await
            .contains("one file named dept_emp*.csv is needed, 2 are")
    );
    assert!(matches!(import_hr(&app.api, Path::new("/nowhere"), &app.operator()).await, Err(HrError::Folder { .. })));
    assert_eq!(app.api.head().position().get(), 0);
}

async fn absences(app: &App, rows: &[u8]) -> write_api::import::AbsencesReport {
    let reading = Reading { name: "a.csv", first_year: 2007, people: People::Plus(0) };
    let file = [HEADER.as_bytes(), rows].concat();
    import_absences(&app.api, &Input::Bytes(file.into()), reading, &app.operator()).await.unwrap()
}

#[tokio::test]
async fn absences_are_recorded_on_the_first_free_days_and_bad_rows_named() {
    let app = App::start().await;
    read(&app, folder(&[]).path()).await;
    let rows = b"1,23,7,3,1,2\n1,23,7,3,1,8\n1,26,8,2,1,4\n1,0,8,3,1,0\n1,23,0,3,1,4\n1,23,13,3,1,4\n1,23,8,9,1,4\n9,1,8,3,1,40\n77,1,8,3,1,8\n1,99,8,3,1,8\n1,1,8,7,1,8\n1,1,8,-1,1,8\n1,caf\xe9,8,2,1,8\n";
    let report = absences(&app, rows).await;
    assert_eq!((report.rows, report.sicknesses, report.sick_half_days), (13, 3, 1 + 2 + 10));
    assert_eq!((report.other_absences, report.other_half_days, report.agents), (1, 1, 2));
    let lines: Vec<u64> = report.bad.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, [5, 6, 7, 8, 10, 11, 12, 13, 14], "{:?}", report.bad);

    let before = app.api.head().position();
    let again = absences(&app, rows).await;
    assert_eq!((again.sicknesses, again.known_before, again.bad.len()), (0, 4, 9));
    assert_eq!(app.api.head().position(), before, "nothing twice");

    // The first row corrected, and one put before all.
    let corrected = b"9,26,7,2,1,4\n1,23,7,3,1,12\n1,23,7,3,1,8\n1,26,8,2,1,4\n9,1,8,3,1,40\n";
    let corrected = absences(&app, corrected).await;
    assert_eq!((corrected.known_before, corrected.bad.len()), (3, 0), "{corrected:?}");
    assert_eq!((corrected.sicknesses, corrected.other_absences), (1, 1), "{corrected:?}");
}

#[tokio::test]
async fn absences_of_a_year_that_nobody_knows_of_yet_are_refused_line_by_line() {
    let app = App::start().await;
    read(&app, folder(&[]).path()).await;
    let reading = Reading { name: "a.csv", first_year: 2090, people: People::Plus(0) };
    let file = [HEADER.as_bytes(), b"1,26,8,2,1,4\n1,23,8,3,1,8\n"].concat();
    let report = import_absences(&app.api, &Input::Bytes(file.into()), reading, &app.operator()).await.unwrap();
    assert_eq!((report.sicknesses, report.other_absences), (0, 0));
    let bad: Vec<String> = report.bad.iter().map(ToString::to_string).collect();
    assert!(bad.len() == 2 && bad.iter().all(|bad| bad.contains("au plus 366 jours à l’avance")), "{bad:?}");
}

#[tokio::test]
async fn an_account_of_a_staff_number_is_that_of_the_hr_base_and_there_is_one() {
    let app = App::start().await;
    read(&app, folder(&[]).path()).await;
    let hr = app.agent("Rh", &[events::account::Role::Hr]).await;
    let person = |name: &str| serde_json::json!({ "given_name": "Jean", "family_name": name, "staff_number": "2" });
    let (status, body) = app.post(&hr, "/v1/accounts", person("Martin")).await;
    assert_eq!(status, 201, "{body}");
    let agent = agent_of_staff_number(&app.api, "2").await.unwrap();
    assert_eq!(body["account"], serde_json::json!(agent));
    let again = app.post(&hr, "/v1/accounts", person("Durand")).await;
    assert_eq!(crate::app::slug(&again), "already-recorded");
}

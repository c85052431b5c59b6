//! Balances, explained to each as far as he may know.

use super::world::{Unit, append, day};
use crate::world::{ok, refusal};
use events::CreditId;
use events::delegation::DelegationScope;
use events::employment::{EmploymentEvent, Quota};
use events::leave::{AbsenceEvent, Counter, CounterKind, CreditCause, LeaveType};
use rules::HalfDays;
use std::collections::BTreeSet;

#[tokio::test]
async fn a_balance_is_explained_and_is_as_it_was_known() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let counter = |balance: &serde_json::Value| {
        let counters = balance["counters"].as_array().unwrap().clone();
        counters.into_iter().find(|one| one["counter"] == "annual-leave:2027").unwrap()
    };
    let before = unit.json(&agent, "/v1/me/balance").await;
    assert_eq!((&counter(&before)["acquired"], &counter(&before)["available"]), (&50.into(), &50.into()));
    assert!(counter(&before)["entries"][0]["because"]["source"].as_str().unwrap().contains("85-1250"));
    let known_at: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(&unit.world.database.owner()).await.unwrap();

    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    let after = unit.json(&agent, "/v1/me/balance").await;
    assert_eq!((&counter(&after)["reserved"], &counter(&after)["available"]), (&4.into(), &46.into()));
    unit.approve(&agent, leave).await;
    let after = unit.json(&agent, "/v1/me/balance?at=2027-02-01").await;
    assert_eq!((&counter(&after)["taken"], &counter(&after)["booked"]), (&2.into(), &2.into()));

    let instant = known_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let then = unit.json(&agent, &format!("/v1/me/balance?known_at={instant}")).await;
    assert_eq!(counter(&then), counter(&before));
    let unknown = format!("/v1/agents/{}/balance", events::AccountId::new());
    assert_eq!(refusal(unit.world.get(&unit.hr, &unknown)).await, "not-found");
    for date in ["9999-01-01", "1989-12-31", "2026-2-3", "2026-02-30", "2026-02-03T00:00:00Z", "%202026-2-3"] {
        let path = format!("/v1/me/balance?at={date}");
        assert_eq!(refusal(unit.world.get(&agent, &path)).await, "invalid-field: query at", "{date}");
    }
    for instant in ["2026-2-3T9:0:0Z", "2026-02-03", "2026-02-03T09:00:00"] {
        let path = format!("/v1/me/balance?known_at={instant}");
        assert_eq!(refusal(unit.world.get(&agent, &path)).await, "invalid-field: query known_at", "{instant}");
    }

    let path = unit.now("/v1/me/balance");
    let tag = ok(unit.world.get(&agent, &path)).await.headers()["etag"].clone();
    let fresh = unit.world.get(&agent, &path).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(fresh.status(), 304);
}

#[tokio::test]
async fn a_balance_tells_who_decides_on_leave_nothing_of_sickness() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let time = EmploymentEvent::WorkingTimeSet {
        quota: Quota::FULL,
        full_time_week_minutes: 2340,
        annualised: false,
        from: day("2020-01-01"),
    };
    append(&unit.world, agent.id.as_uuid(), vec![time]).await;
    let sickness = unit.fall_sick(&agent, "2027-01-04", "2027-06-30").await.to_string();
    let path = format!("/v1/agents/{}/balance?at=2027-12-31", agent.id);
    for (name, who, told) in [
        ("agent", &unit.agent, true),
        ("hr", &unit.hr, true),
        ("manager", &unit.manager, false),
        ("delegate", &unit.delegate, false),
    ] {
        let balance = unit.json(who, &path).await;
        let rtt = balance["counters"].as_array().unwrap().iter().find(|one| one["counter"] == "rtt:2027").unwrap();
        assert_ne!(rtt["debited"], 0, "{name}");
        let text = balance.to_string();
        assert_eq!(text.contains(&sickness), told, "{name} {text}");
        assert_eq!(text.contains("rtt_sickness"), told, "{name} {text}");
        assert_eq!(text.contains(r#""because":{"kind":"adjustment"}"#), !told, "{name} {text}");
        assert!(text.contains("85-1250"), "{name}: what the law gives is explained");
    }
}

/// A delegation is no more than what it is for.
#[tokio::test]
async fn a_delegate_by_type_sees_the_counters_of_what_he_decides_on() {
    let mut unit = Unit::open().await;
    let path = format!("/v1/agents/{}/balance", unit.agent.id);
    let of_types = async |unit: &mut Unit, types: &[LeaveType]| {
        let scope = DelegationScope { types: types.to_vec(), ..DelegationScope::default() };
        let delegate = unit.delegate_from("2027-01-01", scope).await;
        let balance = unit.json(&delegate, &path).await;
        let kind = |row: &serde_json::Value| row["counter"].as_str().unwrap().split(':').next().unwrap().to_owned();
        balance["counters"].as_array().unwrap().iter().map(kind).collect::<BTreeSet<_>>()
    };
    assert_eq!(of_types(&mut unit, &[LeaveType::SickChild]).await, ["sick-child".to_owned()].into());
    assert_eq!(of_types(&mut unit, &[LeaveType::Unpaid]).await, BTreeSet::new());
    let annual = of_types(&mut unit, &[LeaveType::Unpaid, LeaveType::AnnualLeave]).await;
    assert!(annual.contains("annual-leave") && !annual.contains("sick-child"), "{annual:?}");
    let all = of_types(&mut unit, &[]).await;
    assert!(all.is_superset(&annual) && all.contains("sick-child"), "{all:?}");
}

/// Who leaves is paid for what sickness kept him from taking; his manager is not told of it.
#[tokio::test]
async fn what_sickness_kept_from_being_taken_is_paid_at_the_end_of_service() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let path = format!("/v1/agents/{}/balance?gross_month_cents=312550", agent.id);
    let indemnity = async |unit: &Unit, who| unit.json(who, &path).await["indemnity"].clone();
    unit.fall_sick(&agent, "2027-06-01", "2027-06-30").await;
    assert_eq!(indemnity(&unit, &unit.hr).await, serde_json::Value::Null, "he stays");
    let left = EmploymentEvent::ServiceLeft { on: day("2027-06-30") };
    unit.position = append(&unit.world, agent.id.as_uuid(), vec![left]).await;
    let told = serde_json::json!({
        "last_day": "2027-06-30", "hindrance": "sickness", "not_taken_half_days": 25, "paid_half_days": 25,
        "per_day_cents": 15_002, "total_cents": 187_530, "source": "Décret n° 85-1250, art. 5-2 ; arrêté du 21 juin 2025",
    });
    assert_eq!(indemnity(&unit, &unit.hr).await, told);
    assert_eq!(indemnity(&unit, &agent).await, told);
    assert_eq!(indemnity(&unit, &unit.manager).await, serde_json::Value::Null);
    assert_eq!(
        unit.json(&unit.hr, &format!("/v1/agents/{}/balance", agent.id)).await["indemnity"],
        serde_json::Value::Null
    );
    for cents in ["0", "-1", "1.5", "abc", "", "4294967296"] {
        let path = format!("/v1/me/balance?gross_month_cents={cents}");
        assert_eq!(refusal(unit.world.get(&agent, &path)).await, "invalid-field: query gross_month_cents", "{cents}");
        for (language, says) in
            [("fr", "attendu : un entier de 1 à 4294967295"), ("en", "expected an integer from 1 to 4294967295")]
        {
            let request = unit.world.get(&agent, &path).header("accept-language", language);
            let problem: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
            assert_eq!(problem["errors"][0]["detail"], says, "{cents}");
        }
    }
}

/// What a correction of the employment leaves without rights is told to human resources, and to nobody else.
#[tokio::test]
async fn what_is_overdrawn_since_a_correction_is_listed_for_human_resources() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    unit.request(&agent, "2027-02-01", "2027-02-12").await;
    let listed = async |unit: &Unit| unit.json(&unit.hr, "/v1/overdrafts").await["items"].clone();
    assert_eq!(listed(&unit).await, serde_json::json!([]));
    let left = EmploymentEvent::ServiceLeft { on: day("2027-03-31") };
    unit.position = append(&unit.world, agent.id.as_uuid(), vec![left]).await;
    let overdrafts = listed(&unit).await;
    let row = &overdrafts[0];
    assert_eq!((&row["counter"], &row["half_days"]), (&"annual-leave:2027".into(), &11.into()), "{overdrafts}");
    assert_eq!((&row["first"], &row["last"]), (&"2027-02-01".into(), &"2027-02-12".into()), "{overdrafts}");
    assert_eq!(row["who"]["account"], agent.id.to_string(), "{overdrafts}");
    assert_eq!(refusal(unit.world.get(&unit.manager, "/v1/overdrafts")).await, "not-allowed");
}

/// Leave stays as it was counted when the employment is corrected, and a correction is proposed.
#[tokio::test]
async fn what_would_be_counted_otherwise_is_proposed_and_not_changed() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let leave = unit.request(&agent, "2027-02-01", "2027-02-05").await;
    let listed = async |unit: &Unit| unit.json(&unit.hr, "/v1/proposed-corrections").await["items"].clone();
    assert_eq!(listed(&unit).await, serde_json::json!([]));
    let pattern = events::pattern::WorkCycle::weekly("11110011110000").unwrap();
    let without_wednesday = EmploymentEvent::WorkPatternSet { pattern, from: day("2020-01-01") };
    unit.position = append(&unit.world, agent.id.as_uuid(), vec![without_wednesday]).await;
    assert_eq!(listed(&unit).await, serde_json::json!([]), "what is not granted yet is amended or refused");
    unit.approve(&agent, leave).await;
    let proposals = listed(&unit).await;
    let row = &proposals[0];
    assert_eq!((&row["leave"], &row["release"]), (&leave.to_string().into(), &serde_json::json!(["2027-02-03"])));
    assert_eq!(row["add"], serde_json::json!([]), "{proposals}");
    let balance = unit.json(&agent, "/v1/me/balance").await;
    let annual = balance["counters"].as_array().unwrap().iter().find(|one| one["counter"] == "annual-leave:2027");
    assert_eq!(annual.unwrap()["booked"], 10, "{balance}");
    assert_eq!(refusal(unit.world.get(&unit.manager, "/v1/proposed-corrections")).await, "not-allowed");
}

/// What was carried over after a sickness is proposed to be taken back when that is shortened, and stays meanwhile.
#[tokio::test]
async fn what_a_correction_leaves_without_a_ground_is_proposed_to_be_taken_back() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let sickness = unit.fall_sick(&agent, "2026-11-02", "2027-01-14").await;
    let credited = AbsenceEvent::RightCredited {
        credit: CreditId::new(),
        counter: Counter::of(CounterKind::CarriedOver, 2026),
        half_days: HalfDays::days(14),
        effective: day("2027-01-15"),
        usable_until: Some(day("2028-04-14")),
        cause: CreditCause::CarryOverAfterSickness,
        motive: None,
    };
    unit.record(&agent, credited).await;
    let listed = async |unit: &Unit| unit.json(&unit.hr, "/v1/proposed-corrections").await["items"].clone();
    assert_eq!(listed(&unit).await, serde_json::json!([]));
    let period = events::period::Period::days(day("2026-11-09"), day("2027-01-14")).unwrap();
    let motive = unit.words(&agent, "motive", sickness.as_uuid(), "reprise").await;
    let released = period.half_days().collect();
    unit.record(&agent, AbsenceEvent::SicknessShortened { sickness, released, motive }).await;
    let proposals = listed(&unit).await;
    let row = &proposals[0];
    assert_eq!((&row["counter"], &row["debit"]), (&"carried-over:2026".into(), &28.into()), "{proposals}");
    assert_eq!(row["who"]["account"], agent.id.to_string(), "{proposals}");
}

//! Sickness and proofs, as each may read them.

use super::world::{Unit, day};
use crate::world::{ok, refusal, until};
use events::leave::{AbsenceEvent, CertificateTiming, ProofSubject, SicknessNature};
use events::period::{HalfDay, Period};
use events::{HalfDaySet, KeyId, ProofId, Sealed, SicknessId};
use rules::RuleBook;
use uuid::Uuid;

const FILE: &[u8] = b"%PDF-1.7 a certificate";

#[tokio::test]
async fn who_reads_which_proof() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let leave = unit.request(&agent, "2027-02-01", "2027-02-05").await;
    let sickness = unit.fall_sick(&agent, "2027-03-01", "2027-03-02").await;
    let plain = unit.attach(&agent, ProofSubject::Leave(leave), false, FILE).await;
    let of_leave = unit.attach(&agent, ProofSubject::Leave(leave), true, FILE).await;
    let of_sickness = unit.attach(&agent, ProofSubject::Sickness(sickness), true, FILE).await;
    for (name, who, expected) in [
        ("agent", unit.agent.clone(), [200, 404, 404]),
        ("colleague", unit.colleague.clone(), [404, 404, 404]),
        ("manager", unit.manager.clone(), [200, 404, 404]),
        ("delegate", unit.delegate.clone(), [200, 404, 404]),
        ("expired delegate", unit.expired.clone(), [404, 404, 404]),
        ("other unit's manager", unit.other_manager.clone(), [404, 404, 404]),
        ("hr", unit.hr.clone(), [200, 404, 404]),
        ("hr-health", unit.hr_health.clone(), [404, 200, 200]),
        ("auditor", unit.auditor.clone(), [404, 404, 404]),
    ] {
        for (proof, status) in [plain, of_leave, of_sickness].into_iter().zip(expected) {
            let declared = unit.declare(&who, &agent, proof).await;
            assert_eq!(unit.status(&who, &declared).await, status, "{name} {proof}");
            let undeclared = if status == 200 && who.id != agent.id { 403 } else { status };
            assert_eq!(unit.status(&who, &format!("/v1/proofs/{proof}")).await, undeclared, "{name} {proof}");
        }
    }
    let shown = |of: &serde_json::Value| of["proofs"].as_array().unwrap().len();
    let path = format!("/v1/leave-requests/{leave}");
    let own = unit.json(&agent, &path).await;
    assert_eq!((shown(&own), &own["proofs"][1]["medical"]), (2, &true.into()), "he knows that the medical one arrived");
    assert_eq!(shown(&unit.json(&unit.manager, &path).await), 1, "others are not told of it");
    assert_eq!(unit.json(&unit.manager, &path).await["proofs"][0]["proof"], plain.to_string());
}

#[tokio::test]
async fn health_officers_find_the_medical_proofs_of_leave_and_sickness() {
    let mut unit = Unit::open().await;
    let (agent, officer) = (unit.agent.clone(), unit.hr_health.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-05").await;
    let sickness = unit.fall_sick(&agent, "2027-03-01", "2027-03-02").await;
    unit.attach(&agent, ProofSubject::Leave(leave), false, FILE).await;
    let of_leave = unit.attach(&agent, ProofSubject::Leave(leave), true, FILE).await;
    let of_sickness = unit.attach(&agent, ProofSubject::Sickness(sickness), true, FILE).await;
    let first = unit.json(&officer, "/v1/proofs?limit=1").await;
    assert_eq!(first["items"][0]["proof"], of_sickness.to_string());
    let cursor = first["next"].as_str().unwrap().split("cursor=").last().unwrap().to_owned();
    let second = unit.json(&officer, &format!("/v1/proofs?limit=1&cursor={cursor}")).await;
    assert_eq!(
        (second["items"].as_array().unwrap().len(), &second["next"]),
        (1, &().into()),
        "the plain one is not his"
    );
    let found = &second["items"][0];
    assert_eq!((&found["proof"], &found["media_type"]), (&of_leave.to_string().into(), &"application/pdf".into()));
    assert_eq!(found["who"]["account"], agent.id.to_string());
    for page in [&first, &second] {
        assert!(!page.to_string().contains(&leave.to_string()) && !page.to_string().contains(&sickness.to_string()));
    }
    let declared = unit.declare(&officer, &agent, of_leave).await;
    assert_eq!(unit.status(&officer, &declared).await, 200);
}

#[tokio::test]
async fn a_file_comes_as_it_was_attached_and_to_be_saved() {
    let mut unit = Unit::open().await;
    let (agent, officer) = (unit.agent.clone(), unit.hr_health.clone());
    let sickness = unit.fall_sick(&agent, "2027-03-01", "2027-03-02").await;
    let proof = unit.attach(&agent, ProofSubject::Sickness(sickness), true, FILE).await;
    let path = unit.declare(&officer, &agent, proof).await;
    let answer = ok(unit.world.get(&officer, &unit.now(&path))).await;
    for (header, value) in [
        ("content-type", "application/pdf"),
        ("content-disposition", "attachment; filename*=UTF-8''certificat%20m%C3%A9dical%2Epdf"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.headers()[header], value);
    }
    assert_eq!(answer.bytes().await.unwrap(), FILE);

    unit.world.vault.destroy_subject(agent.id.as_uuid()).await.unwrap();
    until(async || unit.status(&officer, &path).await == 410).await;
    assert_eq!(refusal(unit.world.get(&officer, &unit.now(&path))).await, "erased");
}

#[tokio::test]
async fn a_reading_is_of_one_reader_and_one_proof() {
    let mut unit = Unit::open().await;
    let (agent, officer, hr) = (unit.agent.clone(), unit.hr_health.clone(), unit.hr.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-05").await;
    let medical = unit.attach(&agent, ProofSubject::Leave(leave), true, FILE).await;
    let other = unit.attach(&agent, ProofSubject::Leave(leave), true, FILE).await;
    let of_another = unit.declare(&hr, &agent, medical).await;
    let of_other = unit.declare(&officer, &agent, other).await.replace(&other.to_string(), &medical.to_string());
    let of_nobody = unit.declare(&officer, &hr, medical).await;
    for path in [of_another, of_other, of_nobody] {
        assert_eq!(refusal(unit.world.get(&officer, &unit.now(&path))).await, "reading-not-declared", "{path}");
    }
    let path = format!("/v1/proofs/{}", ProofId::new());
    assert_eq!(refusal(unit.world.get(&officer, &path)).await, "not-found");
    let path = format!("/v1/proofs/{medical}?reading=x");
    assert_eq!(refusal(unit.world.get(&officer, &path)).await, "invalid-field: query reading");
}

#[tokio::test]
async fn the_agent_and_health_officers_see_what_sickness_is_and_how_it_is_paid() {
    let mut unit = Unit::open().await;
    let (agent, officer) = (unit.agent.clone(), unit.hr_health.clone());
    let sickness = unit.fall_sick(&agent, "2027-01-04", "2027-01-08").await;
    let injury = unit.fall_sick_of(&agent, "2027-03-01", "2027-03-05", SicknessNature::WorkInjury).await;
    let (issued, sent) = (day("2027-01-04"), day("2027-01-07"));
    let received = AbsenceEvent::CertificateReceived { sickness, issued, sent, timing: CertificateTiming::Late };
    unit.record(&agent, received).await;
    let proof = unit.attach(&agent, ProofSubject::Sickness(sickness), true, FILE).await;
    let path = format!("/v1/agents/{}/sicknesses", agent.id);
    for who in [&unit.colleague, &unit.manager, &unit.hr, &unit.auditor] {
        assert_eq!(unit.status(who, &path).await, 403);
    }

    let shown = unit.json(&officer, &path).await;
    assert_eq!(
        (&shown[0]["sickness"], &shown[1]["sickness"]),
        (&sickness.to_string().into(), &injury.to_string().into())
    );
    assert_eq!((&shown[0]["start"], &shown[0]["half_days"]), (&"2027-01-04 AM".into(), &10.into()));
    assert_eq!((&shown[0]["nature"], &shown[1]["nature"]), (&"ordinary".into(), &"work-injury".into()));
    assert_eq!(
        shown[0]["certificate"],
        serde_json::json!({ "issued": "2027-01-04", "sent": "2027-01-07", "timing": "late" })
    );
    assert_eq!(shown[0]["waiting_day"], "2027-01-04");
    let pay = serde_json::json!([
        { "first": "2027-01-04", "last": "2027-01-04", "share": "0" },
        { "first": "2027-01-05", "last": "2027-01-08", "share": "9/10" },
    ]);
    assert_eq!((&shown[0]["pay"], &shown[1]["pay"]), (&pay, &serde_json::json!([])));
    assert_eq!(shown[0]["proofs"][0]["proof"], proof.to_string());
    for own in ["/v1/me/sicknesses", &path] {
        assert_eq!(unit.json(&agent, own).await, shown, "{own}");
    }
    let (sent, timing) = (day("2027-01-05"), CertificateTiming::InTime);
    let motive = unit.words(&agent, "motive", sickness.as_uuid(), "une erreur de saisie").await;
    unit.record(&agent, AbsenceEvent::CertificateCorrected { sickness, issued, sent, timing, motive }).await;
    let corrected = serde_json::json!({ "issued": "2027-01-04", "sent": "2027-01-05", "timing": "in-time" });
    let shown = unit.json(&officer, &path).await;
    assert_eq!(shown[0]["certificate"], corrected);
    assert!(!shown.to_string().contains("saisie"), "{shown}");
    assert_eq!(unit.told(&agent).await[0], "CertificateCorrected");
    let notices = unit.json(&agent, "/v1/me/notices").await;
    assert_eq!(notices["items"][0]["absence"], sickness.to_string(), "and finds there what he was told of");

    unit.world.vault.destroy_subject(agent.id.as_uuid()).await.unwrap();
    until(async || unit.json(&officer, &path).await[0]["erased"] == true).await;
    assert!(unit.json(&officer, &path).await[0]["nature"].is_null());
}

/// A spell that takes no half-day of work, RTT being taken on all of it, is a sick leave; one that never was is none.
#[tokio::test]
async fn a_sickness_on_rtt_is_paid_as_any_until_it_is_void() {
    let mut unit = Unit::open().await;
    let (agent, sickness) = (unit.agent.clone(), SicknessId::new());
    let recorded = AbsenceEvent::SicknessRecorded {
        sickness,
        period: Period::days(day("2027-01-04"), day("2027-01-05")).unwrap(),
        half_days: HalfDaySet::default(),
        recredited: Vec::new(),
        rules: RuleBook::embedded().unwrap().version(),
        unit: None,
        details: None,
    };
    unit.record(&agent, recorded).await;
    let shown = unit.json(&agent, "/v1/me/sicknesses").await;
    assert_eq!((&shown[0]["half_days"], &shown[0]["waiting_day"]), (&0.into(), &"2027-01-04".into()), "{shown}");
    let motive = Sealed::new(KeyId::from_uuid(Uuid::nil()), Vec::new());
    unit.record(&agent, AbsenceEvent::SicknessShortened { sickness, released: HalfDaySet::default(), motive }).await;
    let shown = unit.json(&agent, "/v1/me/sicknesses").await;
    assert_eq!((&shown[0]["waiting_day"], &shown[0]["pay"]), (&().into(), &serde_json::json!([])), "{shown}");
}

#[tokio::test]
async fn the_waiting_day_of_who_fell_sick_after_a_morning_at_work_is_the_next() {
    let mut unit = Unit::open().await;
    let (agent, ordinary) = (unit.agent.clone(), SicknessNature::Ordinary);
    let from_afternoon =
        |first, last| Period::new(HalfDay::afternoon(day(first)), HalfDay::afternoon(day(last))).unwrap();
    unit.fall_sick_for(&agent, from_afternoon("2027-01-04", "2027-01-08"), ordinary).await;
    // Of a Saturday no morning is worked.
    unit.fall_sick_for(&agent, from_afternoon("2027-02-06", "2027-02-12"), ordinary).await;
    let shown = unit.json(&agent, "/v1/me/sicknesses").await;
    assert_eq!((&shown[0]["waiting_day"], &shown[1]["waiting_day"]), (&"2027-01-05".into(), &"2027-02-06".into()));
    let pay = serde_json::json!([
        { "first": "2027-01-05", "last": "2027-01-05", "share": "0" },
        { "first": "2027-01-06", "last": "2027-01-08", "share": "9/10" },
    ]);
    assert_eq!(shown[0]["pay"], pay);
}

#[tokio::test]
async fn a_medical_motive_is_for_the_agent_and_health_officers() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let treatment = unit.request_special(&agent, "pma_treatment", "2027-02-01", "2027-02-01").await;
    let marriage = unit.request_special(&agent, "marriage_or_pacs", "2027-02-08", "2027-02-12").await;
    for (name, who, sees) in [
        ("agent", &unit.agent, true),
        ("hr-health", &unit.hr_health, true),
        ("manager", &unit.manager, false),
        ("delegate", &unit.delegate, false),
        ("hr", &unit.hr, false),
    ] {
        for (leave, motive, sees) in [(treatment, "pma_treatment", sees), (marriage, "marriage_or_pacs", true)] {
            let shown = unit.json(who, &format!("/v1/leave-requests/{leave}")).await;
            assert_eq!(shown["track"][0]["special_motive"] == motive, sees, "{name} {motive}");
            assert_eq!(shown.to_string().contains(motive), sees, "{name} {motive}");
        }
        assert!(!unit.json(who, "/v1/me/validations").await.to_string().contains("pma"), "{name}");
    }
}

#[tokio::test]
async fn who_granted_a_leave_is_told_of_days_given_back_and_not_of_sickness() {
    let mut unit = Unit::open().await;
    let (agent, manager) = (unit.agent.clone(), unit.manager.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-03").await;
    unit.approve(&agent, leave).await;
    unit.fall_sick_on(&agent, leave, "2027-02-02", "2027-02-03").await;
    for who in [&manager, &unit.delegate.clone()] {
        assert_eq!(unit.told(who).await[0], "DaysGivenBack");
        let shown = unit.json(who, &format!("/v1/leave-requests/{leave}")).await;
        assert_eq!(shown["half_days"], serde_json::json!(["2027-02-01"]));
        assert_eq!((&shown["track"][2]["type"], &shown["track"][2]["by"]), (&"DaysGivenBack".into(), &().into()));
        assert!(!shown.to_string().contains("Sickness"), "{shown}");
    }
    let notices = unit.json(&manager, "/v1/me/notices").await;
    assert_eq!(notices["items"][0]["absence"], leave.to_string());
    assert!(!notices.to_string().contains("Sickness"), "{notices}");
    assert_eq!(unit.told(&agent).await, ["SicknessRecorded", "LeaveApproved"]);
}

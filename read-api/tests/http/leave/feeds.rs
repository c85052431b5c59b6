//! What a calendar feed tells of absences, and what it keeps to itself.

use super::world::{Unit, half_days};
use crate::world::{ok, refusal};
use events::account::Role;
use events::calendar_feed::{CalendarFeedEvent, FeedScope};
use events::leave::AbsenceEvent;

/// The events of a feed: UID, first day, end, status.
async fn shown(unit: &Unit, address: &str) -> Vec<[String; 4]> {
    // A feed waits for no position: those that do say when it is there.
    for path in ["/v1/me/calendar-feeds", "/v1/me/notices", "/v1/me/validations"] {
        unit.json(&unit.colleague, path).await;
    }
    let text = ok(unit.world.get_as_stranger(address)).await.text().await.unwrap().replace("\r\n ", "");
    let field = |event: &str, name: &str| {
        let line = event.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit(':').next().unwrap().to_owned()
    };
    let events = text.split("BEGIN:VEVENT").skip(1);
    let mut events: Vec<_> =
        events.map(|event| ["UID", "DTSTART", "DTEND", "STATUS"].map(|name| field(event, name))).collect();
    events.sort_by(|one, other| one[1].cmp(&other[1]));
    events
}

#[tokio::test]
async fn sickness_within_leave_is_not_told_from_it() {
    let mut unit = Unit::open().await;
    let (agent, colleague, of) = (unit.agent.clone(), unit.colleague.clone(), unit.unit);
    let (_, address) = unit.feed(&colleague, FeedScope::Unit(of)).await;
    let leave = unit.request(&agent, "2027-02-01", "2027-02-05").await;
    unit.approve(&agent, leave).await;
    let uid = format!("{}-2027-02-01-AM@intraparis", agent.id);
    let event = |last: &str, status: &str| [&uid, "20270201", last, status].map(ToString::to_string);
    assert_eq!(shown(&unit, &address).await, [event("20270206", "CONFIRMED")]);

    let within = unit.fall_sick_on(&agent, leave, "2027-02-03", "2027-02-03").await;
    assert_eq!(shown(&unit, &address).await, [event("20270206", "CONFIRMED")]);
    // It goes on after the leave: no day of work lies between.
    unit.fall_sick_on(&agent, leave, "2027-02-04", "2027-02-08").await;
    assert_eq!(shown(&unit, &address).await, [event("20270209", "CONFIRMED")]);
    let text = ok(unit.world.get_as_stranger(&address)).await.text().await.unwrap();
    assert!(!text.contains(&leave.to_string()) && !text.contains(&within.to_string()), "{text}");

    let taken_back = unit.request(&agent, "2027-03-01", "2027-03-02").await;
    unit.approve(&agent, taken_back).await;
    let (decider, days) = (unit.decider(), half_days(&["2027-03-01", "2027-03-02"]));
    unit.record(&agent, AbsenceEvent::CancellationAccepted { leave: taken_back, half_days: days, decider }).await;
    let uid = format!("{}-2027-03-01-AM@intraparis", agent.id);
    let cancelled = [&uid, "20270301", "20270303", "CANCELLED"].map(ToString::to_string);
    assert_eq!(shown(&unit, &address).await, [event("20270209", "CONFIRMED"), cancelled]);
}

#[tokio::test]
async fn days_given_back_part_an_absence_and_days_off_do_not() {
    let mut unit = Unit::open().await;
    let (agent, colleague, of) = (unit.agent.clone(), unit.colleague.clone(), unit.unit);
    let (_, team) = unit.feed(&colleague, FeedScope::Unit(of)).await;
    let (_, own) = unit.feed(&agent, FeedScope::Own).await;
    let leave = unit.request(&agent, "2027-02-01", "2027-02-12").await;
    unit.approve(&agent, leave).await;
    let days = |events: Vec<[String; 4]>| events.into_iter().map(|[_, first, end, _]| (first, end)).collect::<Vec<_>>();
    let stretches = |all: &[(&str, &str)]| {
        all.iter().map(|(first, end)| ((*first).to_owned(), (*end).to_owned())).collect::<Vec<_>>()
    };
    for address in [&team, &own] {
        assert_eq!(days(shown(&unit, address).await), stretches(&[("20270201", "20270213")]));
    }
    let decider = unit.decider();
    let given_back = half_days(&["2027-02-03", "2027-02-06", "2027-02-07"]);
    unit.record(&agent, AbsenceEvent::CancellationAccepted { leave, half_days: given_back, decider }).await;
    for address in [&team, &own] {
        let expected = stretches(&[("20270201", "20270203"), ("20270204", "20270213")]);
        assert_eq!(days(shown(&unit, address).await), expected);
    }
    let uids = shown(&unit, &own).await.into_iter().map(|[uid, ..]| uid).collect::<Vec<_>>();
    assert_eq!(uids, [format!("{leave}@intraparis"), format!("{leave}-1@intraparis")]);
}

#[tokio::test]
async fn human_resources_see_a_unit_as_long_as_they_are_that() {
    let mut unit = Unit::open().await;
    let (agent, of) = (unit.agent.clone(), unit.unit);
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    unit.approve(&agent, leave).await;
    let manager_elsewhere = unit.world.agent(&[Role::Manager]).await;
    for (owner, events) in [(unit.hr.clone(), 1), (unit.manager.clone(), 1), (manager_elsewhere, 0)] {
        let (_, address) = unit.feed(&owner, FeedScope::Unit(of)).await;
        unit.json(&owner, "/v1/me/calendar-feeds").await;
        assert_eq!(shown(&unit, &address).await.len(), events);
    }
}

#[tokio::test]
async fn a_feed_tells_absence_and_cancellation_and_ends_when_it_is_revoked() {
    let mut unit = Unit::open().await;
    let (agent, colleague) = (unit.agent.clone(), unit.colleague.clone());
    let leave = unit.request(&agent, "2027-02-01", "2027-02-02").await;
    let (of, decider) = (unit.unit, unit.decider());
    let (feed, address) = unit.feed(&colleague, FeedScope::Unit(of)).await;
    let text = async |unit: &Unit| {
        // A feed waits for no position: those that do say when it is there.
        for path in ["/v1/me/calendar-feeds", "/v1/me/notices"] {
            unit.json(&unit.colleague, path).await;
        }
        let text = ok(unit.world.get_as_stranger(&address)).await.text().await.unwrap();
        text.replace("\r\n ", "")
    };
    assert!(!text(&unit).await.contains("VEVENT"));
    ok(unit.world.get_as_stranger(address.strip_suffix(".ics").unwrap())).await;

    unit.approve(&agent, leave).await;
    let shown = text(&unit).await;
    let uid = format!("UID:{}-2027-02-01-AM@intraparis", agent.id);
    assert!(shown.contains(&uid) && shown.contains("STATUS:CONFIRMED"), "{shown}");
    assert!(shown.contains("DTSTART;VALUE=DATE:20270201") && shown.contains("DTEND;VALUE=DATE:20270203"), "{shown}");
    assert!(shown.contains("SUMMARY:Élodie Müller : absence"), "{shown}");
    assert!(!shown.contains("annual") && !shown.contains("Lisbonne"), "{shown}");

    let days = half_days(&["2027-02-01", "2027-02-02 AM"]);
    unit.record(&agent, AbsenceEvent::CancellationAccepted { leave, half_days: days, decider }).await;
    let shown = text(&unit).await;
    assert!(shown.contains("DTSTART:20270202T120000") && shown.contains("DTEND:20270203T000000"), "{shown}");
    let days = half_days(&["2027-02-02 PM"]);
    unit.record(&agent, AbsenceEvent::CancellationAccepted { leave, half_days: days, decider }).await;
    let shown = text(&unit).await;
    assert!(shown.contains(&uid) && shown.contains("STATUS:CANCELLED"), "{shown}");

    let revoked = vec![CalendarFeedEvent::CalendarFeedRevoked {}];
    unit.position = super::world::append(&unit.world, feed.as_uuid(), revoked).await;
    let feeds = unit.json(&colleague, "/v1/me/calendar-feeds").await;
    assert!(feeds[0]["revoked_at"].is_string());
    assert_eq!(refusal(unit.world.get_as_stranger(&address)).await, "not-found");
}

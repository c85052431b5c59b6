//! What a calendar feed tells of absences, and what it keeps to itself.

use super::world::{Unit, day, half_days};
use crate::world::{Agent, ok, refusal};
use chrono::NaiveDate;
use events::account::Role;
use events::calendar_feed::{CalendarFeedEvent, FeedScope};
use events::leave::AbsenceEvent;
use std::collections::BTreeSet;

/// The events of a feed: UID, first day, end, status.
async fn shown(unit: &Unit, address: &str) -> Vec<[String; 4]> {
    let text = ok(unit.world.get_as_stranger(&unit.now(address))).await.text().await.unwrap().replace("\r\n ", "");
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

/// What a unit is shown of a whole day of an agent.
fn of_day(agent: &Agent, date: &str, status: &str) -> [String; 4] {
    let written = |date: NaiveDate| date.format("%Y%m%d").to_string();
    let next = written(day(date).succ_opt().unwrap());
    [format!("{}-{date}@intraparis", agent.id), written(day(date)), next, status.to_owned()]
}

#[tokio::test]
async fn sickness_within_leave_is_not_told_from_it() {
    let mut unit = Unit::open().await;
    let (agent, colleague, of) = (unit.agent.clone(), unit.colleague.clone(), unit.unit);
    let (_, address) = unit.feed(&colleague, FeedScope::Unit(of)).await;
    let leave = unit.request(&agent, "2027-02-01", "2027-02-05").await;
    unit.approve(&agent, leave).await;
    let days = |dates: &[&str], status: &str| dates.iter().map(|date| of_day(&agent, date, status)).collect::<Vec<_>>();
    let week = ["2027-02-01", "2027-02-02", "2027-02-03", "2027-02-04", "2027-02-05"];
    assert_eq!(shown(&unit, &address).await, days(&week, "CONFIRMED"));

    let within = unit.fall_sick_on(&agent, leave, "2027-02-03", "2027-02-03").await;
    assert_eq!(shown(&unit, &address).await, days(&week, "CONFIRMED"));
    // It goes on after the leave, and over the days off between.
    unit.fall_sick_on(&agent, leave, "2027-02-04", "2027-02-08").await;
    let away = [&week[..], &["2027-02-08"]].concat();
    assert_eq!(shown(&unit, &address).await, days(&away, "CONFIRMED"));
    let text = ok(unit.world.get_as_stranger(&address)).await.text().await.unwrap();
    assert!(!text.contains(&leave.to_string()) && !text.contains(&within.to_string()), "{text}");
    // Nor by when something of one of the days was changed.
    for changed in ["SEQUENCE:", "DTSTAMP:"] {
        let said: BTreeSet<_> = text.lines().filter(|line| line.starts_with(changed)).collect();
        assert_eq!(said.len(), 1, "{said:?}");
    }

    let taken_back = unit.request(&agent, "2027-03-01", "2027-03-02").await;
    unit.approve(&agent, taken_back).await;
    let (decider, given_back) = (unit.decider(), half_days(&["2027-03-01", "2027-03-02"]));
    unit.record(&agent, AbsenceEvent::CancellationAccepted { leave: taken_back, half_days: given_back, decider }).await;
    let events = [days(&away, "CONFIRMED"), days(&["2027-03-01", "2027-03-02"], "CANCELLED")].concat();
    assert_eq!(shown(&unit, &address).await, events);
}

#[tokio::test]
async fn a_day_of_a_unit_has_its_event_for_good_whatever_becomes_of_the_absence() {
    let mut unit = Unit::open().await;
    let (agent, colleague, of) = (unit.agent.clone(), unit.colleague.clone(), unit.unit);
    let (_, address) = unit.feed(&colleague, FeedScope::Unit(of)).await;
    let expected =
        |days: &[(&str, &str)]| days.iter().map(|(date, status)| of_day(&agent, date, status)).collect::<Vec<_>>();
    let (on, off) = ("CONFIRMED", "CANCELLED");
    let leave = unit.request(&agent, "2027-02-01", "2027-02-03").await;
    unit.approve(&agent, leave).await;
    let sequence = async |unit: &Unit| {
        let text = ok(unit.world.get_as_stranger(&address)).await.text().await.unwrap();
        text.lines().find_map(|line| line.strip_prefix("SEQUENCE:")).unwrap().trim().parse::<u32>().unwrap()
    };
    assert_eq!(shown(&unit, &address).await, expected(&[("2027-02-01", on), ("2027-02-02", on), ("2027-02-03", on)]));
    let first = sequence(&unit).await;
    for (given_back, left) in [(&["2027-02-01", "2027-02-03"][..], on), (&["2027-02-02"], off)] {
        let (days, decider) = (half_days(given_back), unit.decider());
        unit.record(&agent, AbsenceEvent::CancellationAccepted { leave, half_days: days, decider }).await;
        let days = [("2027-02-01", off), ("2027-02-02", left), ("2027-02-03", off)];
        assert_eq!(shown(&unit, &address).await, expected(&days));
        assert!(sequence(&unit).await > first);
    }
    // Another leave before the rest, and over what was cancelled.
    unit.record_absence(&agent, "2027-01-29", "2027-02-01").await;
    let days = [("2027-01-29", on), ("2027-02-01", on), ("2027-02-02", off), ("2027-02-03", off)];
    assert_eq!(shown(&unit, &address).await, expected(&days));
}

#[tokio::test]
async fn a_unit_is_not_told_of_days_that_were_asked_for_and_refused() {
    let mut unit = Unit::open().await;
    let (agent, colleague, of) = (unit.agent.clone(), unit.colleague.clone(), unit.unit);
    let (_, address) = unit.feed(&colleague, FeedScope::Unit(of)).await;
    let leave = unit.request(&agent, "2027-02-01", "2027-02-03").await;
    let (decider, motive) = (unit.decider(), unit.words(&agent, "motive", leave.as_uuid(), "trop").await);
    let refused = half_days(&["2027-02-02", "2027-02-03"]);
    let in_part = AbsenceEvent::LeavePartiallyApproved { leave, step: 0, refused, motive, decider };
    unit.record(&agent, in_part).await;
    unit.approve(&agent, leave).await;
    assert_eq!(shown(&unit, &address).await, [of_day(&agent, "2027-02-01", "CONFIRMED")]);
    let days = half_days(&["2027-02-01"]);
    unit.record(&agent, AbsenceEvent::CancellationAccepted { leave, half_days: days, decider }).await;
    assert_eq!(shown(&unit, &address).await, [of_day(&agent, "2027-02-01", "CANCELLED")]);
}

#[tokio::test]
async fn days_given_back_part_an_absence_of_ones_own_and_days_off_do_not() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    let (_, own) = unit.feed(&agent, FeedScope::Own).await;
    let leave = unit.request(&agent, "2027-02-01", "2027-02-12").await;
    unit.approve(&agent, leave).await;
    let days = |events: Vec<[String; 4]>| events.into_iter().map(|[_, first, end, _]| (first, end)).collect::<Vec<_>>();
    let stretches = |all: &[(&str, &str)]| {
        all.iter().map(|(first, end)| ((*first).to_owned(), (*end).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(days(shown(&unit, &own).await), stretches(&[("20270201", "20270213")]));
    let decider = unit.decider();
    let given_back = half_days(&["2027-02-03", "2027-02-06", "2027-02-07"]);
    unit.record(&agent, AbsenceEvent::CancellationAccepted { leave, half_days: given_back, decider }).await;
    let expected = stretches(&[("20270201", "20270203"), ("20270204", "20270213")]);
    assert_eq!(days(shown(&unit, &own).await), expected);
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
    for (owner, events) in [(unit.hr.clone(), 2), (unit.manager.clone(), 2), (manager_elsewhere, 0)] {
        let (_, address) = unit.feed(&owner, FeedScope::Unit(of)).await;
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
        let text = ok(unit.world.get_as_stranger(&unit.now(&address))).await.text().await.unwrap();
        text.replace("\r\n ", "")
    };
    assert!(!text(&unit).await.contains("VEVENT"));
    ok(unit.world.get_as_stranger(address.strip_suffix(".ics").unwrap())).await;

    unit.approve(&agent, leave).await;
    let shown = text(&unit).await;
    let uid = format!("UID:{}-2027-02-01@intraparis", agent.id);
    assert!(shown.contains(&uid) && shown.contains("STATUS:CONFIRMED"), "{shown}");
    assert!(shown.contains("DTSTART;VALUE=DATE:20270201") && shown.contains("DTEND;VALUE=DATE:20270202"), "{shown}");
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

#[tokio::test]
async fn an_address_opens_its_feed_from_its_making_on_and_nothing_once_it_was_revoked() {
    let mut unit = Unit::open().await;
    let agent = unit.agent.clone();
    for _ in 0..10 {
        let (feed, address) = unit.feed(&agent, FeedScope::Own).await;
        ok(unit.world.get_as_stranger(&address)).await;
        super::world::append(&unit.world, feed.as_uuid(), vec![CalendarFeedEvent::CalendarFeedRevoked {}]).await;
        assert_eq!(refusal(unit.world.get_as_stranger(&address)).await, "not-found");
    }
}

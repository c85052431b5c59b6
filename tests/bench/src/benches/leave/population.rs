//! A unit of 200 with 10,000 requests that wait, and an agent with 20 years of leave.

use super::deciding::employed;
use crate::benches::http::people::Person;
use crate::benches::http::service::Service;
use anyhow::{Context, ensure};
use chrono::{Datelike, Days, NaiveDate};
use commands::absence_ledger::AbsenceLedger;
use commands::employment::Employment;
use commands::unit::Unit;
use esrs::AggregateState;
use esrs::store::EventStore;
use events::employment::EmploymentEvent;
use events::leave::{AbsenceEvent, Charge, Counter, CounterKind, LeaveType};
use events::period::Period;
use events::unit::UnitEvent;
use events::validation::{Approver, Quorum, Step};
use events::{AccountId, Actor, Capacity, Clock, LeaveId, Metadata, Position, UnitId};
use futures::{StreamExt, TryStreamExt, stream};
use journal::{Config, Journal, Snapshots};
use measure::server::Database;
use migrations::Role;
use reqwest::StatusCode;
use rules::{RuleBook, Version};
use uuid::Uuid;

/// Members of the unit.
const MEMBERS: usize = 200;
/// Requests of each that wait.
const WAITING: u64 = 50;
/// Years of leave of one agent, and days of leave in each.
const YEARS: i32 = 20;
const DAYS_A_YEAR: u64 = 25;
/// Appends under way at once.
const AT_ONCE: usize = 16;

/// What a read costs in any case.
pub const FLOOR: &str = "my account";

/// Makes them, and waits until they are shown. What is read of them, by whom, at which path.
pub async fn people<'a>(
    database: &Database,
    service: &Service,
    manager: &'a Person,
    agent: &'a Person,
) -> anyhow::Result<[(&'static str, &'a Person, String); 4]> {
    let config = Config { cached_states: 0, ..Config::default() };
    let world = World {
        journal: Journal::open(database.pool(Role::Writer, 4), config).await?,
        unit: UnitId::new(),
        today: Clock::system().now().date_naive(),
        rules: RuleBook::embedded()?.version(),
    };
    let led = UnitEvent::UnitManagerAppointed { manager: Some(id(manager)?), from: world.years_ago(YEARS)? };
    let opened = UnitEvent::UnitOpened { code: "U".to_owned(), name: "Unité".to_owned(), parent: None };
    world.append::<Unit>(world.unit.as_uuid(), vec![opened, led]).await?;
    stream::iter((0..MEMBERS).map(|member| world.member(member)))
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await?;
    let last = world.veteran(id(agent)?).await?;
    let next_month = world.today.checked_add_days(Days::new(31)).context("a date")?;
    let days = format!("from={}&until={next_month}", world.today.succ_opt().context("a date")?);
    world.journal.close().await;
    let paths = [
        (FLOOR, agent, "/v1/me".to_owned()),
        ("balance after 20 years", agent, "/v1/me/balance".to_owned()),
        ("calendar of a month of a unit of 200", manager, format!("/v1/units/{}/calendar?{days}", world.unit)),
        ("first page of a queue of 10,000", manager, "/v1/me/validations?limit=50".to_owned()),
    ];
    for (_, person, path) in &paths {
        shown(service, person, path, last).await?;
    }
    Ok(paths)
}

/// Asks for a path until it is at this position.
async fn shown(service: &Service, person: &Person, path: &str, at_least: Position) -> anyhow::Result<()> {
    loop {
        let request = service.get(path).bearer_auth(&person.token).header("At-Least-Position", at_least.get());
        let answer = request.header("Prefer", "wait=5").send().await?;
        match answer.status() {
            StatusCode::OK => return Ok(()),
            status => ensure!(status == StatusCode::SERVICE_UNAVAILABLE, "{path} was answered with {status}"),
        }
    }
}

fn id(person: &Person) -> anyhow::Result<AccountId> {
    Ok(AccountId::from_uuid(person.account.parse()?))
}

struct World {
    journal: Journal,
    unit: UnitId,
    today: NaiveDate,
    rules: Version,
}

impl World {
    fn years_ago(&self, years: i32) -> anyhow::Result<NaiveDate> {
        NaiveDate::from_ymd_opt(self.today.year() - years, 1, 1).context("a date")
    }

    async fn append<A: Snapshots>(&self, id: Uuid, events: Vec<A::Event>) -> anyhow::Result<Position>
    where
        A::Event: events::DomainEvent,
    {
        let unit = self.journal.unit::<A>(Metadata::new(Actor::Service, Capacity::System, Clock::system().now()));
        unit.persist(&mut AggregateState::with_id(id), events).await?;
        Ok(unit.receipt().context("no receipt")?.position)
    }

    async fn employ(&self, agent: AccountId) -> anyhow::Result<()> {
        let from = self.years_ago(YEARS)?;
        let mut events = employed(from)?;
        events.push(EmploymentEvent::UnitAssigned { unit: self.unit, from });
        self.append::<Employment>(agent.as_uuid(), events).await?;
        Ok(())
    }

    /// A member whose requests wait, one a week, on a day of the week that he shares with a fifth of the others.
    async fn member(&self, number: usize) -> anyhow::Result<()> {
        let agent = AccountId::new();
        self.employ(agent).await?;
        let monday = self.today + Days::new(u64::from(7 - self.today.weekday().num_days_from_monday()));
        let first = monday + Days::new(u64::try_from(number % 5)?);
        let request = |week: u64| self.requested(first + Days::new(7 * week));
        let requests = (0..WAITING).map(request).collect::<anyhow::Result<Vec<_>>>()?;
        self.append::<AbsenceLedger>(agent.as_uuid(), requests).await?;
        Ok(())
    }

    /// The agent with many years of leave; the last event of them.
    async fn veteran(&self, agent: AccountId) -> anyhow::Result<Position> {
        self.employ(agent).await?;
        let mut absences = Vec::new();
        for years in 1..=YEARS {
            let first = self.years_ago(years)?;
            for week in 0..DAYS_A_YEAR {
                absences.push(self.recorded(first + Days::new(7 * week + 1))?);
            }
        }
        self.append::<AbsenceLedger>(agent.as_uuid(), absences).await
    }

    fn charge(&self, day: NaiveDate) -> anyhow::Result<(Period, Charge)> {
        let period = Period::days(day, day)?;
        let counter = Some(Counter::of(CounterKind::AnnualLeave, day.year()));
        Ok((period, Charge { counter, half_days: period.half_days().collect(), available: None }))
    }

    fn requested(&self, day: NaiveDate) -> anyhow::Result<AbsenceEvent> {
        let (period, charge) = self.charge(day)?;
        Ok(AbsenceEvent::LeaveRequested {
            leave: LeaveId::new(),
            leave_type: LeaveType::AnnualLeave,
            period,
            charges: vec![charge],
            rules: self.rules,
            route: vec![Step { by: Quorum::AnyOf(vec![Approver::Manager]), escalation: None }],
            unit: Some(self.unit),
            warnings: Vec::new(),
            reason: None,
            special_motive: None,
            occasion: None,
            at: Clock::system().now(),
        })
    }

    fn recorded(&self, day: NaiveDate) -> anyhow::Result<AbsenceEvent> {
        let (period, charge) = self.charge(day)?;
        Ok(AbsenceEvent::AbsenceRecorded {
            leave: LeaveId::new(),
            leave_type: LeaveType::AnnualLeave,
            period,
            charges: vec![charge],
            rules: self.rules,
            unit: Some(self.unit),
            special_motive: None,
            occasion: None,
            motive: None,
        })
    }
}

//! Agents who ask for leave, and a manager who approves it: commands on their ledgers, without HTTP.

use crate::contenders::ours::WRITERS;
use crate::contenders::{Contender, connections, dealt};
use anyhow::Context;
use async_trait::async_trait;
use chrono::{DateTime, Days, NaiveDate, Utc};
use commands::absence_ledger::{AbsenceLedger, ApproveLeave, AsSeen, Asked, Authority, Facts, RequestLeave};
use commands::{Execution, Law};
use events::employment::{EmploymentEvent, Quota};
use events::leave::LeaveType;
use events::period::Period;
use events::{AccountId, Actor, Capacity, Idempotency, LeaveId, Metadata};
use journal::{Config, Journal};
use measure::cpu::Accounts;
use measure::load::{Client, Measured, closed_loop_on};
use measure::server::Database;
use migrations::Role;
use rules::{Employment, RuleBook, WorkCycle};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use vault::{MasterKey, Period as Kept, Purpose, Vault, places};

/// Agents for each second of a measurement: more than ask for a year's leave in it.
const AGENTS_A_SECOND: f64 = 2_000.0;

/// Requests that are submitted and approved.
pub struct Deciding {
    database: Database,
    master: MasterKey,
    world: World,
}

/// What is decided about, and when.
#[derive(Clone)]
struct World {
    law: Law,
    employment: Employment,
    manager: AccountId,
    on: NaiveDate,
    at: DateTime<Utc>,
}

/// What everybody decides with.
#[derive(Clone)]
struct Office {
    journal: Journal,
    vault: Vault,
    world: World,
}

impl Deciding {
    /// In a migrated database, whose vault has this master key.
    pub fn new(database: &Database, master: MasterKey) -> anyhow::Result<Self> {
        let entered = NaiveDate::from_ymd_opt(2020, 1, 1).context("a date")?;
        // A Monday: its leave is of the Thursdays that follow.
        let on = NaiveDate::from_ymd_opt(2026, 6, 1).context("a date")?;
        let at = on.and_hms_opt(9, 0, 0).context("a time")?.and_utc();
        let law = Law::new(Arc::new(RuleBook::embedded()?));
        let employment = employed(entered)?.iter().fold(Employment::default(), Employment::after);
        let world = World { law, employment, manager: AccountId::new(), on, at };
        Ok(Self { database: database.clone(), master, world })
    }
}

/// Full time, five days a week.
pub fn employed(from: NaiveDate) -> anyhow::Result<Vec<EmploymentEvent>> {
    Ok(vec![
        EmploymentEvent::ServiceEntered { on: from },
        EmploymentEvent::WorkPatternSet { pattern: WorkCycle::weekly("11111111110000")?, from },
        EmploymentEvent::WorkingTimeSet { quota: Quota::FULL, full_time_week_minutes: 2_100, annualised: false, from },
    ])
}

#[async_trait]
impl Contender for Deciding {
    fn name(&self) -> &'static str {
        "leave submitted and approved"
    }

    fn connections(&self, clients: usize) -> u32 {
        connections(clients) + WRITERS
    }

    async fn measure(&self, clients: usize, duration: Duration, accounts: Accounts) -> anyhow::Result<Measured> {
        let pool = self.database.connected_as(Role::Writer, connections(clients)).await?;
        let journal = Journal::open(pool.clone(), Config::default()).await?;
        let vault = Vault::new(pool.clone(), self.master.clone());
        let agents = (AGENTS_A_SECOND * duration.as_secs_f64()).ceil() as usize;
        let agents: Vec<AccountId> = (0..agents.max(clients)).map(|_| AccountId::new()).collect();
        let keys = agents.iter().map(|agent| (agent.as_uuid(), Purpose::Words, Kept::Always));
        vault.provide(keys).await?;
        let office = Office { journal, vault, world: self.world.clone() };
        let hands = dealt(agents, clients).into_iter();
        let clients = hands.map(|agents| Submits { office: office.clone(), agents, turn: 0 }).collect();
        let measured = closed_loop_on::<Submits>(accounts, clients, duration).await;
        office.journal.close().await;
        pool.close().await;
        Ok(measured)
    }
}

/// Lets each of its agents in turn ask for the next free Thursday, and has it approved: no public holiday is a Thursday
/// from the summer of 2026 to the spring of 2027.
struct Submits {
    office: Office,
    agents: Vec<AccountId>,
    turn: usize,
}

impl Client for Submits {
    async fn operate(&mut self) -> anyhow::Result<u64> {
        let (round, place) = (self.turn / self.agents.len(), self.turn % self.agents.len());
        self.turn += 1;
        let agent = *self.agents.get(place).context("a client without an agent")?;
        let day = self.office.world.on + Days::new(10 + 7 * u64::try_from(round)?);
        self.office.decide(agent, day).await?;
        Ok(2)
    }
}

impl Office {
    async fn decide(&self, agent: AccountId, day: NaiveDate) -> anyhow::Result<()> {
        let leave = LeaveId::new();
        let (subject, place) = (agent.as_uuid(), places::absence(agent, "reason", leave));
        let words = "rendez-vous à la préfecture".to_owned();
        let reason = self.vault.seal(subject, Purpose::Words, Kept::Always, &place, &words).await?;
        let World { law, employment, manager, on, at } = self.world.clone();
        let facts = Facts { agent, employment, law, on, at };
        let asked = Asked {
            leave,
            period: Period::days(day, day)?,
            facts: facts.clone(),
            routes: Vec::new(),
            staffing: None,
            reason: Some(reason),
            special_motive: None,
            circumstances: None,
            child: None,
        };
        let request = RequestLeave { leave_type: LeaveType::AnnualLeave, asked, replacement: None };
        let asking = Execution::<AbsenceLedger>::new(&self.journal, self.metadata(agent, Capacity::Agent)?);
        asking.on(agent, request.into()).await?;
        let authority = Authority {
            agent,
            by: manager,
            roles: BTreeSet::new(),
            manager: Some(manager),
            delegations: Vec::new(),
            departed: BTreeSet::new(),
            on,
            at,
        };
        let approve = ApproveLeave { seen: AsSeen { leave, step: 0, revision: 0 }, authority, staffing: None, facts };
        let deciding = Execution::<AbsenceLedger>::new(&self.journal, self.metadata(manager, Capacity::Manager)?);
        deciding.on(agent, approve.into()).await?;
        Ok(())
    }

    fn metadata(&self, by: AccountId, capacity: Capacity) -> anyhow::Result<Metadata> {
        let mut metadata = Metadata::new(Actor::Account(by), capacity, self.world.at);
        metadata.trace = Some(Uuid::new_v4().into_bytes());
        let (key, outcome) = (Uuid::new_v4().to_string().parse()?, br#"{"leave":""}"#.to_vec());
        metadata.idempotency = Some(Idempotency { key, fingerprint: [1; 32], outcome });
        Ok(metadata)
    }
}

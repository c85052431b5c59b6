use super::access::{self, Sight};
use super::indemnity::IndemnityRow;
use crate::who::Who;
use crate::{ReadApi, answer, problems};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use events::AccountId;
use events::account::Role;
use events::leave::{Counter, CounterKind};
use projections::leave::{employments, ledgers};
use rules::date::OutsideCalendar;
use rules::ledger::{Balance, Because, Ending, Entry, Moves, NoRight, Origin};
use rules::{Cents, RuleBook};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use web::at_least::AtLeast;
use web::date::{Day, Instant};
use web::kinds::NOT_FOUND;
use web::path::Path;
use web::precondition::Preconditions;
use web::query::Query;
use web::{Expected, Field, Problem, Text};

/// For when, and as known when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// For this civil date: today in Paris where nothing is said.
    #[param(value_type = Option<NaiveDate>, example = "2026-12-31")]
    at: Option<Day>,
    /// As it was known at this instant (RFC 3339): what had been recorded by then, under the rules of then.
    #[param(value_type = Option<DateTime<Utc>>)]
    known_at: Option<Instant>,
    /// A gross month in cents: what of leave that could not be taken is paid to who leaves is told for it.
    #[param(value_type = Option<u32>, minimum = 1, example = 312_550)]
    gross_month_cents: Option<GrossMonth>,
}

/// A gross month in cents: one to `u32::MAX`.
#[derive(Clone, Copy, Debug)]
struct GrossMonth(NonZeroU32);

impl<'de> Deserialize<'de> for GrossMonth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl de::Visitor<'_> for Number {
            type Value = GrossMonth;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let expected = Expected("un entier de 1 à 4294967295", "an integer from 1 to 4294967295");
                de::Expected::fmt(&expected, f)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<GrossMonth, E> {
                text.parse().map(GrossMonth).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Number)
    }
}

/// What an agent has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Balances {
    /// The agent.
    agent: Uuid,
    /// For which date.
    at: NaiveDate,
    /// As known at which instant; null for now.
    known_at: Option<DateTime<Utc>>,
    /// The version of the rules that it was told by.
    rules: String,
    /// Each counter.
    counters: Vec<CounterRow>,
    /// The counters of which nothing can be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    untold: Vec<Untold>,
    /// What is paid of annual leave that sickness or family leave kept from being taken before the last day of service; for
    /// the agent and human resources, where a gross month is given and a last day is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    indemnity: Option<IndemnityRow>,
}

/// A counter of which nothing can be told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Untold {
    /// The counter.
    #[schema(example = "rtt:2026")]
    counter: String,
    /// Why: what is recorded that the law does not know, from when, and the article.
    reason: Text,
}

/// One counter, in half-days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CounterRow {
    /// The counter.
    #[schema(example = "annual-leave:2026")]
    counter: String,
    /// What was given by the date.
    acquired: u32,
    /// What was taken off by then other than by leave.
    debited: u32,
    /// Leave granted, up to the date.
    taken: u32,
    /// Leave granted, after the date.
    booked: u32,
    /// Leave asked for and not yet decided.
    reserved: u32,
    /// What ended before the date without being used.
    lost: u32,
    /// What a request for the date may still take.
    available: u32,
    /// What is used beyond the rights.
    overdrawn: u32,
    /// When what ends first of what is available does.
    ends_on: Option<NaiveDate>,
    /// What of it ends when, unless it is taken.
    ends: Vec<EndRow>,
    /// Every number behind these.
    entries: Vec<EntryRow>,
}

/// So much that may be used until a date.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EndRow {
    /// How many half-days.
    half_days: u32,
    /// The last day on which they may be used.
    until: NaiveDate,
}

/// One number behind a counter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryRow {
    /// `acquired`, `debited`, `granted` or `reserved`.
    #[schema(value_type = String, example = "acquired")]
    moves: Moves,
    /// How many half-days.
    half_days: u32,
    /// From when on, or the first day of the leave.
    from: NaiveDate,
    /// Until when, or the last day of the leave.
    until: Option<NaiveDate>,
    /// The rule with its article, the movement or the leave behind it. To who decides on the agent's leave, what rules
    /// take off and what human resources decided is `{"kind": "adjustment"}`: sickness may be behind it. Of a gift it is
    /// never said which one was received.
    #[schema(value_type = Object, example = json!({"kind": "rule", "rule": "annual_leave", "source": "D 85-1250 art. 1", "behind": []}))]
    because: Cause,
}

/// What is told of what is behind a number.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Cause {
    Told(Because),
    Veiled(Veiled),
}

/// What stands in the place of a cause that is not told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(crate) enum Veiled {
    /// Something on which the one who reads is not told.
    Adjustment,
    /// A gift, without which: its donor knows it by that.
    ReceivedGift,
}

/// How much of what is behind a number one sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sees {
    /// Also sickness.
    All,
    /// Neither sickness, nor what would be told apart by its lack.
    NoSickness,
}

/// My balances on a date, each number explained.
#[utoipa::path(
    get,
    path = "/v1/me/balance",
    tag = "leave",
    params(Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "My balances", body = Balances), (status = 304, description = "As you have it"))
)]
pub(crate) async fn show_my_balance(
    State(api): State<ReadApi>,
    who: Who,
    Query(asked): Query<Asked>,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    answer(&api, who.account, (Sight::Whole, Sees::All), &asked, at_least, &preconditions).await
}

/// An agent's balances on a date, each number explained; for the agent, who decides on his leave, human resources. Who
/// decides on some types in the place of another sees the counters that these draw on.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/balance",
    tag = "leave",
    params(("id" = Uuid, Path, description = "The agent"), Asked, AtLeast, Preconditions),
    security(("bearer" = []), ("session" = [])),
    responses((status = 200, description = "The balances", body = Balances), (status = 304, description = "As you have it"))
)]
pub(crate) async fn show_balance(
    State(api): State<ReadApi>,
    who: Who,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
    at_least: AtLeast,
    preconditions: Preconditions,
) -> Result<Response, Problem> {
    let agent = AccountId::from_uuid(id);
    api.wait(at_least, &access::NAMES).await?;
    let sight = access::sight(&api, &who, agent).await?;
    if agent != who.account && employments::of(api.pool(), &[agent]).await.map_err(problems::database)?.is_empty() {
        return Err(Problem::from(&NOT_FOUND));
    }
    let of_office = who.has(Role::Hr) || who.has(Role::HrHealth);
    let sees = if agent == who.account || of_office { Sees::All } else { Sees::NoSickness };
    answer(&api, agent, (sight, sees), &asked, at_least, &preconditions).await
}

async fn answer(
    api: &ReadApi,
    agent: AccountId,
    (sight, sees): (Sight, Sees),
    asked: &Asked,
    at_least: AtLeast,
    preconditions: &Preconditions,
) -> Result<Response, Problem> {
    let shown = api.recorded(at_least).await?;
    let at = asked.at.map_or_else(|| api.today(), |Day(at)| at);
    let known_at = asked.known_at.map(|Instant(at)| at);
    let book = api.laws.known(known_at).await.map_err(problems::law)?;
    let known = ledgers::known(&api.reader, agent, known_at).await.map_err(problems::journal)?;
    let balances = known.ledger.balances(at, &book, &known.employment).map_err(outside)?;
    let shows = shown_counters(&sight, at, &book)?;
    let told = balances.told.into_iter().filter(|balance| shows(balance.counter));
    let counters = told.map(|balance| CounterRow::of(balance, sees)).collect();
    let untold = balances.untold.into_iter().filter(|(counter, _)| shows(*counter)).map(Untold::from).collect();
    let rules = book.version().to_string();
    let gross_month = asked.gross_month_cents.filter(|_| sees == Sees::All);
    let indemnity = gross_month.map(|GrossMonth(cents)| {
        let gross_month = Cents::new(cents.get().into());
        known.ledger.indemnity(gross_month, &book, &known.employment)
    });
    let indemnity = indemnity.transpose().map_err(Problem::internal)?.flatten().map(IndemnityRow::from);
    let body = Balances { agent: agent.as_uuid(), at, known_at, rules, counters, untold, indemnity };
    answer::json(preconditions, shown, &body)
}

/// Which counters are among those that leave of the types in sight draws on.
fn shown_counters(sight: &Sight, at: NaiveDate, book: &RuleBook) -> Result<impl Fn(Counter) -> bool, Problem> {
    let kinds: Option<BTreeSet<CounterKind>> = match sight {
        Sight::Whole => None,
        Sight::Of(types) => {
            let rules = book.at(at).leave_types().map_err(Problem::internal)?;
            Some(types.iter().filter_map(|one| rules.of(*one)).flat_map(|rule| rule.counters.clone()).collect())
        }
    };
    Ok(move |counter: Counter| kinds.as_ref().is_none_or(|kinds| kinds.contains(&counter.kind())))
}

pub(super) fn outside(error: OutsideCalendar) -> Problem {
    let detail = Text::made("attendu : une date de 1990 à 2099".to_owned(), error.to_string());
    Problem::invalid(Field::Query("at".into()), detail)
}

impl From<(Counter, NoRight)> for Untold {
    fn from((counter, reason): (Counter, NoRight)) -> Self {
        let fr = match reason {
            NoRight::Week { from, week } => format!(
                "une semaine de {} est plus longue que la loi ne permet : les ressources humaines ont à corriger la \
                 durée de travail enregistrée depuis le {from} (décret n° 2000-815, art. 3)",
                week.0
            ),
            NoRight::Outside(_) => "les années du calendrier vont de 1990 à 2099".to_owned(),
        };
        Self { counter: counter.to_string(), reason: Text::made(fr, reason.to_string()) }
    }
}

impl CounterRow {
    fn of(balance: Balance, sees: Sees) -> Self {
        Self {
            counter: balance.counter.to_string(),
            acquired: balance.acquired.get(),
            debited: balance.debited.get(),
            taken: balance.taken.get(),
            booked: balance.booked.get(),
            reserved: balance.reserved.get(),
            lost: balance.lost.get(),
            available: balance.available.get(),
            overdrawn: balance.overdrawn.get(),
            ends_on: balance.ends_on(),
            ends: balance.ends.iter().map(EndRow::of).collect(),
            entries: balance.entries.into_iter().map(|entry| EntryRow::of(entry, balance.counter, sees)).collect(),
        }
    }
}

impl EndRow {
    const fn of(Ending { half_days, until }: &Ending) -> Self {
        Self { half_days: half_days.get(), until: *until }
    }
}

impl EntryRow {
    fn of(Entry { moves, half_days, from, until, because }: Entry, counter: Counter, sees: Sees) -> Self {
        Self { moves, half_days: half_days.get(), from, until, because: Cause::of(because, moves, counter, sees) }
    }
}

impl Cause {
    fn of(because: Because, moves: Moves, counter: Counter, sees: Sees) -> Self {
        let is_received = counter.kind() == CounterKind::DonatedDays;
        match &because {
            Because::Movement { origin: Origin::Gift { .. } } if is_received => Self::Veiled(Veiled::ReceivedGift),
            Because::Movement { origin: Origin::Decision { .. } } if sees == Sees::NoSickness => {
                Self::Veiled(Veiled::Adjustment)
            }
            Because::Rule { .. } if sees == Sees::NoSickness && moves == Moves::Debited => {
                Self::Veiled(Veiled::Adjustment)
            }
            Because::Rule { .. } | Because::Movement { .. } | Because::Leave { .. } => Self::Told(because),
        }
    }
}

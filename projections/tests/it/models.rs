//! Given events, then rows, then answers.

use crate::given::*;
use events::account::{AccountEvent, LoginFailure, LoginRefusal, Role, Verdict};
use events::audit::{AuditEvent, Outcome, TrailFilter};
use events::username::UsernameEvent;
use events::{AccountId, Actor, AttemptId, Capacity, CredentialId, Metadata, ReadingId, SourceTag};
use futures::StreamExt;
use journal::ReadError;
use projections::account::accounts::{self, AccountFilter};
use projections::account::as_of::{AsOf, as_of};
use projections::account::state::Status;
use projections::audit::attempts::attempts;
use projections::audit::readings;
use projections::audit::trail::{self, Order};
use uuid::Uuid;

fn when(second: i64) -> Metadata {
    Metadata { occurred_at: at(second), ..metadata() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_shows_accounts_and_no_stranger() {
    let world = World::new().await;
    let (fresh, active, suspended, stranger) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7(), Uuid::new_v4());
    world.append_as(when(1), fresh, vec![provisioned("fresh")]).await;
    let password = AccountEvent::PersonalPasswordSet { password: CredentialId::new() };
    let attempt = AttemptId::new();
    let granted = AccountEvent::RoleGranted { role: Role::Auditor };
    world.append_as(when(2), active, vec![provisioned("active"), password, failed(attempt), granted]).await;
    world.append_as(when(3), active, vec![attempted(attempt, 1), succeeded(attempt)]).await;
    let failures = vec![provisioned("suspended"), failed(attempt), failed(attempt), failed(attempt)];
    world.append_as(when(4), suspended, failures).await;
    let last = world.append_as(when(5), suspended, vec![AccountEvent::AccountSuspended { failures: 3 }]).await;
    world.append_as(when(6), stranger, vec![attempted(attempt, 1), failed(attempt)]).await;
    world.caught_up(&projections::all()).await;
    let client = world.client();

    let all = accounts::page(&client, AccountFilter::default(), None, 10).await.unwrap();
    let seen: Vec<_> = all.iter().map(|account| (account.account.as_uuid(), account.state.status())).collect();
    assert_eq!(seen, [(fresh, Status::Provisioned), (active, Status::Active), (suspended, Status::Suspended)]);

    let by_id = async |id| accounts::by_ids(&client, &[AccountId::from_uuid(id)]).await.unwrap().1.pop();
    let account = by_id(active).await.unwrap();
    assert_eq!(account.username, sealed("active"));
    assert_eq!(account.state.roles, [Role::Agent, Role::Auditor].into());
    assert_eq!((account.state.failures, account.state.last_login), (0, Some(at(3))));
    assert_eq!(account.state.provisioned_at, Some(at(2)));
    let account = by_id(suspended).await.unwrap();
    assert_eq!((account.state.failures, account.state.suspended_since), (3, Some(at(5))));
    assert_eq!(account.version.position, last.position);
    assert_eq!(by_id(stranger).await, None);

    let second = accounts::page(&client, AccountFilter::default(), Some(AccountId::from_uuid(fresh)), 1).await.unwrap();
    assert_eq!(second.iter().map(|account| account.account.as_uuid()).collect::<Vec<_>>(), [active]);
    for (status, of) in [(Status::Provisioned, fresh), (Status::Active, active), (Status::Suspended, suspended)] {
        let filter = AccountFilter { status: Some(status), role: None };
        let found = accounts::page(&client, filter, None, 10).await.unwrap();
        assert_eq!(found.iter().map(|account| account.account.as_uuid()).collect::<Vec<_>>(), [of]);
    }
    let auditors = AccountFilter { role: Some(Role::Auditor), status: None };
    assert_eq!(accounts::page(&client, auditors, None, 10).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_answers_each_of_its_filters() {
    let world = World::new().await;
    let (agent, stranger, administrator) = (Uuid::now_v7(), Uuid::new_v4(), AccountId::new());
    let attempt = AttemptId::new();
    world.append_as(when(1), agent, vec![provisioned("agent")]).await;
    world.append(Uuid::new_v4(), vec![UsernameEvent::UsernameAssigned { account: AccountId::from_uuid(agent) }]).await;
    let begun = when(10);
    let correlation = begun.correlation;
    world.append_as(begun, agent, vec![attempted(attempt, 1), failed(attempt)]).await;
    world.append_as(when(20), stranger, vec![attempted(AttemptId::new(), 2), refused(2)]).await;
    let motive = AccountEvent::AccountReactivated { motive: sealed("called") };
    let acting = Metadata { actor: Actor::Account(administrator), capacity: Capacity::Administrator, ..when(30) };
    world.append_as(acting, agent, vec![motive]).await;
    world.caught_up(&projections::all()).await;
    let client = world.client();
    let kinds = async |filter: TrailFilter| -> Vec<String> {
        let entries = trail::page(&client, &filter, Order::After(events::Position::START), 100).await.unwrap();
        entries.into_iter().map(|entry| entry.kind).collect()
    };
    let none = TrailFilter::default();

    let all = trail::page(&client, &none, Order::newest_first(), 100).await.unwrap();
    assert_eq!(all.len(), 7);
    assert_eq!(all[0].motive, Some(sealed("called")));
    assert_eq!((all[0].actor, all[0].capacity), (Actor::Account(administrator), Capacity::Administrator));
    assert_eq!((all[0].outcome, all[0].known), (Outcome::Success, true));
    assert_eq!((all[1].outcome, all[1].known, all[1].reason.as_deref()), (Outcome::Refused, false, Some("suspended")));
    assert_eq!(all[1].source, Some(source(2).address));
    assert_eq!(all[3].attempt, Some(attempt));

    assert_eq!(kinds(TrailFilter { from: Some(at(30)), ..none.clone() }).await, ["AccountReactivated"]);
    assert_eq!(kinds(TrailFilter { until: Some(at(1)), ..none.clone() }).await, ["UsernameAssigned"]);
    let of_agent = TrailFilter { agent: Some(AccountId::from_uuid(agent)), ..none.clone() };
    assert_eq!(
        kinds(of_agent).await,
        ["AccountProvisioned", "UsernameAssigned", "LoginAttempted", "LoginFailed", "AccountReactivated"]
    );
    assert_eq!(kinds(TrailFilter { actor: Some(administrator), ..none.clone() }).await, ["AccountReactivated"]);
    let types = vec!["LoginFailed".to_owned(), "LoginRefused".to_owned()];
    assert_eq!(kinds(TrailFilter { types, ..none.clone() }).await, ["LoginFailed", "LoginRefused"]);
    assert_eq!(kinds(TrailFilter { outcome: Some(Outcome::Failure), ..none.clone() }).await, ["LoginFailed"]);
    let sources = Some(vec![SourceTag::new([2; 16]), SourceTag::new([9; 16])]);
    assert_eq!(kinds(TrailFilter { sources, ..none.clone() }).await, ["LoginAttempted", "LoginRefused"]);
    let sources = Some(vec![SourceTag::new([1; 16])]);
    assert_eq!(kinds(TrailFilter { sources, ..none.clone() }).await, ["LoginAttempted", "LoginFailed"]);
    let correlated = TrailFilter { correlation: Some(correlation), ..none.clone() };
    assert_eq!(kinds(correlated).await, ["LoginAttempted", "LoginFailed"]);

    let mut backwards = Vec::new();
    let mut order = Order::newest_first();
    loop {
        let page = trail::page(&client, &none, order, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        order = Order::Before(last.position);
        backwards.extend(page);
    }
    assert_eq!(backwards, all);
}

/// What the trail shows of a source: of which agent, what, of which attempt, and the sealed address.
async fn from_source(world: &World, number: u8) -> Vec<(Uuid, String, Option<AttemptId>)> {
    let filter = TrailFilter { sources: Some(vec![SourceTag::new([number; 16])]), ..TrailFilter::default() };
    let entries = trail::page(&world.client(), &filter, Order::After(events::Position::START), 100).await.unwrap();
    assert!(entries.iter().all(|entry| entry.source == Some(source(number).address)), "{entries:?}");
    assert!(entries.iter().all(|entry| entry.channel.as_deref() == Some("sshd")), "{entries:?}");
    entries.into_iter().map(|entry| (entry.agent.unwrap().as_uuid(), entry.kind, entry.attempt)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_of_an_attempt_is_shown_with_where_it_came_from() {
    let world = World::new().await;
    let (whole, parts) = (Uuid::now_v7(), Uuid::now_v7());
    for recorded in three_strikes(1, 2) {
        world.append(whole, recorded).await;
    }
    world.caught_up(&projections::all()).await;
    for recorded in three_strikes(1, 2) {
        world.append(parts, recorded).await;
        // Each in a batch of its own: the trail itself tells what was before.
        world.caught_up(&projections::all()).await;
    }

    let (here, elsewhere) = (from_source(&world, 1).await, from_source(&world, 2).await);
    let kinds = |shown: &[(Uuid, String, _)], of| {
        shown.iter().filter(|(agent, ..)| *agent == of).map(|(_, kind, _)| kind.clone()).collect::<Vec<_>>()
    };
    for agent in [whole, parts] {
        assert_eq!(
            kinds(&here, agent),
            ["LoginAttempted", "LoginAttempted", "LoginFailed", "LoginFailed", "AccountSuspended"]
        );
        assert_eq!(kinds(&elsewhere, agent), ["LoginAttempted", "LoginFailed", "LoginRefused"]);
    }
    let suspensions: Vec<_> = here.iter().filter(|(_, kind, _)| kind == "AccountSuspended").collect();
    let first_attempts: Vec<_> = [whole, parts].map(|agent| here.iter().find(|shown| shown.0 == agent).unwrap()).into();
    for (suspension, attempt) in suspensions.into_iter().zip(first_attempts) {
        assert_eq!((suspension.0, suspension.2), (attempt.0, attempt.2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_is_of_no_attempt_but_the_one_that_failed_with_it() {
    let world = World::new().await;
    let (agent, other, attempt) = (Uuid::now_v7(), Uuid::now_v7(), AttemptId::new());
    world.append(agent, vec![attempted(attempt, 1), failed(attempt)]).await;
    // A policy that became stricter suspends before it compares; of another account nothing is taken over.
    world.append(agent, vec![suspended(), refused(2)]).await;
    world.append(agent, vec![attempted(attempt, 1), failed(attempt)]).await;
    world.append(other, vec![suspended(), failed(attempt)]).await;
    world.caught_up(&projections::all()).await;

    let kinds: Vec<_> = from_source(&world, 1).await.into_iter().map(|(agent, kind, _)| (agent, kind)).collect();
    assert_eq!(
        kinds,
        ["LoginAttempted", "LoginFailed", "LoginAttempted", "LoginFailed"].map(|kind| (agent, kind.to_owned()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tail_of_the_trail_shows_what_is_added() {
    let world = World::new().await;
    let projections = projections::all();
    let running = world.run(&projections, quick());
    let account = Uuid::new_v4();
    let first = world.append(account, vec![failed(AttemptId::new()), refused(1)]).await;
    let failures = TrailFilter { outcome: Some(Outcome::Failure), ..TrailFilter::default() };
    let mut tail = trail::tail(world.client(), running.positions.clone(), failures, events::Position::START);

    assert_eq!(tail.next().await.unwrap().unwrap().position.get(), first.position.get() - 1);
    world.append(account, vec![refused(1)]).await;
    let third = world.append(account, vec![failed(AttemptId::new())]).await;
    assert_eq!(tail.next().await.unwrap().unwrap().position, third.position);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_reading_is_found_and_stands_in_the_trail() {
    let world = World::new().await;
    let (reading_id, auditor, agent) = (ReadingId::new(), AccountId::new(), AccountId::new());
    let filter = TrailFilter { agent: Some(agent), outcome: Some(Outcome::Failure), ..TrailFilter::default() };
    let event = AuditEvent::AuditTrailRead { reading: reading_id, filter: filter.clone(), motive: Some(sealed("why")) };
    let by = Metadata { actor: Actor::Account(auditor), capacity: Capacity::Auditor, ..when(5) };
    let receipt = reading(&world, event, by).await;
    world.caught_up(&projections::all()).await;

    let found = readings::by_ids(&world.client(), &[reading_id, ReadingId::new()]).await.unwrap();
    let [(found, shown)] = found.try_into().expect("the one that is declared");
    assert_eq!(shown, receipt.position);
    assert_eq!((found.filter, found.motive), (filter, Some(sealed("why"))));
    assert_eq!((found.actor, found.capacity), (Actor::Account(auditor), Capacity::Auditor));
    assert_eq!((found.position, found.declared_at), (receipt.position, at(5)));
    let about = TrailFilter { agent: Some(agent), ..TrailFilter::default() };
    let entries = trail::page(&world.client(), &about, Order::newest_first(), 9).await.unwrap();
    assert_eq!(entries[0].detail, Some(reading_id.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_shown_as_it_was() {
    let world = World::new().await;
    let account = Uuid::now_v7();
    let attempt = AttemptId::new();
    world.append_as(when(0), account, vec![provisioned("agent")]).await;
    let failing = world.append_as(when(10), account, vec![failed(attempt), failed(attempt)]).await;
    let suspension = vec![failed(attempt), AccountEvent::AccountSuspended { failures: 3 }];
    world.append_as(when(20), account, suspension).await;
    let id = AccountId::from_uuid(account);
    let then = async |when| as_of(&world.reader, id, when).await.unwrap();

    assert_eq!(then(AsOf::Time(at(-1))).await, None);
    let account = then(AsOf::Time(at(19))).await.unwrap();
    assert_eq!((account.state.failures, account.state.status()), (2, Status::Provisioned));
    assert_eq!((account.events, account.occurred_at), (3, at(10)));
    let account = then(AsOf::Time(at(20))).await.unwrap();
    assert_eq!((account.state.suspended_since, account.state.status()), (Some(at(20)), Status::Suspended));
    let account = then(AsOf::Position(failing.position)).await.unwrap();
    assert_eq!(account.state.failures, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn as_of_a_time_what_was_imported_out_of_order_counts_in_the_order_of_its_time() {
    let world = World::new().await;
    let account = Uuid::now_v7();
    let attempt = AttemptId::new();
    world.append_as(when(15), account, vec![provisioned("agent")]).await;
    world.append_as(when(20), account, vec![failed(attempt)]).await;
    let newer = world.append_as(when(30), account, vec![succeeded(attempt)]).await;
    // Of the log before that one, imported after it.
    world.append_as(when(5), account, vec![failed(attempt)]).await;
    world.append_as(when(10), account, vec![succeeded(attempt)]).await;
    let last = world.append_as(when(25), account, vec![failed(attempt)]).await;
    let id = AccountId::from_uuid(account);
    let then = async |when| as_of(&world.reader, id, when).await.unwrap();

    let account = then(AsOf::Time(at(40))).await.unwrap();
    assert_eq!((account.state.failures, account.state.last_login), (0, Some(at(30))));
    assert_eq!((account.events, account.position, account.occurred_at), (6, newer.position, at(30)));
    let account = then(AsOf::Time(at(29))).await.unwrap();
    assert_eq!((account.state.failures, account.state.last_login), (2, Some(at(10))));
    let account = then(AsOf::Time(at(7))).await.unwrap();
    assert_eq!((account.known, account.state.provisioned_at, account.state.failures), (true, None, 1));
    assert_eq!(then(AsOf::Time(at(4))).await, None);
    let account = then(AsOf::Position(last.position)).await.unwrap();
    assert_eq!((account.state.failures, account.state.last_login), (1, Some(at(10))));
}

#[tokio::test(flavor = "multi_thread")]
async fn as_of_a_time_what_came_later_is_not_read() {
    let world = World::new().await;
    let account = Uuid::now_v7();
    let attempt = AttemptId::new();
    let secret = "hunter2".to_owned();
    world.append_as(when(20), account, vec![FromTheFuture::AccountTeleported { secret }]).await;
    world.append_as(when(10), account, vec![provisioned("agent")]).await;
    world.append_as(when(5), account, vec![failed(attempt)]).await;
    let id = AccountId::from_uuid(account);

    let account = as_of(&world.reader, id, AsOf::Time(at(7))).await.unwrap().unwrap();
    assert_eq!((account.known, account.state.failures, account.events), (true, 1, 1));
    let unreadable = as_of(&world.reader, id, AsOf::Time(at(20))).await.unwrap_err();
    assert!(matches!(unreadable, ReadError::Corrupt { position, .. } if position.get() == 1), "{unreadable:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_come_in_the_order_of_their_time() {
    let world = World::new().await;
    let (agent, stranger) = (Uuid::new_v4(), Uuid::new_v4());
    let attempt = AttemptId::new();
    world.append_as(when(1), agent, vec![provisioned("agent"), attempted(attempt, 1)]).await;
    let unknown = AccountEvent::LoginFailed { attempt, reason: LoginFailure::UnknownName };
    world.append_as(when(3), agent, vec![succeeded(attempt)]).await;
    // Of a log that is imported later.
    world.append_as(when(2), stranger, vec![attempted(attempt, 1), unknown]).await;
    let refused =
        |reported| AccountEvent::LoginRefused { attempt, source: source(1), reason: LoginRefusal::Suspended, reported };
    let verdicts = [None, Some(Verdict::Failed), Some(Verdict::Accepted)];
    world.append_as(when(4), agent, verdicts.map(refused).to_vec()).await;

    let all: Vec<_> = attempts(&world.reader, None).await.unwrap();
    let seen: Vec<_> = all.iter().map(|attempt| (attempt.who.as_uuid(), attempt.at, attempt.succeeded)).collect();
    assert_eq!(
        seen,
        [
            (stranger, at(2), false),
            (agent, at(3), true),
            (agent, at(4), false),
            (agent, at(4), false),
            (agent, at(4), true),
        ]
    );
}
